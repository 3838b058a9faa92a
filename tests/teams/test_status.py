"""A team pauses and comes back by itself, merges, leaves; what it owes follows, what it told stays."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Event
from accounts.permissions import Role
from core import clock
from desk.standing import standings
from progress.models import DueDate
from progress.services import lay_out_for_team
from teams import status
from teams.models import TeamStatus, TeamStatusChange
from tests.factories.progress import make_check_in
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_entry
from tests.factories.teams import join, make_team

pytestmark = pytest.mark.django_db
TODAY = AT.date()
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    team = make_team()
    lay_out_for_team(team, at=AT)
    return team


@pytest.fixture
def facilitator(team):
    return give_role(team.series, Role.FACILITATOR)


def change(team, to, by, at=AT, on=TODAY, **fields) -> bool:
    values = {"reason": "The school is closed."} | fields
    return status.change_status(TeamStatusChange(team=team, status=to, on=on, **values), by=by, at=at)


def ahead(team, after=TODAY) -> list[date]:
    return list(DueDate.objects.open().filter(team=team, due_on__gt=after).values_list("due_on", flat=True))


def test_a_pause_takes_dates_out_and_brings_them_back_when_it_is_over(team, facilitator):
    before = ahead(team)
    inside = [day for day in before if day <= TODAY + 4 * WEEK]
    last = inside[-1]
    assert inside
    assert len(before) > len(inside)

    for _ in range(2):
        change(team, TeamStatus.PAUSED, facilitator, ends_on=last)
    team.refresh_from_db()

    assert ahead(team) == before[len(inside) :]
    assert Event.objects.filter(act="teams.status_changed").count() == 1
    (standing,) = standings([team], at=AT)
    assert (standing.word, standing.reason) == ("paused", f"until {last.day} {last:%B}")

    assert status.end_pauses(at=AT + (last - TODAY)) == 0  # the last day is part of it
    after = AT + (last - TODAY) + timedelta(days=1)
    with time_machine.travel(after, tick=False):
        assert [status.end_pauses(at=after) for _ in range(2)] == [1, 0]
        team.refresh_from_db()
        assert team.status == TeamStatus.ACTIVE
        assert ahead(team) == before[len(inside) :]
        assert team.status_changes.get(status=TeamStatus.ACTIVE).on == last + timedelta(days=1)
        assert standings([team], at=after)[0].word != "paused"


def test_a_team_that_comes_back_early_owes_what_is_still_ahead(team, facilitator):
    before = ahead(team)
    change(team, TeamStatus.PAUSED, facilitator)
    assert ahead(team) == []

    soon = AT + timedelta(days=10)
    with time_machine.travel(soon, tick=False):
        change(team, TeamStatus.ACTIVE, facilitator, at=soon, on=soon.date(), reason="")
        assert ahead(team) == [day for day in before if day > soon.date()]


def test_a_pause_with_a_last_day_that_is_ended_early_is_over(team, facilitator):
    before = ahead(team)
    change(team, TeamStatus.PAUSED, facilitator, ends_on=before[-1])

    soon = AT + timedelta(days=10)
    with time_machine.travel(soon, tick=False):
        change(team, TeamStatus.ACTIVE, facilitator, at=soon, on=soon.date(), reason="")
        assert ahead(team) == [day for day in before if day > soon.date()]
        assert standings([team], at=soon)[0].word != "paused"


def test_who_left_some_weeks_ago_owes_nothing_since_and_what_was_filed_stays(team, facilitator):
    past = [
        DueDate.objects.create(team=team, period=team.series.periods.first(), due_on=TODAY - n * WEEK)
        for n in (1, 2, 3)
    ]
    filed, entry = make_check_in(past[0]), make_entry(team)

    change(team, TeamStatus.WITHDRAWN, facilitator, on=TODAY - timedelta(days=15))
    team.refresh_from_db()

    assert team.status == TeamStatus.WITHDRAWN
    assert ahead(team) == []
    rows = {due.pk: due for due in DueDate.objects.filter(team=team)}
    assert rows[past[1].pk].is_excused
    assert rows[past[1].pk].excused_because == "The school is closed."
    assert not rows[past[2].pk].is_excused, "it was owed before"
    assert rows[filed.due_id].check_in == filed
    entry.refresh_from_db()
    assert standings([team], at=AT) == []


@pytest.mark.parametrize(
    ("to", "fields", "field"),
    [
        ("paused", {"reason": " "}, "reason"),
        ("withdrawn", {"reason": ""}, "reason"),
        ("withdrawn", {"on": TODAY + timedelta(days=1)}, "on"),
        ("withdrawn", {"on": date(2001, 1, 1)}, "on"),
        ("paused", {"ends_on": TODAY - timedelta(days=1), "on": TODAY - timedelta(days=3)}, "ends_on"),
        ("merged", {}, "into"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(team, facilitator, to, fields, field):
    with pytest.raises(ValidationError) as raised:
        change(team, to, facilitator, **fields)

    assert list(raised.value.message_dict) == [field]
    assert not team.status_changes.exists()


def test_a_team_merges_into_another_of_its_series(team, facilitator):
    other, elsewhere = make_team(team.series), make_team()

    with pytest.raises(ValidationError):
        change(team, TeamStatus.MERGED, facilitator, into=elsewhere)
    with pytest.raises(ValidationError):
        change(team, TeamStatus.MERGED, facilitator, into=team)
    change(team, TeamStatus.MERGED, facilitator, into=other)

    assert list(other.took_in.values_list("team", flat=True)) == [team.pk]


def test_the_page_keeps_what_was_typed_and_takes_it_once_it_is_right(team, facilitator, signed_in):
    browser, page = signed_in(facilitator), f"/series/{team.series.slug}/teams/{team.slug}/status/"
    sent = {"status": "paused", "on": str(TODAY), "ends_on": str(TODAY + WEEK), "reason": "", "into": ""}

    refused = browser.post(page, sent)
    assert refused.status_code == 422
    assert "Say why, in a line." in refused.text
    assert str(TODAY + WEEK) in refused.text
    taken = browser.post(page, sent | {"reason": "Exams."}, follow=True)

    assert "It is noted." in taken.text
    assert "Exams." in taken.text
    team.refresh_from_db()
    assert team.status == TeamStatus.PAUSED
    home = signed_in(join(team)).get(f"/series/{team.series.slug}/teams/{team.slug}/").text
    assert "Nothing is due while the team is paused." in home


def test_the_page_takes_the_same_queries_for_many_changes(team, facilitator, signed_in):
    browser, page, counts = signed_in(facilitator), "", []
    page = f"/series/{team.series.slug}/teams/{team.slug}/status/"
    for more in (1, 6):
        for _ in range(more):
            TeamStatusChange.objects.create(
                team=team, status="active", on=TODAY, by=facilitator, into=make_team(team.series)
            )
        browser.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert clock.today("UTC") == TODAY
