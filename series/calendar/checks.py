"""What is wrong with a calendar: errors are refused at their field, warnings can be accepted."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from series.calendar.layout import Layout, SessionDates, Span, add_days, add_months

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SHORTEST_MONTHS = 3
LONGEST_MONTHS = 6
SESSION_DAYS = 2
TOTAL_MONTHS = 24
SATURDAY = 5  # of date.weekday()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a layout.

    `code` says which rule; `field` where it is shown: `opens_on`, `session-<n>-starts_on`,
    `session-<n>-ends_on` (n counts from 1), `summit-starts_on` or `summit-ends_on`.
    `key` is what an accepted warning is kept as. It holds the fact itself (a number of days, a date):
    who accepted seven months has not accepted twelve.
    """

    code: str
    key: str
    field: str
    template: StrPromise
    values: dict[str, Span | date | int | StrPromise] = dataclass_field(hash=False)

    @property
    def message(self) -> str:
        """The sentence for the reader, in the active language: events by name, days in its format."""
        return self.template % {name: _worded(value) for name, value in self.values.items()}

    def __str__(self) -> str:
        return self.message


def _worded(value: Span | date | int | StrPromise) -> str:
    if isinstance(value, Span):
        return value.name
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return str(value)


@dataclass(frozen=True, slots=True)
class Findings:
    """What `check` found, both in order of time: `warnings` still to be accepted, and those that are."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    accepted: tuple[Finding, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Whether it can be saved without a further question."""
        return not self.errors and not self.warnings


def check(layout: Layout, accepted: Collection[str] = ()) -> Findings:
    """Find what `layout` breaks of the calendar's rules.

    `accepted` are the keys of warnings that somebody has accepted; they no longer ask.
    """
    warnings = tuple(_warnings(layout))
    return Findings(
        errors=tuple(_errors(layout)),
        warnings=tuple(found for found in warnings if found.key not in accepted),
        accepted=tuple(found for found in warnings if found.key in accepted),
    )


def _field(layout: Layout, place: int, part: str) -> str:
    """Name the form field of the event at `place` of `layout.events`."""
    return f"summit-{part}" if place == len(layout.sessions) else f"session-{place + 1}-{part}"


def _errors(layout: Layout) -> Iterator[Finding]:
    first = layout.sessions[0]
    if layout.opens_on > first.starts_on:
        yield Finding(
            "opens-late", "opens-late", "opens_on",
            _("The series opens on %(opens)s. That is after %(first)s begins, on %(start)s."),
            {"opens": layout.opens_on, "first": first, "start": first.starts_on},
        )  # fmt: skip
    latest: Span | None = None  # of the events so far the one that ends last: it bounds all that follow
    for place, event in enumerate(layout.events):
        if event.ends_on < event.starts_on:
            code, where = "ends-early", _field(layout, place, "ends_on")
            yield Finding(
                code, f"{code}:{where}", where,
                _("%(event)s ends on %(end)s. That is before it begins, on %(start)s."),
                {"event": event, "end": event.ends_on, "start": event.starts_on},
            )  # fmt: skip
        if latest and (found := _clash(latest, event, _field(layout, place, "starts_on"))):
            yield found
        if latest is None or _end(event) > _end(latest):
            latest = event


def _end(event: Span) -> date:
    """The last day of an event, whichever of its two days is the later."""
    return max(event.starts_on, event.ends_on)


def _clash(earlier: Span, later: Span, where: str) -> Finding | None:
    """Say how `later` does not come after `earlier` with a free day between them."""
    if later.starts_on > add_days(_end(earlier), 1):
        return None
    if later.starts_on < earlier.starts_on:
        code = "order"
        template = _(
            "%(later)s begins on %(later_start)s. "
            "That is before %(earlier)s, which begins on %(earlier_start)s."
        )
    elif later.starts_on <= _end(earlier):
        code = "overlap"
        template = _("%(later)s begins on %(later_start)s, but %(earlier)s lasts until %(earlier_end)s.")
    else:
        code = "no-gap"
        template = _(
            "%(later)s begins on %(later_start)s, the day after %(earlier)s ends. "
            "Leave at least one day between them."
        )
    values: dict[str, Span | date | int | StrPromise] = {
        "earlier": earlier,
        "earlier_start": earlier.starts_on,
        "earlier_end": _end(earlier),
        "later": later,
        "later_start": later.starts_on,
    }
    return Finding(code, f"{code}:{where}", where, template, values)


