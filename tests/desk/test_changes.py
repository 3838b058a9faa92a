"""The inbox says who covers for whom, and until when."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from progress.models import DueDate
from teams.cover import set_cover
from teams.models import CoachAssignment
from tests.factories.accounts import make_person
from tests.factories.series import make_series
from tests.factories.teams import coach, make_team

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 20, 15, tzinfo=UTC)
TODAY, LAST = date(2026, 6, 20), date(2026, 7, 3)


@pytest.fixture(autouse=True)
def _at():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team(make_series(), name="Porch", time_zone="UTC")


@pytest.fixture
def luz(team):
    return coach(team, make_person("Luz Ortega"))


@pytest.fixture
def ruth(team):
    return coach(make_team(team.series, name="Radio", time_zone="UTC"), make_person("Ruth Ansel"))


def cover(team, person, **fields) -> None:
    held = CoachAssignment.objects.own().get(team=team)
    days = {"starts_on": TODAY, "ends_on": LAST} | fields
    set_cover([held], person, by=held.coach, at=AT, **days)


def inbox(browser) -> str:
    return browser.get("/coaching/").text


def test_the_row_of_a_covered_team_says_for_whom_and_until_when(team, luz, ruth, signed_in):
    DueDate.objects.create(team=team, period=team.series.periods.first(), due_on=date(2026, 6, 12))
    cover(team, ruth)

    theirs, hers = inbox(signed_in(ruth)), inbox(signed_in(luz))

    assert theirs.count("covering for Luz Ortega until 3 Jul 2026") == 1
    assert "You cover Porch for Luz Ortega" in theirs
    assert "Ruth Ansel covers Porch for you" in hers
    assert "covering for" not in hers


def test_what_lies_ahead_is_told_and_opens_nothing_yet(team, luz, ruth, signed_in):
    cover(team, ruth, starts_on=TODAY + timedelta(days=2))

    page = inbox(signed_in(ruth))

    assert "You cover Porch for Luz Ortega" in page
    assert "covering for" not in page
    assert f"/teams/{team.slug}/" not in page


def test_after_the_last_day_the_inbox_tells_nothing_of_it(team, luz, ruth, signed_in):
    cover(team, ruth)
    with time_machine.travel(AT + timedelta(days=13), tick=False):
        assert "You cover Porch" in inbox(signed_in(ruth))
    with time_machine.travel(AT + timedelta(days=14), tick=False):
        assert "Porch" not in inbox(signed_in(ruth))
        assert "for you" not in inbox(signed_in(luz))


def test_the_inbox_takes_the_same_queries_with_one_cover_and_with_many(team, luz, ruth, signed_in):
    browser = signed_in(ruth)
    cover(team, ruth)

    def count() -> int:
        inbox(browser)
        with CaptureQueriesContext(connection) as seen:
            inbox(browser)
        return len(seen)

    one = count()
    for _number in range(3):
        other = make_team(team.series)
        coach(other, luz)
        cover(other, ruth)

    assert count() == one
