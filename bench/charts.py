"""A run chart with verdict and table against pygal’s bare line; a hundred on a page against the floor."""

import statistics
import sys
import time
from datetime import timedelta

from _floor import LIMIT, Report, database, install, prepare, ratio

install()

import pygal

from accounts.permissions import Role
from core import clock
from measures.models import DataPoint, Measure
from measures.reading import sheet_of
from measures.table import numbers_table
from teams.models import Team
from tests.factories.measures import make_measure, make_points
from tests.factories.series import make_series
from tests.factories.teams import join, make_team

BY_PYGAL = 0.2
POINTS = 24
TEAMS = 100
ROUNDS = 60


def values(seed: int) -> list[float]:
    """Two years of months that go up and down, and shift after one."""
    return [float((place * (seed + 3)) % 11 + (9 if place >= POINTS // 2 else 0)) for place in range(POINTS)]


def ours(measure: Measure, team: Team, points: list[DataPoint]) -> int:
    """Judge, draw, say it and put the numbers into a table; give the length of the markup."""
    sheet = sheet_of(measure, team, points)
    return len(sheet.chart) + len(sheet.said["words"]) + len(numbers_table(sheet.rows, url="/m/"))


def theirs(points: list[DataPoint]) -> int:
    """The bare line of the same points."""
    chart = pygal.Line()
    chart.x_labels = [point.period_on.isoformat() for point in points]
    chart.add("Rooms", [float(point.value or 0) for point in points])
    return len(chart.render())


def by_pygal(measure: Measure, team: Team) -> float:
    """How much of pygal's time ours takes: both in turn, the median of the pairs."""
    points = list(DataPoint.objects.filter(measure=measure, team=team).select_related("entered_by"))
    assert len(points) == POINTS
    ours(measure, team, points), theirs(points)
    found = []
    for _round in range(ROUNDS):
        begin = time.perf_counter()
        ours(measure, team, points)
        middle = time.perf_counter()
        theirs(points)
        found.append((middle - begin) / (time.perf_counter() - middle))
    return statistics.median(found)


def main() -> int:
    report = Report()
    with database():
        series = make_series(clock.today("UTC") - timedelta(days=70), slug="bench-charts")
        measure = make_measure(series=series, visibility="series", good="up")
        teams = [make_team(series, name=f"Team {n}", slug=f"team-{n}") for n in range(TEAMS)]
        for seed, team in enumerate(teams):
            make_points(measure, values(seed), team=team)
        report.line("run-chart-by-pygal", by_pygal(measure, teams[0]), BY_PYGAL)
        url = f"/series/{series.slug}/measures/"
        browser, count = prepare("charts", url, join(teams[0], Role.LEAD))
        report.line("hundred-charts-by-floor", ratio("charts", url, browser), LIMIT)
        report.line("hundred-charts-queries", count, 20)
    return int(report.is_short)


if __name__ == "__main__":
    sys.exit(main())
