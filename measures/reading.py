"""What pages show of a measure, read in a constant number of queries and judged by the rules."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from measures import charts, links, periods, words
from measures.models import (
    Annotation,
    DataPoint,
    DataPointVersion,
    Measure,
    Phase,
    PhaseKind,
)
from measures.rules import Good, Rules, Values, Verdict, judge, median_of, side_of
from series.models import ActionPeriod
from teams.models import Team

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Row:
    """A line of the table of numbers; `point` None is a period without one."""

    period: date
    name: str
    point: DataPoint | None
    shown: str
    was_corrected: bool = False


@dataclass(frozen=True)
class Note:
    """A note on the chart with its letter; `target` is what it stands for, if the reader may see it."""

    annotation: Annotation
    letter: str
    target: links.Target | None

    @property
    def words(self) -> str:
        """What it says; a thing that the reader may not see is not named."""
        if self.annotation.text:
            return self.annotation.text
        return self.target.title if self.target is not None else _("something that you may not see")


@dataclass(frozen=True)
class Sheet:
    """A measure of a team as a page shows it: chart, verdict, numbers, notes."""

    measure: Measure
    team: Team
    figure: charts.Figure
    verdict: Verdict
    said: dict[str, Any]
    rows: Sequence[Row]
    notes: Sequence[Note] = ()
    judged_from: date | None = None  # the day from which the verdict tells, after a new centre line

    @property
    def latest(self) -> Row | None:
        """The newest number; rows stand newest first."""
        return next((row for row in self.rows if row.point is not None), None)

    @property
    def earliest(self) -> Row | None:
        return next((row for row in reversed(self.rows) if row.point is not None), None)

    @property
    def chart(self) -> str:
        return charts.run_chart(self.figure)

    @property
    def sparkline(self) -> str:
        return charts.sparkline(self.figure)


@dataclass(frozen=True)
class Lines:
    """The centre lines of a chart, and the verdict on its last stretch, which begins at `first`."""

    centres: tuple[charts.Centre, ...]
    verdict: Verdict
    first: int


def unit_of(measure: Measure) -> str:
    """What stands right behind a number: the percent sign of a share, nothing for other units."""
    return "%" if measure.is_percent else ""


def shown(measure: Measure, value: Any) -> str:
    """A value of `measure` as the page writes it."""
    return words.number(value, unit=unit_of(measure))


def with_unit(measure: Measure, value: Any) -> str:
    """A value with its unit in words: 41%, 12 people."""
    said = shown(measure, value)
    return said if measure.is_percent or not measure.unit else f"{said} {measure.unit}"


# --- centre lines ------------------------------------------------------------------------------------


def lines_of(
    values: Values, days: Sequence[date], phases: Iterable[Phase], *, rules: Rules, good: Good
) -> Lines:
    """Where the centre lines lie, and what the rules say of the values since the last was set.

    A new centre line cuts the chart: before it the line stays the median of all that was known when it
    was set, after it the median of the useful observations of the run that signalled.
    """
    rows = list(phases)
    rebases = [phase for phase in rows if phase.kind == PhaseKind.REBASE and days and phase.from_on in days]
    baseline = next((phase for phase in rows if phase.kind == PhaseKind.BASELINE), None)
    places = {day: place for place, day in enumerate(days)}
    last = len(days) - 1
    starts = [0, *(places[phase.from_on] for phase in rebases)]
    centre = _baseline_median(values, days, baseline)
    is_frozen = centre is not None
    if centre is None:
        until = _place_until(days, rebases[0].to_on) if rebases else last
        centre = median_of(values[: until + 1])
    centres = []
    for number, start in enumerate(starts):
        if number:
            window = values[start : _place_until(days, rebases[number - 1].to_on) + 1]
            before = centre
            useful = [v for v in window if v is not None and (before is None or side_of(v, before))]
            centre = median_of(useful) if useful else before
        end = starts[number + 1] - 1 if number + 1 < len(starts) else last
        if centre is not None:
            centres.append(charts.Centre(start, end, centre))
    frozen = centre if is_frozen or rebases else None
    return Lines(
        centres=tuple(centres),
        verdict=judge(values[starts[-1] :], rules=rules, good=good, centre=frozen),
        first=starts[-1],
    )


def _baseline_median(values: Values, days: Sequence[date], baseline: Phase | None) -> float | None:
    if baseline is None:
        return None
    inside = [v for v, day in zip(values, days, strict=True) if baseline.from_on <= day <= baseline.to_on]
    return median_of(inside)


def _place_until(days: Sequence[date], day: date) -> int:
    """The place of the last of `days` not after `day`."""
    return sum(one <= day for one in days) - 1


# --- a sheet -----------------------------------------------------------------------------------------


def sheet_of(
    measure: Measure,
    team: Team,
    points: Iterable[DataPoint],
    *,
    phases: Iterable[Phase] = (),
    notes: Sequence[Note] = (),
    bands: Sequence[charts.Band] = (),
    corrected: Collection[date] = (),
    key: str = "run",
) -> Sheet:
    """Put together what a page shows, from rows that were read before: no query."""
    by_day = {point.period_on: point for point in points}
    frequency = measure.frequency
    days = periods.between(frequency, min(by_day), max(by_day)) if by_day else []
    numbers = {day: float(point.shown(measure)) for day, point in by_day.items()}
    values: list[float | None] = [numbers.get(day) for day in days]
    lines = lines_of(
        values,
        days,
        phases,
        rules="perla" if measure.rule_set == "perla" else "anhoej",
        good=measure.good,  # type: ignore[arg-type]
    )
    said = words.verdict_of(lines.verdict)
    unit = unit_of(measure)
    figure = charts.Figure(
        key=key,
        title=f"{measure.name}, {team.name}",
        dots=_dots(measure, days, values, by_day),
        centres=lines.centres,
        unit=unit,
        target=None if measure.target is None else float(measure.target),
        bands=bands,
        flags=[charts.Flag(note.annotation.on, note.letter, note.words) for note in notes],
        signalling=frozenset(place + lines.first for place in lines.verdict.signalling),
        says=f"{said['words']} ({said['rules']})",
        median_word=_("Median"),
        target_word=_("Target"),
    )
    rows = [
        Row(
            period=day,
            name=periods.name_of(frequency, day),
            point=by_day.get(day),
            shown=words.number(numbers[day], unit=unit) if day in numbers else "",
            was_corrected=day in corrected,
        )
        for day in reversed(days)
    ]
    return Sheet(
        measure=measure,
        team=team,
        figure=figure,
        verdict=lines.verdict,
        said=said,
        rows=rows,
        notes=notes,
        judged_from=days[lines.first] if lines.first else None,
    )


def _dots(
    measure: Measure, days: Sequence[date], values: Values, points: dict[date, DataPoint]
) -> list[charts.Dot]:
    dots = []
    year = 0
    for day, value in zip(days, values, strict=True):
        point = points.get(day)
        answers = point.answers if point is not None else None
        is_thin = measure.thin_below is not None and answers is not None and answers < measure.thin_below
        dots.append(
            charts.Dot(
                on=day,
                value=value,
                mark=periods.mark_of(measure.frequency, day),
                name=periods.name_of(measure.frequency, day),
                is_thin=is_thin or (point is not None and point.is_estimated),
                year=str(day.year) if day.year != year else "",
            )
        )
        year = day.year
    return dots


def bands_of(action_periods: Iterable[ActionPeriod]) -> list[charts.Band]:
    """The Action Periods as the ground of a chart."""
    return [charts.Band(period.starts_on, period.ends_on, str(period)) for period in action_periods]


# --- from the database -------------------------------------------------------------------------------


def load_sheet(measure: Measure, team: Team, user: Any, *, is_full: bool = True) -> Sheet:
    """The whole sheet of one measure and team, for a reader. Five queries, and one for each kind of link.

    Who does not read in full what the team writes sees the numbers that are shared, without the notes.
    """
    points = points_of(user).filter(measure=measure, team=team)
    changed = DataPointVersion.objects.filter(measure=measure, team=team, was_removed=False)
    return sheet_of(
        measure,
        team,
        points,
        phases=Phase.objects.filter(measure=measure, team=team),
        notes=load_notes(measure, team, user) if is_full else (),
        bands=bands_of(team.series.periods.all()),
        corrected=set(changed.values_list("period_on", flat=True)),
    )


def points_of(user: Any) -> QuerySet[DataPoint]:
    return DataPoint.objects.visible_to(user).select_related("entered_by")


def load_notes(measure: Measure, team: Team, user: Any) -> list[Note]:
    """The notes on a chart with their letters, in order of days, and what they stand for."""
    rows = list(Annotation.objects.filter(measure=measure, team=team))
    found = links.resolve([(row.link_kind, row.link_id) for row in rows if row.link_id is not None], user)
    return [
        Note(row, letter_of(place), found.get((row.link_kind, row.link_id or 0)))
        for place, row in enumerate(rows)
    ]


def letter_of(place: int) -> str:
    """a … z, then aa, ab …"""
    before, rest = divmod(place, len(LETTERS))
    return (letter_of(before - 1) if before else "") + LETTERS[rest]


def sheets_of_team(team: Team, user: Any, measures: Sequence[Measure]) -> list[Sheet]:
    """The sheets of several measures of a team, without their notes. Two queries."""
    points = points_of(user).filter(team=team, measure__in=measures)
    phases = Phase.objects.filter(team=team, measure__in=measures)
    return [
        sheet_of(
            measure,
            team,
            [point for point in points if point.measure_id == measure.pk],
            phases=[phase for phase in phases if phase.measure_id == measure.pk],
            key=f"m{measure.pk}",
        )
        for measure in measures
    ]


@dataclass(frozen=True)
class Multiples:
    """One measure over many teams, on one scale."""

    measure: Measure
    scale: charts.Scale
    sheets: Sequence[Sheet]

    @property
    def cells(self) -> list[tuple[Sheet, str]]:
        return [(sheet, charts.small_multiple(sheet.figure, self.scale)) for sheet in self.sheets]


def multiples_of(measures: Sequence[Measure], teams: Sequence[Team], user: Any) -> list[Multiples]:
    """Series-wide measures, each over the teams whose numbers `user` may read. Two queries."""
    points: dict[tuple[int, int], list[DataPoint]] = {}
    # who entered a number is not shown here
    for point in DataPoint.objects.visible_to(user).filter(measure__in=measures, team__in=teams):
        points.setdefault((point.measure_id, point.team_id), []).append(point)
    phases: dict[tuple[int, int], list[Phase]] = {}
    for phase in Phase.objects.filter(measure__in=measures, team__in=teams):
        phases.setdefault((phase.measure_id, phase.team_id), []).append(phase)
    found = []
    for measure in measures:
        sheets = [
            sheet_of(
                measure,
                team,
                points[measure.pk, team.pk],
                phases=phases.get((measure.pk, team.pk), ()),
                key=f"m{measure.pk}-{team.pk}",
            )
            for team in teams
            if (measure.pk, team.pk) in points
        ]
        found.append(Multiples(measure, charts.scale_of([sheet.figure for sheet in sheets]), sheets))
    return found
