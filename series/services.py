"""What can be done with a series: make it, open it, word it, move its calendar."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.permissions import Role
from core import clock
from series.calendar import Findings, Layout, Mode, Move, State, check, move_session, state_on
from series.frame import layout_of
from series.models import (
    ActionPeriod,
    Driver,
    GuidingQuestion,
    LearningSession,
    Series,
    SeriesRole,
    SeriesStatus,
    Summit,
)

if TYPE_CHECKING:
    from accounts.models import User

RESERVED_SLUGS = {"new"}  # paths of our own beside those of series

# Rooms to the right register here. `calendar_saved`: fn(series, *, at), run in the transaction that saved
# dates. `calendar_previews`: fn(series, layout, *, at), what a move would mean for what they hold, in words.
calendar_saved: list[Callable[..., object]] = []
calendar_previews: list[Callable[..., list[str]]] = []


@dataclass(frozen=True)
class SetUpPart:
    """One line of the set-up page: what it is, how it stands in words, and where it is done."""

    title: str
    words: str
    url: str
    action: str
    is_done: bool = True


# fn(series, user) -> the parts of a room to the right, in the order of the page.
set_up_parts: list[Callable[[Series, Any], list[SetUpPart]]] = []


class CalendarRefused(ValidationError):
    """The dates break a rule, or a warning was not accepted; `findings` say which."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        super().__init__([found.message for found in (*findings.errors, *findings.warnings)])


class SeriesClosed(Exception):
    """The series is over or archived: nothing is due in it any more, and nothing planned or counted."""


def is_closed(series: Series, today: date) -> bool:
    """Whether nothing is due in `series` any more: its Summit is over, or it is archived.

    What happened may still be told: the report comes after the Summit, and what lasted is asked later.
    """
    if series.status == "archived":
        return True
    summit = series.summit
    state = state_on(today, series.opens_on, series.first_session_on, summit.starts_on, summit.ends_on)
    return state == State.CLOSED


def unique_slug(text: str, taken: Collection[str], fallback: str) -> str:
    """An address word made of `text` that is not in `taken`, with a number behind it where need be."""
    base = slugify(text)[:50].strip("-") or fallback
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def create_series(
    series: Series,
    *,
    question: str,
    drivers: Sequence[str],
    layout: Layout,
    by: "User",
    at: datetime,
    places: Sequence[str] = (),
) -> Series:
    """Make the draft of a series: question, drivers, calendar, and `by` to organize and facilitate it.

    `series` carries name, shape, zone, languages, rhythm, `accepted_warnings` and `submission_id`; the same
    id from the same person gives the first one back, also of two taps at once. An empty name in `drivers`
    leaves its place in the palette free. `places` are those of `layout.events`, in order.
    Raises CalendarRefused for dates that cannot be saved, ValidationError for a broken rule of a model.
    """
    mine = Series.objects.filter(created_by=by, submission_id=series.submission_id)
    if earlier := mine.first():
        return earlier
    try:
        return _create(series, question, drivers, layout, by, at, places)
    except IntegrityError:
        if earlier := mine.first():
            return earlier
        raise


