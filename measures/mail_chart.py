"""A run chart in a mail: the drawing of the page as a picture, with its verdict in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from measures.downloads import NoPicture, chart_png
from measures.models import Measure
from measures.reading import Sheet, sheets_of_team
from teams.models import Team


@dataclass(frozen=True)
class MailChart:
    """What the mail shows; `png` is attached under the Content-ID `cid`."""

    cid: str
    png: bytes
    name: str
    latest: str
    words: str
    rules: str


def chart_for_mail(team: Team, user: Any, on: date) -> MailChart | None:
    """The measure of `team` that says most to `user`: one that signals, else one that has a verdict at all.

    None where nothing has enough numbers, or the picture could not be made. Three queries, one process.
    """
    measures = list(Measure.objects.visible_to(user).of_team(team).followed_on(on))
    told = [sheet for sheet in sheets_of_team(team, user, measures) if sheet.verdict.state != "early"]
    told = [sheet for sheet in told if sheet.latest is not None]
    if not told:
        return None
    chosen: Sheet = next((sheet for sheet in told if sheet.verdict.state == "signal"), told[0])
    try:
        png = chart_png(chosen)
    except NoPicture:
        return None
    return MailChart(
        cid=f"chart-{chosen.measure.pk}",
        png=png,
        name=chosen.measure.name,
        latest=chosen.latest.shown if chosen.latest else "",
        words=str(chosen.said["words"]),
        rules=str(chosen.said["rules"]),
    )
