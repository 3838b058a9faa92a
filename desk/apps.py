from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Pages that show several rooms. No tables."""

    name = "desk"

