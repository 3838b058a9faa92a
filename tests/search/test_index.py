"""The index: every kind with its act, what leaves it, and what mends it."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command

from accounts.permissions import Role
from coaching.calls import log_call, remove_call
from coaching.models import Call, CallAudience, HelpAnswer, HelpCall
from coaching.services import answer_call, ask_for_help
from commons.connections import log_connection
from commons.models import Connection
from exchange.models import Answer, Post
from exchange.services import answer_post, share_post
from jobs.models import SweepMark
from jobs.sweep import sweep_all
from library.models import Resource
from library.services import put_back, share_resource, withdraw_resource
from measures.models import Measure
from measures.services import define_measure
from progress import cycles
from progress import services as progress
from progress.models import CheckIn, PlanItem, TestCycle
from search import services
from search.find import find
from search.models import Level, SearchRow
from search.registry import KINDS
from series.services import reword_series
from storymaps import services as stories
from storymaps.comments import change_comment, delete_comment, new_comment, write_comment
from storymaps.evidence import change_evidence, remove_evidence
from storymaps.findings import Sources, state_finding
from storymaps.models import Audience, Comment, Finding, OutcomeStatement, StoryEntry, Visibility
from storymaps.outcomes import state_outcome
from storymaps.targets import target_of
from teams.models import Team
from teams.services import add_team
from tests.factories.exchange import make_post, make_round
from tests.factories.progress import make_due, make_item
from tests.factories.series import give_role
from tests.factories.storymaps import AT, add_photo, make_comment, make_entry
from tests.factories.teams import coach, join, make_team

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


@pytest.fixture
def organizer(team):
    return give_role(team.series, Role.ORGANIZER)


def found(user, words="zebra"):
    return sorted(hit.kind.name for hit in find(user, words).hits)


def key() -> uuid.UUID:
    return uuid.uuid4()


def log(team, by, text="A zebra", **fields) -> StoryEntry:
    draft = StoryEntry(team=team, text=text, began_on=date(2026, 5, 12), submission_id=key(), **fields)
    return stories.log_story(draft, by=by, at=AT)


def note(thing, by, text="A zebra", **fields) -> Comment:
    draft = new_comment(target_of(thing, thing.team), key())
    draft.text, draft.audience = text, fields.get("audience", Audience.TEAM)
    return write_comment(draft, by=by, at=AT)


def amend(entry, by, **fields) -> None:
    draft = StoryEntry.objects.get(pk=entry.pk)
    for name, value in fields.items():
        setattr(draft, name, value)
    stories.amend_story(draft, version=draft.version, by=by, at=AT)


def state(team, lead):
    draft = OutcomeStatement(team=team, who_changed="A zebra", what_differs="It asks.", submission_id=key())
    return state_outcome(draft, [make_entry(team, lead)], by=lead, at=AT)


def plan(team, lead):
    period = team.series.periods.get(number=1)
    progress.word_plan(team, period, {"question": "Where is the zebra?"}, version=0, by=lead, at=AT)


def add_item(team, lead):
    period = team.series.periods.get(number=1)
    draft = PlanItem(what="Ask the zebra", submission_id=key())
    progress.add_plan_item(draft, team=team, period=period, drivers=[], by=lead, at=AT)


def plan_test(team, lead):
    item = make_item(team, by=lead)
    draft = TestCycle(prediction="A zebra comes", submission_id=key())
    cycles.plan_cycle(draft, item=item, by=lead, at=AT)


def measure(team, lead):
    draft = Measure(series=team.series, team=team, name="Zebras", starts_on=AT.date(), submission_id=key())
    define_measure(draft, by=lead, at=AT)


def call(team, lead):
    ask_for_help(HelpCall(team=team, text="Where is our zebra?", submission_id=key()), by=lead, at=AT)


def answer(team, lead):
    stamp = {"asked_by": lead, "asked_at": AT, "submission_id": key()}
    asked = HelpCall.objects.create(team=team, text="Where?", **stamp)
    answer_call(HelpAnswer(call=asked, text="The zebra is here.", submission_id=key()), by=coach(team), at=AT)


def share(team, lead):
    draft = Resource(
        series=team.series, title="A zebra", why="It helps.", text="Dear board", submission_id=key()
    )
    return share_resource(draft, by=lead, at=AT)


def team_of(team, lead):
    draft = Team(
        series=team.series, name="Zebra", slug="zebra", code="ZB", time_zone="UTC", submission_id=key()
    )
    add_team(draft, by=team.series.created_by, at=AT)


def question(team, lead):
    organizer = give_role(team.series, Role.ORGANIZER)
    reword_series(team.series, question="What would a zebra do?", drivers=[], by=organizer, at=AT)


def check_in(team, lead):
    due = make_due(team, AT.date())
    draft = CheckIn(going="well", moved="A zebra", submission_id=key())
    progress.file_check_in(draft, due=due, by=lead, at=AT)


def find_out(team, lead):
    draft = Finding(team=team, statement="Zebras are heard.", submission_id=key())
    state_finding(draft, Sources((), (make_entry(team, lead),)), by=lead, at=AT)


def ring(team, lead):
    draft = Call(team=team, held_on=AT.date(), notes="They saw a zebra.", submission_id=key())
    log_call(draft, by=coach(team), at=AT)


def post(team, lead):
    draft = Post(round=make_round(team.series), team=team, text="A zebra came.", submission_id=key())
    share_post(draft, version=0, by=lead, at=AT)


def peer_answer(team, lead):
    asked = make_post(make_round(team.series))
    draft = Answer(post=asked, team=team, wonders="Whose zebra?", submission_id=key())
    answer_post(draft, version=0, by=lead, at=AT)


def connection(team, lead):
    stamp = {"on": AT.date(), "sphere": "vertical", "submission_id": key()}
    draft = Connection(team=team, from_whom="Two students", to_whom="A zebra", exchanged="A letter", **stamp)
    log_connection(draft, by=lead, at=AT)


ACTS = {
    "post": post,
    "peer-answer": peer_answer,
    "connection": connection,
    "finding": find_out,
    "logged": ring,
    "story": log,
    "note": lambda team, lead: note(make_entry(team, lead), lead),
    "outcome": state,
    "plan": plan,
    "item": add_item,
    "test": plan_test,
    "checkin": check_in,
    "measure": measure,
    "call": call,
    "answer": answer,
    "resource": share,
    "team": team_of,
    "question": question,
}


def test_every_kind_has_its_act_here():
    assert set(ACTS) == set(KINDS)


@pytest.mark.parametrize("kind", ACTS)
def test_a_thing_is_found_from_its_act_on_and_its_page_opens(signed_in, team, lead, kind):
    ACTS[kind](team, lead)

    (hit,) = find(lead, "zebra").hits
    assert hit.kind.name == kind
    assert signed_in(lead).get(hit.url).status_code == 200
    assert any(piece.is_hit for piece in (*hit.title, *hit.excerpt))


@pytest.mark.parametrize("kind", ACTS)
def test_the_sweep_makes_the_same_row_as_the_act(team, lead, kind):
    ACTS[kind](team, lead)
    of_act = SearchRow.objects.filter(kind=kind).order_by("object_id").values(*services.KEPT)
    before = list(of_act)
    SearchRow.objects.all().delete()

    services.mend(since=AT, until=AT)

    assert [row for row in of_act if row in before] == before
    assert kind in found(lead)


# --- what changes, and what leaves -----------------------------------------------------------------------


def test_an_amended_story_is_found_by_its_new_words_alone(team, lead):
    entry = log(team, lead, "A zebra")
    amend(entry, lead, text="An antelope")

    assert found(lead) == []
    assert found(lead, "antelope") == ["story"]


def test_opening_a_story_opens_it_and_its_notes_and_closing_closes_them(team, lead):
    peer = join(make_team(team.series))
    entry = log(team, lead)
    note(entry, lead, audience=Audience.TEAM)
    make_comment(entry, lead, text="A zebra", audience=Audience.SERIES)
    assert found(peer) == []

    amend(entry, lead, visibility=Visibility.SERIES)
    assert found(peer) == ["note", "story"]
    rows = SearchRow.objects.filter(kind="note").order_by("object_id")
    assert [row.level for row in rows] == [Level.TEAM, Level.SERIES]

    amend(entry, lead, visibility=Visibility.TEAM)
    assert found(peer) == []
    assert {row.level for row in rows.all()} == {Level.TEAM}


def test_a_changed_note_is_found_by_its_new_words_and_a_deleted_one_by_none(team, lead):
    written = note(make_entry(team, lead), lead)
    change_comment(written, "An antelope", seen=None, by=lead, at=AT)
    assert (found(lead), found(lead, "antelope")) == ([], ["note"])

    delete_comment(written, by=lead, at=AT)

    assert found(lead, "antelope") == []
    assert not SearchRow.objects.filter(kind="note").exists()


def test_what_evidence_shows_is_found_and_goes_with_it(team, lead):
    photo = add_photo(make_entry(team, lead))
    photo.alt_text = "A zebra in a circle"
    change_evidence(photo, by=lead, at=AT)
    assert found(lead) == ["story"]

    remove_evidence(photo, by=lead, at=AT)

    assert found(lead) == []


def test_a_withdrawn_resource_is_found_by_nobody_until_it_is_put_back(team, lead, organizer):
    resource = share(team, lead)
    withdraw_resource(resource, by=lead, at=AT)
    assert (found(lead), found(organizer)) == ([], [])

    put_back(resource, by=lead, at=AT)

    assert found(lead) == ["resource"]


def test_a_call_is_found_by_whom_it_asks(team, lead):
    expert, peer = give_role(team.series, Role.EXPERT), join(make_team(team.series))
    watcher = give_role(team.series, Role.OBSERVER)
    people = {"expert": expert, "peer": peer, "watcher": watcher, "lead": lead}
    reads = {"coach": {"lead"}, "expert": {"lead", "expert"}, "peers": {"lead", "peer", "expert", "watcher"}}
    for asked_of in reads:
        draft = HelpCall(team=team, text=f"A zebra of {asked_of}", asked_of=asked_of, submission_id=key())
        made = ask_for_help(draft, by=lead, at=AT)
        said = HelpAnswer(call=made, text=f"Answer of {asked_of}", submission_id=key())
        answer_call(said, by=lead, at=AT)

    for asked_of, readers in reads.items():
        for words, kind in ((f"zebra {asked_of}", "call"), (f"answer {asked_of}", "answer")):
            assert {name for name, who in people.items() if found(who, words) == [kind]} == readers


def test_a_call_that_was_logged_for_coaches_is_never_found_by_the_team_and_a_removed_one_by_nobody(
    team, lead
):
    helper = coach(team)
    draft = Call(
        team=team, held_on=AT.date(), notes="A zebra", audience=CallAudience.COACHES, submission_id=key()
    )
    call = log_call(draft, steps=["Ask the antelope"], by=helper, at=AT)
    assert (found(lead), found(helper), found(helper, "antelope zebra")) == ([], ["logged"], ["logged"])

    remove_call(call, by=helper, at=AT)

    assert found(helper) == []


def test_an_earlier_question_of_a_series_is_not_found(team, lead, organizer):
    for words in ("What would a zebra do?", "What would an antelope do?"):
        reword_series(team.series, question=words, drivers=[], by=organizer, at=AT)

    assert (found(lead), found(lead, "antelope")) == ([], ["question"])


def test_an_act_that_is_rolled_back_leaves_no_row(team, lead, monkeypatch):
    entry = make_entry(team, lead)

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("accounts.events.owe", broken)
    with pytest.raises(RuntimeError):
        note(entry, lead)

    assert not SearchRow.objects.filter(kind="note").exists()
    assert found(lead) == []


# --- mending ---------------------------------------------------------------------------------------------


def mend(after: timedelta = timedelta(0)) -> int:
    return services.mend(since=AT + after - services.SLOT, until=AT + after)


def test_mending_finds_what_is_missing_and_drops_what_is_gone(team, lead):
    entry = make_entry(team, lead, text="A zebra")
    make_comment(entry, lead, text="A zebra")
    assert found(lead) == []

    assert mend() > 0
    assert found(lead) == ["note", "story"]
    before = list(SearchRow.objects.order_by("pk").values())

    assert mend() == 0  # twice is once
    assert list(SearchRow.objects.order_by("pk").values()) == before

    Comment.objects.all().delete()
    entry.delete()
    assert mend() == 2
    assert not SearchRow.objects.filter(kind__in=["note", "story"]).exists()


def test_what_changed_without_an_act_is_mended_within_a_day(team, lead):
    log(team, lead)
    StoryEntry.objects.update(text="An antelope")

    for turn in range(services.SLOTS):
        mend(turn * services.SLOT)

    assert (found(lead), found(lead, "antelope")) == ([], ["story"])


def test_after_a_day_off_every_row_has_its_turn(team, lead):
    log(team, lead)
    StoryEntry.objects.update(text="An antelope")

    services.mend(since=AT - timedelta(days=3), until=AT)

    assert found(lead, "antelope") == ["story"]


def test_mending_that_is_killed_midway_goes_on(team, lead, monkeypatch):
    for _number in range(5):
        make_entry(team, lead, text="A zebra")
    monkeypatch.setattr(services, "BATCH", 2)
    whole, calls = services.index, []

    def killed(kind, ids, **more):
        if kind.name == "story":
            calls.append(ids)
            if len(calls) == 3:
                raise KeyboardInterrupt
        return whole(kind, ids, **more)

    monkeypatch.setattr(services, "index", killed)
    with pytest.raises(KeyboardInterrupt):
        mend()
    assert SearchRow.objects.filter(kind="story").count() == 4

    monkeypatch.setattr(services, "index", whole)
    mend()

    assert found(lead) == ["story"] * 5


def test_mending_stops_when_its_time_is_over_and_the_next_run_goes_on(team, lead, monkeypatch):
    for _number in range(4):
        make_entry(team, lead, text="A zebra")
    monkeypatch.setattr(services, "BATCH", 1)

    for _run in range(40):
        services.mend(since=AT, until=AT, seconds=-1)

    assert found(lead) == ["story"] * 4


def test_the_sweep_mends_at_most_every_ten_minutes(team, lead):
    make_entry(team, lead, text="A zebra")
    SweepMark.objects.create(name="search.mend", finished_until=AT - timedelta(minutes=11))

    assert "search.mend" in sweep_all(at=AT)
    assert "search.mend" not in sweep_all(at=AT + timedelta(minutes=1))
    assert found(lead) == ["story"]


def test_reindex_writes_all_again_and_twice_is_once(team, lead, capsys):
    make_entry(team, lead, text="A zebra")
    call_command("reindex")
    before = list(SearchRow.objects.order_by("pk").values())
    call_command("reindex", "story")

    assert list(SearchRow.objects.order_by("pk").values()) == before
    assert found(lead) == ["story"]
    assert "story: 1" in capsys.readouterr().out


def test_rows_that_came_from_a_dump_get_their_words(team, lead):
    entry = make_entry(team, lead, text="A zebra")
    services.row_of(KINDS["story"], KINDS["story"].rows().get(pk=entry.pk)).save()
    assert found(lead) == []

    mend()

    assert found(lead) == ["story"]


def test_a_series_that_goes_takes_its_rows_with_it(team, lead):
    log(team, lead)
    StoryEntry.objects.all().delete()
    SearchRow.objects.filter(kind="story").delete()

    mend()

    assert found(lead) == []
