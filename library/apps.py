from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """The resource shelf, and the change package made of it."""

    name = "library"
