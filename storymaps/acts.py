"""A registry: what the page of a story shows of rooms to the right. They fill it at start-up."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from storymaps.models import StoryEntry

# Functions (request, entry) -> the context of a panel, with the name of its `template`; None for no panel.
panels: list[Callable[[HttpRequest, StoryEntry], dict[str, Any] | None]] = []


def panels_of(request: HttpRequest, entry: StoryEntry) -> list[dict[str, Any]]:
    """The panels of `entry`, in the order of the rooms."""
    found = [panel(request, entry) for panel in panels]
    return [panel for panel in found if panel is not None]
