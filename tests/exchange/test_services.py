"""A round from its opening to its thanks: dealt once, kept through drop-outs, answered as a team."""

import uuid
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.files import find_file
from accounts.models import Event
from accounts.permissions import Role
from exchange import reading, services, tasks
from exchange.models import Answer, Assignment, Post, Round, RoundState
from jobs.models import Job
from series.services import SeriesClosed
from storymaps.chain import chain_of
from storymaps.models import Visibility
from teams.models import TeamStatus
from tests.factories.accounts import make_person
from tests.factories.exchange import OPENS, give, make_answer, make_post, make_round
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_file
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db
AFTER = datetime(2026, 5, 26, 12, tzinfo=AT.tzinfo)  # the days of posting are over


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
def round_(team):
    return make_round(team.series)


@pytest.fixture
def facilitator(team):
    return give_role(team.series, Role.FACILITATOR)


def share(round_, team, by, at=AT, version=0, **fields) -> Post:
    draft = Post(round=round_, team=team, **({"text": "We met.", "submission_id": uuid.uuid4()} | fields))
    return services.share_post(draft, version=version, by=by, at=at)


def answer(post, team, by, version=0, **fields) -> Answer:
    values = {"resonates": "The porch.", "submission_id": uuid.uuid4()} | fields
    return services.answer_post(Answer(post=post, team=team, **values), version=version, by=by, at=AT)


def pairs(round_) -> set[tuple[int, int]]:
    return set(Assignment.objects.filter(post__round=round_).values_list("team", "post__team"))


def test_only_who_configures_opens_a_round(team, lead, facilitator):
    def draft():
        return Round(
            series=team.series,
            opens_on=OPENS,
            closes_on=OPENS + timedelta(days=7),
            answers_due_on=OPENS + timedelta(days=14),
            prompt="What moved?",
            submission_id=uuid.uuid4(),
        )

    with pytest.raises(PermissionDenied):
        services.open_round(draft(), by=lead, at=AT)
    first = draft()
    made = services.open_round(first, by=facilitator, at=AT)
    again = draft()
    again.submission_id = first.submission_id
    assert services.open_round(again, by=facilitator, at=AT).pk == made.pk
    assert (made.number, made.period.number) == (1, 1)
    assert services.open_round(draft(), by=facilitator, at=AT).number == 2
    wrong = draft()
    wrong.answers_due_on = wrong.closes_on
    with pytest.raises(ValidationError, match="last day to answer"):
        services.open_round(wrong, by=facilitator, at=AT)
    team.series.status = "archived"
    with pytest.raises(SeriesClosed):
        services.open_round(draft(), by=facilitator, at=AT)


def test_the_days_of_a_round_say_where_it_stands(round_):
    days = [OPENS - timedelta(days=1), OPENS, round_.closes_on, round_.answers_due_on]

    states = [round_.state_on(day) for day in [*days, round_.answers_due_on + timedelta(days=1)]]

    assert states == [
        RoundState.AHEAD, RoundState.OPEN, RoundState.OPEN, RoundState.ANSWERING, RoundState.OVER
    ]  # fmt: skip


