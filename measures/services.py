"""What can be done with measures: define, enter and correct numbers, annotate, set the centre line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.events import record
from core import clock
from measures import links, periods, reading, words
from measures.models import (
    Annotation,
    DataPoint,
    DataPointVersion,
    Measure,
    Number,
    Phase,
    PhaseKind,
)
from measures.parsing import Typed
from series.services import SeriesClosed, is_closed
from teams.models import Team

if TYPE_CHECKING:
    from accounts.models import User

HISTORY = ("value", "numerator", "denominator", "n", "note", "is_estimated", "entered_by_id", "entered_at")


class NothingToRebase(Exception):
    """No run that signals: the centre line is set anew only after one."""


@dataclass(frozen=True)
class Entry:
    """A number to enter. `n`, `note` and `is_estimated` None: as they were."""

    measure: Measure
    period_on: date
    typed: Typed
    n: int | None = None
    note: str | None = None
    is_estimated: bool | None = None


@dataclass(frozen=True)
class Entered:
    """How many numbers came new, and how many were corrected."""

    new: int = 0
    corrected: int = 0


def _refuse_if_closed(team: Team, at: datetime) -> None:
    if is_closed(team.series, clock.day_in(team.time_zone, at)):
        raise SeriesClosed


# --- measures ----------------------------------------------------------------------------------------


@transaction.atomic
def define_measure(measure: Measure, *, by: "User", at: datetime) -> Measure:
    """Begin to follow `measure`; the same `submission_id` from the same person gives the first one back.

    Raises ValidationError if it breaks a rule of its model, SeriesClosed.
    """
    mine = Measure.objects.filter(submission_id=measure.submission_id, defined_by=by)
    if earlier := mine.first():
        return earlier
    if is_closed(measure.series, clock.day_in(measure.series.time_zone, at)):
        raise SeriesClosed
    measure.defined_by, measure.defined_at = by, at
    measure.full_clean()
    try:
        with transaction.atomic():
            measure.save()
    except IntegrityError:  # two taps at once
        if earlier := mine.first():
            return earlier
        raise
    record(by=by, act="measures.measure_defined", target=measure, at=at)
    return measure


@transaction.atomic
def change_measure(measure: Measure, *, by: "User", at: datetime) -> Measure:
    """Save what was changed in the words, the target or the rules of `measure`. Raises ValidationError."""
    if is_closed(measure.series, clock.day_in(measure.series.time_zone, at)):
        raise SeriesClosed
    measure.full_clean()
    measure.save()
    record(by=by, act="measures.measure_changed", target=measure, at=at)
    return measure


# --- numbers -----------------------------------------------------------------------------------------


def refuse_impossible(measure: Measure, typed: Typed) -> None:
    """Raise ValidationError, with what may have been meant, for a number that cannot be."""
    if typed.numerator is not None and typed.denominator is not None:
        if measure.is_percent and typed.numerator > typed.denominator:
            raise ValidationError(_("The part cannot be more than the whole."))
        if typed.numerator < 0:
            raise ValidationError(_("The part cannot be less than nothing."))
        return
    assert typed.value is not None
    value, low, high = typed.value, measure.lowest, measure.highest
    if measure.is_percent:
        low, high = Decimal(0), Decimal(100)
    if (low is None or value >= low) and (high is None or value <= high):
        return
    if low is not None and high is not None:
        limits = {"low": reading.shown(measure, low), "high": reading.shown(measure, high)}
        said = _("It must be between %(low)s and %(high)s.") % limits
    elif low is not None:
        said = _("It cannot be less than %(low)s.") % {"low": reading.shown(measure, low)}
    else:
        assert high is not None
        said = _("It cannot be more than %(high)s.") % {"high": reading.shown(measure, high)}
    meant = next((value / d for d in (10, 100) if high is not None and (low or 0) <= value / d <= high), None)
    if meant is not None:
        said += " " + _("Did you mean %(value)s?") % {"value": words.number(meant)}
    raise ValidationError(said)


def refuse_period(measure: Measure, period_on: date, today: date) -> None:
    """Raise ValidationError for what is no period of `measure`, or has not begun."""
    if period_on != periods.start_of(measure.frequency, period_on):
        raise ValidationError(_("This is not the first day of a period."))
    if period_on > today:
        raise ValidationError(_("This period has not begun."))
    if measure.stops_on is not None and period_on > measure.stops_on:
        raise ValidationError(_("This measure had stopped by then."))


@transaction.atomic
def enter_points(team: Team, entries: Sequence[Entry], *, by: "User", at: datetime) -> Entered:
    """Enter numbers of `team`; one that differs from what stands is a correction, and the old one is kept.

    All or none: raises ValidationError with the first thing that is wrong, SeriesClosed.
    """
    _refuse_if_closed(team, at)
    today = clock.day_in(team.time_zone, at)
    for entry in entries:
        if entry.measure.team_id not in (None, team.pk) or entry.measure.series_id != team.series_id:
            raise ValidationError(_("This measure belongs to another team."))
        refuse_period(entry.measure, entry.period_on, today)
        refuse_impossible(entry.measure, entry.typed)
    Team.objects.select_for_update().get(pk=team.pk)  # two people at once: one after the other
    standing = {
        (point.measure_id, point.period_on): point
        for point in DataPoint.objects.filter(team=team, measure__in={entry.measure for entry in entries})
    }
    new = corrected = 0
    for entry in entries:
        point = standing.get((entry.measure.pk, entry.period_on))
        if point is None:
            point = DataPoint(measure=entry.measure, team=team, period_on=entry.period_on)
            new += 1
        elif not _differs(point, entry):
            continue
        else:
            _keep(point, by=by, at=at)
            corrected += 1
        _fill(point, entry, by=by, at=at)
        point.clean_fields(exclude=["measure", "team", "entered_by"])
        point.save()
        standing[entry.measure.pk, entry.period_on] = point
    if new or corrected:
        ids = sorted({entry.measure.pk for entry in entries})
        act = "measures.numbers_entered"
        record(by=by, act=act, target=team, at=at, measures=ids, new=new, corrected=corrected)
    return Entered(new, corrected)


def _differs(point: DataPoint, entry: Entry) -> bool:
    typed = entry.typed
    return (
        (point.value, point.numerator, point.denominator) != (typed.value, typed.numerator, typed.denominator)
        or (entry.n is not None and entry.n != point.n)
        or (entry.note is not None and entry.note != point.note)
        or (entry.is_estimated is not None and entry.is_estimated != point.is_estimated)
    )


def _fill(point: DataPoint, entry: Entry, *, by: "User", at: datetime) -> None:
    typed = entry.typed
    point.value, point.numerator, point.denominator = typed.value, typed.numerator, typed.denominator
    point.n = point.n if entry.n is None else entry.n
    point.note = point.note if entry.note is None else entry.note
    point.is_estimated = point.is_estimated if entry.is_estimated is None else entry.is_estimated
    point.entered_by, point.entered_at = by, at


def _keep(point: DataPoint, *, by: "User", at: datetime, was_removed: bool = False) -> None:
    """Write down what `point` was."""
    was = {name: getattr(point, name) for name in HISTORY}
    DataPointVersion.objects.create(
        measure_id=point.measure_id,
        team_id=point.team_id,
        period_on=point.period_on,
        replaced_by=by,
        replaced_at=at,
        was_removed=was_removed,
        **was,
    )


@transaction.atomic
def remove_point(point: DataPoint, *, by: "User", at: datetime) -> None:
    """Take a number back: its period is a gap again, and the history keeps what stood there."""
    _refuse_if_closed(point.team, at)
    found = DataPoint.objects.select_for_update().filter(pk=point.pk).first()
    if found is None:
        return
    _keep(found, by=by, at=at, was_removed=True)
    record(by=by, act="measures.number_removed", target=point.team, at=at, measures=[point.measure_id])
    found.delete()


def history_of(measure: Measure, team: Team, period_on: date) -> list[Number]:
    """Every version of a period's number, the one in force first."""
    key = {"measure": measure, "team": team, "period_on": period_on}
    current = list(DataPoint.objects.filter(**key).select_related("entered_by"))
    earlier = DataPointVersion.objects.filter(**key).select_related("entered_by", "replaced_by")
    return [*current, *earlier]


