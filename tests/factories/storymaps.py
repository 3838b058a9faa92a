"""Plans with items, stories, notes in the margin, and requests to publish."""

import uuid
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from accounts.models import File, FileState, User
from progress.models import Plan, PlanItem
from storymaps.models import Clearance, Comment, Evidence, StoryEntry
from storymaps.targets import of_target, target_of
from teams.models import Team
from tests.factories.teams import join, make_team

AT = datetime(2026, 5, 20, 12, tzinfo=UTC)
_numbers = count(1)


def make_item(
    team: Team, what: str = "Ask the board for two seats", number: int = 1, **fields: Any
) -> PlanItem:
    """A plan item of `team` in its Action Period `number`."""
    plan, _ = Plan.objects.get_or_create(team=team, period=team.series.periods.get(number=number))
    values = {"added_by": None, "added_at": AT, "submission_id": uuid.uuid4()} | fields
    if values["added_by"] is None:
        values["added_by"] = team.series.created_by
    return PlanItem.objects.create(plan=plan, what=what, **values)


def make_entry(team: Team | None = None, author: User | None = None, **fields: Any) -> StoryEntry:
    """A story of `team`; `drivers` are names, `items` and `entries` what it grew out of."""
    team = team or make_team()
    drivers, items, entries = (fields.pop(name, ()) for name in ("drivers", "items", "entries"))
    values = {
        "text": f"Ninth graders ran feedback circle {next(_numbers)} on their own.",
        "began_on": date(2026, 5, 12),
        "logged_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    entry = StoryEntry.objects.create(team=team, author=author or join(team), **values)
    entry.drivers.set(team.series.drivers.filter(name__in=drivers))
    entry.grew_out_of_items.set(items)
    entry.grew_out_of_entries.set(entries)
    return entry


def make_comment(thing: Any, author: User, team: Team | None = None, **fields: Any) -> Comment:
    """A note beside `thing`; `team` where it does not say so itself."""
    values = {"text": "Who was in the room?", "written_at": AT, "submission_id": uuid.uuid4()} | fields
    target = target_of(thing, team or getattr(thing, "team", thing))
    return Comment.objects.create(author=author, **of_target(target), **values)


def make_file(by: User, **fields: Any) -> File:
    """A photo that is ready to be shown; only its row."""
    number = next(_numbers)
    values = {
        "name": "circle.jpg",
        "size": 1000,
        "stored": f"aa/{number}.jpg",
        "preview": f"aa/{number}p.jpg",
        "digest": f"{number:064x}",
        "state": FileState.READY,
        "received_at": AT,
    } | fields
    return File.objects.create(uploaded_by=by, **values)


def add_photo(entry: StoryEntry, alt_text: str = "Eleven chairs in a circle") -> Evidence:
    return Evidence.objects.create(entry=entry, file=make_file(entry.author), alt_text=alt_text)


def ask(entry: StoryEntry, by: User) -> Clearance:
    return Clearance.objects.create(entry=entry, asked_by=by, asked_at=AT)
