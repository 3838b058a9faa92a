"""The few answers of which the wizard lays out two years, and how they change one another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from series.calendar import (
    Layout,
    Shape,
    ShapeKind,
    add_days,
    add_months,
    check,
    lay_out,
    one_community,
    own_shape,
    several_places,
    spread_months,
)

MOST_SESSIONS = 12
MOST_MONTHS = 24  # of one Action Period
COMMUNITY_MONTHS = 24
READY = {
    ShapeKind.SEVERAL_PLACES: several_places(),
    ShapeKind.ONE_COMMUNITY: one_community(),
    ShapeKind.OWN: own_shape((6, 6, 6)),
}


@dataclass(frozen=True)
class Recipe:
    """Shape, first day of Session A, and the months of each period, so as many as there are sessions."""

    kind: ShapeKind
    start: date
    months: tuple[int, ...]

    @property
    def sessions(self) -> int:
        return len(self.months)

    @property
    def signature(self) -> str:
        """What the form carries along, to see whether the dates in it were laid out by these answers."""
        return f"{self.kind}|{self.start}|{self.sessions}|{self.months_text}"

    @property
    def months_text(self) -> str:
        return months_text(self.months)

    def lay_out(self) -> Layout:
        return lay_out(Shape(self.kind, self.months, READY[self.kind].pre_work_months), self.start)


def months_text(months: tuple[int, ...]) -> str:
    """One number where all are the same, else one for each period: 3 4 3 4."""
    return str(months[0]) if len(set(months)) == 1 else " ".join(map(str, months))


def read_months(text: str, sessions: int) -> tuple[int, ...]:
    """The months of each of `sessions` periods. Raises ValidationError in words for the person."""
    numbers = text.replace(",", " ").split()
    if not all(
        number.isdecimal() and len(number) < 4 and 1 <= int(number) <= MOST_MONTHS for number in numbers
    ):
        raise ValidationError(_("Write whole months, from 1 to %(most)s.") % {"most": MOST_MONTHS})
    months = tuple(int(number) for number in numbers)
    if len(months) == 1:
        return months * sessions
    if len(months) != sessions:
        raise ValidationError(
            _("Write one number for all Action Periods, or one for each of the %(count)s.")
            % {"count": sessions}
        )
    return months


def followed(answers: Mapping[str, str], laid_out: str) -> dict[str, str]:
    """`answers` (kind, sessions, months), where a changed one has moved those that were not touched.

    Whoever picks another shape means its usual sessions and months; whoever changes the number of
    sessions in one community means that they fill the two years. `laid_out` is the signature of before.
    """
    now = dict(answers)
    kind, _start, sessions, months = (laid_out.split("|") + [""] * 4)[:4]
    ready = READY.get(ShapeKind(now["kind"])) if now["kind"] in set(ShapeKind) else None
    if ready is None:
        return now
    if kind and now["kind"] != kind and now["kind"] != ShapeKind.OWN:
        if now["sessions"] == sessions:
            now["sessions"] = str(len(ready.months))
        if now["months"] == months:
            now["months"] = months_text(ready.months)
    now["sessions"] = now["sessions"] or str(len(ready.months))
    many = int(now["sessions"]) if now["sessions"].isdecimal() and len(now["sessions"]) < 3 else 0
    fills_two_years = now["kind"] == ShapeKind.ONE_COMMUNITY and 1 <= many <= MOST_SESSIONS
    is_untouched = now["months"] in (months, months_text(ready.months))
    if fills_two_years and is_untouched and now["sessions"] != sessions:
        now["months"] = months_text(spread_months(COMMUNITY_MONTHS, many))
    now["months"] = now["months"] or months_text(ready.months)
    return now


def suggested(kind: ShapeKind, today: date) -> Recipe:
    """A first day to begin with: pre-work can start now, and as few events as can be fall on a weekend.

    None after the 28th, so that all stand on the same day of their months.
    """
    shape = READY[kind]
    earliest = add_months(today, max(shape.pre_work_months, 3))
    days = [day for n in range(1, 36) if (day := add_days(earliest, n)).day <= 28]
    start = min(days, key=lambda day: len(check(lay_out(shape, day)).warnings))
    return Recipe(kind, start, shape.months)
