"""Signing in by a mailed code and by password; sign-up only by invitation; sessions that end."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from jobs.models import Job, State
from tests.factories.accounts import make_administrator, make_person

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def code_in_mail() -> str:
    call_command("drain", "--once", "--lane", "now", verbosity=0)
    found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mail.outbox[-1].body), re.M)
    assert found, mail.outbox[-1].body
    return found[1]


def test_a_code_by_mail_signs_in(client: Client):
    person = make_person("Kiara")

    client.post("/account/login/code/", {"email": person.email.upper()})
    assert not mail.outbox, "a request never talks to the mail server"
    code = code_in_mail()
    response = client.post("/account/login/code/confirm/", {"code": code})

    assert response.status_code == 302
    assert client.get("/me/").status_code == 200
    assert mail.outbox[-1].to == [person.email]


def test_the_text_of_a_sign_in_mail_is_sealed_and_wiped(client: Client):
    person = make_person("Kiara")

    client.post("/account/login/code/", {"email": person.email})
    waiting = Job.objects.get(kind="accounts.send_mail")
    assert person.email not in str(waiting.payload)
    code_in_mail()

    waiting.refresh_from_db()
    assert waiting.state == State.DONE
    assert waiting.payload == {}


def test_an_unknown_address_is_answered_in_the_same_way(client: Client):
    person = make_person("Kiara")

    known = client.post("/account/login/code/", {"email": person.email})
    unknown = Client().post("/account/login/code/", {"email": "nobody@example.org"})

    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )


def test_a_password_signs_in(client: Client):
    person = make_person("Kiara")
    person.set_password("a river runs through it")
    person.save()

    response = client.post("/account/login/", {"login": person.email, "password": "a river runs through it"})

    assert response.status_code == 302
    assert client.get("/me/").status_code == 200


def test_sign_up_is_closed_without_an_invitation(client: Client):
    client.post(
        "/account/signup/", {"email": "new@example.org", "password1": "a river runs through it", "name": "N"}
    )

    assert not User.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize(
    ("idle_hours", "is_my_phone", "status"),
    [(7.9, False, 200), (8.1, False, 302), (24 * 59, True, 200), (24 * 61, True, 302)],
)
def test_a_session_ends_when_idle(signed_in, idle_hours, is_my_phone, status):
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(make_person())
        if is_my_phone:
            client.post("/me/settings/phone/", {"is_my_phone": "on"})
        clock.shift(timedelta(hours=idle_hours))

        assert client.get("/me/").status_code == status


def test_a_session_ends_after_a_day_however_busy(signed_in):
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(make_person())
        for _hour in range(23):
            clock.shift(timedelta(hours=1))
            assert client.get("/me/").status_code == 200
        clock.shift(timedelta(hours=1, minutes=1))

        assert client.get("/me/").status_code == 302


def test_a_duty_ends_sooner_even_on_ones_own_phone(signed_in):
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(make_administrator())
        client.post("/me/settings/phone/", {"is_my_phone": "on"})
        for _hour in range(2):
            clock.shift(timedelta(hours=6))
            client.get("/me/")
        clock.shift(timedelta(minutes=1))

        assert client.get("/me/").status_code == 302


def test_signing_out_everywhere_ends_every_session(signed_in):
    person = make_person()
    here, there = signed_in(person), signed_in(person)

    here.post("/me/settings/sign-out-everywhere/")

    assert there.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 302


def test_a_closed_account_is_out_at_once(signed_in):
    person = make_person()
    client = signed_in(person)
    User.objects.filter(pk=person.pk).update(is_active=False)

    assert client.get("/me/").status_code == 302


def test_a_get_of_a_page_writes_no_session(signed_in):
    client = signed_in(make_person())
    client.get("/me/settings/")
    with CaptureQueriesContext(connection) as seen:
        client.get("/me/settings/")

    assert not [q for q in seen.captured_queries if not q["sql"].startswith(("SELECT", "PRAGMA"))]


def test_the_page_speaks_the_readers_language(signed_in):
    client = signed_in(make_person(language="es"))

    assert '<html lang="es"' in client.get("/me/").content.decode()
