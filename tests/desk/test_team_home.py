"""A team's home: what is due, the log, the plan, the margin; and what others see of it."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import drafts
from progress.models import Going
from storymaps.models import Comment, StoryEntry
from teams.models import TeamStatus
from tests.factories.progress import AT, make_check_in, make_due, make_item
from tests.factories.teams import coach, join, make_team, person_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False):
        yield


def url(team):
    return f"/series/{team.series.slug}/teams/{team.slug}/"


def tell(team, text="Two students asked to lead.", by=None, **fields):
    values = {"began_on": date(2026, 5, 18), "logged_at": AT, "submission_id": uuid.uuid4()} | fields
    return StoryEntry.objects.create(team=team, author=by or join(team), text=text, **values)


def say(entry, text="Who chose them?", by=None, **fields):
    values = {"written_at": AT, "submission_id": uuid.uuid4()} | fields
    return Comment.objects.create(
        team=entry.team, entry=entry, author=by or coach(entry.team), text=text, **values
    )


def page(client, team):
    answer = client.get(url(team))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status", "is_inside", "may_log"),
    [
        ("lead", 200, True, True), ("storyteller", 200, True, True), ("member", 200, True, True),
        ("data_contact", 200, True, True), ("coach", 200, True, True), ("facilitator", 200, True, True),
        ("organizer", 200, True, True), ("peer", 200, False, False), ("expert", 200, False, False),
        ("observer", 200, False, False), ("stranger", 404, False, False),
        ("administrator", 404, False, False),
        (None, 302, False, False),
    ],
)  # fmt: skip
def test_team_home_permissions(signed_in, client, role, status, is_inside, may_log):
    team = make_team()
    make_item(team, what="Feedback circles")
    tell(team, "Kept among us.")
    tell(team, "Shared with all.", visibility="series")
    person = person_as(role, team)
    client = client if person is None else signed_in(person)

    answer = client.get(url(team))

    text = answer.content.decode()
    assert answer.status_code == status
    assert ("Feedback circles" in text) is is_inside
    assert ("Kept among us" in text) is is_inside
    assert ('id="log-form"' in text) is may_log
    assert ("Shared with all" in text) is (status == 200)
    assert client.post(url(team)).status_code in (404, 405, 302)


def test_what_is_due_next_is_the_one_yellow_thing(signed_in):
    team = make_team()
    make_due(team, date(2026, 5, 22))
    make_due(team, date(2026, 6, 30))

    text = page(signed_in(join(team)), team)

    assert "Check-in for 22 May" in text
    assert text.count("pill--nudge") == 2  # in the head and in the list, the same line
    assert ">Friday<" in text
    assert "30 June" not in text


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2026, 5, 20), ">today<"),
        (date(2026, 5, 21), ">tomorrow<"),
        (date(2026, 5, 19), ">1 day ago<"),
        (date(2026, 5, 31), ">31 May 2026<"),
    ],
)
def test_days_are_said_as_one_would(signed_in, due_on, words):
    due = make_due(due_on=due_on)

    assert words in page(signed_in(join(due.team)), due.team)


def test_several_missed_dates_are_one_line(signed_in):
    team = make_team()
    for day in (5, 10, 15):
        make_due(team, date(2026, 5, day))

    text = page(signed_in(join(team)), team)

    assert "Catch up since 5 May" in text
    assert "/catch-up/" in text
    assert "check-in/2026-05-15/" not in text
    assert "check-in/2026-05-10/" not in text
    assert "Late is fine" in text


def test_filed_check_in_is_done(signed_in):
    team = make_team()
    make_check_in(make_due(team, date(2026, 5, 10)), by=join(team), going=Going.STUCK)

    text = page(signed_in(join(team)), team)

    assert "is-done" in text
    assert "stuck" in text
    assert "Nothing is due" in text


def test_excused_date_is_not_asked_for(signed_in):
    team = make_team()
    make_due(team, date(2026, 5, 10), is_excused=True)

    assert "Nothing is due" in page(signed_in(join(team)), team)


def test_first_visit_says_what_will_stand_where(signed_in):
    team = make_team()

    text = page(signed_in(join(team)), team)

    assert "The map is still dry" in text
    assert "Nothing is planned for this period yet." in text
    assert "No other team has shared" in text


def test_before_the_first_session_nothing_is_due(signed_in):
    team = make_team()
    with time_machine.travel(datetime(2026, 2, 1, tzinfo=UTC), tick=False):
        text = page(signed_in(join(team)), team)

    assert "meets for the first time on Mon 6 April 2026" in text


def test_closed_series_is_only_read(signed_in):
    team = make_team()
    make_due(team, date(2026, 5, 10))
    make_item(team)
    tell(team)
    team.series.periods.exclude(number=1).delete()
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        text = page(signed_in(join(team)), team)

    assert "This series is over" in text
    assert "log-form" not in text
    assert "Check-in for" not in text
    assert "aria-pressed" not in text
    assert "Feedback circles in two rooms" in text
    assert "Two students asked to lead." in text


@pytest.mark.parametrize(
    ("status", "words", "may_log"),
    [
        (TeamStatus.WITHDRAWN, "no longer in the series", False),
        (TeamStatus.PAUSED, "while the team is paused", True),
    ],
)
def test_team_that_left_or_rests(signed_in, status, words, may_log):
    team = make_team(status=status)

    text = page(signed_in(join(team)), team)

    assert words in text
    assert ("log-form" in text) is may_log


def test_margin_shows_open_notes_of_others(signed_in):
    team = make_team()
    person = join(team)
    entry = tell(team, by=person)
    say(entry, "Who chose them?", asks_reply=True)
    say(entry, "Settled long ago.", settled_at=AT)
    say(entry, "For coaches alone.", audience="coaches")
    say(entry, "My own answer.", by=person)

    text = page(signed_in(person), team)

    assert "Who chose them?" in text
    assert "would like an answer" in text
    for hidden in ("Settled long ago.", "For coaches alone.", "My own answer."):
        assert hidden not in text


def test_other_teams_show_what_they_shared(signed_in):
    team = make_team()
    other = make_team(team.series, name="Casco Bay")
    tell(other, "The gate is open.", visibility="series", language="es")
    tell(other, "Not for all.")

    text = page(signed_in(join(team)), team)

    assert 'lang="es">The gate is open.' in text
    assert "Casco Bay" in text
    assert "Not for all." not in text


def test_draft_of_the_log_comes_back(signed_in):
    team = make_team()
    person = join(team)
    drafts.save_draft(person, "log", f"team:{team.pk}", {"text": ["Half a story"]}, 0, at=AT)

    assert "Half a story" in page(signed_in(person), team)


def test_item_changes_from_here_and_comes_back_here(signed_in):
    item = make_item()
    client = signed_in(join(item.team))

    answer = client.post(f"{url(item.team)}plan/items/{item.pk}/status/", {"status": "done", "short": "1"})

    assert answer.url == url(item.team)


def test_text_of_people_is_never_markup(signed_in):
    team = make_team()
    evil = "<script>alert(1)</script>"
    item, entry = make_item(team, what=evil), tell(team, evil)
    say(entry, evil)

    assert "<script>alert" not in page(signed_in(join(team)), team)
    assert item.pk


def fill_up(team, rows, day=1):
    drivers = list(team.series.drivers.all())
    for number in range(rows):
        make_due(team, date(2026, 5, 8) + timedelta(days=day + number))
        make_check_in(make_due(team, date(2026, 4, 8) + timedelta(days=day + number)), by=join(team))
        item = make_item(team)
        item.drivers.set(drivers)
        entry = tell(team, f"Story {day + number}")
        entry.drivers.set(drivers)
        entry.grew_out_of_items.add(item)
        say(entry)
        coach(team)
        tell(make_team(team.series), visibility="series")


@pytest.mark.parametrize("role", ["member", "coach", "organizer", "peer"])
def test_home_reads_the_same_number_of_rows_at_one_and_at_three(signed_in, role):
    team = make_team()
    client = signed_in(person_as(role, team))
    fill_up(team, 1)
    with CaptureQueriesContext(connection) as one:
        page(client, team)

    fill_up(team, 2, day=5)
    with CaptureQueriesContext(connection) as three:
        page(client, team)

    assert len(one) == len(three), [q["sql"][:120] for q in three]
    assert len(three) <= 20, "\n".join(q["sql"] for q in three)
