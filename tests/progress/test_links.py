"""The link in a reminder: it opens one form for one person, files by POST alone, and dies in time."""

import uuid
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client

from accounts.permissions import Role
from progress.links import SALT, make_token, read_token
from progress.models import CheckIn, Going
from series.models import SeriesStatus
from teams.models import Membership, TeamStatus
from tests.factories.progress import AT, make_check_in, make_due
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db
DUE_ON = date(2026, 5, 31)


@pytest.fixture
def due():
    return make_due(due_on=DUE_ON)


@pytest.fixture
def person(due):
    return join(due.team, Role.LEAD)


def url_of(person, due, query=""):
    return f"/check-in/{make_token(person, due)}/{query}"


def at(day: date, hour: int = 15) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=AT.tzinfo)


def test_it_opens_the_form_with_the_answer_that_the_mail_named_and_files_nothing(due, person):
    with time_machine.travel(AT, tick=False):
        response = Client().get(url_of(person, due, "?going=well"))

    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="well"' in page
    assert page.count("checked") == 1
    assert due.team.name in page
    assert due.team.series.name not in page
    assert person.email not in page
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("query", ["", "?going=splendid", "?going="])
def test_an_answer_that_is_none_fills_nothing_in(due, person, query):
    with time_machine.travel(AT, tick=False):
        response = Client().get(url_of(person, due, query))

    assert b"checked" not in response.content


def test_a_post_files_it_as_that_person_and_no_session_begins(due, person):
    browser, url = Client(enforce_csrf_checks=True), url_of(person, due)

    with time_machine.travel(AT, tick=False):
        response = browser.post(
            url, {"going": "nothing", "submission_id": uuid.uuid4()}, headers={"Origin": "null"}
        )
        after = browser.get(url)

    filed = CheckIn.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, url)
    assert (filed.due, filed.filed_by, filed.going) == (due, person, Going.NOTHING)
    assert not filed.is_on_behalf
    assert not browser.cookies
    assert "Thank you. It is filed." in after.content.decode()
    with time_machine.travel(AT, tick=False):
        assert browser.get("/me/").status_code == 302


def test_the_answer_is_kept_nowhere_and_tells_no_other_site_of_the_address(due, person):
    with time_machine.travel(AT, tick=False):
        for response in (Client().get(url_of(person, due)), Client().get("/check-in/none/")):
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
            assert not response.cookies


def test_a_double_tap_files_once(due, person):
    browser, body = Client(), {"going": "well", "submission_id": str(uuid.uuid4())}

    with time_machine.travel(AT, tick=False):
        answers = [browser.post(url_of(person, due), body).status_code for _tap in range(2)]

    assert answers == [302, 302]
    assert CheckIn.objects.count() == 1


def test_who_comes_second_is_told_and_keeps_the_words(due, person):
    other = make_check_in(due, by=join(due.team), filed_at=AT)

    with time_machine.travel(AT, tick=False):
        response = Client().post(url_of(person, due), {"going": "stuck", "moved": "The hall is ours."})

    assert response.status_code == 409
    assert "The hall is ours." in response.content.decode()
    assert other.filed_by.name not in response.content.decode()
    assert CheckIn.objects.get() == other


def test_nothing_chosen_is_asked_again(due, person):
    with time_machine.travel(AT, tick=False):
        response = Client().post(url_of(person, due), {"going": ""})

    assert response.status_code == 422
    assert not CheckIn.objects.exists()


def test_it_speaks_the_language_of_its_person(due):
    person = join(due.team, Role.LEAD)
    person.language = "es"
    person.save()

    with time_machine.travel(AT, tick=False):
        response = Client().get(url_of(person, due))

    assert '<html lang="es"' in response.content.decode()
    assert response.headers["Content-Language"] == "es"


def test_forged_links_open_nothing(due, person):
    other = make_due(make_team(due.team.series), due_on=DUE_ON)
    good = make_token(person, due)
    told = {"p": person.pk, "t": due.team_id, "d": due.pk, "e": person.auth_epoch}

    def signed(salt=SALT, **changes):
        return signing.Signer(sep=".", salt=salt).sign_object(told | changes)

    forged = [
        "none",
        good[:-1],
        f"{good}A",
        "." + good.split(".")[1],
        "x" * 5000,
        signed(salt="another"),
        signed(d=other.pk),  # a date of another team
        signed(d=other.pk, t=other.team_id),  # of a team in which the person is not
        signed(p=coach(due.team).pk),  # nobody of the team
        signed(e=person.auth_epoch + 1),
        signing.Signer(sep=".", salt=SALT).sign_object([1]),
        signing.Signer(sep=".", salt=SALT).sign_object({"p": person.pk}),
    ]

    assert read_token(good, at=AT) is not None
    assert [read_token(token, at=AT) for token in forged] == [None] * len(forged)


def test_it_dies_seven_days_after_the_filing(due, person):
    token = make_token(person, due)
    make_check_in(due, by=person, filed_at=AT)

    assert read_token(token, at=AT + timedelta(days=7)) is not None
    assert read_token(token, at=AT + timedelta(days=7, seconds=1)) is None


def test_it_dies_thirty_days_after_the_due_date(due, person):
    token = make_token(person, due)

    assert read_token(token, at=at(DUE_ON + timedelta(days=30))) is not None
    assert read_token(token, at=at(DUE_ON + timedelta(days=31))) is None


def test_it_dies_with_the_membership(due, person):
    token = make_token(person, due)
    Membership.objects.filter(person=person).update(ends_on=AT.date() - timedelta(days=1))

    assert read_token(token, at=AT) is None


def test_it_dies_when_the_person_signs_out_everywhere_or_closes_the_account(due, person):
    token = make_token(person, due)
    person.auth_epoch += 1
    person.save()
    assert read_token(token, at=AT) is None

    token = make_token(person, due)
    person.is_active = False
    person.save()
    assert read_token(token, at=AT) is None


def test_it_dies_when_the_team_leaves(due, person):
    token = make_token(person, due)
    due.team.status = TeamStatus.WITHDRAWN
    due.team.save()

    assert read_token(token, at=AT) is None


def test_after_the_series_it_shows_no_form_and_files_nothing(due, person):
    due.team.series.status = SeriesStatus.ARCHIVED
    due.team.series.save()

    with time_machine.travel(AT, tick=False):
        page = Client().get(url_of(person, due))
        filed = Client().post(url_of(person, due), {"going": "well"})

    assert b"<form" not in page.content
    assert filed.status_code == 409
    assert not CheckIn.objects.exists()


def test_before_the_check_in_is_open_it_says_when(due, person):
    later = make_due(due.team, due_on=date(2026, 6, 30))

    with time_machine.travel(AT, tick=False):
        page = Client().get(url_of(person, later))
        filed = Client().post(url_of(person, later), {"going": "well"})

    assert b"<form" not in page.content
    assert filed.status_code == 409


def test_a_dead_link_says_where_to_go(due, person):
    token = make_token(person, due)

    with time_machine.travel(at(DUE_ON + timedelta(days=40)), tick=False):
        url = f"/check-in/{token}/"
        for response in (Client().get(url), Client().post(url, {"going": "well"})):
            assert response.status_code == 404
            assert "/account/login/" in response.content.decode()
            assert due.team.name not in response.content.decode()
