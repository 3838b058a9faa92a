from django.apps import AppConfig


class StorymapsConfig(AppConfig):
    """Stories, comments, and the chain walked both ways."""

    name = "storymaps"

    def ready(self) -> None:
        # permissions registers who holds which role here, chart_notes that stories stand on charts
        from storymaps import chart_notes, permissions  # noqa: F401, PLC0415
