from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Which messages are owed to whom, and their sending."""

    name = "notices"
