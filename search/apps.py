from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Find what one may read, in every room."""

    name = "search"

    def ready(self) -> None:
        from accounts import events  # noqa: PLC0415
        from search import own, services  # noqa: F401, PLC0415 - own registers teams and guiding questions

        events.listeners.append(services.on_record)
