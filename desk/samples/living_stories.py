"""The stories of the living sample series, what coaches wrote beside them, and what is cleared."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from desk.samples import living as frame
from desk.samples import rows
from desk.samples.living import Living
from desk.samples.living_calls import load_calls
from desk.samples.living_changes import load_changes
from desk.samples.living_commons import load_commons
from desk.samples.living_help import load_help
from desk.samples.living_library import load_library
from desk.samples.living_notes import load_notes
from desk.samples.living_numbers import load_numbers
from desk.samples.living_told import load_told
from desk.samples.rows import known_id
from series.models import Series
from storymaps.models import (
    Audience,
    Clearance,
    Comment,
    CommentKind,
    ReadMark,
    StoryEntry,
    Visibility,
)

UNREAD_DAYS = 7  # what is younger waits for the coach


@transaction.atomic
def load(*, on: date, at: datetime) -> Series | None:
    """Load the living series around the day `on`, once; None if it is there already. All of it or nothing."""
    if frame.is_loaded():
        return None
    known = frame.content()
    living = frame.load_frame(known, on=on, at=at)
    told = [(team, row) for team in known["teams"] for row in team["entries"]]
    _write(living, told)
    _grow(living, told)
    _clear(living, told)
    _comment(living, told)
    _mark_read(living, known)
    load_told(living, at=at)
    load_numbers(living, at=at)
    load_notes(living, at=at)
    load_help(living, at=at)
    load_calls(living, at=at)
    load_library(living, at=at)
    load_changes(living, at=at)
    load_commons(living, at=at)
    return living.series


def _name(team: dict[str, Any], key: str) -> str:
    """The full name of an entry: its own team's, unless it names another one."""
    return key if ":" in key else f"{team['code']}:{key}"


def _day(living: Living, row: dict[str, Any]) -> date:
    """When it happened: days before the loading, or a part of a period (of the second: up to the loading)."""
    if "ago" in row:
        return living.on - timedelta(days=row["ago"])
    for number, period in enumerate(living.periods, start=1):
        if f"p{number}" in row:
            last = living.on if number == 2 else period.ends_on
            return period.starts_on + timedelta(days=int((last - period.starts_on).days * row[f"p{number}"]))
    raise KeyError(f"{row['key']} has no day")


def _write(living: Living, told: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    young = {person["key"] for team, _row in told for person in team["people"] if person.get("under_18")}
    for number, (team, row) in enumerate(told):
        on = _day(living, row)
        logged_on = living.on - timedelta(days=row["logged_ago"]) if "logged_ago" in row else on
        visibility = Visibility(row.get("visibility", Visibility.TEAM))
        living.entries[_name(team, row["key"])] = StoryEntry(
            team=living.teams[team["code"]],
            author=living.people[row["by"]],
            title=row["title"],
            text=row["text"],
            began_on=on,
            place=row.get("place", ""),
            who=row.get("who", ""),
            why_it_matters=row.get("why", ""),
            strand=row.get("strand", ""),
            result=row.get("result", ""),
            is_intended=row.get("intended", False),
            language=team["language"],
            visibility=visibility,
            author_is_under_18=row["by"] in young,
            names_people=row.get("names", False),
            logged_at=rows.moment(logged_on, team["zone"], 15 + number % 6, number * 17 % 60),
            version=2 if visibility == Visibility.PUBLIC else 1,
            submission_id=known_id("living", "story", team["code"], row["key"]),
            is_sample=True,
        )
    StoryEntry.objects.bulk_create(living.entries.values())


def _grow(living: Living, told: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    drivers, items, entries = [], [], []
    for team, row in told:
        entry = living.entries[_name(team, row["key"])]
        drivers += [(entry, living.drivers[name]) for name in row.get("drivers", ())]
        items += [(entry, living.items[key]) for key in row.get("items", ())]
        entries += [(entry, living.entries[_name(team, key)]) for key in row.get("entries", ())]
    rows.link(StoryEntry.drivers.through, "storyentry", "driver", drivers)
    rows.link(StoryEntry.grew_out_of_items.through, "storyentry", "planitem", items)
    rows.link(StoryEntry.grew_out_of_entries.through, "from_storyentry", "to_storyentry", entries)


def _clear(living: Living, told: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Clear what is public, asked for by somebody who is not the lead; one request still waits."""
    found = []
    for team, row in told:
        entry, lead = living.entries[_name(team, row["key"])], living.leads[team["code"]]
        if entry.visibility == Visibility.PUBLIC:
            asker = next(p["key"] for p in team["people"] if p["role"] == "data_contact")
            found.append(rows.approved(entry, asked_by=living.people[asker], lead=lead))
        elif row.get("clearance") == "asked":
            asked_at = rows.moment(living.on - timedelta(days=1), team["zone"], 17)
            asked_by = living.people[row["asked_by"]]
            found.append(Clearance(entry=entry, asked_by=asked_by, asked_at=asked_at, is_sample=True))
    Clearance.objects.bulk_create(found)


def _comment(living: Living, told: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    notes, answers = [], []
    for team, row in told:
        entry = living.entries[_name(team, row["key"])]
        for number, words in enumerate(row.get("notes", ())):
            note = _note(living, entry, words, str(number))
            notes.append(note)
            replies = [
                _note(living, entry, reply | {"audience": note.audience}, f"{number}/{place}", parent=note)
                for place, reply in enumerate(words.get("answers", ()))
            ]
            answers += replies
            if words.get("settled"):
                last = replies[-1].written_at if replies else note.written_at
                note.settled_at, note.settled_by = last + timedelta(hours=1), note.author
    Comment.objects.bulk_create(notes)
    Comment.objects.bulk_create(answers)


def _note(
    living: Living, entry: StoryEntry, words: dict[str, Any], key: str, parent: Comment | None = None
) -> Comment:
    by: User = living.people[words["by"]]
    minutes = 10 * int(key.rpartition("/")[2]) + (60 if parent else 0)
    return Comment(
        team=entry.team,
        entry=entry,
        parent=parent,
        author=by,
        text=words["text"],
        kind=CommentKind(words.get("kind", CommentKind.NOTICING)),
        audience=Audience(words.get("audience", Audience.TEAM)),
        asks_reply=words.get("asks_reply", False),
        written_at=entry.logged_at + timedelta(days=words["after"], minutes=minutes),
        submission_id=known_id("living", "note", entry.submission_id, key),
        is_sample=True,
    )


def _mark_read(living: Living, known: dict[str, Any]) -> None:
    """Coaches have read all but what is new."""
    coaches = {code: living.people[row["key"]] for row in known["coaches"] for code in row["teams"]}
    before = rows.moment(living.on - timedelta(days=UNREAD_DAYS), living.series.time_zone, 0)
    ReadMark.objects.bulk_create(
        ReadMark(
            person=coaches[name.partition(":")[0]], entry=entry, read_at=entry.logged_at + timedelta(hours=20)
        )
        for name, entry in living.entries.items()
        if entry.logged_at < before
    )
