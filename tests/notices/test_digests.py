"""What is gathered: a year of it over the change of the clocks, late commits, lost workers, lost access."""

import threading
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction

from accounts.permissions import Role
from core import clock
from jobs.models import Job, State
from notices.gathering import carry_on_lost
from notices.kinds import hour_on
from notices.models import Notice, NoticeKind, NoticeState, Preference, Way, WeekDay
from notices.services import choose_ways
from storymaps.comments import new_comment, write_comment
from storymaps.models import Comment, StoryEntry
from storymaps.targets import target_of
from tests.factories.accounts import make_person
from tests.factories.storymaps import make_entry
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NOON = datetime(2026, 5, 5, 17, tzinfo=UTC)  # a Tuesday, noon in Chicago


def drain(at: datetime | None = None) -> None:
    with time_machine.travel(at or clock.now(), tick=False):
        call_command("drain", "--once", verbosity=0)


def comment(entry: StoryEntry, by, text: str, at: datetime) -> Comment:
    with time_machine.travel(at, tick=False):
        draft = new_comment(target_of(entry, entry.team), uuid.uuid4())
        draft.text = text
        return write_comment(draft, by=by, at=at)


def reader(team, way: Way = Way.DAILY, **fields) -> StoryEntry:
    """A story whose writer gets notes on it in this `way`."""
    person = join(team, Role.MEMBER, make_person(f"{way.label} {uuid.uuid4().hex[:4]}", **fields))
    Preference.objects.create(person=person, kind=NoticeKind.COMMENT, way=way)
    return make_entry(team, person)


def test_notes_of_a_day_are_one_mail_at_the_readers_hour():
    team = make_team()
    entry, luz = reader(team), coach(team)
    for n in range(3):
        comment(entry, luz, f"note {n}", NOON + timedelta(minutes=n))
    drain(NOON + timedelta(hours=1))
    assert not mail.outbox

    drain(NOON + timedelta(hours=20))  # eight o'clock is 13:00 UTC there

    (letter,) = mail.outbox
    assert letter.subject == "3 things are new"
    assert letter.body.count(f"{luz.name} wrote in the margin") == 3
    assert f"/story/{entry.pk}/#note-" in letter.alternatives[0].content
    assert "/me/unread/" in letter.body
    assert set(Notice.objects.values_list("state", "send_on")) == {("sent", date(2026, 5, 6))}


def test_a_choice_for_a_series_counts_there_alone():
    team, other = make_team(), make_team()
    luz, tomas = coach(team), coach(other)
    entry = reader(team, Way.NONE)
    there = make_entry(other, join(other, Role.MEMBER, entry.author))
    choose_ways(entry.author, {(NoticeKind.COMMENT, other.series_id): Way.INSTANT})

    comment(entry, luz, "quiet", NOON)
    comment(there, tomas, "at once", NOON)
    drain(NOON)

    (letter,) = mail.outbox
    assert "at once" in letter.body
    skipped = Notice.objects.get(series=team.series)
    assert (skipped.state, skipped.reason) == ("skipped", "the person wants no mail of this kind")


def test_who_lost_access_before_the_mail_gets_nothing_and_the_ledger_says_why():
    team = make_team()
    entry, luz = reader(team), coach(team)
    comment(entry, luz, "not for those who left", NOON)
    drain(NOON)
    entry.author.memberships.update(ends_on=date(2026, 5, 4))

    drain(NOON + timedelta(hours=20))

    assert not mail.outbox
    assert Notice.objects.get().reason == "the person may no longer read it"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda n: Notice.objects.update(read_at=NOON), "the person has seen it already"),
        (lambda n: Comment.objects.update(deleted_at=NOON, text=""), "it is gone"),
        (lambda n: Preference.objects.update(way="none"), "the person wants no mail of this kind"),
        (lambda n: type(n.person).objects.filter(email=n.person.email).update(is_active=False),
         "the account is closed"),
    ],
)  # fmt: skip
def test_it_is_asked_again_at_the_moment_of_sending(change, reason):
    team = make_team()
    comment(reader(team), coach(team), "Who was there?", NOON)
    drain(NOON)
    change(Notice.objects.get())

    drain(NOON + timedelta(hours=20))

    assert not mail.outbox
    assert Notice.objects.get().reason == reason


