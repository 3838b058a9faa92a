from django.urls import URLPattern

app_name = "storymaps"
urlpatterns: list[URLPattern] = []
