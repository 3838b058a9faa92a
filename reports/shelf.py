"""The stories that can be chosen for a report, with the reason for each that cannot."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from reports.models import Report
from reports.services import Standing, standing_of, with_clearances
from storymaps.models import StoryEntry


@dataclass(frozen=True)
class Offer:
    """An entry under one heading of the shelf, named after a team or a driver."""

    name: str
    slot: int | None
    entry: Any
    standing: Standing
    is_in: bool


def shelf(report: Report, user: Any, chosen: Collection[int | None], *, by: str) -> list[Offer]:
    """What `user` may see of the series, by team or by driver, what can go in first. Constant queries.

    By driver, an entry with several stands under each of them.
    """
    found = StoryEntry.objects.visible_to(user).filter(team__series=report.series_id, is_intended=False)
    offers = []
    for entry in with_clearances(found).order_by("team__name", "began_on", "pk"):
        standing, is_in = standing_of(entry), entry.pk in chosen
        if by == "team":
            offers.append(((entry.team.name,), Offer(entry.team.name, None, entry, standing, is_in)))
            continue
        for driver in entry.drivers.all():
            offers.append(((driver.position,), Offer(driver.name, driver.slot, entry, standing, is_in)))
        if not entry.drivers.all():
            offers.append(((99,), Offer("", None, entry, standing, is_in)))
    offers.sort(key=lambda pair: (pair[0], not pair[1].standing.can_go_in))
    return [offer for _, offer in offers]
