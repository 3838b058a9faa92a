from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What has no domain: the clock, mail, text, the edge, drawings. No tables."""

    name = "core"
