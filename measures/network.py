"""A series-wide measure over all teams: the middle of the teams' numbers, with how many teams gave one.

A report shows this, and neither names a team nor tells from where to where the teams lay: what a team counts
is its own to publish.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.utils.translation import gettext as _

from measures import charts, periods, words
from measures.models import DataPoint, Measure
from measures.reading import lines_of, unit_of

FEWEST_TEAMS = 3  # of fewer there is no middle


@dataclass(frozen=True)
class Period:
    """The middle of what the teams gave for one period."""

    name: str
    middle: float | None
    teams: int  # that gave a number
    of: int  # that were in the series


@dataclass(frozen=True)
class Network:
    """What a report shows of a measure: the chart, the verdict in words with its rules, the numbers."""

    measure: Measure
    figure: charts.Figure
    verdict: str
    periods: Sequence[Period]


def network_of(
    measure: Measure, points: Iterable[DataPoint], stays: Mapping[int, tuple[date, date | None]]
) -> Network | None:
    """`measure` over all teams; None while no period has numbers of FEWEST_TEAMS teams.

    `stays` says of each team from when until when it was in the series. A period counts the teams that
    were in it on its first day; in one with fewer numbers than FEWEST_TEAMS the chart has a gap. No query.
    """
    by_day: dict[date, list[float]] = {}
    for point in points:
        by_day.setdefault(point.period_on, []).append(float(point.shown(measure)))
    told = [day for day, values in by_day.items() if len(values) >= FEWEST_TEAMS]
    if not told:
        return None
    days = periods.between(measure.frequency, min(told), max(told))
    found = [_period(measure, day, by_day.get(day, []), stays) for day in days]
    values = [period.middle for period in found]
    lines = lines_of(
        values,
        days,
        (),
        rules="perla" if measure.rule_set == "perla" else "anhoej",
        good=measure.good,  # type: ignore[arg-type]
    )
    said = words.verdict_of(lines.verdict)
    verdict = f"{said['words']} ({said['rules']})"
    figure = charts.Figure(
        key=f"network-{measure.pk}",
        title=measure.name,
        dots=_dots(measure, days, values),
        centres=lines.centres,
        unit=unit_of(measure),
        target=None if measure.target is None else float(measure.target),
        signalling=frozenset(place + lines.first for place in lines.verdict.signalling),
        says=verdict,
        median_word=_("Median"),
        target_word=_("Target"),
    )
    return Network(measure, figure, verdict, found)


def _period(
    measure: Measure, day: date, values: list[float], stays: Mapping[int, tuple[date, date | None]]
) -> Period:
    end = periods.step(measure.frequency, day)
    inside = sum(1 for since, until in stays.values() if since < end and (until is None or until >= day))
    is_told = len(values) >= FEWEST_TEAMS
    return Period(
        name=periods.name_of(measure.frequency, day),
        middle=median(values) if is_told else None,
        teams=len(values),
        of=max(inside, len(values)),
    )


def _dots(measure: Measure, days: Sequence[date], values: Sequence[float | None]) -> list[charts.Dot]:
    dots, year = [], 0
    for day, value in zip(days, values, strict=True):
        opens = str(day.year) if day.year != year else ""
        mark, name = periods.mark_of(measure.frequency, day), periods.name_of(measure.frequency, day)
        dots.append(charts.Dot(on=day, value=value, mark=mark, name=name, year=opens))
        year = day.year
    return dots
