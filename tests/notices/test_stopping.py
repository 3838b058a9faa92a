"""One click stops a kind of mail (RFC 8058): GET shows, POST acts, nobody is signed in."""

import uuid

import pytest
from django.core import mail, signing
from django.core.management import call_command
from django.test import Client

from accounts.permissions import Role
from coaching.models import HelpCall
from coaching.services import ask_for_help
from core import clock
from notices.models import NoticeKind, Preference
from notices.stopping import SALT, stop_url
from tests.factories.accounts import make_person
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def path_of(url: str) -> str:
    return "/mail/" + url.split("/mail/", 1)[1]


def test_the_mail_carries_the_click_and_the_click_works(settings):
    team = make_team()
    lead, luz = join(team, Role.LEAD), coach(team)
    draft = HelpCall(team=team, text="How do we get a seat?", submission_id=uuid.uuid4())
    ask_for_help(draft, by=lead, at=clock.now())
    call_command("drain", "--once", verbosity=0)
    (letter,) = mail.outbox
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert url in letter.body
    assert url in letter.alternatives[0].content

    browser = Client(enforce_csrf_checks=True)
    assert "Stop this mail?" in browser.get(path_of(url)).text
    assert not Preference.objects.exists()
    for _ in range(2):
        answer = browser.post(path_of(url), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200

    assert list(Preference.objects.values_list("person", "kind")) == [(luz.pk, "help")]
    assert not answer.cookies
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_it_speaks_the_language_of_the_person():
    person = make_person("Marisol", language="es")

    answer = Client().get(path_of(stop_url(person, NoticeKind.COMMENT)))

    assert answer.headers["Content-Language"] == "es"


@pytest.mark.parametrize(
    "told",
    [{"p": 1, "k": "concern"}, {"p": 999_999, "k": "help"}, {"p": 1}, ["help"], {"p": "x", "k": "help"}],
)
def test_what_is_no_link_of_ours_stops_nothing(told):
    make_person()
    token = signing.Signer(sep=".", salt=SALT).sign_object(told)

    for address in (f"/mail/stop/{token}/", "/mail/stop/forged/", f"/mail/stop/{'x' * 400}/"):
        assert Client().post(address).status_code == 404
    assert not Preference.objects.exists()


def test_an_account_that_is_closed_has_nothing_to_stop():
    person = make_person(is_active=False)

    assert Client().post(path_of(stop_url(person, NoticeKind.HELP))).status_code == 404
