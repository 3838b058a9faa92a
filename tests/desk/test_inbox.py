"""A coach's inbox: what stands in it, and what each act does."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Role
from coaching.models import HelpCall, PutOff
from progress.models import DueDate
from storymaps.models import Audience, Comment, ReadMark
from tests.factories.series import make_series
from tests.factories.storymaps import make_comment, make_entry
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 20, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team(make_series())


@pytest.fixture
def luz(team):
    return coach(team)


def inbox(browser) -> str:
    return browser.get("/coaching/").text


def test_a_story_leaves_when_it_is_seen_and_twice_is_once(team, luz, signed_in):
    entry, browser = make_entry(team, title="Eleven chairs"), signed_in(luz)
    assert "Eleven chairs" in inbox(browser)

    for _ in range(2):
        browser.post("/coaching/seen/", {"id": entry.pk})

    assert "Eleven chairs" not in inbox(browser)
    assert ReadMark.objects.count() == 1


def test_a_reply_stands_in_the_margin_and_the_story_is_read(team, luz, signed_in):
    entry, browser = make_entry(team, title="Eleven chairs"), signed_in(luz)
    given = {"kind": "story", "id": entry.pk, "text": "Who chose the eleven?", "submission_id": uuid.uuid4()}

    refused = browser.post("/coaching/reply/", given | {"text": " "})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    for _ in range(2):
        browser.post("/coaching/reply/", given)

    note = Comment.objects.get()
    assert (note.entry, note.author, note.audience) == (entry, luz, Audience.TEAM)
    assert "Eleven chairs" not in inbox(browser)


def test_a_question_waits_until_it_is_answered_in_its_thread(team, luz, signed_in):
    entry = make_entry(team)
    question = make_comment(entry, entry.author, text="Shall we go on?", asks_reply=True)
    mine = make_comment(entry, luz, text="Try it once.")
    make_comment(entry, entry.author, text="We did, and it held.", parent=mine)
    browser = signed_in(luz)
    assert all(words in inbox(browser) for words in ("Shall we go on?", "We did, and it held."))

    for note in Comment.objects.filter(author=entry.author):
        given = {"kind": "note", "id": note.pk, "text": "Yes.", "submission_id": uuid.uuid4()}
        browser.post("/coaching/reply/", given)

    assert not any(words in inbox(browser) for words in ("Shall we go on?", "We did, and it held."))
    assert {answer.parent for answer in Comment.objects.filter(text="Yes.")} == {question, mine}


def test_what_is_put_off_comes_back_on_its_day(team, luz, signed_in):
    entry, browser = make_entry(team, title="Eleven chairs"), signed_in(luz)

    browser.post("/coaching/later/", {"kind": "story", "id": entry.pk, "until": "2026-06-24"})

    assert "Eleven chairs" not in inbox(browser)
    assert "1 thing comes back later." in inbox(browser)
    with time_machine.travel(AT + timedelta(days=4), tick=False):
        assert "Eleven chairs" in inbox(signed_in(luz))


@pytest.mark.parametrize("until", ["2026-06-20", "2020-01-01", "2199-01-01", "30.11.2026", "2026-02-31"])
def test_a_day_that_is_not_ahead_is_refused(team, luz, signed_in, until):
    entry, browser = make_entry(team), signed_in(luz)

    browser.post("/coaching/later/", {"kind": "story", "id": entry.pk, "until": until})

    assert not PutOff.objects.exists()


def test_a_quiet_team_is_put_off_for_a_week_without_a_day(team, luz, signed_in):
    DueDate.objects.create(team=team, period=team.series.periods.first(), due_on=date(2026, 6, 12))
    make_entry(team, logged_at=AT)
    browser = signed_in(luz)
    assert "needs a nudge" in inbox(browser)

    browser.post("/coaching/later/", {"kind": "team", "id": team.pk})

    assert PutOff.objects.get().until == date(2026, 6, 27)
    assert f'id="team-{team.pk}"' not in inbox(browser)


def test_an_open_call_stands_first_and_is_never_put_off(team, luz, signed_in):
    call = HelpCall.objects.create(
        team=team, text="The board said no.", asked_by=join(team), asked_at=AT, submission_id=uuid.uuid4()
    )
    make_entry(team, title="Eleven chairs")
    browser = signed_in(luz)

    page = inbox(browser)

    assert page.index("The board said no.") < page.index("Eleven chairs")
    assert browser.post("/coaching/later/", {"kind": "call", "id": call.pk}).status_code == 404


def test_nothing_of_another_team_can_be_reached(team, luz, signed_in):
    other = make_entry(make_team(team.series), visibility="series")
    browser = signed_in(luz)

    for path, given in (
        ("seen", {"id": other.pk}),
        ("reply", {"kind": "story", "id": other.pk, "text": "x"}),
        ("later", {"kind": "story", "id": other.pk}),
        ("later", {"kind": "team", "id": other.team_id}),
        ("reply", {"kind": "note", "id": "x", "text": "x"}),
        ("seen", {}),
    ):
        assert browser.post(f"/coaching/{path}/", given).status_code == 404, (path, given)
    assert signed_in(join(team, Role.LEAD)).post("/coaching/seen/", {"id": other.pk}).status_code == 404
    assert not Comment.objects.exists()


def test_what_is_put_off_hides_no_other_question_and_more_is_said(team, luz, signed_in, monkeypatch):
    monkeypatch.setattr("desk.inbox.PAGE", 2)
    entry, browser = make_entry(team), signed_in(luz)
    notes = [
        make_comment(
            entry, entry.author, text=f"Question {n}?", asks_reply=True, written_at=AT + timedelta(hours=n)
        )
        for n in range(5)
    ]
    for note in notes[:2]:
        PutOff.objects.create(person=luz, kind="note", object_id=note.pk, until=date(2026, 7, 1))

    page = inbox(browser)

    assert [f"Question {n}?" in page for n in range(5)] == [False, False, True, True, False]
    assert "More follow as you answer." in page


def test_an_overdue_check_in_is_a_row_of_its_own_after_what_waits_to_be_read(team, luz, signed_in):
    DueDate.objects.create(team=team, period=team.series.periods.first(), due_on=date(2026, 6, 12))
    make_entry(team, title="Eleven chairs", logged_at=AT)
    HelpCall.objects.create(
        team=team, text="The board said no.", asked_by=join(team), asked_at=AT, submission_id=uuid.uuid4()
    )
    where = f"/series/{team.series.slug}/teams/{team.slug}"

    page = inbox(signed_in(luz))

    order = ["The board said no.", "Eleven chairs", "The check-in of Fri 12 June 2026 is missing."]
    assert sorted(order, key=page.index) == order
    assert f"{where}/check-in/2026-06-12/" in page
    assert f"{where}/nudge/" in page


def test_a_quiet_team_has_no_second_row_for_its_missed_date(team, luz, signed_in):
    DueDate.objects.create(team=team, period=team.series.periods.first(), due_on=date(2026, 6, 12))

    page = inbox(signed_in(luz))

    assert page.count(f'id="team-{team.pk}"') == 1
    assert "Overdue check-ins" not in page


def test_more_calls_for_help_than_stand_here_are_said(team, luz, signed_in, monkeypatch):
    monkeypatch.setattr("desk.inbox.PAGE", 2)
    who, browser = join(team), signed_in(luz)
    for n in range(3):
        assert "calls for help of" not in inbox(browser)
        HelpCall.objects.create(
            team=team, text=f"Call {n}", asked_by=who, asked_at=AT, submission_id=uuid.uuid4()
        )

    assert "The oldest 2 calls for help of 3 stand here." in inbox(browser)


def test_what_is_gone_is_not_said_to_come_back(team, luz, signed_in):
    entry = make_entry(team, logged_at=AT)
    note = make_comment(entry, entry.author, text="Shall we?", asks_reply=True)
    for kind, pk in (("story", entry.pk), ("note", note.pk), ("team", team.pk)):
        PutOff.objects.create(person=luz, kind=kind, object_id=pk, until=date(2026, 7, 1))
    browser = signed_in(luz)
    assert "2 things come back later." in inbox(browser)  # the team is steady: it has no row

    make_comment(entry, luz, text="Yes.", parent=note)
    ReadMark.objects.create(person=luz, entry=entry, read_at=AT)

    assert "come back later" not in inbox(browser)
    assert "comes back later" not in inbox(browser)


def test_the_number_of_queries_is_the_same_for_any_number_of_rows(team, luz, signed_in):
    browser, counts = signed_in(luz), []
    for more in (1, 5):
        for _ in range(more):
            other = make_team(team.series)
            coach(other, luz)
            DueDate.objects.create(team=other, period=team.series.periods.first(), due_on=date(2026, 6, 12))
            entry, later = make_entry(other, logged_at=AT), make_entry(other, logged_at=AT)
            make_comment(entry, entry.author, text="Shall we?", asks_reply=True)
            PutOff.objects.create(person=luz, kind="story", object_id=later.pk, until=date(2026, 7, 1))
            HelpCall.objects.create(
                team=other, text="?", asked_by=entry.author, asked_at=AT, submission_id=uuid.uuid4()
            )
        with CaptureQueriesContext(connection) as captured:
            inbox(browser)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 30