# --- what is due -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """A number that a team owes: of the measure `measure`, for the period that began on `period_on`."""

    measure: Measure
    period_on: date

    @property
    def name(self) -> str:
        return periods.name_of(self.measure.frequency, self.period_on)


def measures_due(team: Team, on: date, *, most: int = 1) -> list[Due]:
    """The numbers of periods that ended before `on` and are missing: the newest `most` of each measure.

    Two queries. A period that began before the measure did is never due; a paused measure owes nothing.
    """
    measures = list(Measure.objects.of_team(team).followed_on(on))
    wanted = []
    for measure in measures:
        start = periods.step(measure.frequency, periods.start_of(measure.frequency, on), -1)
        for _number in range(most):
            if start >= periods.start_of(measure.frequency, measure.starts_on):
                wanted.append(Due(measure, start))
            start = periods.step(measure.frequency, start, -1)
    days = {due.period_on for due in wanted}
    found = DataPoint.objects.filter(team=team, measure__in=measures, period_on__in=days)
    there = set(found.values_list("measure_id", "period_on"))
    return [due for due in wanted if (due.measure.pk, due.period_on) not in there]


# --- the chart ---------------------------------------------------------------------------------------


@transaction.atomic
def rebase(measure: Measure, team: Team, *, reason: str, by: "User", at: datetime) -> Phase:
    """Begin a new centre line with the run that signals: the median of its useful observations up to now.

    Raises NothingToRebase where no long run or shift signals, ValidationError without a reason.
    """
    _refuse_if_closed(team, at)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the centre line is set anew.")})
    Team.objects.select_for_update().get(pk=team.pk)
    points = DataPoint.objects.filter(measure=measure, team=team)
    sheet = reading.sheet_of(measure, team, points, phases=Phase.objects.filter(measure=measure, team=team))
    longest = sheet.verdict.longest
    if not sheet.verdict.has_long_run or longest is None:
        raise NothingToRebase
    days = [dot.on for dot in sheet.figure.dots]
    first = days.index(sheet.judged_from) if sheet.judged_from else 0
    phase = Phase(
        measure=measure,
        team=team,
        kind=PhaseKind.REBASE,
        from_on=days[first + longest.places[0]],
        to_on=days[first + longest.places[-1]],
        reason=reason.strip(),
        by=by,
        at=at,
    )
    phase.full_clean()
    phase.save()
    record(by=by, act="measures.centre_rebased", target=measure, at=at, team=team.pk)
    return phase


