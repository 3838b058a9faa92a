from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Pages that show several rooms. No tables."""

    name = "desk"

    def ready(self) -> None:
        from accounts import demo  # noqa: PLC0415
        from desk.demo import sample_people  # noqa: PLC0415

        demo.offer(sample_people)
