from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Numbers that teams follow, and their run charts."""

    name = "measures"

    def ready(self) -> None:
        from measures import found, links, permissions  # noqa: F401, PLC0415 - registers roles, and sessions as notes
