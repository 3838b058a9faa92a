"""The numbers that are due with a check-in: one box each in the same form, and the answer that they give."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F

from core import clock
from measures.grid import Cell
from measures.models import Measure
from measures.permissions import may_enter
from measures.reading import Sheet, sheets_of_team
from measures.services import Due, Entry, enter_points, measures_due
from progress.models import CheckIn, DueDate
from teams.models import Team

if TYPE_CHECKING:
    from accounts.models import User

_BOX = re.compile(r"number-([0-9]{1,12})-([0-9]{4}-[0-9]{2}-[0-9]{2})")


class NumbersDue:
    """A box for the newest missing number of each measure of the team. None of them must be filled in."""

    template = "progress/numbers_due.html"

    def __init__(self, due: DueDate, wanted: list[Due], data: Mapping[str, str] | None) -> None:
        self.due, self.is_bound = due, data is not None
        self.cells = [_cell(one, data or {}) for one in wanted]
        self.entries: list[Entry] = []

    def is_valid(self) -> bool:
        """Whether each number that was typed can be read; a box left blank is no number, and no error."""
        self.entries = [entry for cell in self.cells if (entry := cell.read()) is not None]
        return not any(cell.error for cell in self.cells)

    @property
    def is_open(self) -> bool:
        """Whether something stands in the boxes, so that they are shown unfolded."""
        return any(cell.text or cell.error for cell in self.cells)

    def save(self, *, by: "User", at: datetime) -> None:
        if self.entries:
            enter_points(self.due.team, self.entries, by=by, at=at)


def _cell(due: Due, posted: Mapping[str, str]) -> Cell:
    name = f"number-{due.measure.pk}-{due.period_on.isoformat()}"
    label = f"{due.measure.name}, {due.name}"
    return Cell(name, label, posted.get(name, ""), "", due.measure, due.period_on)


def numbers_part(due: DueDate, *, by: Any, data: Mapping[str, str] | None = None) -> NumbersDue | None:
    """The part of a check-in for `by`; None where nothing is due, or the numbers are not theirs to enter.

    A box that was sent comes back, whoever else filled it in meanwhile: what was typed is then a correction.
    """
    if not may_enter(by, due.team):
        return None
    today = clock.today(due.team.time_zone)
    wanted = measures_due(due.team, today)
    if data is not None:
        wanted += _sent_before(due.team, data, {(one.measure.pk, one.period_on) for one in wanted}, today)
    return NumbersDue(due, wanted, data) if wanted else None


def _sent_before(
    team: Team, data: Mapping[str, str], known: Collection[tuple[int, date]], today: date
) -> list[Due]:
    """The boxes in `data` that are no longer due, of measures that the team follows."""
    found = [match for name in data if data[name].strip() and (match := _BOX.fullmatch(name))]
    followed = {m.pk: m for m in Measure.objects.of_team(team).followed_on(today)} if found else {}
    sent = [(int(match[1]), _day(match[2])) for match in found]
    return [Due(followed[pk], day) for pk, day in sent if day and pk in followed and (pk, day) not in known]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def answered(check_in: CheckIn, user: Any) -> list[Sheet]:
    """What the numbers that came with `check_in` say now: each measure with its chart and its verdict."""
    team = check_in.due.team
    came = Measure.objects.visible_to(user).filter(
        points__team=team, points__entered_by=check_in.filed_by_id, points__entered_at=check_in.filed_at
    )
    measures = list(came.select_related("driver").distinct().order_by(F("team").asc(nulls_first=True), "pk"))
    return sheets_of_team(team, user, measures) if measures else []
