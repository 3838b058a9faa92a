"""Calls for help: who asks, who reads, who answers, and when a call is over."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from coaching import services
from coaching.models import HelpAnswer, HelpCall
from progress.models import HelpFrom
from search.find import find
from tests.factories.progress import make_due
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_entry
from tests.factories.teams import coach, join, make_team, person_as
from tests.filled import back_again, migrate_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def lead(team):
    return join(team, Role.LEAD)


def ask(team, by, **fields) -> HelpCall:
    values = {"text": "How do we get a seat?", "submission_id": uuid.uuid4()} | fields
    return services.ask_for_help(HelpCall(team=team, **values), by=by, at=AT)


def answer(call, by, text="Ask for the room first.", **more) -> HelpAnswer:
    draft = HelpAnswer(call=call, text=text, submission_id=uuid.uuid4())
    return services.answer_call(draft, by=by, at=AT, **more)


def test_asked_twice_with_one_tap_is_one_call_with_its_event(team, lead):
    sid = uuid.uuid4()

    assert ask(team, lead, submission_id=sid) == ask(team, lead, submission_id=sid)

    assert Event.objects.get(act="coaching.help_asked").target_id == HelpCall.objects.get().pk


@pytest.mark.parametrize(
    ("asked_of", "readers"),
    [
        ("coach", {"member", "lead", "coach", "facilitator", "organizer"}),
        ("expert", {"member", "lead", "coach", "facilitator", "organizer", "expert"}),
        ("peers", {"member", "lead", "coach", "facilitator", "organizer", "expert", "peer", "observer"}),
    ],
)
def test_who_reads_a_call(team, lead, asked_of, readers):
    call = ask(team, lead, asked_of=asked_of)
    roles = ("member", "lead", "coach", "facilitator", "organizer", "expert", "peer", "observer", "stranger")

    seen = {role for role in roles if call in HelpCall.objects.visible_to(person_as(role, team))}

    assert seen == readers


def test_it_needs_words_and_stays_within_its_team(team, lead):
    for fields in (
        {"text": "  "},
        {"entry": make_entry(make_team(team.series))},
        {"driver": make_team().series.drivers.first()},
    ):
        with pytest.raises(ValidationError):
            ask(team, lead, **fields)
    assert not HelpCall.objects.exists()


def test_nobody_asks_without_end(team, lead, monkeypatch):
    monkeypatch.setattr(services, "MOST_A_DAY", 2)
    ask(team, lead), ask(team, lead)

    with pytest.raises(ValidationError):
        ask(team, lead)


def test_a_check_in_that_asks_opens_a_call_in_the_same_act(team, lead, signed_in):
    due = make_due(team, date(2026, 5, 31))
    page = reverse("progress:check-in", args=[team.series.slug, team.slug, due.due_on])
    given = {"going": "stuck", "hindered": "The bus.", "help_from": "coach", "submission_id": uuid.uuid4()}
    browser = signed_in(lead)

    browser.post(page, given)
    browser.post(page, given)

    call = HelpCall.objects.get()
    assert (call.team, call.asked_of, call.text, call.check_in.due) == (team, "coach", "The bus.", due)


def test_answered_and_settled_by_page(team, lead, signed_in):
    luz = coach(team)
    browser = signed_in(lead)
    page = reverse("coaching:help", args=[team.series.slug, team.slug])
    assert browser.post(page, {"text": "", "asked_of": "coach"}).status_code == 422
    browser.post(page, {"text": "Who knows the board?", "asked_of": "coach", "submission_id": uuid.uuid4()})
    call = HelpCall.objects.get()
    where = reverse("coaching:help-call", args=[team.series.slug, team.slug, call.pk])

    given = {"text": "I do; **Tuesday**.", "settles": "1", "submission_id": uuid.uuid4()}
    assert signed_in(luz).post(where, {"text": ""}).status_code == 422
    signed_in(luz).post(where, given)
    signed_in(luz).post(where, given)

    call.refresh_from_db()
    assert (call.settled_by, call.answers.count()) == (luz, 1)
    text = browser.get(where).text
    assert "<strong>Tuesday</strong>" in text
    assert "Settled" in text


def test_other_teams_answer_what_they_are_asked_and_settle_nothing(team, lead):
    call, peer = ask(team, lead, asked_of=HelpFrom.PEERS), person_as("peer", team)

    answer(call, peer, settles=True)

    call.refresh_from_db()
    assert call.is_open
    with pytest.raises(PermissionDenied):
        services.settle_call(call, by=peer, at=AT)


def test_settled_twice_is_settled_once(team, lead):
    call = ask(team, lead)

    services.settle_call(call, by=lead, at=AT)
    services.settle_call(HelpCall.objects.get(), by=coach(team), at=AT + timedelta(days=1))

    assert HelpCall.objects.get().settled_by == lead
    assert Event.objects.filter(act="coaching.help_settled").count() == 1


def test_an_expert_finds_what_waits_by_driver(team, lead, signed_in):
    first, second = team.series.drivers.all()[:2]
    ask(team, lead, asked_of="expert", driver=second, text="About the second driver")
    ask(team, lead, asked_of="expert", driver=first, text="About the first driver")
    ask(team, lead, text="Only for our coach")

    page = (
        signed_in(person_as("expert", team)).get(reverse("coaching:help-open", args=[team.series.slug])).text
    )

    assert page.index("About the first driver") < page.index("About the second driver")
    assert "Only for our coach" not in page


def test_the_number_of_queries_is_the_same_for_any_number_of_calls(team, lead, signed_in):
    browser, counts = signed_in(lead), []
    pages = [
        reverse("coaching:help", args=[team.series.slug, team.slug]),
        reverse("coaching:help-open", args=[team.series.slug]),
    ]
    for more in (1, 8):
        for _ in range(more):
            answer(ask(team, lead, asked_of="peers"), lead)
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(page).status_code == 200
            found.append(len(captured))
        counts.append(found)

    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_the_newest_check_ins_become_calls_when_the_table_comes():
    from tests.factories.progress import make_check_in

    team, quiet = make_team(), make_team()
    make_check_in(make_due(team, date(2026, 5, 1)), help_from="peers", filed_at=AT)
    newest = make_check_in(
        make_due(team, date(2026, 5, 15)), help_from="coach", filed_at=AT + timedelta(days=1)
    )
    make_check_in(make_due(quiet, date(2026, 5, 1)), help_from="coach", filed_at=AT)
    make_check_in(make_due(quiet, date(2026, 5, 15)), filed_at=AT + timedelta(days=1))
    with back_again():
        migrate_to("coaching", "0001_initial")
        assert not HelpCall.objects.exists()

    call = HelpCall.objects.get()
    assert (call.team, call.check_in, call.asked_of) == (team, newest, "coach")


def test_an_answer_is_taken_away_by_its_writer_and_by_who_runs_the_series(team, lead, signed_in):
    call, helper, facilitator = ask(team, lead), coach(team), give_role(team.series, Role.FACILITATOR)
    mine, other = answer(call, helper, "Ask for the quillwort."), answer(call, helper, "Say quillwort.")
    page = f"/series/{team.series.slug}/teams/{team.slug}/help/{call.pk}/"
    with pytest.raises(PermissionDenied):
        services.remove_answer(mine, by=lead, at=AT)

    for _ in range(2):
        signed_in(helper).post(f"{page}answers/{mine.pk}/remove/")
    signed_in(facilitator).post(f"{page}answers/{other.pk}/remove/")

    shown = signed_in(lead).get(page).text
    assert shown.count("This answer was taken away.") == 2
    assert "quillwort" not in shown
    assert not HelpAnswer.objects.exclude(text="").exists()
    assert Event.objects.filter(act="coaching.help_answer_removed").count() == 2
    assert not find(lead, "quillwort").hits


def test_the_mail_of_an_answer_that_was_taken_away_is_not_sent(team, lead):
    helper = coach(team)
    removed = answer(ask(team, lead), helper)
    services.remove_answer(removed, by=helper, at=AT)

    call_command("drain", "--once", verbosity=0)

    assert not [letter for letter in mail.outbox if lead.email in letter.to]


def test_nobody_answers_without_end(team, lead, monkeypatch):
    monkeypatch.setattr(services, "MOST_ANSWERS_A_DAY", 1)
    call, helper = ask(team, lead), coach(team)
    answer(call, helper)

    with pytest.raises(ValidationError, match="very often"):
        answer(call, helper)
