from django.apps import AppConfig


class StorymapsConfig(AppConfig):
    """Stories, comments, and the chain walked both ways."""

    name = "storymaps"

    def ready(self) -> None:
        from accounts.drafts import kept_forms  # noqa: PLC0415
        from storymaps import services  # noqa: PLC0415
        from storymaps.margin import beside  # noqa: PLC0415
        from teams.margin import margins  # noqa: PLC0415

        margins.append(beside)
        kept_forms["storymaps:log"] = services.kept_form
        # permissions registers who holds which role here, chart_notes that stories stand on charts
        from storymaps import chart_notes, found, permissions  # noqa: F401, PLC0415
