from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """Calls for help and their answers; the call log."""

    name = "coaching"

    def ready(self) -> None:
        # permissions registers roles on calls, links where calls stand in the chain
        from coaching import links, permissions, services  # noqa: F401, PLC0415
        from progress.services import check_in_filed  # noqa: PLC0415

        check_in_filed.append(services.call_of_check_in)
