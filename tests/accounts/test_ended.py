"""A sign-in that has ended: a page can ask who is there, and what was sent too late is kept."""

from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.middleware import SHARED
from accounts.models import Draft
from accounts.people import device_key
from accounts.permissions import Role
from core import clock
from progress.models import CheckIn
from storymaps.models import StoryEntry
from tests.factories.accounts import make_person
from tests.factories.progress import make_due
from tests.factories.teams import join, make_team

pytestmark = pytest.mark.django_db


def log_url(team):
    return reverse("storymaps:log", args=[team.series.slug, team.slug])


def signed_in(person):
    client = Client()
    client.force_login(person, backend="accounts.backends.AccountBackend")
    return client


def end_all(person):
    """What signing out everywhere does: the sessions stay, and are worth nothing."""
    person.auth_epoch += 1
    person.save(update_fields=["auth_epoch"])


def test_page_hears_whose_sign_in_it_is_and_gets_a_token():
    kiara = make_person()

    answer = signed_in(kiara).get(reverse("accounts:again"))

    assert answer.json()["person"] == device_key(kiara)
    assert len(answer.json()["token"]) == 64
    assert "no-store" in answer.headers["Cache-Control"]


def test_page_hears_that_the_sign_in_has_ended():
    kiara = make_person()
    client = signed_in(kiara)
    end_all(kiara)

    answer = client.get(reverse("accounts:again"), headers={"accept": "application/json"})

    assert answer.status_code == 401


def test_device_key_is_one_a_person_and_tells_nothing():
    kiara, devon = make_person(), make_person("Devon")

    assert device_key(kiara) == device_key(kiara)
    assert device_key(kiara) != device_key(devon)
    assert kiara.email not in device_key(kiara)


def test_story_sent_too_late_is_there_after_signing_in():
    team = make_team()
    kiara = join(team)
    client = signed_in(kiara)
    end_all(kiara)

    answer = client.post(log_url(team), {"text": "Forty chairs", "submission_id": "x"})

    assert answer.url == f"{reverse('account_login')}?next={log_url(team)}"
    assert Draft.objects.get(person=kiara).data == {"text": ["Forty chairs"]}
    assert not StoryEntry.objects.exists()
    assert b"Forty chairs" in signed_in(kiara).get(log_url(team)).content


def test_story_of_an_old_session_is_kept_too(monkeypatch):
    team = make_team()
    kiara = join(team)
    client = signed_in(kiara)
    later = clock.now() + SHARED[1]
    monkeypatch.setattr(clock, "now", lambda: later)

    client.post(log_url(team), {"text": "Typed for a whole day"})

    assert Draft.objects.get(person=kiara).data == {"text": ["Typed for a whole day"]}


def test_check_in_sent_too_late_is_there_after_signing_in():
    due = make_due(due_on=date(2026, 5, 31))
    kiara = join(due.team, Role.LEAD)
    client = signed_in(kiara)
    url = reverse("progress:check-in", args=[due.team.series.slug, due.team.slug, due.due_on])
    end_all(kiara)

    answer = client.post(url, {"going": "well", "moved": "Two rooms run it"})

    draft = Draft.objects.get(person=kiara)
    assert answer.url == f"{reverse('account_login')}?next={url}"
    assert (draft.form, draft.target) == ("check-in", f"due:{due.pk}")
    assert draft.data == {"going": ["well"], "moved": ["Two rooms run it"]}
    assert not CheckIn.objects.exists()


def test_what_is_sent_too_late_becomes_a_copy_beside_an_older_draft():
    team = make_team()
    kiara = join(team)
    Draft.objects.create(
        person=kiara,
        form="log",
        target=f"team:{team.pk}",
        data={"text": ["Older"]},
        seq=3,
        saved_at=clock.now(),
    )
    client = signed_in(kiara)
    end_all(kiara)

    client.post(log_url(team), {"text": "Newer"})

    kept = Draft.objects.filter(person=kiara).order_by("copy")
    assert [one.data["text"] for one in kept] == [["Older"], ["Newer"]]


@pytest.mark.parametrize("who", ["nobody", "removed", "a stranger"])
def test_nothing_is_kept_of_somebody_who_may_not_log(who):
    team = make_team()
    person = make_person() if who == "a stranger" else join(team)
    client = Client() if who == "nobody" else signed_in(person)
    if who == "removed":
        person.is_active = False
        person.save(update_fields=["is_active"])
    end_all(person)

    client.post(log_url(team), {"text": "Not mine to keep"})

    assert not Draft.objects.exists()
    assert not StoryEntry.objects.exists()


def test_ended_session_keeps_once_and_is_gone():
    team = make_team()
    kiara = join(team)
    client = signed_in(kiara)
    end_all(kiara)
    client.post(log_url(team), {"text": "First"})

    client.post(log_url(team), {"text": "Second"})

    assert [one.data["text"] for one in Draft.objects.all()] == [["First"]]
    assert not Session.objects.exists()