@transaction.atomic
def freeze_baseline(
    measure: Measure, team: Team, *, from_on: date, to_on: date, by: "User", at: datetime
) -> Phase:
    """Freeze the centre line on the median of some periods; an earlier baseline is replaced."""
    _refuse_if_closed(team, at)
    first, last = (periods.start_of(measure.frequency, day) for day in (from_on, to_on))
    inside = DataPoint.objects.filter(measure=measure, team=team, period_on__range=(first, last))
    if not inside.exists():
        raise ValidationError(_("There is no number in these periods."))
    phase = Phase(
        measure=measure, team=team, kind=PhaseKind.BASELINE, from_on=first, to_on=last, by=by, at=at
    )
    Phase.objects.filter(measure=measure, team=team, kind=PhaseKind.BASELINE).delete()
    phase.full_clean()
    phase.save()
    record(by=by, act="measures.baseline_frozen", target=measure, at=at, team=team.pk)
    return phase


@transaction.atomic
def annotate(note: Annotation, *, by: "User", at: datetime) -> Annotation:
    """Put a note on a chart. A linked thing must be one that `by` may see.

    The same `submission_id`, and the same thing on the same chart, give the first note back.
    """
    if earlier := Annotation.objects.filter(submission_id=note.submission_id, by=by).first():
        return earlier
    _refuse_if_closed(note.team, at)
    if note.link_kind and note.link_id is not None:
        pair = (note.link_kind, note.link_id)
        same = Annotation.objects.filter(measure=note.measure, team=note.team)
        if earlier := same.filter(link_kind=note.link_kind, link_id=note.link_id).first():
            return earlier
        target = links.resolve([pair], by).get(pair)
        if target is None:
            raise ValidationError(_("That could not be found."))
    note.by, note.at = by, at
    note.full_clean()
    note.save()
    record(by=by, act="measures.note_added", target=note.measure, at=at, team=note.team_id)
    return note


@transaction.atomic
def remove_note(note: Annotation, *, by: "User", at: datetime) -> None:
    """Take a note off a chart."""
    _refuse_if_closed(note.team, at)
    record(by=by, act="measures.note_removed", target=note.measure, at=at, team=note.team_id)
    note.delete()
