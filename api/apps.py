from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Programs read and log through the same services and permissions as the pages."""

    name = "api"
