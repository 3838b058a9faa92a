from django.apps import AppConfig


class CommonsConfig(AppConfig):
    """What others do: feed, reactions, directory, connections."""

    name = "commons"

    def ready(self) -> None:
        # kinds fills the feed, links shows reactions on the page of a story
        from commons import kinds, links  # noqa: F401, PLC0415
