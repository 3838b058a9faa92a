from django.apps import AppConfig


class StorymapsConfig(AppConfig):
    """Stories, comments, and the chain walked both ways."""

    name = "storymaps"

    def ready(self) -> None:
        from storymaps import permissions  # noqa: F401, PLC0415 - registers who holds which role here
