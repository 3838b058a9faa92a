"""Moving one event, and what else that moves."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from series.calendar.layout import Layout, PeriodDates, SessionDates, SummitDates, add_days


class Mode(StrEnum):
    """What becomes of the events after the one that is moved."""

    ONLY = "only"  # they stay; the periods beside it stretch and shrink
    SHIFT_ALL = "shift_all"  # all go the same number of days, those moved by hand too


@dataclass(frozen=True, slots=True)
class Change:
    """A session, a period or the Summit whose days are others after a move."""

    before: SessionDates | PeriodDates | SummitDates
    after: SessionDates | PeriodDates | SummitDates

    @property
    def name(self) -> str:
        """What has changed, in the reader's language."""
        return self.after.name

    @property
    def days_later(self) -> int:
        """How much later it begins; negative for earlier, 0 where only its end moves."""
        return (self.after.starts_on - self.before.starts_on).days

    @property
    def days_longer(self) -> int:
        """How much longer it lasts; negative for shorter. An event keeps its length."""
        return self.after.days - self.before.days


@dataclass(frozen=True, slots=True)
class Move:
    """The layout after a move, not yet checked, and what the move changed, in order of the calendar."""

    layout: Layout
    changes: tuple[Change, ...]


def move_session(layout: Layout, index: int, new_start: date, mode: Mode | str = Mode.ONLY) -> Move:
    """Move the event at `index` of `layout.events` (from 0; the last is the Summit) to begin on `new_start`.

    It keeps its length. The opening stays where it is. Ask `check` whether the new layout is good.
    Raises IndexError for an event that is none, ValueError for an unknown mode.
    """
    if not 0 <= index < len(layout.events):
        raise IndexError("no such event")
    days = (new_start - layout.events[index].starts_on).days
    last = index if Mode(mode) is Mode.ONLY else len(layout.events) - 1

    def moved[Event: (SessionDates, SummitDates)](place: int, event: Event) -> Event:
        if not index <= place <= last:
            return event
        return replace(
            event, starts_on=add_days(event.starts_on, days), ends_on=add_days(event.ends_on, days)
        )

    after = replace(
        layout,
        sessions=tuple(moved(place, session) for place, session in enumerate(layout.sessions)),
        summit=moved(len(layout.sessions), layout.summit),
    )
    return Move(after, tuple(_changes(layout, after)))


def _changes(before: Layout, after: Layout) -> list[Change]:
    old, new = (_in_order(layout) for layout in (before, after))
    return [Change(was, now) for was, now in zip(old, new, strict=True) if was != now]


def _in_order(layout: Layout) -> list[SessionDates | PeriodDates | SummitDates]:
    """Session A, Action Period 1, Session B, Action Period 2 … Summit."""
    parts: list[SessionDates | PeriodDates | SummitDates] = []
    for session, period in zip(layout.sessions, layout.periods, strict=True):
        parts += (session, period)
    return [*parts, layout.summit]
