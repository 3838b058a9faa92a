"""A call for help is told at once to whoever is asked, and an answer to whoever asked."""

import uuid

import pytest
from django.core import mail
from django.core.management import call_command

from accounts.permissions import Role
from coaching.models import HelpAnswer, HelpCall
from coaching.services import answer_call, ask_for_help, settle_call
from core import clock
from notices.models import Notice, NoticeKind, Preference
from tests.factories.series import give_role
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def team():
    return make_team()


def ask(team, by, **fields) -> HelpCall:
    draft = HelpCall(team=team, text="How do we get a seat?", submission_id=uuid.uuid4(), **fields)
    return ask_for_help(draft, by=by, at=clock.now())


def drain() -> list[str]:
    call_command("drain", "--once", verbosity=0)
    return sorted(letter.to[0] for letter in mail.outbox)


def test_the_coach_is_told_and_then_who_asked(team):
    lead, luz = join(team, Role.LEAD), coach(team)

    call = ask(team, lead)
    assert drain() == [luz.email]
    assert "How do we get a seat?" in mail.outbox[0].body
    assert f"/help/{call.pk}/" in mail.outbox[0].body
    mail.outbox.clear()

    draft = HelpAnswer(call=call, text="Ask for the room first.", submission_id=uuid.uuid4())
    answer_call(draft, by=luz, at=clock.now())
    assert drain() == [lead.email]
    assert "Ask for the room first." in mail.outbox[0].body


def test_experts_are_told_of_theirs_and_nobody_is_mailed_what_all_teams_are_asked(team):
    lead, hana = join(team, Role.LEAD), give_role(team.series, Role.EXPERT)
    coach(team), join(make_team(team.series), Role.LEAD)

    ask(team, lead, asked_of="peers")
    assert drain() == []
    ask(team, lead, asked_of="expert")
    assert drain() == [hana.email]


def test_what_is_settled_gone_or_unwanted_is_not_told_and_the_ledger_says_why(team):
    lead, luz, ana = join(team, Role.LEAD), coach(team), coach(team)
    Preference.objects.create(person=ana, kind=NoticeKind.HELP, way="none")
    call = ask(team, lead)
    settle_call(call, by=lead, at=clock.now())

    assert drain() == []
    reasons = dict(Notice.objects.filter(kind=NoticeKind.HELP).values_list("person", "reason"))
    assert reasons == {luz.pk: "it was settled", ana.pk: "the person wants no mail of this kind"}


def test_who_is_no_coach_any_more_gets_nothing(team):
    lead, luz = join(team, Role.LEAD), coach(team)
    ask(team, lead)
    luz.coach_assignments.all().delete()

    assert drain() == []
