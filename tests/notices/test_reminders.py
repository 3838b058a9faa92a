"""Rule R3: reminders go out up a ladder of days at the reader's hour, one mail a day, and stop."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command

from accounts.permissions import Role
from jobs.models import Job, SweepMark
from notices.models import Notice, NoticeKind, NoticeState
from notices.services import mail_due_at
from notices.stopping import stop
from progress.links import make_token
from progress.models import CheckIn, DueDate, Receiver
from progress.promises import promise_later
from series.models import SeriesStatus
from teams.models import TeamStatus, TeamStatusChange
from tests.factories.accounts import make_person
from tests.factories.measures import make_measure, make_points
from tests.factories.series import make_series
from tests.factories.teams import join, make_team

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
DUE_ON = date(2026, 10, 31)


def drain() -> None:
    call_command("drain", "--once", verbosity=0)


def watch(start: datetime, end: datetime, step: timedelta = timedelta(hours=5)) -> None:
    """Let the worker look every five hours from `start` to `end`."""
    at = start
    while at <= end:
        with time_machine.travel(at, tick=False):
            drain()
        at += step


def owed(**fields):
    """A team that owes a check-in on 31 October; its lead reads at 08:00 in Chicago."""
    team = fields.pop("team", None) or make_team(make_series(date(2026, 9, 18)))
    period = team.series.periods.first()
    return DueDate.objects.create(team=team, period=period, due_on=fields.pop("due_on", DUE_ON), **fields)


def file(due: DueDate, by, going: str = "nothing") -> CheckIn:
    return CheckIn.objects.create(
        due=due,
        going=going,
        filed_by=by,
        filed_at=datetime(2026, 10, 30, tzinfo=UTC),
        filed_on=date(2026, 10, 30),
        submission_id=uuid.uuid4(),
    )


WHOLE = (datetime(2026, 10, 28, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC))


def test_the_lead_and_the_storyteller_are_reminded_on_the_days_that_the_series_chose():
    due = owed()
    due.team.series.ladder = [-1, 2]
    due.team.series.save()
    lead, storyteller, member = (join(due.team, role) for role in (Role.LEAD, Role.STORYTELLER, Role.MEMBER))

    watch(*WHOLE)

    assert sorted(m.to[0] for m in mail.outbox) == sorted([lead.email, storyteller.email] * 2)
    assert member.email not in {m.to[0] for m in mail.outbox}
    assert list(
        Notice.objects.filter(person=lead).order_by("rung").values_list("rung", "send_on", "state")
    ) == [
        (-1, date(2026, 10, 30), "sent"),
        (2, date(2026, 11, 2), "sent"),
    ]


def test_it_goes_out_at_the_readers_hour_in_the_readers_zone():
    due = owed()
    here = join(due.team, Role.LEAD, make_person("Here"))
    there = make_person("There", time_zone="America/Puerto_Rico", reminder_hour=7)

    assert mail_due_at(here, due.team, date(2026, 10, 30)) == datetime(2026, 10, 30, 13, tzinfo=UTC)  # CDT
    assert mail_due_at(here, due.team, date(2026, 11, 2)) == datetime(2026, 11, 2, 14, tzinfo=UTC)  # CST
    assert mail_due_at(there, due.team, date(2026, 11, 2)) == datetime(2026, 11, 2, 11, tzinfo=UTC)
    watch(datetime(2026, 10, 30, 11, tzinfo=UTC), datetime(2026, 10, 30, 12, tzinfo=UTC))
    assert not mail.outbox
    watch(datetime(2026, 10, 30, 13, tzinfo=UTC), datetime(2026, 10, 30, 13, tzinfo=UTC))
    assert len(mail.outbox) == 1


def test_an_hour_that_the_clocks_skip_is_the_next_valid_moment():
    person = make_person(time_zone="America/New_York", reminder_hour=2)

    assert mail_due_at(person, owed().team, date(2026, 3, 8)) == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_the_mail_speaks_the_readers_language_and_links_to_the_check_in():
    due = owed()
    join(due.team, Role.LEAD, make_person("Ana", language="es"))

    watch(datetime(2026, 10, 30, 13, tzinfo=UTC), datetime(2026, 10, 30, 13, tzinfo=UTC))

    message = mail.outbox[0]
    assert "Hola" in message.body
    token = make_token(due.team.memberships.get().person, due)
    assert f"/check-in/{token}/?going=nothing" in message.body
    assert f"/check-in/{token}/?going=well" in message.alternatives[0].content
    assert message.alternatives[0].mimetype == "text/html"
    assert 'lang="es"' in message.alternatives[0].content


@pytest.mark.parametrize("going", ["nothing", "on_hold", "well"])
def test_they_stop_when_the_team_files_anything(going):
    due = owed()
    lead = join(due.team, Role.LEAD)
    watch(WHOLE[0], datetime(2026, 10, 29, tzinfo=UTC))  # owed already, not yet sent
    file(due, lead, going)

    watch(datetime(2026, 10, 29, 1, tzinfo=UTC), WHOLE[1])

    assert not mail.outbox
    assert set(Notice.objects.filter(person=lead).values_list("state", "reason")) == {
        ("skipped", "it was filed")
    }


def test_they_stop_when_the_date_is_excused_the_team_paused_or_the_series_archived():
    excused, paused, archived = owed(), owed(), owed()
    people = [join(due.team, Role.LEAD) for due in (excused, paused, archived)]
    watch(WHOLE[0], datetime(2026, 10, 29, tzinfo=UTC))
    DueDate.objects.filter(pk=excused.pk).update(is_excused=True)
    type(paused.team).objects.filter(pk=paused.team_id).update(status=TeamStatus.PAUSED)
    type(archived.team.series).objects.filter(pk=archived.team.series_id).update(status=SeriesStatus.ARCHIVED)

    watch(datetime(2026, 10, 29, 1, tzinfo=UTC), WHOLE[1])

    assert not mail.outbox
    reasons = [Notice.objects.filter(person=person, rung=-1).get().reason for person in people]
    assert reasons == ["it was excused", "the team is paused", "the series is archived"]


def test_who_left_gets_nothing_more():
    due = owed()
    lead = join(due.team, Role.LEAD)
    watch(WHOLE[0], datetime(2026, 10, 29, tzinfo=UTC))
    lead.memberships.update(ends_on=date(2026, 10, 28))

    watch(datetime(2026, 10, 29, 1, tzinfo=UTC), WHOLE[1])

    assert not mail.outbox
    assert Notice.objects.get(person=lead, rung=-1).reason == "the person left the team or its role"


def test_two_teams_on_one_day_are_one_mail():
    first = owed()
    second = owed(team=make_team(first.team.series))
    lead = join(first.team, Role.LEAD)
    join(second.team, Role.STORYTELLER, lead)

    watch(*WHOLE)

    assert len(mail.outbox) == 2  # D−1 and D+2, each for both teams
    assert first.team.name in mail.outbox[0].body
    assert second.team.name in mail.outbox[0].body


def test_downtime_of_days_is_made_up_but_stale_mail_is_not_sent():
    due = owed()
    lead = join(due.team, Role.LEAD)
    with time_machine.travel(datetime(2026, 10, 27, tzinfo=UTC), tick=False):
        drain()
    with time_machine.travel(datetime(2026, 11, 2, 20, tzinfo=UTC), tick=False):
        drain()

    assert len(mail.outbox) == 1
    assert set(Notice.objects.filter(person=lead).values_list("rung", "state")) == {(2, "sent")} or set(
        Notice.objects.filter(person=lead).values_list("rung", "state", "reason")
    ) == {(-1, "skipped", "the day has passed"), (2, "sent", "")}


def test_sweeping_a_stretch_twice_owes_nothing_twice():
    due = owed()
    join(due.team, Role.LEAD)
    watch(datetime(2026, 10, 29, tzinfo=UTC), datetime(2026, 10, 29, tzinfo=UTC))
    before = Notice.objects.count(), Job.objects.count()
    SweepMark.objects.all().update(finished_until=datetime(2026, 10, 28, tzinfo=UTC))

    watch(datetime(2026, 10, 29, tzinfo=UTC), datetime(2026, 10, 29, tzinfo=UTC))

    assert (Notice.objects.count(), Job.objects.count()) == before


def test_a_job_that_runs_twice_sends_once():
    due = owed()
    lead = join(due.team, Role.LEAD)
    watch(datetime(2026, 10, 30, 13, tzinfo=UTC), datetime(2026, 10, 30, 13, tzinfo=UTC))
    Job.objects.filter(kind="notices.send_daily").update(state="pending", done_at=None)

    watch(datetime(2026, 10, 30, 14, tzinfo=UTC), datetime(2026, 10, 30, 14, tzinfo=UTC))

    assert len(mail.outbox) == 1
    assert Notice.objects.filter(person=lead, state=NoticeState.SENT).count() == 1


def test_a_mail_carries_the_message_id_of_its_effect():
    due = owed()
    lead = join(due.team, Role.LEAD)

    watch(datetime(2026, 10, 30, 13, tzinfo=UTC), datetime(2026, 10, 30, 13, tzinfo=UTC))

    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<daily.{lead.pk}.2026-10-30@")


def test_the_whole_ladder_goes_out_over_the_change_of_the_clocks():
    due = owed()
    lead = join(due.team, Role.LEAD)

    watch(datetime(2026, 10, 22, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC), timedelta(hours=9))

    rows = Notice.objects.filter(person=lead).order_by("rung")
    assert list(rows.values_list("rung", "send_on", "state")) == [
        (-7, date(2026, 10, 24), "sent"),
        (-1, date(2026, 10, 30), "sent"),
        (2, date(2026, 11, 2), "sent"),
        (5, date(2026, 11, 5), "sent"),
    ]
    # At eight in the morning in Chicago: 13:00 UTC before 1 November, 14:00 after it.
    due_at = Job.objects.filter(kind="notices.send_daily").order_by("due_at").values_list("due_at", flat=True)
    assert [at.hour for at in due_at] == [13, 13, 14, 14]


def test_a_named_day_stops_the_ladder_and_brings_one_mail():
    due = owed()
    lead = join(due.team, Role.LEAD)
    with time_machine.travel(datetime(2026, 10, 29, 12, tzinfo=UTC), tick=False):
        promise_later(due, date(2026, 11, 3), by=lead, at=datetime(2026, 10, 29, 12, tzinfo=UTC))

    watch(datetime(2026, 10, 29, 12, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC), timedelta(hours=9))

    assert [row.send_on for row in Notice.objects.filter(state=NoticeState.SENT)] == [date(2026, 11, 3)]
    assert len(mail.outbox) == 1


def test_who_the_team_named_is_reminded_instead():
    due = owed()
    join(due.team, Role.LEAD)
    member = join(due.team, Role.MEMBER)
    Receiver.objects.create(team=due.team, person=member)

    watch(datetime(2026, 10, 30, 13, tzinfo=UTC), datetime(2026, 10, 30, 13, tzinfo=UTC))

    assert [m.to for m in mail.outbox] == [[member.email]]


def test_who_opted_out_gets_none_and_the_ledger_says_why():
    due = owed()
    lead = join(due.team, Role.LEAD)
    stop(lead, NoticeKind.CHECK_IN)

    watch(datetime(2026, 10, 30, 13, tzinfo=UTC), datetime(2026, 10, 30, 13, tzinfo=UTC))

    assert not mail.outbox
    assert Notice.objects.get(rung=-1).reason == "the person wants no mail of this kind"


def test_a_pause_holds_back_the_rungs_that_fall_into_it():
    due = owed()
    join(due.team, Role.LEAD)
    TeamStatusChange.objects.create(
        team=due.team, status=TeamStatus.PAUSED, on=date(2026, 10, 29), ends_on=date(2026, 10, 30)
    )

    watch(datetime(2026, 10, 29, 12, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC), timedelta(hours=9))

    assert [row.rung for row in Notice.objects.filter(state=NoticeState.SENT)] == [2]


def test_the_mail_shows_what_the_teams_numbers_say():
    due = owed()
    lead = join(due.team, Role.LEAD)
    measure = make_measure(due.team, starts_on=date(2025, 1, 1), name="Circles that students ran")
    make_points(measure, [3, 4, 3, 5, 4, 9, 10, 9, 11, 10, 12, 11], first=date(2025, 1, 1))

    watch(*WHOLE)

    letter = next(m for m in mail.outbox if m.to == [lead.email])
    assert "Circles that students ran: 11" in letter.body
    html = letter.alternatives[0].content
    (picture,) = letter.attachments
    assert picture["Content-ID"] == f"<chart-{measure.pk}>"
    assert f'src="cid:chart-{measure.pk}"' in html
    assert picture.get_content().startswith(b"\x89PNG")
    assert b"multipart" in letter.message().as_bytes()


def test_without_enough_numbers_the_mail_has_no_chart():
    due = owed()
    lead = join(due.team, Role.LEAD)
    make_points(make_measure(due.team, starts_on=date(2025, 1, 1)), [3, 4, 5], first=date(2025, 1, 1))

    watch(*WHOLE)

    assert not next(m for m in mail.outbox if m.to == [lead.email]).attachments
