from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Teams, their people, their coaches, and invitations."""

    name = "teams"

    def ready(self) -> None:
        from teams import permissions  # noqa: F401, PLC0415 - registers who holds which role here
