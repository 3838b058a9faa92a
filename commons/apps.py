from django.apps import AppConfig


class CommonsConfig(AppConfig):
    """What all teams of a series hold together: resources, reactions, connections, search."""

    name = "commons"
