"""What the page of a story shows of the commons."""

from typing import Any

from django.http import HttpRequest

from commons.reactions import key_of, on_things
from storymaps.acts import panels
from storymaps.models import StoryEntry, Visibility


def reactions_panel(request: HttpRequest, entry: StoryEntry) -> dict[str, Any] | None:
    """What others said to a shared story in one tap, and the buttons to say it too."""
    if entry.visibility == Visibility.TEAM:
        return None
    reactions = on_things([entry], request.user)[key_of(entry)]
    if not reactions:
        return None
    return {"template": "commons/story_panel.html", "reactions": reactions, "back": "story"}


panels.append(reactions_panel)
