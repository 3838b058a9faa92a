from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Effects that are owed, and the drain that does them."""

    name = "jobs"

    def ready(self) -> None:
        """Let every room register its handlers and sweeps, which stand in its `tasks.py`."""
        autodiscover_modules("tasks")
