from django.apps import AppConfig


class CommonsConfig(AppConfig):
    """What others do: feed, reactions, directory, connections."""

    name = "commons"

    def ready(self) -> None:
        # connections links them in the chain, kinds fills the feed, links adds panels to the page of a story
        from commons import concerns, connections, found, kinds, links, permissions  # noqa: F401, PLC0415
