"""Coverage: which team has a coach, in words, by the teams' names."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from teams.cover import set_cover
from teams.models import CoachAssignment, TeamStatus
from teams.services import end_assignment
from tests.factories.accounts import make_person
from tests.factories.series import give_role, make_series
from tests.factories.storymaps import make_entry
from tests.factories.teams import coach, make_team

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 20, 15, tzinfo=UTC)
TODAY = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def _at():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def series():
    return make_series()


@pytest.fixture
def browser(series, signed_in):
    return signed_in(give_role(series, Role.FACILITATOR))


def page(browser, series) -> str:
    answer = browser.get(reverse("desk:coverage", args=[series.slug]))
    assert answer.status_code == 200
    return answer.text


def test_no_team_at_all_is_said(browser, series):
    assert "No team has joined yet." in page(browser, series)


def test_the_sentence_counts_teams_and_names_those_without_a_coach(browser, series):
    lily, radio, _porch = (make_team(series, name=name) for name in ("Lily", "Radio", "Porch"))
    coach(lily, make_person("Luz Ortega"))
    coach(radio, ends_on=TODAY - timedelta(days=10))
    make_team(series, name="Gone", status=TeamStatus.WITHDRAWN)

    text = page(browser, series)

    assert "1 of 3 teams have a coach today." in text
    assert "Radio has had no coach since 11 Jun 2026." in text
    assert "Porch has had no coach since it joined on 5 Jan 2026." in text
    assert "Gone" not in text
    assert text.index(">Lily</a>") < text.index(">Porch</a>") < text.index(">Radio</a>")


def test_who_ends_within_30_days_is_named_with_who_comes_then(browser, series):
    porch, radio, lily = (make_team(series, name=name) for name in ("Porch", "Radio", "Lily"))
    for team, days in ((porch, 30), (radio, 3), (lily, 31)):
        coach(team, ends_on=TODAY + timedelta(days=days))
    ruth = coach(make_team(series, name="Zinnia"), make_person("Ruth Ansel"))
    last = TODAY + timedelta(days=3)
    end_assignment(
        CoachAssignment.objects.get(team=radio), note="All is well.", by=ruth, at=AT, last_on=last,
        successor=ruth, begins_on=last + timedelta(days=1),
    )  # fmt: skip

    text = page(browser, series)

    assert "All 4 teams have a coach today." in text
    assert "Porch has a coach until 20 Jul 2026; nobody is named yet for after." in text
    assert "Radio has its coach until 23 Jun 2026; Ruth Ansel begins on 24 Jun 2026." in text
    assert "Lily has" not in text


def test_a_second_coach_who_goes_on_leaves_nothing_to_settle(browser, series):
    porch = make_team(series, name="Porch")
    coach(porch, ends_on=TODAY + timedelta(days=3))
    coach(porch)

    assert "To be settled" not in page(browser, series)


def test_covers_are_shown_and_nothing_that_coaches_did(browser, series):
    porch, radio = make_team(series, name="Porch"), make_team(series, name="Radio")
    luz, ruth = coach(porch, make_person("Luz Ortega")), coach(radio, make_person("Ruth Ansel"))
    make_entry(porch)
    held = CoachAssignment.objects.get(team=porch)
    set_cover([held], ruth, starts_on=TODAY, ends_on=TODAY + timedelta(days=5), by=luz, at=AT)

    text = page(browser, series)

    assert "Ruth Ansel covers for Luz Ortega" in text
    assert "20–25 Jun 2026" in text
    assert "All 2 teams have a coach today." in text


def test_the_page_takes_the_same_queries_at_one_team_and_at_many(browser, series):
    def add() -> None:
        team = make_team(series)
        luz = coach(team)
        ruth = coach(make_team(series))
        held = CoachAssignment.objects.get(team=team)
        set_cover([held], ruth, starts_on=TODAY, ends_on=TODAY, by=luz, at=AT)

    def count() -> int:
        page(browser, series)
        with CaptureQueriesContext(connection) as seen:
            page(browser, series)
        return len(seen)

    add()
    one = count()
    for _number in range(3):
        add()

    assert count() == one <= 15
