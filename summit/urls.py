from django.urls import URLPattern

app_name = "summit"
urlpatterns: list[URLPattern] = []
