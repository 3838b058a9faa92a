"""The Monday letter: whom to ring, what comes, one story worth reading; in the one mail of its day."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import translation

from accounts.permissions import Role
from desk.letter import coming_up, worth_reading
from notices.letters import letters_wanted, owe_letters
from notices.models import Notice, NoticeKind, Preference
from progress.models import DueDate
from series.models import SeriesRole
from storymaps.models import ReadMark
from tests.factories.series import give_role, make_series
from tests.factories.storymaps import add_photo, make_entry
from tests.factories.teams import join, make_team

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
MONDAY = date(2026, 11, 16)
NOON = datetime(2026, 11, 15, 18, tzinfo=UTC)  # Sunday


@pytest.fixture
def series():
    return make_series(date(2026, 9, 18))


def run(until: datetime, start: datetime = NOON) -> list[str]:
    """Look every six hours; gives to whom mail went."""
    at = start
    while at <= until:
        with time_machine.travel(at, tick=False):
            call_command("drain", "--once", verbosity=0)
        at += timedelta(hours=6)
    return sorted(letter.to[0] for letter in mail.outbox)


def test_who_runs_the_series_reads_on_monday_whom_to_ring(series):
    ines = give_role(series, Role.FACILITATOR)
    team = make_team(series, name="Ash", joined_on=date(2026, 9, 18))
    join(team)
    DueDate.objects.create(team=team, period=series.periods.first(), due_on=date(2026, 11, 6))
    with time_machine.travel(NOON, tick=False):
        shared = make_entry(
            team, title="Eleven chairs", visibility="series", logged_at=NOON - timedelta(days=2)
        )

    assert run(NOON + timedelta(days=2)) == [ines.email]
    (letter,) = mail.outbox
    assert letter.subject.startswith(series.name)
    assert "Ash: the check-in of 6 November is missing" in letter.body
    assert "Eleven chairs" in letter.body
    assert f"/story/{shared.pk}/" in letter.alternatives[0].content


def test_it_is_part_of_the_one_mail_of_the_day(series):
    team = make_team(series)
    both = give_role(series, Role.ORGANIZER)
    join(team, Role.LEAD, both)
    DueDate.objects.create(team=team, period=series.periods.first(), due_on=MONDAY + timedelta(days=1))

    run(NOON + timedelta(days=1, hours=6))

    (letter,) = mail.outbox
    assert "check-in" in letter.subject
    assert "One tap is enough" in letter.body
    assert series.name in letter.body


def test_twice_owes_nothing_twice_and_the_next_monday_is_another(series):
    give_role(series, Role.FACILITATOR)

    counts = [owe_letters(since=NOON, until=NOON) for _ in range(2)]

    assert counts == [1, 0]
    assert owe_letters(since=NOON, until=NOON + timedelta(days=7)) == 1


def test_who_left_or_wants_none_gets_none_and_the_ledger_says_why(series):
    gone, off = give_role(series, Role.FACILITATOR), give_role(series, Role.ORGANIZER)
    with time_machine.travel(NOON, tick=False):
        owe_letters(since=NOON, until=NOON)
    SeriesRole.objects.filter(person=gone).delete()
    Preference.objects.create(person=off, kind=NoticeKind.MONDAY, way="none")

    assert run(NOON + timedelta(days=2)) == []
    reasons = dict(Notice.objects.filter(kind=NoticeKind.MONDAY, rung=358).values_list("person", "reason"))
    assert reasons == {
        gone.pk: "the person left the team or its role",
        off.pk: "the person wants no mail of this kind",
    }


def test_no_letter_after_the_series(series):
    ines = give_role(series, Role.FACILITATOR)
    late = datetime(2030, 1, 6, 18, tzinfo=UTC)

    assert owe_letters(since=late, until=late) == 0
    row = Notice(person=ines, kind=NoticeKind.MONDAY, object_id=series.pk, rung=1, send_on=late.date())
    assert letters_wanted([row], ines, at=late) == ([], [(row, "the series is archived")])


def test_what_comes_stands_in_order_of_days(series):
    team = make_team(series)
    session = series.sessions.order_by("starts_on")[1]
    today = session.starts_on - timedelta(days=9)
    DueDate.objects.create(team=team, period=series.periods.first(), due_on=today + timedelta(days=3))
    DueDate.objects.create(team=team, period=series.periods.first(), due_on=today + timedelta(days=40))

    with translation.override("en"):
        found = coming_up(series, today)

    assert found[0][1] == "1 team owes a check-in"
    assert [day for day, _words in found] == sorted(day for day, _words in found)
    assert str(session) in [words for _day, words in found]


def test_the_story_is_shared_unread_and_rests_on_something_if_any_does(series):
    ines = give_role(series, Role.FACILITATOR)
    team = make_team(series)
    values = {"logged_at": NOON - timedelta(days=3), "visibility": "series"}
    plain, shown = make_entry(team, **values), make_entry(team, **values)
    add_photo(shown)
    make_entry(team, visibility="team", logged_at=NOON)

    assert worth_reading(series, ines, at=NOON) == shown
    ReadMark.objects.create(person=ines, entry=shown, read_at=NOON)
    assert worth_reading(series, ines, at=NOON) == plain
