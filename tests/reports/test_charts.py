"""Run charts in a report: over all teams, never of one; the same drawing on the page and on paper."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.charts import Centre, Dot, Figure, run_chart
from measures.network import network_of
from reports.compose import measure_blocks
from reports.document import (
    Chart,
    DocumentInvalid,
    Meta,
    ReportDoc,
    Section,
    Table,
    from_json,
    labels_in,
    normalise,
    to_json,
)
from reports.figures import from_plain, to_plain
from reports.pdf import render_pdf
from reports.web import chapters
from teams.models import TeamStatus, TeamStatusChange
from tests.factories.measures import make_measure, make_points
from tests.factories.series import make_series
from tests.factories.teams import make_team
from tests.reports.pdf_text import page_texts

ON = date(2026, 12, 31)


def figure(values=(1.0, None, 3.5)) -> Figure:
    dots = [
        Dot(on=date(2026, month, 1), value=value, mark=f"M{month}", name=f"Month {month}")
        for month, value in enumerate(values, start=1)
    ]
    return Figure(
        key="network-1", title="People", dots=dots, centres=[Centre(0, len(dots) - 1, 2.0)], says="Quiet."
    )


def document(chart: Chart) -> ReportDoc:
    meta = Meta(title="Report", series="S", question="", language="en", on="2026-12-31", date="31 Dec 2026")
    section = Section(id="numbers", title="Numbers", blocks=(chart,))
    return ReportDoc(meta=meta, labels=labels_in("en"), sections=(section,))


@pytest.fixture
def teams(db):
    series = make_series()
    return [make_team(series, joined_on=date(2025, 1, 1)) for _ in range(5)]


def told(teams, *rows):
    """A series-wide measure, and the numbers of each of `teams` from January 2026 on."""
    measure = make_measure(series=teams[0].series, starts_on=date(2025, 1, 1))
    for team, values in zip(teams, rows, strict=False):
        make_points(measure, values, team=team, first=date(2026, 1, 1))
    return measure


def test_the_middle_of_the_teams_with_honest_denominators(teams):
    gone = teams[4]
    gone.status = TeamStatus.WITHDRAWN
    gone.save()
    TeamStatusChange.objects.create(team=gone, status=TeamStatus.WITHDRAWN, on=date(2026, 2, 10))
    told(teams, [1, 2, None], [3, 4, 9], [5, None, 1], [None, 10, 2])

    chart, table = measure_blocks(teams[0].series, teams, ON)

    assert isinstance(chart, Chart)
    assert [dot["value"] for dot in chart.figure["dots"]] == [3, 4, 2]
    assert isinstance(table, Table)
    assert [row[1:] for row in table.rows] == [
        ("3", "3 of 5"),
        ("4", "3 of 5"),
        ("2", "3 of 4"),  # one team had left by then
    ]
    assert "Not enough data" in chart.says
    assert all(team.name not in json.dumps(chart.figure) for team in teams)


def test_of_two_teams_there_is_no_middle(teams):
    measure = told(teams, [1, 2, 3], [3, 4, 5])

    assert measure_blocks(measure.series, teams, ON) == []


def test_a_period_with_too_few_numbers_is_a_gap_not_zero(teams):
    told(teams, [1, 2, 3], [1, 2, 3], [1, None, 3])

    chart, table = measure_blocks(teams[0].series, teams, ON)

    assert [dot["value"] for dot in chart.figure["dots"]] == [1, None, 3]
    assert table.rows[1][1] == "too few numbers"


def test_a_teams_own_measure_is_in_no_report(teams):
    own = make_measure(teams[0])
    make_points(own, [1, 2, 3])

    assert measure_blocks(teams[0].series, teams, ON) == []


def test_the_page_draws_what_was_frozen():
    doc = from_json(
        json.loads(
            json.dumps(to_json(document(Chart(title="A <b>", says="Quiet.", figure=to_plain(figure())))))
        )
    )

    (block,) = chapters(doc)[0].blocks

    assert "<svg" in block["drawn"]
    assert "<b>" not in block["drawn"]
    assert normalise(normalise(doc)) == normalise(doc)


def test_on_paper_it_stands_with_its_verdict():
    chart = Chart(
        title="Young people in decision roles", says="Chance explains it.", figure=to_plain(figure())
    )

    pdf = render_pdf(document(chart), at=datetime(2026, 12, 31, tzinfo=UTC))

    words = "".join("".join(page_texts(pdf)).split())  # spaces are not kept by the reader of the test
    assert "Youngpeopleindecisionroles" in words
    assert "Median2" in words
    assert "Chanceexplainsit." in words


@pytest.mark.parametrize(
    "broken",
    [
        {"dots": [{"on": "x"}]},
        {"dots": "many"},
        {"signalling": [99]},
        {"target": "<svg>"},
        {"title": 7},
        {"centres": [{"first": 0, "last": 9, "value": 1}]},
    ],
)
def test_a_figure_that_is_none_is_refused(broken):
    data = to_json(document(Chart(title="A", says="", figure=to_plain(figure()))))
    data["sections"][0]["blocks"][0]["figure"] |= broken

    with pytest.raises(DocumentInvalid):
        from_json(data)


@given(st.lists(st.none() | st.floats(-1e9, 1e9), min_size=1, max_size=30))
def test_a_figure_comes_back_as_it_went(values):
    values = values[:12]
    one = figure(values)

    again = from_plain(json.loads(json.dumps(to_plain(one))))

    assert run_chart(again) == run_chart(one)


def test_no_numbers_no_chart(teams):
    assert network_of(told(teams), [], {}) is None
