from django.apps import AppConfig


class SummitConfig(AppConfig):
    """The public pages: they read editions and nothing else."""

    name = "summit"