def _warnings(layout: Layout) -> Iterator[Finding]:
    if found := _total(layout):
        yield found
    periods = _period_lengths(layout)
    for place, event in enumerate(layout.events):
        if place and (found := periods[place - 1]):
            yield found
        where = _field(layout, place, "starts_on")
        if event.starts_on.weekday() >= SATURDAY:
            weekday = _("a Saturday") if event.starts_on.weekday() == SATURDAY else _("a Sunday")
            yield Finding(
                "weekend", f"weekend:{where}:{event.starts_on}", where,
                _("%(event)s begins on %(start)s, %(weekday)s."),
                {"event": event, "start": event.starts_on, "weekday": weekday},
            )  # fmt: skip
        if isinstance(event, SessionDates) and event.days >= 1 and event.days != SESSION_DAYS:
            where = _field(layout, place, "ends_on")
            yield Finding(
                "session-length", f"session-length:{where}:{event.days}", where,
                _("%(event)s lasts %(days)s days. Two is usual.") if event.days > 1
                else _("%(event)s lasts one day. Two is usual."),
                {"event": event, "days": event.days},
            )  # fmt: skip


def _period_lengths(layout: Layout) -> list[Finding | None]:
    """Measure each period from one event's first day to the next one's, as people plan them."""
    found: list[Finding | None] = []
    placed = layout.stands_as_laid_out
    for place, (before, after) in enumerate(pairwise(layout.events), start=1):
        if layout.periods[place - 1].days < 1 or (placed[place - 1] and placed[place]):
            found.append(None)  # an error, or made by the platform: a clamped day is not a long period
        elif after.starts_on < add_months(before.starts_on, SHORTEST_MONTHS):
            found.append(_period_finding(layout, place, "period-short", _(
                "From %(before)s to %(after)s it is less than %(months)s months: %(period)s is short."
            ), SHORTEST_MONTHS))  # fmt: skip
        elif after.starts_on > add_months(before.starts_on, LONGEST_MONTHS):
            found.append(_period_finding(layout, place, "period-long", _(
                "From %(before)s to %(after)s it is more than %(months)s months: %(period)s is long."
            ), LONGEST_MONTHS))  # fmt: skip
        else:
            found.append(None)
    return found


def _period_finding(layout: Layout, number: int, code: str, template: StrPromise, months: int) -> Finding:
    before, after = layout.events[number - 1], layout.events[number]
    days = (after.starts_on - before.starts_on).days
    values: dict[str, Span | date | int | StrPromise] = {
        "before": before,
        "after": after,
        "months": months,
        "period": layout.periods[number - 1],
    }
    return Finding(code, f"{code}:{number}:{days}", _field(layout, number, "starts_on"), template, values)


def _total(layout: Layout) -> Finding | None:
    """Measure from the opening to the Summit, pre-work included.

    Counted from either end: 28 February 2026 to 29 February 2028 is 24 months too, as both are
    the clamped 31st that the platform lays out.
    """
    opens, summit = layout.opens_on, layout.summit.starts_on
    is_exact = add_months(opens, TOTAL_MONTHS) == summit or add_months(summit, -TOTAL_MONTHS) == opens
    if is_exact or summit <= opens:
        return None
    return Finding(
        "total", f"total:{(summit - opens).days}", "summit-starts_on",
        _("From the opening on %(opens)s to the Final Summit on %(summit)s it is not %(months)s months."),
        {"opens": opens, "summit": layout.summit.starts_on, "months": TOTAL_MONTHS},
    )  # fmt: skip
