from django.urls import URLPattern

app_name = "series"
urlpatterns: list[URLPattern] = []
