"""Exchange rounds, posts and answers."""

import uuid
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from exchange.models import Answer, Assignment, Post, Round
from series.models import Series
from teams.models import Team
from tests.factories.storymaps import AT
from tests.factories.teams import make_team

OPENS = date(2026, 5, 11)  # nine days before AT, so that AT lies in the days of posting


def make_round(series: Series | None = None, **fields: Any) -> Round:
    """A round in which teams post from 11 to 24 May and answer until 7 June."""
    series = series or make_team().series
    values = {
        "number": series.rounds.count() + 1,
        "opens_on": OPENS,
        "closes_on": OPENS + timedelta(days=13),
        "answers_due_on": OPENS + timedelta(days=27),
        "prompt": "What moved since the session?",
        "created_by": series.created_by,
        "created_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    return Round.objects.create(series=series, **values)


def make_post(round_: Round, team: Team | None = None, by: User | None = None, **fields: Any) -> Post:
    team = team or make_team(round_.series)
    values = {
        "text": "We asked nine families.",
        "posted_by": by or round_.created_by,
        "posted_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    return Post.objects.create(round=round_, team=team, **values)


def make_answer(post: Post, team: Team | None, by: User | None = None, **fields: Any) -> Answer:
    values = {
        "resonates": "The porch.",
        "author": by or post.round.created_by,
        "written_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    return Answer.objects.create(post=post, team=team, **values)


def give(team: Team, post: Post) -> Assignment:
    return Assignment.objects.create(team=team, post=post, dealt_at=AT)
