"""Finding the stories that something grew out of: by their words, over everything that a person may read."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from storymaps.models import StoryEntry
from teams.models import Team

MOST, LATEST = 20, 5  # found by words; shown before anybody asked
MOST_WORDS = 8


@dataclass(frozen=True)
class Choice:
    """A story that may be chosen as a source, and whether it is."""

    pk: int
    title: str
    team: str  # blank for one's own
    language: str
    is_chosen: bool = False


def search(entries: QuerySet[StoryEntry], words: str) -> QuerySet[StoryEntry]:
    """Those of `entries` that hold every word of `words`, in what was told, the team's name or the place."""
    for word in words.split()[:MOST_WORDS]:
        entries = entries.filter(
            Q(text__icontains=word)
            | Q(title__icontains=word)
            | Q(place__icontains=word)
            | Q(who__icontains=word)
            | Q(team__name__icontains=word)
        )
    return entries


def choices(team: Team, user: Any, chosen: Collection[int], words: str = "", but: int = 0) -> list[Choice]:
    """The stories `chosen` first, then what the words find, else the team's latest. Two queries.

    Only of the series of `team`, and only what `user` may read; never the entry `but` itself.
    """
    readable = StoryEntry.objects.visible_to(user).filter(team__series=team.series_id).exclude(pk=but)
    readable = readable.select_related("team")
    kept = list(readable.filter(pk__in=chosen).latest_first()) if chosen else []
    rest = readable.exclude(pk__in=chosen).latest_first()  # type: ignore[attr-defined]
    words = words.strip()[:200]
    found = list(search(rest, words)[:MOST]) if words else list(rest.filter(team=team)[:LATEST])
    return [_choice(entry, team, is_chosen=True) for entry in kept] + [
        _choice(entry, team, is_chosen=False) for entry in found
    ]


def _choice(entry: StoryEntry, team: Team, *, is_chosen: bool) -> Choice:
    name = "" if entry.team_id == team.pk else entry.team.name
    return Choice(entry.pk, entry.headline, name, entry.language, is_chosen)


def ids_of(values: Collection[Any]) -> list[int]:
    """Those of `values`, as they were posted or kept in a draft, that are ids."""
    return [
        int(value) for value in map(str, values) if value.isascii() and value.isdigit() and len(value) < 12
    ]
