"""The hand-over pack: what stands in it, who reads it until when, and the mark that it was read."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from coaching.models import HelpCall
from progress.models import DueDate, ProgressScore, Promise
from teams.models import CoachAssignment
from teams.services import assign_coach, end_assignment
from tests.factories.accounts import make_person
from tests.factories.progress import make_item
from tests.factories.series import give_role, make_series
from tests.factories.storymaps import make_comment, make_entry
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 20, 15, tzinfo=UTC)
TODAY, LAST = date(2026, 6, 20), date(2026, 7, 3)


@pytest.fixture(autouse=True)
def _at():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team(make_series(), name="Porch", time_zone="UTC")


@pytest.fixture
def luz(team):
    return coach(team, make_person("Luz Ortega"))


@pytest.fixture
def fay(team):
    return give_role(team.series, Role.FACILITATOR)


def pack(team) -> str:
    return reverse("desk:handover", args=[team.series.slug, team.slug])


def hand_over(team, *, to=None, by=None, **fields) -> CoachAssignment:
    held = CoachAssignment.objects.own().get(team=team)
    given = {"note": "Ask about the bus.", "last_on": LAST, "successor": to} | fields
    assert end_assignment(held, by=by or held.coach, at=AT, **given)
    held.refresh_from_db()
    return held


def fill(team, luz, number=0) -> None:
    entry, lead = make_entry(team, title=f"Eleven chairs {number}"), join(team, Role.LEAD)
    make_comment(entry, luz, text=f"Who chose? {number}", asks_reply=True)
    HelpCall.objects.create(
        team=team, text=f"The board said no. {number}", asked_by=lead, asked_at=AT, submission_id=uuid.uuid4()
    )
    due = DueDate.objects.create(
        team=team, period=team.series.periods.first(), due_on=TODAY + timedelta(days=number - 8)
    )
    Promise.objects.create(due=due, number=1, later_on=TODAY + timedelta(days=4), made_by=lead, made_at=AT)
    make_item(team, what=f"Count chairs {number}", due_on=TODAY + timedelta(days=30))
    ProgressScore.objects.create(
        team=team, side="coach", half_steps=5, reason=f"They try. {number}", scored_by=luz,
        scored_at=AT, scored_on=TODAY, submission_id=uuid.uuid4(),
    )  # fmt: skip


# --- what stands in it -------------------------------------------------------------------------------


def test_the_pack_holds_what_is_open_promised_due_told_and_scored(team, luz, signed_in):
    fill(team, luz)
    ruth = coach(make_team(team.series), make_person("Ruth Ansel"))
    hand_over(team, to=ruth, begins_on=TODAY)

    page = signed_in(ruth).get(pack(team)).text

    for words in (
        "Ask about the bus.", "last day 3 Jul 2026", "Who chose? 0", "no answer yet", "The board said no. 0",
        "The check-in of 12 Jun 2026, by 24 Jun 2026", "Count chairs 0", "Eleven chairs 0", "They try. 0",
        "Last day of Luz Ortega", "Ruth Ansel", "This team was handed over to you.",
    ):  # fmt: skip
        assert words in page, words


def test_a_series_without_scores_and_what_is_settled_show_nothing(team, luz, signed_in):
    fill(team, luz)
    HelpCall.objects.update(settled_at=AT)
    team.comments.update(settled_at=AT)
    team.series.has_scores = False
    team.series.save(update_fields=["has_scores"])

    page = signed_in(luz).get(pack(team)).text

    assert "Who chose?" not in page
    assert "The board said no." not in page
    assert "They try." not in page
    assert "No note yet." in page


def test_sessions_and_the_summit_of_the_next_60_days_stand_in_it(team, luz, signed_in):
    session = team.series.sessions.get(position=1)
    with time_machine.travel(datetime(2026, 8, 20, 15, tzinfo=UTC), tick=False):
        page = signed_in(luz).get(pack(team)).text

    assert f"{session}, Jackson" in page


# --- who reads it ------------------------------------------------------------------------------------


def test_the_old_coach_reads_it_until_the_last_day_and_nothing_after(team, luz, signed_in):
    hand_over(team)
    also = coach(make_team(team.series), luz)  # in the series she stays
    assert also == luz

    for day, status in ((TODAY, 200), (LAST, 200), (LAST + timedelta(days=1), 404)):
        with time_machine.travel(datetime(day.year, day.month, day.day, 23, tzinfo=UTC), tick=False):
            assert signed_in(luz).get(pack(team)).status_code == status, day
            members = reverse("teams:members", args=[team.series.slug, team.slug])
            assert signed_in(luz).get(members).status_code == (200 if status == 200 else 403)


def test_who_begins_later_reads_it_from_then_on(team, luz, signed_in):
    ruth = coach(make_team(team.series), make_person("Ruth Ansel"))
    hand_over(team, to=ruth, begins_on=LAST + timedelta(days=1))

    assert signed_in(ruth).get(pack(team)).status_code == 404
    with time_machine.travel(AT + timedelta(days=14), tick=False):
        assert signed_in(ruth).get(pack(team)).status_code == 200


@pytest.mark.parametrize("role", [Role.LEAD, Role.MEMBER])
def test_the_team_never_reads_it(team, luz, signed_in, role):
    assert signed_in(join(team, role)).get(pack(team)).status_code == 404


# --- read --------------------------------------------------------------------------------------------


def test_the_row_stands_in_the_inbox_until_the_pack_is_read(team, luz, signed_in):
    ruth = coach(make_team(team.series), make_person("Ruth Ansel"))
    hand_over(team, to=ruth)
    browser, read = signed_in(ruth), reverse("desk:handover-read", args=[team.series.slug, team.slug])
    assert "Handed over to you" in browser.get("/coaching/").text
    assert signed_in(luz).post(read).status_code == 403

    for _number in range(2):
        assert signed_in(ruth).post(read).status_code == 302

    assert CoachAssignment.objects.get(team=team, coach=ruth).pack_read_at == AT
    assert Event.objects.filter(act="teams.pack_read").count() == 1
    assert "Handed over to you" not in signed_in(ruth).get("/coaching/").text
    assert "handed over to you" not in signed_in(ruth).get(pack(team)).text


def test_who_is_assigned_after_a_note_takes_over_and_who_joins_a_coach_does_not(team, luz, fay):
    hand_over(team, last_on=None)
    ruth, ana = make_person("Ruth Ansel"), make_person("Ana")

    first, second = assign_coach(team, ruth, by=fay, at=AT), assign_coach(team, ana, by=fay, at=AT)

    assert first.takes_over_from.coach == luz
    assert second.takes_over_from is None


# --- handing over ------------------------------------------------------------------------------------


def end_page(team, held) -> str:
    return reverse("teams:coach-end", args=[team.series.slug, team.slug, held.pk])


def test_a_facilitator_names_the_last_day_and_who_takes_over(team, luz, fay, signed_in):
    held, ruth = CoachAssignment.objects.get(coach=luz), coach(make_team(team.series))
    browser = signed_in(fay)
    given = {
        "note": "Ask about the bus.",
        "last_on": "2026-07-03",
        "successor": ruth.pk,
        "begins_on": "2026-07-04",
    }

    for wrong in (
        {"note": " "},
        {"last_on": "2026-06-01"},
        {"begins_on": "2026-07-05"},
        {"successor": luz.pk},
    ):
        refused = browser.post(end_page(team, held), given | wrong)
        assert refused.status_code == 422, wrong
        assert "2026-07-0" in refused.text
    assert browser.post(end_page(team, held), given).status_code == 302

    held.refresh_from_db()
    after = CoachAssignment.objects.get(takes_over_from=held)
    assert (held.ends_on, after.coach, after.starts_on) == (LAST, ruth, date(2026, 7, 4))
    assert "takes over, from 4 Jul 2026" in browser.get(end_page(team, held)).text


def test_coaches_say_themselves_when_they_stop_but_name_nobody(team, luz, signed_in):
    held, other = CoachAssignment.objects.get(coach=luz), coach(make_team(team.series))
    browser = signed_in(luz)
    assert 'name="successor"' not in browser.get(end_page(team, held)).text

    given = {"note": "Ask about the bus.", "last_on": "2026-07-03", "successor": other.pk}
    assert browser.post(end_page(team, held), given).status_code == 302

    held.refresh_from_db()
    assert held.ends_on == LAST
    assert not CoachAssignment.objects.filter(takes_over_from=held).exists()
    assert signed_in(other).get(end_page(team, held)).status_code == 403


def test_assigned_again_a_coach_goes_on(team, luz, fay):
    held = hand_over(team)

    assign_coach(team, luz, by=fay, at=AT)

    held.refresh_from_db()
    assert held.ends_on is None
    assert CoachAssignment.objects.filter(team=team).count() == 1


def test_who_coaches_it_already_takes_over_without_a_second_assignment(team, luz, fay):
    ruth = coach(team, make_person("Ruth Ansel"))
    held = CoachAssignment.objects.get(coach=luz)

    end_assignment(held, note="Yours alone now.", by=fay, at=AT, last_on=LAST, successor=ruth)

    after = CoachAssignment.objects.get(team=team, coach=ruth)
    assert after.takes_over_from == held


def test_the_pack_takes_the_same_queries_with_little_and_with_much(team, luz, signed_in):
    browser = signed_in(luz)
    fill(team, luz)

    def count() -> int:
        browser.get(pack(team))
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(pack(team)).status_code == 200
        return len(seen)

    one = count()
    for number in range(1, 4):
        fill(team, luz, number)
        coach(team, make_person(f"Coach {number}"))

    assert count() == one <= 35
