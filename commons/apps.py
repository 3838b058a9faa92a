from django.apps import AppConfig


class CommonsConfig(AppConfig):
    """What others do: feed, reactions, directory, connections."""

    name = "commons"
