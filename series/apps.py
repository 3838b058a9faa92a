from django.apps import AppConfig


class SeriesConfig(AppConfig):
    """A series: its question, its drivers, its calendar, its people."""

    name = "series"

    def ready(self) -> None:
        from series import permissions  # noqa: F401, PLC0415 - registers who holds which role here
