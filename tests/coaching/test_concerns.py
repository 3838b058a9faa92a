"""Telling the facilitators: who can, who reads it, who is told, and how it ends."""

import uuid

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Role
from coaching import concerns
from coaching.concern_kinds import CONCERN_KINDS
from coaching.models import Concern, HelpAnswer, HelpCall
from core import clock
from tests.factories.commons import make_connection
from tests.factories.exchange import make_answer, make_post, make_round
from tests.factories.library import make_resource
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_comment, make_entry
from tests.factories.teams import coach, join, make_team, person_as
from tests.factories.told import make_finding, make_outcome
from tests.filled import back_again, migrate_to

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def team():
    return make_team()


def address(team, kind, thing) -> str:
    return f"/series/{team.series.slug}/concern/{kind}/{thing.pk}/"


def concern_about(kind, thing, team, by) -> Concern:
    return Concern.objects.create(
        series=team.series,
        team=team,
        about=kind,
        object_id=thing.pk,
        raised_by=by,
        raised_at=AT,
        submission_id=uuid.uuid4(),
    )


def things_of(team) -> dict:
    """One of each kind that one can tell of, all of them read by the team’s members."""
    helper, entry = coach(team), make_entry(team)
    call = HelpCall.objects.create(
        team=team, text="How?", asked_by=helper, asked_at=AT, submission_id=uuid.uuid4()
    )
    answer = HelpAnswer.objects.create(
        call=call, author=helper, text="So.", written_at=AT, submission_id=uuid.uuid4()
    )
    post = make_post(make_round(team.series), team)
    outcome = make_outcome(entry)
    return {
        "story": entry,
        "note": make_comment(entry, helper),
        "outcome": outcome,
        "finding": make_finding(outcome),
        "help": call,
        "help-answer": answer,
        "post": post,
        "post-answer": make_answer(post, make_team(team.series)),
        "resource": make_resource(team.series),
        "connection": make_connection(team),
    }


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


@time_machine.travel(AT, tick=False)
def test_of_everything_that_people_write(team, signed_in):
    things, member, stranger = things_of(team), join(team), join(make_team())
    facilitator = give_role(team.series, Role.FACILITATOR)
    assert things.keys() == CONCERN_KINDS.keys()
    browser, other = signed_in(member), signed_in(stranger)

    for kind, thing in things.items():
        page = browser.get(address(team, kind, thing))
        assert page.status_code == 200, kind
        assert other.get(address(team, kind, thing)).status_code == 404
        sent = browser.post(address(team, kind, thing), {"text": kind, "submission_id": uuid.uuid4()})
        read = browser.get(sent.url)
        assert read.status_code == 200, f"{kind}: it leads back to where it stands"
        own_page = address(team, kind, thing) in read.text or kind == "help-answer"
        assert own_page, f"{kind}: the way to tell stands on its page"
    call_command("drain", "--once", verbosity=0)

    page = signed_in(facilitator).get(f"/series/{team.series.slug}/concerns/").text
    assert page.count("panel stack") == len(things)
    assert "It is gone." not in page
    assert len([letter for letter in mail.outbox if "tells you" in letter.subject]) == len(things)


def test_what_is_gone_leaves_the_concern(team, signed_in):
    note = make_comment(make_entry(team), coach(team))
    concern_about("note", note, team, join(team))
    concern_about("poem", note, team, join(team))
    note.delete()

    page = signed_in(give_role(team.series, Role.FACILITATOR)).get(f"/series/{team.series.slug}/concerns/")

    assert page.text.count("It is gone.") == 2


@pytest.mark.parametrize("role", ["member", "lead", "coach", "expert", "observer", "peer"])
def test_nobody_but_who_runs_the_series_reads_it(team, role):
    concern_about("story", make_entry(team), team, join(team))

    assert not Concern.objects.visible_to(person_as(role, team)).exists()


def test_nobody_tells_without_end(team, monkeypatch):
    monkeypatch.setattr(concerns, "MOST_A_DAY", 1)
    member, entry = join(team), make_entry(team)

    def draft() -> Concern:
        return Concern(
            series=team.series, team=team, about="story", object_id=entry.pk, submission_id=uuid.uuid4()
        )

    with time_machine.travel(AT, tick=False):
        concerns.raise_concern(draft(), by=member, at=clock.now())
        with pytest.raises(ValidationError, match="very often"):
            concerns.raise_concern(draft(), by=member, at=clock.now())


def test_the_list_asks_the_same_number_of_questions_of_the_database(team, signed_in):
    browser, counts = signed_in(give_role(team.series, Role.FACILITATOR)), []
    page = f"/series/{team.series.slug}/concerns/"
    for more in (1, 6):
        for _ in range(more):
            entry, member = make_entry(team), join(team)
            concern_about("story", entry, team, member)
            concern_about("note", make_comment(entry, coach(team)), team, member)
        browser.get(page)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_the_migration_takes_concerns_there_and_back(team):
    entry, member = make_entry(team), join(team)
    note = make_comment(entry, coach(team))
    kept = concern_about("story", entry, team, member), concern_about("note", note, team, member)
    concern_about("resource", make_resource(team.series), team, member)
    with back_again():
        then = migrate_to("coaching", "0005_calls").get_model("coaching", "Concern").objects.order_by("pk")
        assert list(then.values_list("team", "entry", "comment")) == [
            (team.pk, entry.pk, None),
            (team.pk, None, note.pk),
        ]

    now = Concern.objects.order_by("pk").values_list("pk", "series", "about", "object_id")
    assert list(now) == [(row.pk, team.series_id, row.about, row.object_id) for row in kept]
