"""The call log: who logs, who reads, what becomes of steps, and the sheet before a call."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Draft, Event
from accounts.permissions import Role
from coaching import calls
from coaching.models import Call, CallAudience, CallStep, CallVersion, HelpCall
from desk.call_sheet import newcomers, open_steps, promises_of
from desk.grid import last_contacts
from desk.standing import standings
from progress.models import PlanItem, PlanItemStatus, Promise
from progress.services import carry_over
from series.models import SeriesStatus
from storymaps.chain import chain_of
from teams.models import TeamStatus
from tests.factories.measures import make_measure, make_points
from tests.factories.progress import make_check_in, make_due
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_comment, make_entry
from tests.factories.teams import coach, join, make_team, person_as

pytestmark = pytest.mark.django_db
TODAY = AT.date()
READERS = ("member", "lead", "coach", "facilitator", "organizer", "expert", "peer", "observer", "stranger")


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def luz(team):
    return coach(team)


def log(team, by, steps=(), **fields) -> Call:
    values = {"held_on": TODAY, "notes": "We spoke of the board.", "submission_id": uuid.uuid4()} | fields
    return calls.log_call(Call(team=team, **values), steps=steps, by=by, at=AT)


def address(name, team, *more) -> str:
    return reverse(name, args=[team.series.slug, team.slug, *more])


# --- logging -----------------------------------------------------------------------------------------


def test_a_double_tap_is_one_call_with_its_steps_and_its_event(team, luz):
    sid = uuid.uuid4()

    for _ in range(2):
        log(team, luz, ["Ask the board"], submission_id=sid)

    assert Event.objects.get(act="coaching.call_logged").target_id == Call.objects.get().pk
    assert (CallStep.objects.count(), PlanItem.objects.count()) == (1, 1)


def test_what_was_agreed_stands_in_the_plan_that_is_open_linked_both_ways(team, luz):
    lead = join(team, Role.LEAD)
    call = log(team, luz, ["Ask the board", "  ", "Count who speaks"])

    first, second = PlanItem.objects.order_by("position")

    assert [first.what, second.what] == ["Ask the board", "Count who speaks"]
    assert (first.plan.team, first.plan.period.number, first.added_by) == (team, 1, luz)
    assert [link.title for link in chain_of(first, lead).grew_out_of.shown] == ["Agreed in a call on 20 May"]
    assert [link.object for link in chain_of(call, lead).became.shown] == [first, second]


@pytest.mark.parametrize("why", ["archived", "left"])
def test_without_an_open_plan_a_step_stays_a_step_and_is_planned_later(team, luz, why):
    if why == "archived":
        team.series.status = SeriesStatus.ARCHIVED
    else:
        team.status = TeamStatus.WITHDRAWN
    step = log(team, luz, ["Ask the board"]).steps.get()
    assert step.item is None
    step.call.team = team
    with pytest.raises(ValidationError):
        calls.plan_step(step, by=luz, at=AT)

    team.series.status, team.status = SeriesStatus.OPEN, TeamStatus.ACTIVE
    calls.plan_step(step, by=luz, at=AT)
    calls.plan_step(step, by=luz, at=AT)

    step.refresh_from_db()
    assert step.item == PlanItem.objects.get()


@pytest.mark.parametrize(
    ("fields", "steps", "where"),
    [
        ({"notes": " "}, [], "notes"),
        ({"held_on": TODAY + timedelta(days=2)}, [], "held_on"),
        ({"held_on": TODAY - timedelta(days=400)}, [], "held_on"),
        ({"next_call_on": TODAY}, [], "next_call_on"),
        ({"next_call_on": TODAY + timedelta(days=500)}, [], "next_call_on"),
        ({}, ["x"] * 11, "steps"),
        ({}, ["x" * 301], "steps"),
    ],
)
def test_what_the_log_does_not_take(team, luz, fields, steps, where):
    with pytest.raises(ValidationError) as refused:
        log(team, luz, steps, **fields)

    assert where in refused.value.error_dict
    assert not Call.objects.exists()


def test_nobody_logs_without_end(team, luz, monkeypatch):
    monkeypatch.setattr(calls, "MOST_A_DAY", 1)
    log(team, luz)

    with pytest.raises(ValidationError):
        log(team, luz)


def test_the_database_holds_what_always_holds(team, luz):
    call = log(team, luz)
    for broken in (
        {"audience": "world"},
        {"next_call_on": TODAY},
        {"removed_at": AT},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Call.objects.filter(pk=call.pk).update(**broken)


def test_only_a_coach_and_who_runs_the_series_logs(team):
    for role in ("coach", "facilitator", "organizer"):
        log(team, person_as(role, team))
    for role in ("lead", "member", "expert", "peer", "observer", "stranger"):
        with pytest.raises(PermissionDenied):
            log(team, person_as(role, team))


# --- reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("team", {"member", "lead", "coach", "facilitator", "organizer"}),
        ("coaches", {"coach", "facilitator", "organizer"}),
    ],
)
def test_who_reads_a_call(team, luz, audience, readers):
    call = log(team, luz, audience=audience)

    seen = {role for role in READERS if call in Call.objects.visible_to(person_as(role, team))}

    assert seen == readers


def test_a_coach_who_leaves_reads_no_call_any_more(team, luz):
    call = log(team, luz, audience="coaches")
    team.coach_assignments.update(ends_on=TODAY - timedelta(days=1))

    assert call not in Call.objects.visible_to(luz)


def test_a_call_for_coaches_only_is_in_no_outlet_of_the_team(team, luz, signed_in):
    secret = "They quarrel about the lead."
    call = log(team, luz, ["Ask the board"], notes=secret, with_whom="Quiet Quill", audience="coaches")
    item = PlanItem.objects.get()
    lead = join(team, Role.LEAD)
    browser = signed_in(lead)
    pages = [
        address("coaching:calls", team),
        address("desk:team-home", team),
        address("storymaps:chain-item", team, item.pk),
        address("progress:plan", team),
        address("storymaps:map", team),
        f"{address('storymaps:search', team)}?q=quarrel",
        f"{reverse('search:search')}?q=quarrel",
        address("api:plans", team),
        address("api:entries", team),
    ]

    for page in pages:
        answer = browser.get(page)
        text = answer.text
        assert answer.status_code == 200, page
        assert secret not in text, page
        assert "Quiet Quill" not in text, page
        assert f"/calls/{call.pk}/" not in text, page
        assert "you may not see" not in text, page
    for name in ("coaching:call", "coaching:call-change", "coaching:call-remove"):
        assert browser.get(address(name, team, call.pk)).status_code == 404
    step = address("coaching:call-step", team, call.pk, call.steps.get().pk)
    assert browser.post(step).status_code == 404
    assert not chain_of(item, lead).grew_out_of
    assert [link.object for link in chain_of(item, luz).grew_out_of.shown] == [call]
    assert not Call.objects.visible_to(lead).exists()
    assert secret not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_call_counts_as_filed_and_as_last_contact(team, luz):
    log(team, luz, held_on=TODAY - timedelta(days=1), audience="coaches")
    removed = log(team, luz)
    calls.remove_call(removed, by=luz, at=AT)

    (found,) = standings([team], at=AT)

    assert (found.word, found.last_on) == ("steady", TODAY - timedelta(days=1))
    assert last_contacts([team]) == {team.pk: TODAY - timedelta(days=1)}


# --- changing and removing ---------------------------------------------------------------------------


def change(call, by, *, seen=None, steps=(), **fields) -> Call:
    draft = Call.objects.get(pk=call.pk)
    for name, value in fields.items():
        setattr(draft, name, value)
    return calls.change_call(draft, seen=seen, steps=steps, by=by, at=AT + timedelta(hours=1))


def test_what_stood_there_is_kept_and_who_was_slower_is_told(team, luz):
    call = log(team, luz)

    changed = change(call, luz, notes="We spoke of the bus.", steps=["Ask the driver"])

    assert CallVersion.objects.get().notes == "We spoke of the board."
    assert call.steps.get().item.what == "Ask the driver"
    with pytest.raises(calls.StaleCall):
        change(call, luz, notes="Something else")
    change(call, luz, seen=changed.edited_at)
    assert CallVersion.objects.count() == 1


def test_a_call_is_changed_by_who_logged_it_and_never_opened(team, luz):
    call = log(team, luz, audience="coaches")

    with pytest.raises(PermissionDenied):
        change(call, person_as("facilitator", team), notes="Mine")
    with pytest.raises(ValidationError):
        change(call, luz, audience=CallAudience.TEAM)
    opened = log(team, luz)
    change(opened, luz, audience=CallAudience.COACHES)
    assert Call.objects.get(pk=opened.pk).audience == "coaches"


def test_a_removed_call_leaves_its_mark_and_the_plan(team, luz, signed_in):
    call = log(team, luz, ["Ask the board"], with_whom="Mr. Tate")
    change(call, luz, notes="Other words")
    lead = join(team, Role.LEAD)
    with pytest.raises(PermissionDenied):
        calls.remove_call(call, by=lead, at=AT)

    for _ in range(2):
        calls.remove_call(call, by=give_role(team.series, Role.FACILITATOR), at=AT)

    call.refresh_from_db()
    assert (call.notes, call.with_whom, call.versions.count(), call.steps.count()) == ("", "", 0, 0)
    item = PlanItem.objects.get()
    assert not chain_of(item, lead).grew_out_of
    assert Event.objects.filter(act="coaching.call_removed").count() == 1
    assert "was removed by" in signed_in(lead).get(address("coaching:calls", team)).text
    assert signed_in(lead).get(address("coaching:call", team, call.pk)).status_code == 200


# --- the pages ---------------------------------------------------------------------------------------


def test_logged_changed_and_removed_by_page(team, luz, signed_in):
    browser, sheet = signed_in(luz), address("desk:call-sheet", team)
    given = {"notes": "They *wait* <b>x</b>.", "steps": "- Ask the board\n\n* Count", "with_whom": "Mr. Tate",
             "held_on": TODAY, "next_call_on": TODAY + timedelta(days=14), "audience": "team",
             "submission_id": uuid.uuid4()}  # fmt: skip
    refused = browser.post(sheet, given | {"held_on": TODAY + timedelta(days=9)})
    assert refused.status_code == 422
    assert "They *wait*" in refused.text

    page = browser.post(sheet, given, follow=True)
    browser.post(sheet, given)

    call = Call.objects.get()
    assert "2 steps stand in the team’s plan." in page.text
    assert "<em>wait</em> &lt;b&gt;x&lt;/b&gt;" in page.text
    assert [step.what for step in call.steps.all()] == ["Ask the board", "Count"]
    where = address("coaching:call-change", team, call.pk)
    new = given | {"notes": "They wait for the vote.", "steps": "", "seen": ""}
    assert browser.post(where, new | {"notes": "", "held_on": ""}).status_code == 422
    assert browser.post(where, new).status_code == 302
    stale = browser.post(where, new | {"notes": "Again"})
    assert stale.status_code == 409
    assert "Again" in stale.text
    browser.post(address("coaching:call-remove", team, call.pk))
    call.refresh_from_db()
    assert call.removed_by == luz


def test_a_step_goes_into_the_plan_by_its_button_also_by_the_team(team, luz, signed_in):
    call = log(team, luz)
    step = CallStep.objects.create(call=call, what="Ask the board")
    browser = signed_in(join(team, Role.STORYTELLER))
    page = address("coaching:call", team, call.pk)
    assert "Put it into the plan" in browser.get(page).text

    browser.post(address("coaching:call-step", team, call.pk, step.pk))

    assert "Put it into the plan" not in browser.get(page).text
    assert PlanItem.objects.get().what == "Ask the board"


def test_what_is_typed_while_ringing_is_kept_and_goes_with_the_call(team, luz, signed_in):
    browser, sheet = signed_in(luz), address("desk:call-sheet", team)
    kept = {"data": {"notes": ["They said"]}, "seq": 0}
    draft = reverse("accounts:draft", args=["call", f"team:{team.pk}"])

    browser.post(draft, kept, content_type="application/json")
    assert "They said" in browser.get(sheet).text
    browser.post(
        sheet,
        {"notes": "They said yes.", "held_on": TODAY, "audience": "team", "submission_id": uuid.uuid4()},
    )

    assert Call.objects.get().notes == "They said yes."
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"),
    [("coach", 200), ("facilitator", 200), ("organizer", 200), ("lead", 403), ("member", 403),
     ("observer", 403), ("peer", 403), ("stranger", 404)],
)  # fmt: skip
def test_who_opens_the_sheet(team, signed_in, role, status):
    page = address("desk:call-sheet", team)

    assert signed_in(person_as(role, team)).get(page).status_code == status


# --- what stands on the sheet ------------------------------------------------------------------------


def fill(team, luz) -> None:
    """One of each thing that the sheet shows."""
    due = make_due(team, TODAY - timedelta(days=2 + team.due_dates.count()))
    who = join(team, starts_on=TODAY - timedelta(days=9))
    Promise.objects.create(due=due, number=1, later_on=TODAY + timedelta(days=1), made_by=who, made_at=AT)
    filed = make_due(team, TODAY - timedelta(days=40 + team.due_dates.count()))
    make_check_in(filed, by=who, hindered="The bus.", next_step="Ask the driver.")
    entry = make_entry(team, who)
    make_comment(entry, who, text="Shall we go on?", asks_reply=True)
    HelpCall.objects.create(
        team=team, text="Who knows the board?", asked_by=who, asked_at=AT, submission_id=uuid.uuid4()
    )
    make_points(make_measure(team), [12, 13])
    log(team, luz, ["Ask the board"], next_call_on=TODAY + timedelta(days=7))


def test_the_sheet_says_what_to_know(team, luz, signed_in):
    fill(team, luz)
    make_entry(team, title="Eleven chairs", logged_at=AT + timedelta(seconds=1))

    page = signed_in(luz).get(address("desk:call-sheet", team)).text

    for words in (
        "we will send it on 21 May 2026",
        "still ahead",
        "Ask the board",
        "Shall we go on?",
        "Who knows the board?",
        "Eleven chairs",
        "The bus.",
        "Not enough data yet",
        "since 11 May 2026",
        "You agreed to speak on",
    ):
        assert words in page, words


def test_a_step_stays_open_until_what_it_became_is_done(team, luz):
    call = log(team, luz, ["Ask the board"])
    item = PlanItem.objects.get()
    log_of = Call.objects.filter(team=team)
    assert [step.what for step, _item in open_steps(log_of)] == ["Ask the board"]

    (carried,) = carry_over([item], team=team, period=team.series.periods.get(number=2), by=luz, at=AT)
    assert open_steps(log_of) == [(call.steps.get(), carried)]
    PlanItem.objects.filter(pk=carried.pk).update(status=PlanItemStatus.DONE)

    assert open_steps(log_of) == []


def test_what_became_of_a_promise(team, luz):
    who = join(team)
    for number, (later_on, filed) in enumerate(
        [(TODAY - timedelta(days=1), False), (TODAY - timedelta(days=20), True)]
    ):
        due = make_due(team, TODAY - timedelta(days=30 + number))
        Promise.objects.create(due=due, number=1, later_on=later_on, made_by=who, made_at=AT)
        if filed:
            make_check_in(due, by=who, filed_on=TODAY - timedelta(days=21))

    found = promises_of(team, luz, TODAY)

    assert [kept.words for kept in found] == [
        "the day has passed, and it is still open",
        "came on 29 Apr 2026",
    ]


def test_who_is_new_and_who_only_changed_a_role(team):
    new = join(team, starts_on=TODAY - timedelta(days=59))
    old = join(team, starts_on=date(2026, 1, 1), ends_on=TODAY - timedelta(days=20))
    join(team, Role.LEAD, old, starts_on=TODAY - timedelta(days=19))
    join(team, starts_on=TODAY - timedelta(days=30), ends_on=TODAY - timedelta(days=1))

    assert [row.person for row in newcomers(team, TODAY)] == [new]


def test_the_number_of_queries_is_the_same_for_any_number_of_things(team, luz, signed_in):
    browser, counts = signed_in(luz), []
    for more in (1, 4):
        for _ in range(more):
            fill(team, luz)
        call = Call.objects.first()
        pages = [
            address("desk:call-sheet", team),
            address("coaching:calls", team),
            address("coaching:call", team, call.pk),
        ]
        found = []
        for page in pages:
            browser.get(page)
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(page).status_code == 200
            found.append(len(captured))
        counts.append(found)

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 45


def test_a_link_leads_to_the_sheet_from_where_coaches_come_by(team, luz, signed_in):
    sheet = address("desk:call-sheet", team)
    facilitator = give_role(team.series, Role.FACILITATOR)
    HelpCall.objects.create(team=team, text="How?", asked_by=luz, asked_at=AT, submission_id=uuid.uuid4())

    assert sheet in signed_in(luz).get("/coaching/").text
    assert sheet in signed_in(luz).get(address("desk:team-home", team)).text
    assert sheet in signed_in(facilitator).get(f"/series/{team.series.slug}/teams/").text
    home = signed_in(join(team)).get(address("desk:team-home", team)).text
    assert sheet not in home
    assert address("coaching:calls", team) in home