def test_a_lost_worker_and_a_second_run_send_once():
    team = make_team()
    comment(reader(team), coach(team), "Once", NOON)
    drain(NOON)
    daily = Job.objects.filter(kind="notices.send_daily")
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    daily.update(state=State.LEASED, lease_token=uuid.uuid4(), lease_until=long_ago, attempts=1)

    with time_machine.travel(NOON + timedelta(hours=20), tick=True):
        call_command("drain", "--once", verbosity=0)
    assert len(mail.outbox) == 1
    daily.update(state=State.PENDING, done_at=None)
    drain(NOON + timedelta(hours=21))

    assert len(mail.outbox) == 1
    assert Notice.objects.get().state == NoticeState.SENT


def test_days_of_downtime_carry_it_on_to_the_next_mail():
    team = make_team()
    comment(reader(team), coach(team), "Still worth reading", NOON)
    drain(NOON)

    drain(NOON + timedelta(days=5))
    assert not mail.outbox
    drain(NOON + timedelta(days=6))

    assert len(mail.outbox) == 1
    assert Notice.objects.get().state == NoticeState.SENT


def test_what_lost_its_job_is_found_and_goes_with_the_next_mail():
    team = make_team()
    comment(reader(team), coach(team), "Nearly lost", NOON)
    drain(NOON)
    Job.objects.filter(kind="notices.send_daily").update(state=State.DONE, done_at=NOON)

    assert carry_on_lost(at=NOON + timedelta(days=2)) == 0
    assert carry_on_lost(at=NOON + timedelta(days=4)) == 1
    drain(NOON + timedelta(days=5))

    assert len(mail.outbox) == 1


# Around each change of the clocks in New York and Madrid, and every nine days.
CHANGES = [datetime(2026, *day, hour, 30, tzinfo=UTC)
           for day in ((3, 8), (3, 29), (10, 25), (11, 1)) for hour in (0, 1, 6, 7, 12)]  # fmt: skip
YEAR = [datetime(2026, 1, 1, 11, tzinfo=UTC) + timedelta(days=9 * n, hours=5 * n) for n in range(38)]


def test_a_year_over_three_zones_tells_each_thing_once():
    team = make_team()
    luz = coach(team)
    stories = [
        reader(team, Way.WEEKLY, time_zone="America/New_York", reminder_hour=2),
        reader(team, Way.DAILY, time_zone="America/Puerto_Rico", reminder_hour=7),
        reader(team, Way.DAILY, time_zone="Europe/Madrid", reminder_hour=2),
    ]
    WeekDay.objects.create(person=stories[0].author, weekday=6)  # the clocks change on Sundays
    people = {entry.author.email: entry.author for entry in stories}
    moments = sorted([*CHANGES, *YEAR])
    sent: list[tuple[str, datetime]] = []

    def work_until(end: datetime) -> None:
        """Let the worker look at each moment at which something is due."""
        while job := Job.objects.filter(state=State.PENDING, due_at__lte=end).order_by("due_at").first():
            seen = len(mail.outbox)
            with time_machine.travel(job.due_at, tick=False):
                call_command("drain", "--once", "--lane", "now", "--lane", "mail", verbosity=0)
            sent.extend((letter.to[0], job.due_at) for letter in mail.outbox[seen:])

    for number, at in enumerate(moments):
        work_until(at)
        for entry in stories:
            comment(entry, luz, f"note {number} for {entry.author.pk}", at)
    work_until(moments[-1] + timedelta(days=8))

    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT}
    assert Notice.objects.count() == len(moments) * len(stories)
    links = Counter(
        (letter.to[0], line.rsplit("#", 1)[1])
        for letter in mail.outbox
        for line in letter.body.splitlines()
        if "#note-" in line
    )
    assert len(links) == len(moments) * len(stories)
    assert set(links.values()) == {1}
    for email, at in sent:
        there = at.astimezone(ZoneInfo(people[email].time_zone))
        assert at == hour_on(people[email], there.date(), "UTC")
        if people[email] == stories[0].author:
            assert there.weekday() == 6
    days = Counter((email, at.astimezone(ZoneInfo(people[email].time_zone)).date()) for email, at in sent)
    assert set(days.values()) == {1}


@pytest.mark.postgres
def test_two_events_committed_in_reverse_order_are_both_in_the_mail():
    """The first begins, the second commits and is considered; then the first commits. Both arrive."""
    team = make_team()
    entry, luz, tomas = reader(team), coach(team), coach(team)
    has_its_id, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                comment(entry, luz, "first", NOON)
                has_its_id.set()
                may_commit.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    has_its_id.wait(20)
    second = comment(entry, tomas, "second", NOON)
    drain(NOON)
    assert list(Notice.objects.values_list("object_id", flat=True)) == [second.pk]
    may_commit.set()
    thread.join()
    drain(NOON + timedelta(minutes=1))
    drain(NOON + timedelta(hours=20))

    (letter,) = mail.outbox
    assert letter.subject == "2 things are new"
