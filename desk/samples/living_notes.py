"""Notes beside other links of the chain than stories, one about a passage, and one that was changed."""

from datetime import datetime, timedelta
from typing import Any

from desk.samples.living import Living
from desk.samples.rows import known_id
from measures.models import Measure
from progress.models import CheckIn, PlanItem, TestCycle
from storymaps import quotes
from storymaps.models import (
    Audience,
    Comment,
    CommentKind,
    CommentVersion,
    Mention,
    OutcomeStatement,
)
from storymaps.targets import of_target, target_of
from teams.models import Team

CODE = "JXN"
FADED = "In two rooms it faded by the third week."


def load_notes(living: Living, *, at: datetime) -> None:
    """Luz, the team's coach, has read more than its stories."""
    team = living.teams[CODE]
    said = [
        (PlanItem.objects.filter(plan__team=team, plan__period=living.periods[1]).first(),
         CommentKind.QUESTION, "A good size for one Tuesday. Who asks the two teachers?", True),
        (CheckIn.objects.filter(due__team=team).order_by("due__due_on").last(),
         CommentKind.THANKS, "Thank you for saying what got in the way. That is the useful part.", False),
        (TestCycle.objects.filter(item__plan__team=team).first(),
         CommentKind.NOTICING, "You predicted three rooms and got six. What did you not see coming?", False),
        (OutcomeStatement.objects.filter(team=team).first(),
         CommentKind.SUGGESTION, "Somebody outside the school should confirm it. Who could?", False),
        (Measure.objects.filter(team=team).first(),
         CommentKind.QUESTION, "The two low points: holidays, or something else?", False),
        (team, CommentKind.NOTICING, "Seen from here, it all grew out of one quiet question in May.", False),
    ]  # fmt: skip
    notes = [
        _note(living, thing, kind, text, number, at=at, asks_reply=asks)
        for number, (thing, kind, text, asks) in enumerate(said)
        if thing is not None
    ]
    Comment.objects.bulk_create(notes)
    _about_a_passage(living, team, at=at)


def _note(
    living: Living, thing: Any, kind: CommentKind, text: str, number: int, *, at: datetime, **fields: Any
) -> Comment:
    team = living.teams[CODE]
    return Comment(
        **of_target(target_of(thing, team)),
        author=living.people["luz"],
        text=text,
        kind=kind,
        audience=Audience.TEAM,
        written_at=at - timedelta(days=2, hours=number),
        submission_id=known_id("living", "note-beside", number),
        is_sample=True,
        **fields,
    )


def _about_a_passage(living: Living, team: Team, *, at: datetime) -> None:
    """A note on one sentence of a story, which calls a person and was said in other words first."""
    entry = next(e for e in living.entries.values() if e.team == team and FADED in e.text)
    quote = quotes.take(entry.text, FADED)
    if quote is None:
        raise LookupError(FADED)
    note = _note(
        living,
        entry,
        CommentKind.QUESTION,
        "@kiara, you were in one of the two. What would have kept it going?",
        99,
        at=at,
        quote=quote.words,
        quote_before=quote.before,
        quote_after=quote.after,
        edited_at=at - timedelta(days=4),
    )
    note.written_at = at - timedelta(days=4, hours=1)
    note.save()
    before = "Kiara, you were in one of the two, I think?"
    CommentVersion.objects.create(comment=note, text=before, until=at - timedelta(days=4))
    Mention.objects.create(comment=note, person=living.people["kiara"])
