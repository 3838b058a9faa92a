"""Where a day stands in a calendar: the state of a series, the line in the page's head, the drawn months."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from series.calendar.layout import Layout, Span, add_days, add_months


class State(StrEnum):
    """The life of a series as its dates tell it. *Draft* and *archived* are acts of people, not here."""

    RECRUITING = "recruiting"
    PRE_WORK = "pre-work"
    RUNNING = "running"
    SUMMIT = "summit"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return str(_STATE_NAMES[self])


_STATE_NAMES = {
    State.RECRUITING: _("Recruiting"),
    State.PRE_WORK: _("Pre-work"),
    State.RUNNING: _("Running"),
    State.SUMMIT: _("Final Summit"),
    State.CLOSED: _("Closed"),
}


def state_on(
    day: date, opens_on: date, first_session_on: date, summit_starts_on: date, summit_ends_on: date
) -> State:
    """Tell the state of a series that is neither a draft nor archived.

    Pre-work lasts to the day before Session A, running to the day before the Summit; closed is the
    day after it. One community that opens with Session A has no pre-work.
    """
    if day > summit_ends_on:
        return State.CLOSED
    if day >= summit_starts_on:
        return State.SUMMIT
    if day >= first_session_on:
        return State.RUNNING
    return State.PRE_WORK if day >= opens_on else State.RECRUITING


class Kind(StrEnum):
    """What a day of the calendar belongs to."""

    FREE = "free"  # before the opening, after the Summit
    PRE_WORK = "pre-work"
    SESSION = "session"
    PERIOD = "period"
    SUMMIT = "summit"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a day lies: "Action Period 2, week 23 of 26".

    `number` is that of the session or period, from 1; 0 for what has none. `day` of `days` and `week` of
    `weeks` count from the first day of `span`. Outside the calendar `span` is None and they are 0.
    """

    kind: Kind
    state: State
    number: int = 0
    span: Span | None = None
    day: int = 0

    @property
    def days(self) -> int:
        return self.span.days if self.span else 0

    @property
    def week(self) -> int:
        return -(-self.day // 7)

    @property
    def weeks(self) -> int:
        return self.span.weeks if self.span else 0

    @property
    def name(self) -> str:
        """Where we are in the reader's language: "Action Period 2"."""
        if self.kind in (Kind.FREE, Kind.PRE_WORK) or self.span is None:
            return self.state.label
        return self.span.name

    @property
    def detail(self) -> str:
        """How far: "week 23 of 26", in a session "day 1 of 2"; empty where there is nothing to count."""
        if self.kind in (Kind.PRE_WORK, Kind.PERIOD):
            return _("week %(week)s of %(weeks)s") % {"week": self.week, "weeks": self.weeks}
        if self.days > 1:
            return _("day %(day)s of %(days)s") % {"day": self.day, "days": self.days}
        return ""

    def __str__(self) -> str:
        return f"{self.name}, {self.detail}" if self.detail else self.name


def _spans(layout: Layout) -> list[tuple[Kind, int, Span]]:
    """Every stretch of a layout that has days, in an order in which events win over what lies around them."""
    spans: list[tuple[Kind, int, Span]] = [
        *((Kind.SESSION, number, session) for number, session in enumerate(layout.sessions, start=1)),
        (Kind.SUMMIT, 0, layout.summit),
        *((Kind.PERIOD, period.number, period) for period in layout.periods),
        (Kind.PRE_WORK, 0, Span(layout.opens_on, add_days(layout.first_session_on, -1))),
    ]
    return [(kind, number, span) for kind, number, span in spans if span.days >= 1]


def position_on(day: date, layout: Layout) -> Position:
    """Tell where `day` lies in `layout`."""
    state = state_on(
        day, layout.opens_on, layout.first_session_on, layout.summit.starts_on, layout.summit.ends_on
    )
    for kind, number, span in _spans(layout):
        if span.covers(day):
            return Position(kind, state, number, span, (day - span.starts_on).days + 1)
    return Position(Kind.FREE, state)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the drawn calendar; `number` as in `Position`, `is_first` where its stretch begins."""

    on: date
    kind: Kind
    number: int = 0
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the drawn calendar, all its days."""

    starts_on: date
    days: tuple[Day, ...]


def month_grid(layout: Layout, *, months: int = 24, at_most: int = 60) -> tuple[Month, ...]:
    """Every month from the opening on, day by day: `months` of them, more if the Summit comes later.

    Never more than `at_most`: a mistyped year draws five years and not eighty. In a layout that `check`
    refuses an event covers the period in which it stands.
    """
    begins = min(layout.opens_on, layout.first_session_on)
    ends = layout.summit.ends_on
    to_summit = (ends.year - begins.year) * 12 + ends.month - begins.month + 1
    count = min(max(months, to_summit), at_most)
    first = begins.replace(day=1)
    ends_before = add_months(first, count)
    cells: dict[date, Day] = {}
    for kind, number, span in _spans(layout):
        day = max(span.starts_on, first)
        while day <= span.ends_on and day < ends_before:
            cells.setdefault(day, Day(day, kind, number, is_first=day == span.starts_on))
            day = add_days(day, 1)
    return tuple(_month(add_months(first, n), cells) for n in range(count))


def _month(starts_on: date, cells: dict[date, Day]) -> Month:
    length = (add_months(starts_on, 1) - starts_on).days
    days = (add_days(starts_on, n) for n in range(length))
    return Month(starts_on, tuple(cells.get(day) or Day(day, Kind.FREE) for day in days))