@transaction.atomic
def _create(
    series: Series,
    question: str,
    drivers: Sequence[str],
    layout: Layout,
    by: "User",
    at: datetime,
    places: Sequence[str],
) -> Series:
    findings = check(layout, series.accepted_warnings)
    if not findings.is_fine:
        raise CalendarRefused(findings)
    stem = slugify(series.name)[:50]
    taken = RESERVED_SLUGS | set(Series.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    series.slug = unique_slug(series.name, taken, "series")
    series.opens_on, series.first_session_on = layout.opens_on, layout.first_session_on
    series.planned_months = planned_months(layout)
    series.months = list(layout.months)
    series.accepted_warnings = sorted(found.key for found in findings.accepted)
    series.created_by, series.created_at, series.status = by, at, SeriesStatus.DRAFT
    series.full_clean(exclude=["accepted_warnings", "months"])  # both may be empty lists
    series.save()
    GuidingQuestion.objects.create(series=series, text=question, language=series.languages[0])
    save_drivers(series, drivers)
    save_calendar(series, layout, places)
    today = clock.day_in("UTC", at)
    for role in (Role.ORGANIZER, Role.FACILITATOR):
        SeriesRole.objects.create(series=series, person=by, role=role, starts_on=today)
    record(by=by, act="series.series_created", target=series, at=at)
    tell_calendar_saved(series, at=at)
    return series


def planned_months(layout: Layout) -> int:
    """How many months it is from the opening to the Summit, to the nearest."""
    return max(round((layout.summit.starts_on - layout.opens_on).days / 30.44), 1)


def save_drivers(series: Series, names: Sequence[str]) -> None:
    """Make the drivers of a new series; the place of a name is its place in the palette."""
    named = [(slot, name) for slot, name in enumerate(names, start=1) if name]
    for position, (slot, name) in enumerate(named):
        Driver.objects.create(series=series, name=name, slot=slot, position=position)


def save_calendar(series: Series, layout: Layout, places: Sequence[str]) -> None:
    """Make sessions, periods and Summit of a new series."""
    at_place = dict(enumerate(places))
    for position, session in enumerate(layout.sessions):
        LearningSession.objects.create(
            series=series,
            position=position,
            starts_on=session.starts_on,
            ends_on=session.ends_on,
            place=at_place.get(position, ""),
        )
    for period in layout.periods:
        ActionPeriod.objects.create(
            series=series, number=period.number, starts_on=period.starts_on, ends_on=period.ends_on
        )
    Summit.objects.create(
        series=series,
        starts_on=layout.summit.starts_on,
        ends_on=layout.summit.ends_on,
        place=at_place.get(len(layout.sessions), ""),
    )


def tell_calendar_saved(series: Series, *, at: datetime) -> None:
    """Let the rooms to the right follow the new dates, in this transaction."""
    for follow in calendar_saved:
        follow(series, at=at)


@transaction.atomic
def open_series(series: Series, *, by: "User", at: datetime) -> bool:
    """Open a draft for its teams; False if it is open already."""
    opened = Series.objects.filter(pk=series.pk, status=SeriesStatus.DRAFT).update(status=SeriesStatus.OPEN)
    if opened:
        series.status = SeriesStatus.OPEN
        record(by=by, act="series.series_opened", target=series, at=at)
    return bool(opened)


@dataclass(frozen=True)
class MoveWanted:
    """Which event of the calendar is to begin when: `place` as in `Layout.events`, the Summit last.

    `was_on` is the day on which the person saw it stand.
    """

    place: int
    starts_on: date
    was_on: date
    mode: Mode = Mode.ONLY


def preview_move(series: Series, wanted: MoveWanted, *, at: datetime) -> tuple[Move, Findings, list[str]]:
    """What a move would change, what is wrong with it, and what it means for what is filed, in words.

    Raises ValidationError if the event is none, or stands on another day by now.
    """
    layout = layout_of(series)
    if not 0 <= wanted.place < len(layout.events):
        raise ValidationError(_("There is no such session."))
    if layout.events[wanted.place].starts_on != wanted.was_on:
        raise ValidationError(_("Somebody else has moved it meanwhile. Look at the calendar again."))
    move = move_session(layout, wanted.place, wanted.starts_on, wanted.mode)
    stood_before = (found.key for found in check(layout).warnings)  # what this move does not bring about
    findings = check(move.layout, {*series.accepted_warnings, *stood_before})
    lines = [] if findings.errors else [
        line for preview in calendar_previews for line in preview(series, move.layout, at=at)
    ]  # fmt: skip
    return move, findings, lines


@transaction.atomic
def move_session_of(
    series: Series, wanted: MoveWanted, *, accepted: Collection[str] = (), by: "User", at: datetime
) -> Move:
    """Move a session or the Summit, save what changed, and let the other rooms follow.

    Raises ValidationError as `preview_move` does, CalendarRefused for dates that cannot be saved.
    """
    locked = Series.objects.select_for_update().get(pk=series.pk)
    locked.accepted_warnings = sorted({*locked.accepted_warnings, *accepted})
    move, findings, _lines = preview_move(locked, wanted, at=at)
    if not findings.is_fine:
        raise CalendarRefused(findings)
    layout = move.layout
    for session, dates in zip(locked.sessions.order_by("position"), layout.sessions, strict=True):
        _save_dates(session, dates.starts_on, dates.ends_on)
    for period, span in zip(locked.periods.order_by("number"), layout.periods, strict=True):
        _save_dates(period, span.starts_on, span.ends_on)
    _save_dates(locked.summit, layout.summit.starts_on, layout.summit.ends_on)
    locked.first_session_on = layout.first_session_on
    locked.accepted_warnings = sorted(found.key for found in findings.accepted)
    locked.save(update_fields=["first_session_on", "accepted_warnings"])
    moved = {"place": wanted.place, "mode": wanted.mode.value}
    record(by=by, act="series.session_moved", target=locked, at=at, **moved)
    tell_calendar_saved(locked, at=at)
    return move


def _save_dates(row: LearningSession | ActionPeriod | Summit, starts_on: date, ends_on: date) -> None:
    if (row.starts_on, row.ends_on) != (starts_on, ends_on):
        row.starts_on, row.ends_on = starts_on, ends_on
        row.save(update_fields=["starts_on", "ends_on"])


@transaction.atomic
def reword_series(series: Series, *, question: str, drivers: Sequence[str], by: "User", at: datetime) -> None:
    """Put a new version of the question in force where it changed, and name the drivers anew.

    `drivers` are the six places of the palette. A driver keeps its row under its new name; one that is
    there cannot be emptied, because stories may stand on it.
    """
    locked = Series.objects.select_for_update().get(pk=series.pk)
    newest = locked.questions.first()
    if newest is None or newest.text != question:
        newest = GuidingQuestion.objects.create(series=locked, text=question, language=locked.languages[0])
        record(by=by, act="series.question_changed", target=locked, at=at, question_id=newest.pk)
    there = {driver.slot: driver for driver in locked.drivers.all()}
    position = max((driver.position for driver in there.values()), default=-1)
    for slot, name in enumerate(drivers, start=1):
        if slot not in there and name:
            position += 1
            there[slot] = Driver.objects.create(series=locked, name=name, slot=slot, position=position)
        elif name and there[slot].name != name:
            there[slot].name = name
            there[slot].save(update_fields=["name"])
        else:
            continue
        record(by=by, act="series.driver_named", target=locked, at=at, driver_id=there[slot].pk)


@transaction.atomic
def name_place(series: Series, place: int, words: str, *, by: "User", at: datetime) -> None:
    """Say where the event at `place` of the calendar is held."""
    sessions = list(series.sessions.order_by("position"))
    event: LearningSession | Summit = sessions[place] if place < len(sessions) else series.summit
    if event.place != words:
        event.place = words
        event.save(update_fields=["place"])
        record(by=by, act="series.place_named", target=series, at=at, place=place)


@transaction.atomic
def end_series_role(held: SeriesRole, *, by: "User", at: datetime) -> bool:
    """End a role in a series at once; False if it has ended already.

    Raises ValidationError for the last organizer: a series without one can be run by nobody. Two who
    leave at the same moment wait for each other.
    """
    Series.objects.select_for_update().get(pk=held.series_id)
    in_force = SeriesRole.objects.on(clock.day_in("UTC", at)).filter(series=held.series_id)
    if not in_force.filter(pk=held.pk).exists():
        return False
    others = in_force.filter(role=Role.ORGANIZER, ends_on=None, person__is_active=True).exclude(pk=held.pk)
    if held.role == Role.ORGANIZER and not others.exists():
        raise ValidationError(_("A series needs an organizer. Name another one first."))
    end_today(held, at=at)
    record(by=by, act="series.role_ended", target=held, at=at, person_id=held.person_id, role=held.role)
    return True


def end_today(held: Any, *, at: datetime) -> None:
    """End a role, membership or assignment so that the next request finds it over.

    Its last day is in it, so the last day is yesterday's. What began today is moved to yesterday with
    it: a row of no day at all cannot stand.
    """
    last = date.fromordinal(clock.day_in("UTC", at).toordinal() - 1)
    held.ends_on, held.starts_on = last, min(held.starts_on, last)
    held.save(update_fields=["starts_on", "ends_on"])
