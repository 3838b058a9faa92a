from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """The resource shelf, and the change package made of it."""

    name = "library"

    def ready(self) -> None:
        # permissions registers roles on resources and who reads their files, links what other rooms show
        from library import concerns, found, links, permissions  # noqa: F401, PLC0415
