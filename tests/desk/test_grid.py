"""The team grid: what became of every date, and who needs what."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Role
from desk import grid
from progress.models import DueDate
from tests.factories.measures import make_measure, make_points
from tests.factories.progress import make_check_in
from tests.factories.series import give_role, make_series
from tests.factories.storymaps import make_comment, make_entry
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 20, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def series():
    return make_series()


def owe(team, day, **fields) -> DueDate:
    return DueDate.objects.create(team=team, period=team.series.periods.first(), due_on=day, **fields)


def test_each_date_says_what_became_of_it(series):
    team = make_team(series)
    filed = make_check_in(owe(team, date(2026, 5, 1)), filed_on=date(2026, 5, 1))
    make_check_in(owe(team, date(2026, 5, 8)), filed_on=date(2026, 5, 11))
    owe(team, date(2026, 5, 15), caught_up_by=filed)
    owe(team, date(2026, 5, 22), is_excused=True)
    owe(team, date(2026, 6, 5)).promises.create(
        later_on=date(2026, 6, 25), number=1, made_by=join(team), made_at=AT
    )
    owe(team, date(2026, 6, 12))
    owe(team, date(2026, 6, 26))

    cells = grid.cells_of(series.periods.first(), [team], at=AT)[team.pk]

    assert [cell.state for cell in cells] == [
        "filed",
        "late",
        "late",
        "excused",
        "promised",
        "missing",
        "ahead",
    ]
    assert "missing" in cells[5].words


def test_last_contact_is_a_coachs_word_and_no_coaches_only_note(series):
    team = make_team(series)
    luz, entry = coach(team), make_entry(team)
    make_comment(entry, luz, written_at=datetime(2026, 5, 1, 18, tzinfo=UTC))
    make_comment(entry, join(team), written_at=datetime(2026, 5, 9, tzinfo=UTC))
    make_comment(entry, luz, written_at=datetime(2026, 5, 9, tzinfo=UTC), audience="coaches")

    assert grid.last_contacts([team]) == {team.pk: date(2026, 5, 1)}


def test_the_page_filters_sorts_and_nudges(series, signed_in):
    first, second = make_team(series, name="Ash"), make_team(series, name="Birch")
    for team in (first, second):
        join(team, Role.LEAD)
    owe(second, date(2026, 6, 12))
    make_entry(second, logged_at=AT)
    make_entry(first, logged_at=AT)
    coach(second, give_role(series, Role.FACILITATOR))
    browser = signed_in(give_role(series, Role.FACILITATOR))
    page = f"/series/{series.slug}/teams/"

    text = browser.get(page).text
    assert f"/teams/{second.slug}/nudge/" in text
    assert f"/teams/{first.slug}/nudge/" not in text
    only = browser.get(f"{page}?word=nudge&by=name").text
    assert "Birch" in only
    assert ">Ash<" not in only
    browser.post(f"{page}{second.slug}/nudge/")
    assert f"/teams/{second.slug}/nudge/" not in browser.get(page).text


def test_the_number_of_queries_is_the_same_for_any_number_of_teams(series, signed_in):
    browser, counts = signed_in(give_role(series, Role.FACILITATOR)), []
    measure = make_measure(series=series)
    for more in (2, 8):
        for _ in range(more):
            team = make_team(series)
            luz = coach(team)
            make_comment(make_entry(team), luz)
            make_check_in(owe(team, date(2026, 5, 1)))
            owe(team, date(2026, 6, 1))
            make_points(measure, [1, 2, 3], team=team)
        page = f"/series/{series.slug}/teams/"
        browser.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_a_missed_date_of_an_earlier_period_can_be_nudged_too(series, signed_in):
    team, browser = make_team(series, name="Ash"), signed_in(give_role(series, Role.FACILITATOR))
    join(team, Role.LEAD)
    owe(team, date(2026, 6, 12))
    make_entry(team, logged_at=AT)
    url = f"/series/{series.slug}/teams/"

    assert "/nudge/" in browser.get(url, {"period": "1"}).text
    assert "/nudge/" in browser.get(url, {"period": "2"}).text

    promised = owe(make_team(series), date(2026, 6, 12))
    promised.promises.create(later_on=date(2026, 6, 25), number=1, made_by=join(team), made_at=AT)
    assert grid.missing_of([team, promised.team], at=AT) == {team.pk}


def test_the_page_shows_teams_with_stories_on_a_driver_and_those_without(series, signed_in):
    first, second = make_team(series, name="Ash"), make_team(series, name="Birch")
    make_entry(first, drivers=["Policy"])
    policy = series.drivers.get(name="Policy")
    browser, url = signed_in(give_role(series, Role.FACILITATOR)), f"/series/{series.slug}/teams/"

    def shown(driver: str) -> list[str]:
        rows = browser.get(url, {"driver": driver}).context["rows"]
        return sorted(row["standing"].team.name for row in rows)

    assert shown(f"{policy.pk}") == ["Ash"]
    assert shown(f"-{policy.pk}") == ["Birch"]
    assert shown("") == ["Ash", "Birch"]
    assert shown("x") == []
    assert second.name in shown("-0")
