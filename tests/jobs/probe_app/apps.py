from django.apps import AppConfig


class ProbeConfig(AppConfig):
    """A room for tests alone: its jobs leave rows, so that a killed worker can be judged."""

    name = "tests.jobs.probe_app"
    label = "probe"
