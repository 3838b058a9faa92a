"""Covers, their refusal and hand-overs are told once, to whom they concern, in their language."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Event
from accounts.permissions import Role
from core import clock
from notices import at_once
from notices.models import Notice, NoticeKind, Way
from notices.services import choose_ways
from teams.cover import end_cover, set_cover
from teams.models import CoachAssignment
from teams.services import assign_coach, end_assignment
from tests.factories.accounts import make_person
from tests.factories.series import give_role
from tests.factories.teams import coach, make_team

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def team():
    return make_team(name="Porch")


@pytest.fixture
def luz(team):
    return coach(team, make_person("Luz Ortega"))


@pytest.fixture
def ruth(team):
    return coach(make_team(team.series), make_person("Ruth Ansel", language="es"))


def cover(teams, person, by, starts_in=0) -> list[CoachAssignment]:
    rows = list(CoachAssignment.objects.own().filter(team__in=teams).order_by("pk"))
    today = clock.today("UTC")
    days = {"starts_on": today + timedelta(days=starts_in), "ends_on": today + timedelta(days=9)}
    return set_cover(rows, person, by=by, at=clock.now(), **days)


def drain() -> list[str]:
    mail.outbox.clear()
    call_command("drain", "--once", verbosity=0)
    return sorted(letter.to[0] for letter in mail.outbox)


def again() -> list[str]:
    for event in Event.objects.all():
        at_once.consider(event, at=clock.now())
    return drain()


def test_one_mail_tells_of_all_teams_and_both_are_told_by_a_facilitator(team, luz, ruth):
    second, fay = make_team(team.series, name="Radio"), give_role(team.series, Role.FACILITATOR)
    coach(second, luz)

    cover([team, second], ruth, by=fay)

    assert drain() == sorted([luz.email, ruth.email])
    bodies = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "Porch, Radio" in bodies[luz.email]
    assert "Porch, Radio" in bodies[ruth.email]
    assert "/cover/" in bodies[luz.email]
    assert "/coaching/" in bodies[ruth.email]
    assert "Luz Ortega" in bodies[ruth.email]
    assert again() == []


def test_who_names_it_herself_is_not_told(team, luz, ruth):
    cover([team], ruth, by=luz)

    assert drain() == [ruth.email]


@pytest.mark.parametrize("starts_in", [0, 3])
def test_a_refusal_tells_the_coach_and_who_runs_the_series_once(team, luz, ruth, starts_in):
    fay, olive = give_role(team.series, Role.FACILITATOR), give_role(team.series, Role.ORGANIZER)
    give_role(team.series, Role.EXPERT)
    (held,) = cover([team], ruth, by=luz, starts_in=starts_in)
    drain()

    end_cover(held, by=ruth, at=clock.now())

    assert drain() == sorted([luz.email, fay.email, olive.email])
    assert all("Ruth Ansel" in letter.subject for letter in mail.outbox)
    assert again() == []


def test_an_end_by_others_is_no_refusal(team, luz, ruth):
    give_role(team.series, Role.FACILITATOR)
    (held,) = cover([team], ruth, by=luz)
    drain()

    end_cover(held, by=luz, at=clock.now())

    assert drain() == []


def test_a_cover_that_ended_before_its_mail_is_not_told_and_the_ledger_says_why(team, luz, ruth):
    (held,) = cover([team], ruth, by=luz)
    end_cover(held, by=luz, at=clock.now())

    assert drain() == []
    assert Notice.objects.get(kind=NoticeKind.COACH).reason == "it has ended"


def test_a_hand_over_tells_who_takes_over_and_a_leaving_coach_tells_the_facilitators(team, luz, ruth):
    fay = give_role(team.series, Role.FACILITATOR)
    held = CoachAssignment.objects.get(team=team)
    last = clock.today("UTC") + timedelta(days=20)

    end_assignment(held, note="Ask about the bus.", by=luz, at=clock.now(), last_on=last)
    assert drain() == [fay.email]
    assert "Luz Ortega" in mail.outbox[0].subject
    assert "bus" not in mail.outbox[0].body

    assign_coach(team, ruth, by=fay, at=clock.now())
    assert drain() == [ruth.email]
    assert "Porch" in mail.outbox[0].subject
    assert again() == []


def test_who_is_assigned_without_a_hand_over_gets_no_such_mail(team, luz, ruth):
    assign_coach(team, ruth, by=give_role(team.series, Role.FACILITATOR), at=clock.now())

    assert drain() == []


def test_who_wants_no_mail_of_covers_finds_them_among_what_is_unread(team, luz, ruth, signed_in):
    choose_ways(ruth, {(NoticeKind.COACH, None): Way.NONE})
    cover([team], ruth, by=luz)

    assert drain() == []
    page = signed_in(ruth).get("/me/unread/").text
    assert "Luz Ortega" in page
    assert team.name in page


def test_covers_can_wait_for_the_mail_of_the_day(team, luz, ruth):
    choose_ways(ruth, {(NoticeKind.COACH, None): Way.DAILY})
    cover([team], ruth, by=luz)
    assert drain() == []

    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        assert drain() == [ruth.email]
    assert team.name in mail.outbox[-1].body


def test_the_mail_of_a_cover_is_stopped_in_one_click(team, luz, ruth):
    cover([team], ruth, by=luz)
    drain()

    (letter,) = [each for each in mail.outbox if each.to == [ruth.email]]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/mail/stop/" in letter.body


def test_many_covers_among_what_is_unread_take_the_same_queries(team, luz, ruth, signed_in):
    browser, counts = signed_in(ruth), []
    for more in (1, 5):
        for _ in range(more):
            other = make_team(team.series)
            coach(other, luz)
            cover([other], ruth, by=luz)
        drain()
        browser.get("/me/unread/")
        with CaptureQueriesContext(connection) as captured:
            page = browser.get("/me/unread/").text
        counts.append(len(captured))

    assert page.count("Luz Ortega") == 6
    assert counts[0] == counts[1]
