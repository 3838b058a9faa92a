"""What the page of a story shows of the commons."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from commons.reactions import key_of, on_things
from commons.same_reading import for_story
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


def same_panel(request: HttpRequest, entry: StoryEntry) -> dict[str, Any] | None:
    """Which teams met the same as a story, of what the reader may read."""
    if entry.is_intended:
        return None
    met = for_story(entry, request.user)
    if not met:
        return None
    url = f"{reverse('commons:same', args=[entry.team.series.slug])}?team={entry.team.slug}"
    return {"template": "commons/same_panel.html", "met": met, "url": url}


panels.append(reactions_panel)
panels.append(same_panel)
