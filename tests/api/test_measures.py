"""Measures and their numbers, read and entered by a program."""

from datetime import date
from decimal import Decimal

import pytest

from measures.models import DataPoint, DataPointVersion
from tests.api.test_views import problem
from tests.factories.measures import make_measure, make_points

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure(place):
    return make_measure(place.team, starts_on=date(2025, 1, 1))


def test_a_team_finds_its_own_measures_and_those_of_the_series(place, as_program, measure):
    whole = make_measure(series=place.series, name="Policy meetings")
    make_measure(place.peer.memberships.get().team, name="Of another team")

    found = as_program(place.member).ask(f"{place.path}measures/").json()["results"]

    assert [(row["id"], row["is_of_series"]) for row in found] == [(whole.pk, True), (measure.pk, False)]
    problem(as_program(place.peer).ask(f"{place.path}measures/"), 404)


def test_a_measure_says_its_verdict_and_its_numbers(place, as_program, measure):
    make_points(measure, [4, None, 5])
    path = f"{place.path}measures/{measure.pk}/"

    assert "not enough data" in as_program(place.member).ask(path).json()["verdict"]["words"].casefold()
    points = as_program(place.member).ask(f"{path}points/").json()["results"]
    assert [(point["period_on"], point["value"]) for point in points] == [
        ("2025-01-01", "4.0000"),
        ("2025-03-01", "5.0000"),
    ]


def test_a_number_is_entered_once_and_corrected_with_its_history(place, as_program, measure):
    path, program = f"{place.path}measures/{measure.pk}/points/", as_program(place.lead)

    for value in ("7", "7", "9"):
        answer = program.send(path, {"period_on": "2026-02-14", "value": value, "note": "Two circles"})
        assert answer.status_code == 201, answer.content

    assert answer.json()["period_on"] == "2026-02-01"
    assert DataPoint.objects.get().value == Decimal(9)
    assert [old.value for old in DataPointVersion.objects.all()] == [Decimal(7)]


@pytest.mark.parametrize(
    "body",
    [
        {"period_on": "2026-02-01"},
        {"period_on": "2026-02-01", "value": None},
        {"period_on": "2026-02-01", "numerator": 3},
        {"period_on": "2026-02-01", "numerator": 3, "denominator": 0},
        {"period_on": "2026-02-01", "numerator": 3, "denominator": 4},
        {"period_on": "2026-02-01", "value": 3, "numerator": 3, "denominator": 4},
        {"period_on": "2026-02-01", "value": "many"},
        {"period_on": "2026-02-01", "value": -1},
        {"period_on": "2099-02-01", "value": 1},
        {"value": 1},
    ],
)
def test_what_is_no_number_of_this_measure_is_a_422(place, as_program, measure, body):
    problem(as_program(place.lead).send(f"{place.path}measures/{measure.pk}/points/", body), 422)
    assert not DataPoint.objects.exists()


def test_who_enters_no_numbers_is_refused(place, as_program, measure):
    body = {"period_on": "2026-02-01", "value": 1}
    problem(as_program(place.member).send(f"{place.path}measures/{measure.pk}/points/", body), 403)
