from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """Calls for help and their answers."""

    name = "coaching"

    def ready(self) -> None:
        from coaching import found, permissions, services  # noqa: F401, PLC0415 - registers roles on calls
        from progress.services import check_in_filed  # noqa: PLC0415

        check_in_filed.append(services.call_of_check_in)
