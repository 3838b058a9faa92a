"""When check-ins are due, when they are reminded of, and when silence is long: arithmetic over dates.

Nothing here reads a table. What is laid out is stored by the services; a stored date moves only by
a person's act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from series.calendar import add_days, add_months

MONTH_DAYS = 30  # a month, where a length and not a date is asked for
MONTHLY_LEAD_DAYS = 28  # a monthly check-in leaves a new period at least four weeks
QUIET_AT_LEAST_DAYS = 21
LADDER = (-7, -1, 2, 5)  # days from the due date on which a reminder goes out

type Interval = tuple[date, date]
"""First and last day, both included."""
type Pause = tuple[date, date | None]
"""First and last day, both included; None while nobody has said when it ends."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a team checks in: every `weeks` weeks on `weekday` (Monday is 0), or monthly on `month_day`.

    Make one with `weekly` or `monthly`. Raises ValueError for a rhythm that is none.
    """

    weeks: int | None = None
    weekday: int | None = None
    month_day: int | None = None

    def __post_init__(self) -> None:
        if self.month_day is not None:
            is_good = self.weeks is None and self.weekday is None and 1 <= self.month_day <= 31
        else:
            is_good = (self.weeks or 0) >= 1 and self.weekday is not None and 0 <= self.weekday <= 6
        if not is_good:
            raise ValueError("a rhythm is every n weeks on a weekday, or monthly on a day")

    @classmethod
    def weekly(cls, weekday: int, every: int = 1) -> Rhythm:
        """Every n weeks on a weekday, Monday 0 to Sunday 6."""
        return cls(weeks=every, weekday=weekday)

    @classmethod
    def monthly(cls, day: int) -> Rhythm:
        """Each month on that day, 1 to 31; a shorter month's last day stands for it."""
        return cls(month_day=day)

    @property
    def days(self) -> int:
        """One rhythm in days; a month is 30."""
        return MONTH_DAYS if self.weeks is None else self.weeks * 7

    def is_within_half(self, days: int) -> bool:
        """Whether two dates `days` apart are less than half a rhythm apart."""
        return abs(days) * 2 < self.days

    def matching(self, earliest: date) -> Iterator[date]:
        """The days of the rhythm from `earliest` on, without end.

        Weeks are counted from the first match; months each from January, so 31 is 31 again after February.
        """
        if self.month_day is None:
            day = add_days(earliest, ((self.weekday or 0) - earliest.weekday()) % 7)
            while True:
                yield day
                day = add_days(day, self.days)
        # A January has 31 days, so no clamp is lost in the day from which the months are counted.
        january = date(earliest.year, 1, self.month_day)
        months = earliest.month - 1
        if add_months(january, months) < earliest:
            months += 1
        while True:
            yield add_months(january, months)
            months += 1


def is_paused(day: date, pauses: Iterable[Pause]) -> bool:
    """Whether `day` lies in a pause, its last day included."""
    return any(start <= day and (end is None or day <= end) for start, end in pauses)


def due_dates(
    rhythm: Rhythm,
    period_starts_on: date,
    period_ends_on: date,
    *,
    pauses: Collection[Pause] = (),
    kept: Collection[date] = (),
) -> list[date]:
    """Lay out the due dates of one Action Period, in order.

    The first is the first matching day at least one rhythm (monthly: 4 weeks) after the period opens;
    the period's last day always is one, and a date less than half a rhythm before it falls away.
    Then what lies in a pause is dropped, and what is less than half a rhythm from one of the `kept`
    dates of the team, the last day too. `kept` themselves are not in the answer.
    """
    if period_ends_on < period_starts_on:
        return []
    lead = MONTHLY_LEAD_DAYS if rhythm.weeks is None else rhythm.days
    laid: list[date] = []
    for day in rhythm.matching(add_days(period_starts_on, lead)):
        # Reached, passed or near the last day, which stands for it. Also stops at the last date there is.
        if day >= period_ends_on or rhythm.is_within_half((period_ends_on - day).days):
            break
        laid.append(day)
    laid.append(period_ends_on)
    return [
        day
        for day in laid
        if not is_paused(day, pauses) and not any(rhythm.is_within_half((day - held).days) for held in kept)
    ]


@dataclass(frozen=True, slots=True)
class Relay:
    """What becomes of a team's due dates when periods move, each list in order.

    `kept` and `added` together are the dates from now on; `dropped` are taken away, none of them filed.
    """

    kept: tuple[date, ...]
    added: tuple[date, ...]
    dropped: tuple[date, ...]


def relay(
    rhythm: Rhythm,
    periods: Iterable[Interval],
    existing: Collection[date],
    *,
    settled: Collection[date],
    today: date,
    pauses: Collection[Pause] = (),
) -> Relay:
    """Lay a team's due dates anew for `periods` as they are after a move.

    `existing` are all due dates of the team in the series, `settled` those that are filed or excused.
    Give all Action Periods of the series: a filed date of one may lie in another one now. Settled dates
    and those up to `today` keep their day for ever; only days after `today` come or go.
    """
    firm = {day for day in existing if day <= today or day in settled}
    laid = {
        day
        for starts_on, ends_on in periods
        for day in due_dates(rhythm, starts_on, ends_on, pauses=pauses, kept=firm)
        if day > today
    }
    before = set(existing)
    return Relay(
        kept=tuple(sorted(firm | (before & laid))),
        added=tuple(sorted(laid - before)),
        dropped=tuple(sorted(before - firm - laid)),
    )


def rungs(due_on: date, rhythm: Rhythm, ladder: Sequence[int] = LADDER) -> list[tuple[int, date]]:
    """The days on which a due date is reminded of, each with its rung, in order.

    A rung further from the due date than half the rhythm is dropped: weekly keeps -1 and 2.
    """
    return [(rung, add_days(due_on, rung)) for rung in sorted(set(ladder)) if abs(rung) * 2 <= rhythm.days]


def quiet_days(
    last_filed_on: date | None,
    joined_on: date,
    periods: Collection[Interval],
    pauses: Collection[Pause],
    today: date,
) -> int:
    """Count the days on which nothing was filed, `today` included: days in Action Periods, pauses not.

    The day after the last filing is day one; a team that never filed counts from joining or the first
    period's opening, whichever is later. 0 before there is a period.
    """
    if not periods:
        return 0
    since = last_filed_on or max(joined_on, min(starts_on for starts_on, _ends_on in periods))
    counted = 0
    for starts_on, ends_on in periods:
        first, last = max(starts_on, add_days(since, 1)), min(ends_on, today)
        if first <= last:
            counted += (last - first).days + 1 - _paused_days(first, last, pauses)
    return counted


def _paused_days(first: date, last: date, pauses: Collection[Pause]) -> int:
    """Count the days from `first` to `last` that lie in a pause, each once however many pauses hold it."""
    paused, begin = 0, first
    for starts_on, ends_on in sorted(pauses, key=lambda pause: pause[0]):
        end = last if ends_on is None else min(ends_on, last)
        begin = max(begin, starts_on)
        if begin <= end:
            paused += (end - begin).days + 1
            begin = add_days(end, 1)
    return paused


def is_quiet(days: int, rhythm: Rhythm) -> bool:
    """Whether so many quiet days are silence: more than 1.5 rhythms and at least 21 days."""
    return days * 2 > rhythm.days * 3 and days >= QUIET_AT_LEAST_DAYS
