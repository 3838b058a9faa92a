"""The call log of the sample series: what was said to teams, what was agreed, one note for coaches only."""

from datetime import datetime, timedelta
from typing import Any

from coaching.models import Call, CallAudience, CallStep
from desk.samples.living import Living
from desk.samples.rows import known_id

# who rang, which team, days ago, days until the next call, with whom, notes, audience, steps. A step is the
# key of what it became in the plan, else its words.
CALLS: list[tuple[str, str, int, int | None, str, str, str, tuple[str, ...]]] = [
    (
        "luz", "JXN", 86, 28, "Mr. Tate, Kiara",
        "The period has begun and the plan is long. We went through it aloud and asked of each line *who "
        "would miss it*. The porch visits stay; the press list waits.\n\nThe last bus leaves at 6:40, so "
        "half of the youth council cannot stay for the public comment.",
        "team", ("j-bus", "j-porch"),
    ),
    (
        "luz", "JXN", 44, 44, "Kiara",
        "They have the letter and one board member who says *trial year*. Kiara asks how one answers “they "
        "are too young” without a speech. I told of the Bronx table: put the question to the students in "
        "the room.",
        "team", ("Invite the two other board members to a circle before they vote",),
    ),
    (
        "luz", "NE", 30, None, "Fiona",
        "The list of words is read aloud before every interview, and people laugh, which helps. Fiona would "
        "like to hear from a team that has done a budget hour.",
        "team", (),
    ),
    (
        "luz", "NE", 9, 21, "Fiona, Desmond",
        "Two adults speak for the students in every meeting. I said nothing in the call; we should look at "
        "it together before Session C.",
        "coaches", (),
    ),
    (
        "tomas", "PR", 80, 35, "Marisol",
        "Hablamos del portón cerrado. Quieren abrirlo con tres asambleas en el barrio, la primera sin "
        "micrófono, y preguntar antes a quienes cocinan.",
        "team", ("p-porton",),
    ),
    (
        "dev", "OR", 60, None, "Juniper",
        "No answer at first; then ten good minutes. The films are cut; the list of who can be called waits.",
        "team", ("Show one film to one class and count the questions",),
    ),
]  # fmt: skip


def load_calls(living: Living, *, at: datetime) -> None:
    """Six calls of three coaches, some with steps, of which some stand in a plan."""
    made: list[tuple[Call, tuple[str, ...]]] = []
    for number, (by, code, ago, ahead, whom, notes, audience, steps) in enumerate(CALLS):
        held_on = living.on - timedelta(days=ago)
        call = Call(
            team=living.teams[code],
            called_by=living.people[by],
            held_on=held_on,
            with_whom=whom,
            notes=notes,
            next_call_on=held_on + timedelta(days=ahead) if ahead else None,
            audience=CallAudience(audience),
            logged_at=at - timedelta(days=ago),
            submission_id=known_id("living", "call", number),
            is_sample=True,
        )
        made.append((call, steps))
    Call.objects.bulk_create(call for call, _steps in made)
    CallStep.objects.bulk_create(
        CallStep(call=call, is_sample=True, **_of(living, step)) for call, steps in made for step in steps
    )


def _of(living: Living, step: str) -> dict[str, Any]:
    item = living.items.get(step)
    return {"what": item.what if item else step, "item": item}
