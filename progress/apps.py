from django.apps import AppConfig


class ProgressConfig(AppConfig):
    """What a team owes and files in an Action Period."""

    name = "progress"

    def ready(self) -> None:
        from progress import permissions  # noqa: F401, PLC0415 - registers who holds which role here
