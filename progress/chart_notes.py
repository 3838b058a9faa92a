"""Tests as notes on run charts: a test that was begun, on the day it began."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from measures.links import Source, Target, register
from progress.models import TestCycle
from teams.models import Team

MOST = 100


def target_of(cycle: TestCycle) -> Target:
    assert cycle.begun_at is not None
    item, team = cycle.item, cycle.item.plan.team
    url = reverse("progress:cycle", args=[team.series.slug, team.slug, item.pk, cycle.number])
    on = cycle.starts_on or clock.day_in(team.time_zone, cycle.begun_at)
    return Target("test", cycle.pk, on, f"{item.what} ({cycle.number})", url)


def offers(team: Team, user: Any) -> list[Target]:
    """The tests of `team` that were begun, newest first."""
    found = TestCycle.objects.visible_to(user).filter(item__plan__team=team, begun_at__isnull=False)
    rows = found.select_related("item__plan__team__series").order_by("-begun_at")[:MOST]
    return [target_of(cycle) for cycle in rows]


def resolve(ids: Collection[int], user: Any) -> dict[int, Target]:
    found = TestCycle.objects.visible_to(user).filter(pk__in=ids, begun_at__isnull=False)
    return {cycle.pk: target_of(cycle) for cycle in found.select_related("item__plan__team__series")}


register(Source("test", _("Test"), offers, resolve))
