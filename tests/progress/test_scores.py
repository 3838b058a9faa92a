"""Rule R5: scores are said by people, in half steps, with a reason by a coach; a gap is flagged."""

import uuid
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.permissions import Role
from progress import scores
from progress.models import ProgressScore, ScoreBy
from tests.factories.progress import AT, make_score
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


def url_of(team):
    return f"/series/{team.series.slug}/teams/{team.slug}/score/"


@pytest.mark.parametrize(
    ("text", "half_steps"), [("0.5", 1), ("0,5", 1), (" 2,5 ", 5), ("3", 6), ("5.0", 10), ("2.50", 5)]
)
def test_a_score_is_read_with_point_or_comma(text, half_steps):
    assert scores.parse_score(text) == half_steps


@pytest.mark.parametrize("text", ["", "0", "5.5", "2.3", "-1", "good", "NaN", "Infinity", "1e9", "2,5,5"])
def test_what_is_not_on_the_scale_is_refused(text):
    with pytest.raises(ValidationError):
        scores.parse_score(text)


@given(st.integers(min_value=1, max_value=10), st.sampled_from([".", ","]))
def test_each_value_is_read_as_it_is_written(half_steps, sign):
    assert (
        scores.parse_score(str(ProgressScore(half_steps=half_steps).value).replace(".", sign)) == half_steps
    )


def test_who_says_it_decides_the_side(team):
    for by, side in ((join(team), ScoreBy.TEAM), (coach(team), ScoreBy.COACH)):
        draft = ProgressScore(half_steps=5, reason="Two rooms.", submission_id=uuid.uuid4())
        assert scores.give_score(draft, team=team, by=by, at=AT).side == side


def test_a_coach_gives_a_reason_and_a_team_need_not(team):
    draft = {"half_steps": 5, "reason": " "}
    with pytest.raises(ValidationError):
        scores.give_score(
            ProgressScore(**draft, submission_id=uuid.uuid4()), team=team, by=coach(team), at=AT
        )
    scores.give_score(ProgressScore(**draft, submission_id=uuid.uuid4()), team=team, by=join(team), at=AT)

    assert ProgressScore.objects.get().side == ScoreBy.TEAM
    with pytest.raises(IntegrityError), transaction.atomic():
        make_score(team, by=coach(team), side=ScoreBy.COACH, half_steps=5, reason="")


def test_a_double_tap_is_one_score(team):
    member, key = join(team), uuid.uuid4()

    for _tap in range(2):
        draft = ProgressScore(half_steps=5, submission_id=key)
        scores.give_score(draft, team=team, by=member, at=AT)

    assert ProgressScore.objects.count() == 1


@pytest.mark.parametrize(("own", "coachs", "gap"), [(5, 5, None), (5, 6, None), (5, 7, "1"), (9, 4, "2.5")])
def test_a_gap_of_one_or_more_is_flagged(team, own, coachs, gap):
    make_score(team, by=join(team), side=ScoreBy.TEAM, half_steps=own)
    make_score(team, by=coach(team), side=ScoreBy.COACH, half_steps=coachs)

    assert scores.gap_between(team.scores.all()) == (Decimal(gap) if gap else None)


def test_without_both_sides_there_is_no_gap(team):
    make_score(team, by=join(team), side=ScoreBy.TEAM, half_steps=1)

    assert scores.gap_between(team.scores.all()) is None


@pytest.mark.parametrize("half_steps", [0, 11])
def test_off_the_scale_breaks(team, half_steps):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_score(team, by=join(team), side=ScoreBy.TEAM, half_steps=half_steps)


def test_the_other_side_says_that_it_read_it(team):
    member, helper = join(team), coach(team)
    score = make_score(team, by=helper, side=ScoreBy.COACH, half_steps=5)

    assert not scores.mark_seen(score, by=helper, at=AT)
    assert scores.mark_seen(score, by=member, at=AT)
    assert not scores.mark_seen(score, by=join(team), at=AT)

    score.refresh_from_db()
    assert score.seen_by == member


def test_the_page_takes_a_comma_and_shows_the_gap(team, signed_in):
    make_score(team, by=join(team), side=ScoreBy.TEAM, half_steps=8)
    helper = signed_in(coach(team))

    refused = helper.post(url_of(team), {"score": "2,5", "reason": ""})
    helper.post(url_of(team), {"score": "2,5", "reason": "No try yet.", "submission_id": uuid.uuid4()})
    page = helper.get(url_of(team)).content.decode()

    assert refused.status_code == 422
    assert ProgressScore.objects.get(side="coach").half_steps == 5
    assert "Coach and team are 1.5 apart" in page
    assert "Changes are being tried" in page


def test_a_series_without_scores_has_no_such_page(team, signed_in):
    team.series.has_scores = False
    team.series.save()
    client = signed_in(join(team, Role.LEAD))

    assert client.get(url_of(team)).status_code == 404
    draft = ProgressScore(half_steps=5, submission_id=uuid.uuid4())
    with pytest.raises(scores.ScoresOff):
        scores.give_score(draft, team=team, by=join(team), at=AT)
