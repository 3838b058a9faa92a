"""A nudge by hand (rule R3): in the day's one mail, at most once a week, and never for nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command

from accounts.permissions import Role
from notices.models import Notice, NoticeKind
from notices.nudges import NotNow, nudge_team
from progress.models import DueDate
from tests.factories.progress import make_check_in
from tests.factories.series import give_role, make_series
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NOON = datetime(2026, 11, 20, 18, tzinfo=UTC)  # noon in Chicago; the hour of the mail has passed


@pytest.fixture
def due():
    team = make_team(make_series(date(2026, 9, 18)))
    return DueDate.objects.create(team=team, period=team.series.periods.first(), due_on=date(2026, 10, 31))


def drain(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        call_command("drain", "--once", verbosity=0)
    return len(mail.outbox)


def test_it_is_the_days_mail_where_none_went(due):
    lead, luz = join(due.team, Role.LEAD), coach(due.team)

    with time_machine.travel(NOON, tick=False):
        assert nudge_team(due.team, by=luz, at=NOON) == [lead]

    assert drain(NOON + timedelta(minutes=1)) == 1
    assert mail.outbox[0].to == [lead.email]
    assert "31 October" in mail.outbox[0].body
    assert Notice.objects.get(kind=NoticeKind.NUDGE).state == "sent"


def test_after_the_days_mail_it_waits_for_the_next(due):
    lead, luz = join(due.team, Role.LEAD), coach(due.team)
    Notice.objects.create(
        person=lead, kind="check_in", object_id=due.pk, rung=2, send_on=date(2026, 11, 20), state="sent"
    )

    with time_machine.travel(NOON, tick=False):
        nudge_team(due.team, by=luz, at=NOON)

    assert drain(NOON + timedelta(minutes=1)) == 0
    assert drain(NOON + timedelta(days=1)) == 1


def test_once_a_week_is_enough(due):
    join(due.team, Role.LEAD)
    luz = coach(due.team)
    with time_machine.travel(NOON, tick=False):
        nudge_team(due.team, by=luz, at=NOON)
        with pytest.raises(NotNow):
            nudge_team(due.team, by=luz, at=NOON + timedelta(days=6))
        nudge_team(due.team, by=luz, at=NOON + timedelta(days=8))

    assert Notice.objects.filter(kind=NoticeKind.NUDGE).count() == 2


def test_nothing_missing_is_no_nudge_and_what_was_filed_since_is_not_sent(due):
    join(due.team, Role.LEAD)
    luz = coach(due.team)
    with time_machine.travel(NOON, tick=False):
        nudge_team(due.team, by=luz, at=NOON)
    make_check_in(due)

    assert drain(NOON + timedelta(minutes=1)) == 0
    assert Notice.objects.get(kind=NoticeKind.NUDGE).reason == "it was filed"
    with pytest.raises(NotNow):
        nudge_team(due.team, by=luz, at=NOON + timedelta(days=9))


@pytest.mark.parametrize(("role", "status"), [("coach", 302), ("facilitator", 302), ("lead", 403)])
def test_who_may_nudge(signed_in, due, role, status):
    join(due.team, Role.LEAD)
    person = {
        "coach": lambda: coach(due.team),
        "facilitator": lambda: give_role(due.team.series, Role.FACILITATOR),
        "lead": lambda: join(due.team, Role.LEAD),
    }[role]()
    with time_machine.travel(NOON, tick=False):
        answer = signed_in(person).post(f"/series/{due.team.series.slug}/teams/{due.team.slug}/nudge/")

    assert answer.status_code == status
