from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Find what one may read, in every room."""

    name = "search"
