"""Who may do what in `coaching`."""

import uuid
from typing import Any

from coaching.models import Call, CallStep, HelpAnswer
from tests.matrix.basics import (
    IN_FULL,
    NOBODY,
    RUN,
    SERIES,
    Row,
    at_call,
    in_series,
    in_team,
    series_page,
    team_act,
)


def at_logged(world: Any) -> dict[str, Any]:
    return in_team(world) | {"call_id": world.logged_call.pk}


def at_step(world: Any) -> dict[str, Any]:
    return at_logged(world) | {"step_id": world.call_step.pk}


ROWS: dict[str, Row] = {
    # calls for help: this one is for the coach
    "coaching:help-open": series_page(kwargs=in_series),
    "coaching:concern": Row(
        see=IN_FULL,
        read=IN_FULL,
        write=IN_FULL,
        kwargs=lambda w: in_series(w) | {"kind": "story", "object_id": w.entry.pk},
    ),
    "coaching:concerns": Row(see=SERIES, read=RUN, kwargs=in_series),
    "coaching:concern-settle": Row(
        see=SERIES, write=RUN, kwargs=lambda w: in_series(w) | {"concern_id": w.concern.pk}
    ),
    "coaching:help": Row(see=SERIES, read=SERIES, write=IN_FULL, kwargs=in_team),
    "coaching:help-call": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_call),
    "coaching:help-answer-remove": Row(
        see=IN_FULL,
        write=RUN,
        kwargs=lambda w: at_call(w) | {"answer_id": w.help_answer.pk},
        why="and who wrote it, who is nobody of these",
    ),
    "coaching:help-settle": team_act(IN_FULL, see=IN_FULL, kwargs=at_call),
    # the call log: this one is the coach's, read by the team
    "coaching:calls": Row(see=IN_FULL, read=IN_FULL, kwargs=in_team),
    "coaching:call": Row(see=IN_FULL, read=IN_FULL, kwargs=at_logged),
    "coaching:call-change": Row(
        see=IN_FULL, read=NOBODY, write=NOBODY, kwargs=at_logged, why="who logged it, who is nobody of these"
    ),
    "coaching:call-remove": Row(see=IN_FULL, read=RUN, write=RUN, kwargs=at_logged, why="and who logged it"),
    "coaching:call-step": team_act(IN_FULL, see=IN_FULL, kwargs=at_step),
}


def add(world: Any) -> None:
    """A call that the team reads, with a step that stands in no plan; an answer to the call for help."""
    world.help_answer = HelpAnswer.objects.create(
        call=world.call,
        author=world.helper,
        text="So.",
        written_at=world.note.written_at,
        submission_id=uuid.uuid4(),
    )
    world.logged_call = Call.objects.create(
        team=world.team,
        called_by=world.helper,
        held_on=world.today,
        notes="We spoke.",
        logged_at=world.note.written_at,
        submission_id=uuid.uuid4(),
    )
    world.call_step = CallStep.objects.create(call=world.logged_call, what="Ask the board")
