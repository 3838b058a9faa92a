"""Telling the facilitators: who can, who reads it, who is told, and how it ends."""

import uuid

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Role
from coaching import concerns
from coaching.models import Concern
from core import clock
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_comment, make_entry
from tests.factories.teams import coach, join, make_team, person_as

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def team():
    return make_team()


def address(team, kind, thing) -> str:
    return f"/series/{team.series.slug}/teams/{team.slug}/concern/{kind}/{thing.pk}/"


def test_a_member_tells_of_a_note_and_the_facilitators_look_at_it(team, signed_in):
    young, facilitator = join(team, is_under_18=True), give_role(team.series, Role.FACILITATOR)
    note = make_comment(make_entry(team), coach(team), text="Meet me after school.")
    browser, given = signed_in(young), {"text": "I do not want this.", "submission_id": uuid.uuid4()}
    assert "Meet me after school." in browser.get(address(team, "note", note)).text

    for _ in range(2):
        browser.post(address(team, "note", note), given)
    call_command("drain", "--once", verbosity=0)

    concern = Concern.objects.get()
    assert [letter.to for letter in mail.outbox if "tells you" in letter.subject] == [[facilitator.email]]
    assert "after school" not in mail.outbox[-1].body
    runs = signed_in(facilitator)
    page = runs.get(f"/series/{team.series.slug}/concerns/").text
    assert "Meet me after school." in page
    assert "I do not want this." in page
    runs.post(f"/series/{team.series.slug}/concerns/{concern.pk}/settle/")
    concern.refresh_from_db()
    assert concern.settled_by == facilitator


def test_only_of_what_one_can_read(team, signed_in):
    secret = make_comment(make_entry(team), coach(team), audience="coaches")
    browser = signed_in(join(team))

    assert browser.get(address(team, "note", secret)).status_code == 404
    assert browser.get(address(team, "plan", secret)).status_code == 404


@pytest.mark.parametrize("role", ["member", "lead", "coach", "expert", "observer", "peer"])
def test_nobody_but_who_runs_the_series_reads_it(team, role):
    Concern.objects.create(
        team=team, entry=make_entry(team), raised_by=join(team), raised_at=AT, submission_id=uuid.uuid4()
    )

    assert not Concern.objects.visible_to(person_as(role, team)).exists()


def test_nobody_tells_without_end_and_each_is_about_one_thing(team, monkeypatch):
    monkeypatch.setattr(concerns, "MOST_A_DAY", 1)
    member, entry = join(team), make_entry(team)
    with time_machine.travel(AT, tick=False):
        draft = Concern(team=team, entry=entry, submission_id=uuid.uuid4())
        concerns.raise_concern(draft, by=member, at=clock.now())
        with pytest.raises(Exception, match="very often"):
            concerns.raise_concern(
                Concern(team=team, entry=entry, submission_id=uuid.uuid4()), by=member, at=clock.now()
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        Concern.objects.create(team=team, raised_by=member, raised_at=AT, submission_id=uuid.uuid4())


def test_the_list_asks_the_same_number_of_questions_of_the_database(team, signed_in):
    browser, counts = signed_in(give_role(team.series, Role.FACILITATOR)), []
    page = f"/series/{team.series.slug}/concerns/"
    for more in (1, 6):
        for _ in range(more):
            entry = make_entry(team)
            for about in ({"entry": entry}, {"comment": make_comment(entry, coach(team))}):
                Concern.objects.create(
                    team=team, raised_by=join(team), raised_at=AT, submission_id=uuid.uuid4(), **about
                )
        browser.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
