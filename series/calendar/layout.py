"""What a calendar is made of, and how a fresh one is laid out."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate, pairwise

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


def add_days(day: date, days: int) -> date:
    """Go `days` on (or back), stopping at the ends of what a date can hold.

    A mistyped year (0026, 9999) must end in a message at its field, not in an OverflowError.
    """
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def add_months(day: date, months: int) -> date:
    """Go `months` on (or back), the day clamped to the month's last.

    Count from the first day each time and never chain: 31 August + 6 is 28 February, and + 12 is 31 August.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    if year < date.min.year:
        return date.min
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def letter_of(number: int) -> str:
    """Name the n-th session, from 1: A, B … Z, AA, AB …"""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Span:
    """Some days on end, the first and the last included."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """How many days; below 1 where it ends before it begins."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def weeks(self) -> int:
        """How many weeks it takes, a begun one counted."""
        return -(-self.days // 7)

    def covers(self, day: date) -> bool:
        """Say whether `day` lies in it."""
        return self.starts_on <= day <= self.ends_on

    @property
    def name(self) -> str:
        """What pages call it, in the reader's language."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class SessionDates(Span):
    """A Learning Session."""

    letter: str

    @property
    def name(self) -> str:
        return _("Session %(letter)s") % {"letter": self.letter}


@dataclass(frozen=True, slots=True)
class SummitDates(Span):
    """The Final Summit."""

    @property
    def name(self) -> str:
        return str(_("Final Summit"))


@dataclass(frozen=True, slots=True)
class PeriodDates(Span):
    """An Action Period; `number` counts from 1 and is that of the session before it."""

    number: int

    @property
    def name(self) -> str:
        return _("Action Period %(number)s") % {"number": self.number}


def periods_between(sessions: Sequence[SessionDates], summit: SummitDates) -> tuple[PeriodDates, ...]:
    """The Action Periods: from the day after a session to the day before what comes next.

    Of two events without a day between them the period has `days` below 1; `check` refuses that.
    """
    events: tuple[Span, ...] = (*sessions, summit)
    return tuple(
        PeriodDates(add_days(before.ends_on, 1), add_days(after.starts_on, -1), number)
        for number, (before, after) in enumerate(pairwise(events), start=1)
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """The calendar of one series. The Action Periods follow from the rest and cannot disagree with it.

    `months` are those of each period that the platform laid it out with, empty for one made by hand.
    An event that still stands where they put it is never warned of its period's length.
    Raises ValueError without a session, or where `months` is not one a session.
    """

    opens_on: date
    sessions: tuple[SessionDates, ...]
    summit: SummitDates
    months: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.sessions:
            raise ValueError("a series has at least one Learning Session")
        if self.months and len(self.months) != len(self.sessions):
            raise ValueError("months are one number for each Action Period")

    @property
    def first_session_on(self) -> date:
        return self.sessions[0].starts_on

    @property
    def events(self) -> tuple[SessionDates | SummitDates, ...]:
        """The sessions in their order of letters, then the Summit."""
        return (*self.sessions, self.summit)

    @property
    def periods(self) -> tuple[PeriodDates, ...]:
        return periods_between(self.sessions, self.summit)

    @property
    def stands_as_laid_out(self) -> tuple[bool, ...]:
        """For each event, whether it begins on the very day on which `months` put it."""
        if not self.months:
            return tuple(False for _event in self.events)
        offsets = accumulate(self.months, initial=0)
        return tuple(
            event.starts_on == add_months(self.first_session_on, offset)
            for event, offset in zip(self.events, offsets, strict=True)
        )

    @property
    def is_generated(self) -> bool:
        """Whether nobody has moved an event since the platform laid the calendar out."""
        return all(self.stands_as_laid_out)

    @property
    def days_together(self) -> int:
        return sum(event.days for event in self.events)

    @property
    def weeks_at_home(self) -> int:
        """Full weeks in all Action Periods together."""
        return sum(period.days for period in self.periods) // 7


class ShapeKind(StrEnum):
    """Which of the ready shapes a series has."""

    SEVERAL_PLACES = "places"
    ONE_COMMUNITY = "community"
    OWN = "own"

    @property
    def label(self) -> str:
        return str(_SHAPE_NAMES[self])


_SHAPE_NAMES = {
    ShapeKind.SEVERAL_PLACES: _("Several places"),
    ShapeKind.ONE_COMMUNITY: _("One community"),
    ShapeKind.OWN: _("Our own shape"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The rhythm of a series: the months of each Action Period, so as many as it has sessions.

    Raises ValueError where it holds no period, or one of less than a month.
    """

    kind: ShapeKind
    months: tuple[int, ...]
    pre_work_months: int = 0

    def __post_init__(self) -> None:
        if not self.months or min(self.months) < 1 or self.pre_work_months < 0:
            raise ValueError("an Action Period lasts at least one month")

    @property
    def total_months(self) -> int:
        """From Session A to the Summit."""
        return sum(self.months)

    @property
    def note(self) -> str:
        """The sentence that stands under the choice, in the reader's language: how long it takes in all."""
        length = ngettext(
            "%(total)s month from Session A to the Summit.",
            "%(total)s months from Session A to the Summit.",
            self.total_months,
        ) % {"total": self.total_months}
        if not self.pre_work_months:
            return length
        before = ngettext(
            "Before that comes about %(count)s month of pre-work: about %(all)s months in all.",
            "Before that come about %(count)s months of pre-work: about %(all)s months in all.",
            self.pre_work_months,
        ) % {"count": self.pre_work_months, "all": self.total_months + self.pre_work_months}
        return f"{length} {before}"


def spread_months(total: int, periods: int) -> tuple[int, ...]:
    """Part `total` months evenly: 24 in 7 is 3 4 3 4 3 4 3.

    Raises ValueError if a period would get less than a month.
    """
    if periods < 1 or total < periods:
        raise ValueError("an Action Period lasts at least one month")
    # Each boundary is the nearest whole month to its even share; whole numbers only, so it never drifts.
    marks = [(2 * i * total + periods) // (2 * periods) for i in range(periods + 1)]
    return tuple(after - before for before, after in pairwise(marks))


def several_places(sessions: int = 3, months: int = 6) -> Shape:
    """Teams of different places: by default 18 months from Session A to the Summit, after 6 of pre-work."""
    return Shape(ShapeKind.SEVERAL_PLACES, (months,) * sessions, pre_work_months=6)


def one_community(sessions: int = 7, total_months: int = 24) -> Shape:
    """Teams of one community: 6 to 8 sessions with 3 to 4 months between them, in two years."""
    return Shape(ShapeKind.ONE_COMMUNITY, spread_months(total_months, sessions))


def own_shape(months: Sequence[int], pre_work_months: int = 0) -> Shape:
    """Any rhythm: one number a period, all different if need be."""
    return Shape(ShapeKind.OWN, tuple(months), pre_work_months)


PRESETS = (several_places(), one_community(6), one_community(7), one_community(8))


def lay_out(
    shape: Shape | Sequence[int],
    first_session_on: date,
    *,
    session_days: int = 2,
    opens_on: date | None = None,
    summit_days: int = 1,
) -> Layout:
    """Lay out a calendar from the first day of Session A, every date counted from that day.

    `shape` may be the months of each period alone. Without `opens_on` pre-work begins as many months
    earlier as the shape says (several places 6, else the same day). Whether the dates are good is
    `check`'s to say: long sessions in short periods may touch.
    Raises ValueError for a shape that is none, or an event of less than a day.
    """
    if not isinstance(shape, Shape):
        shape = own_shape(shape)
    if session_days < 1 or summit_days < 1:
        raise ValueError("a session and the Summit last at least one day")
    *starts, summit_on = (add_months(first_session_on, n) for n in accumulate(shape.months, initial=0))
    return Layout(
        opens_on=opens_on or add_months(first_session_on, -shape.pre_work_months),
        sessions=tuple(
            SessionDates(start, add_days(start, session_days - 1), letter_of(number))
            for number, start in enumerate(starts, start=1)
        ),
        summit=SummitDates(summit_on, add_days(summit_on, summit_days - 1)),
        months=shape.months,
    )
