from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Which messages are owed to whom, and their sending."""

    name = "notices"

    def ready(self) -> None:
        from desk.grid import last_nudges  # noqa: PLC0415
        from notices import coach_changes  # noqa: F401, PLC0415 - tells of covers and hand-overs
        from notices.nudges import nudged_lately  # noqa: PLC0415

        last_nudges.append(nudged_lately)
