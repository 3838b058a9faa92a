from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """Teams, their people, their coaches, and invitations."""

    name = "teams"

    def ready(self) -> None:
        from series.services import set_up_parts  # noqa: PLC0415
        from teams import permissions, places, reading  # noqa: F401, PLC0415 - registers who holds which role here

        set_up_parts.append(reading.set_up_parts)