def test_the_database_holds_the_order_of_the_days(team):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_round(team.series, closes_on=OPENS - timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        make_round(team.series, answers_due_on=OPENS + timedelta(days=13))
    with pytest.raises(IntegrityError), transaction.atomic():
        make_round(team.series, minutes=16)


def test_a_round_with_posts_is_not_called_off(team, round_, facilitator):
    empty = make_round(team.series)
    services.call_off(empty, by=facilitator, at=AT)
    assert not Round.objects.filter(pk=empty.pk).exists()

    make_post(round_, team)
    with pytest.raises(ValidationError):
        services.call_off(round_, by=facilitator, at=AT)


def test_a_double_tap_is_one_post_and_a_change_keeps_what_another_wrote(team, lead, round_):
    sid = uuid.uuid4()
    post = share(round_, team, lead, submission_id=sid)

    assert share(round_, team, lead, submission_id=sid) == post
    with pytest.raises(services.Stale) as stale:
        share(round_, team, join(team), text="We did not meet.")
    assert stale.value.current == post
    changed = share(round_, team, lead, version=1, text="We met twice.")
    assert (changed.pk, changed.text, changed.version) == (post.pk, "We met twice.", 2)
    assert Event.objects.filter(act="exchange.posted").count() == 2


def test_nothing_is_posted_before_or_after_or_by_a_team_that_pauses(team, lead, round_):
    for at in (datetime(2026, 5, 1, tzinfo=AT.tzinfo), datetime(2026, 6, 20, tzinfo=AT.tzinfo)):
        with pytest.raises(ValidationError):
            share(round_, team, lead, at=at)
    team.status = TeamStatus.PAUSED
    with pytest.raises(ValidationError, match="does not take part"):
        share(round_, team, lead)


def test_a_coach_posts_for_a_team_and_a_stranger_for_none(team, round_):
    assert share(round_, team, coach(team)).team == team

    with pytest.raises(PermissionDenied):
        share(round_, make_team(team.series), join(team))


def test_a_post_needs_something_and_its_file_is_its_senders(team, lead, round_):
    with pytest.raises(ValidationError):
        share(round_, team, lead, text="")
    with pytest.raises(ValidationError, match="somebody else"):
        share(round_, team, lead, file=make_file(join(team), kind="video"))
    with pytest.raises(ValidationError, match="photo"):
        share(round_, team, lead, text="", file=make_file(lead))
    file = make_file(lead, kind="video")
    post = share(round_, team, lead, text="", file=file)
    reader, stranger = join(make_team(team.series)), join(make_team())
    assert find_file(reader, file.key) == file
    assert find_file(stranger, file.key) is None

    services.withdraw_post(post, by=lead, at=AT)
    assert find_file(reader, file.key) is None


def test_the_sweep_deals_once_when_the_days_of_posting_are_over(team, round_):
    posts = [make_post(round_) for _ in range(5)]
    make_team(team.series)  # has not posted

    tasks.close_rounds(AT, AT, AT)
    assert not Job.objects.filter(kind="exchange.deal").exists()
    tasks.close_rounds(AT, AFTER, AFTER)
    tasks.close_rounds(AT, AFTER, AFTER)
    job = Job.objects.get(kind="exchange.deal")
    assert tasks.deal(**job.payload, at=AFTER).verdict == "done"
    dealt = pairs(round_)
    assert tasks.deal(**job.payload, at=AFTER).verdict == "skipped"

    teams = {post.team_id for post in posts}
    assert pairs(round_) == dealt
    assert Counter(a for a, _b in dealt) == dict.fromkeys(teams, 2)
    assert Counter(b for _a, b in dealt) == dict.fromkeys(teams, 2)
    assert Event.objects.filter(act="exchange.dealt").count() == 1


def test_a_dealing_that_is_killed_leaves_nothing_and_is_done_again(round_, monkeypatch):
    for _ in range(3):
        make_post(round_)

    def killed(**_fields):
        raise SystemExit

    monkeypatch.setattr(services, "record", killed)
    with pytest.raises(SystemExit):
        services.deal_round(round_, by=None, at=AFTER)
    assert pairs(round_) == set()
    monkeypatch.undo()

    services.deal_round(round_, by=None, at=AFTER)
    assert len(pairs(round_)) == 6


def test_a_round_with_few_posts_is_dealt_as_far_as_it_goes(round_):
    services.deal_round(round_, by=None, at=AFTER)
    round_.refresh_from_db()
    assert round_.dealt_at == AFTER
    assert not services.is_to_be_dealt(round_, at=AFTER)


def test_a_team_that_leaves_is_replaced_and_what_was_answered_stays(round_):
    posts = {post.team_id: post for post in (make_post(round_) for _ in range(6))}
    services.deal_round(round_, by=None, at=AFTER)
    before = pairs(round_)
    gone = min(posts)
    answered = min(b for a, b in before if a == gone)
    make_answer(posts[answered], posts[gone].team)
    team = posts[gone].team
    team.status = TeamStatus.WITHDRAWN
    team.save(update_fields=["status"])
    round_.refresh_from_db()

    tasks.close_rounds(AFTER, AFTER, AFTER)
    tasks.deal(**Job.objects.get(kind="exchange.deal").payload, at=AFTER)

    after = pairs(round_)
    stay = set(posts) - {gone}
    assert {pair for pair in before if gone not in pair} <= after
    assert {pair for pair in after if gone in pair} == {(gone, answered)}
    assert all(sum(1 for _a, b in after if b == one) >= 2 for one in stay)
    assert all(sum(1 for a, _b in after if a == one) >= 2 for one in stay)


def test_a_late_post_is_dealt_in_at_once(team, lead, round_):
    for _ in range(4):
        make_post(round_)
    services.deal_round(round_, by=None, at=AFTER)
    before = pairs(round_)

    post = share(round_, team, lead, at=AFTER)

    after = pairs(round_)
    assert before <= after
    assert sum(1 for _a, b in after if b == team.pk) == 2
    assert sum(1 for a, _b in after if a == team.pk) == 2
    services.withdraw_post(post, by=lead, at=AFTER)
    assert not any(team.pk in pair for pair in pairs(round_))


def test_teams_do_not_meet_again_while_there_are_others(round_):
    teams = [make_post(round_).team for _ in range(5)]
    services.deal_round(round_, by=None, at=AFTER)
    second = make_round(round_.series)
    for team in teams:
        make_post(second, team)

    services.deal_round(second, by=None, at=AFTER)

    assert len(pairs(second)) == 10
    assert not pairs(round_) & pairs(second)


def test_a_team_answers_once_and_as_one(team, lead, round_):
    post = make_post(round_)
    sid = uuid.uuid4()
    first = answer(post, team, lead, submission_id=sid)

    assert answer(post, team, lead, submission_id=sid) == first
    with pytest.raises(services.Stale):
        answer(post, team, join(team))
    changed = answer(post, team, join(team), version=1, wonders="Who cooked?")
    assert (changed.pk, changed.wonders) == (first.pk, "Who cooked?")
    assert [
        event.act for event in Event.objects.filter(act__startswith="exchange.answer").order_by("pk")
    ] == [
        "exchange.answered",
        "exchange.answer_changed",
    ]


def test_nobody_answers_themselves_or_for_others(team, lead, round_):
    own, other = make_post(round_, team), make_post(round_)

    with pytest.raises(PermissionDenied):
        answer(own, team, lead)
    with pytest.raises(PermissionDenied):
        answer(other, make_team(team.series), lead)
    with pytest.raises(PermissionDenied, match="Members"):
        answer(other, None, lead)
    with pytest.raises(ValidationError, match="three boxes"):
        answer(other, team, lead, resonates="")
    services.withdraw_post(other, by=coach(other.team), at=AT)
    other.refresh_from_db()
    with pytest.raises(PermissionDenied):
        answer(other, team, lead)


def test_an_expert_answers_in_their_own_name_and_an_observer_not(team, round_):
    post = make_post(round_, team)
    expert = give_role(team.series, Role.EXPERT)

    assert answer(post, None, expert).who == expert.name
    with pytest.raises(PermissionDenied):
        answer(post, None, give_role(team.series, Role.OBSERVER))
    with pytest.raises(PermissionDenied):
        answer(post, None, make_person("Sam"))


def test_thanks_are_given_once_by_the_team_that_was_answered(team, lead, round_):
    other = make_team(team.series)
    given = make_answer(make_post(round_, team), other)

    with pytest.raises(PermissionDenied):
        services.thank(given, by=join(other), at=AT)
    assert services.thank(given, by=lead, at=AT) == services.thank(given, by=join(team), at=AT)
    assert Event.objects.filter(act="exchange.thanked").count() == 1


def test_a_post_becomes_a_story_once_and_the_chain_knows_it(team, lead, round_):
    post = share(round_, team, lead, text="We met. It rained.", file=make_file(lead, kind="video"))

    entry = services.keep_on_map(post, by=join(team), at=AT)

    assert services.keep_on_map(post, by=lead, at=AT) == entry
    assert (entry.visibility, entry.text, entry.began_on) == (Visibility.SERIES, post.text, date(2026, 5, 20))
    assert entry.evidence.get().file == post.file
    link = chain_of(entry, lead).grew_out_of.shown[0]
    assert link.object == post
    post.refresh_from_db()
    assert chain_of(post, lead).became.shown[0].object == entry


def test_what_was_answered_of_ones_own_will_is_kept_when_dealt(round_):
    posts = [make_post(round_) for _ in range(4)]
    make_answer(posts[0], posts[1].team)
    give(posts[2].team, posts[0])

    services.deal_round(round_, by=None, at=AFTER)

    given = [a for a, b in pairs(round_) if b == posts[0].team_id]
    assert given == [posts[2].team_id]  # with the answer that is there, that is two


def test_an_answer_is_taken_back_and_sent_again(team, lead, round_, facilitator):
    post, other = share(round_, team, lead), make_team(team.series)
    speaks = join(other, Role.LEAD)
    given = answer(post, other, speaks)
    events = Event.objects.filter(act="exchange.answer_withdrawn")

    with pytest.raises(PermissionDenied):
        services.withdraw_answer(given, by=lead, at=AT)
    for _ in range(2):
        services.withdraw_answer(given, by=speaks, at=AT)
    assert events.count() == 1
    assert not Answer.objects.standing().exists()

    again = answer(post, other, speaks, version=1, resonates="The porch at night.")
    assert again.pk == given.pk
    assert Answer.objects.standing().get().resonates == "The porch at night."
    services.withdraw_answer(again, by=facilitator, at=AT)
    assert events.count() == 2


def test_a_post_whose_answer_was_taken_back_waits_again(team, lead, round_):
    post, other = share(round_, team, lead), make_team(team.series)
    share(round_, other, speaks := join(other, Role.LEAD))
    services.deal_round(round_, by=None, at=AFTER)
    with time_machine.travel(AFTER, tick=False):
        given = answer(post, other, speaks)
        assert not reading.tasks_of(other, AFTER.date())
        services.withdraw_answer(given, by=speaks, at=AFTER)

        assert [task.words for task in reading.tasks_of(other, AFTER.date())] == [
            "1 team waits for your answer"
        ]
        assert pairs(round_) == {(team.pk, other.pk), (other.pk, team.pk)}
