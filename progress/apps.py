from django.apps import AppConfig


class ProgressConfig(AppConfig):
    """What a team owes and files in an Action Period."""

    name = "progress"

    def ready(self) -> None:
        # permissions registers who holds which role here
        from accounts.drafts import kept_forms  # noqa: PLC0415
        from progress import chart_notes, found, numbers, permissions, services, ways  # noqa: F401, PLC0415
        from series.services import calendar_previews, calendar_saved, set_up_parts  # noqa: PLC0415
        from teams.services import team_added  # noqa: PLC0415
        from teams.status import status_changed  # noqa: PLC0415

        calendar_saved.append(services.lay_out_due_dates)
        calendar_previews.append(services.preview_calendar)
        team_added.append(services.lay_out_for_team)
        status_changed.append(services.follow_status)
        set_up_parts.append(ways.set_up_parts)
        kept_forms["progress:check-in"] = services.kept_form
        services.extra_parts.append(numbers.numbers_part)
