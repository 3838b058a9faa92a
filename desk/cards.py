"""An entry as the card that lists show (components/entry.html)."""

from typing import Any

from django.urls import reverse

from core import clock
from storymaps.models import StoryEntry
from storymaps.sources import source_words


def card(entry: StoryEntry) -> dict[str, Any]:
    """What the card of `entry` shows; it needs team and series selected, drivers and evidence__file too."""
    team = entry.team
    return {
        "title": entry.headline,
        "url": reverse("storymaps:entry", args=[team.series.slug, team.slug, entry.pk]),
        "strand": entry.strand,
        "evidence_level": min(len(entry.evidence.all()), 2),
        "evidence_words": source_words(entry.evidence.all()),
        "drivers": list(entry.drivers.all()),
        "lang": entry.language,
        "on": clock.day_in(team.time_zone, entry.logged_at),
        "by": f"{entry.author.name}, {team.name}",
        "is_intended": entry.is_intended,
    }
