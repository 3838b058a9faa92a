from django.apps import AppConfig


class ConveningsConfig(AppConfig):
    """What teams do together: the peer exchange round."""

    name = "convenings"
