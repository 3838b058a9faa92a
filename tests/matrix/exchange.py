"""Who may do what in `exchange`."""

import uuid
from datetime import timedelta
from typing import Any

from exchange.models import Answer, Post, Round
from tests.matrix.basics import IN_FULL, RUN, SERIES, Row, in_series, in_team, series_page


def at_round(world: Any) -> dict[str, Any]:
    return in_series(world) | {"number": world.round.number}


def at_post(world: Any) -> dict[str, Any]:
    return at_round(world) | {"post_id": world.post.pk}


ROWS: dict[str, Row] = {
    "exchange:rounds": series_page(),
    "exchange:round-add": series_page(read=RUN, write=RUN),
    "exchange:round": series_page(kwargs=at_round),
    "exchange:round-edit": series_page(read=RUN, write=RUN, kwargs=at_round),
    "exchange:round-call-off": Row(see=SERIES, write=RUN, kwargs=at_round),
    "exchange:round-deal": Row(see=SERIES, write=RUN, kwargs=at_round),
    # the post is the team's own, so its members, who answer for no other team, say nothing to it
    "exchange:post": series_page(write=SERIES - {"observer"}, kwargs=at_post),
    "exchange:post-withdraw": Row(see=SERIES, write=IN_FULL, kwargs=at_post),
    "exchange:post-keep": Row(see=SERIES, write=IN_FULL, kwargs=at_post),
    "exchange:answer-thank": Row(
        see=SERIES, write=IN_FULL, kwargs=lambda w: at_round(w) | {"answer_id": w.peer_answer.pk}
    ),
    "exchange:answer-withdraw": Row(
        see=SERIES,
        write=RUN,
        kwargs=lambda w: at_round(w) | {"answer_id": w.peer_answer.pk},
        why="and who speaks for the team that answered, who is nobody of these",
    ),
    "exchange:team-post": Row(
        see=SERIES,
        read=IN_FULL,
        write=IN_FULL,
        kwargs=lambda w: in_team(w) | {"number": w.round.number},
    ),
}


def add(world: Any) -> None:
    """A round that is open, the team's post in it, and the other team's answer."""
    stamp: dict[str, Any] = {"created_by": world.organizer, "created_at": world.note.written_at}
    world.round = Round.objects.create(
        series=world.series,
        number=1,
        opens_on=world.today - timedelta(days=2),
        closes_on=world.today + timedelta(days=5),
        answers_due_on=world.today + timedelta(days=9),
        prompt="What moved?",
        submission_id=uuid.uuid4(),
        **stamp,
    )
    world.post = Post.objects.create(
        round=world.round,
        team=world.team,
        text="We met.",
        posted_by=world.author,
        posted_at=world.note.written_at,
        submission_id=uuid.uuid4(),
    )
    world.peer_answer = Answer.objects.create(
        post=world.post,
        team=world.other,
        resonates="The porch.",
        author=world.organizer,
        written_at=world.note.written_at,
        submission_id=uuid.uuid4(),
    )
