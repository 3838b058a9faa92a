"""Addresses of the room."""

from django.urls import URLPattern

app_name = "convenings"
urlpatterns: list[URLPattern] = []
