from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Pages that show several rooms. No tables."""

    name = "desk"

    def ready(self) -> None:
        from accounts import demo  # noqa: PLC0415
        from accounts.drafts import kept_forms  # noqa: PLC0415
        from desk.call_sheet import kept_form  # noqa: PLC0415
        from desk.demo import sample_people  # noqa: PLC0415

        kept_forms["desk:call-sheet"] = kept_form
        demo.offer(sample_people)
