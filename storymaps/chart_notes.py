"""Stories as notes on run charts, on the day that they tell of."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.links import Source, Target, register
from storymaps.models import StoryEntry
from teams.models import Team

MOST = 100


def target_of(entry: StoryEntry) -> Target:
    team = entry.team
    url = reverse("storymaps:entry", args=[team.series.slug, team.slug, entry.pk])
    return Target("entry", entry.pk, entry.began_on, entry.headline, url, entry.language)


def offers(team: Team, user: Any) -> list[Target]:
    """The stories of `team`, newest first; what was not yet tried can have changed no number."""
    found = StoryEntry.objects.visible_to(user).filter(team=team, is_intended=False)
    return [target_of(entry) for entry in found.select_related("team__series").latest_first()[:MOST]]


def resolve(ids: Collection[int], user: Any) -> dict[int, Target]:
    found = StoryEntry.objects.visible_to(user).filter(pk__in=ids).select_related("team__series")
    return {entry.pk: target_of(entry) for entry in found}


register(Source("entry", _("Story"), offers, resolve))
