from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports, their editions and exports."""

    name = "reports"

    def ready(self) -> None:
        from reports import permissions  # noqa: F401, PLC0415 - registers who holds which role here
