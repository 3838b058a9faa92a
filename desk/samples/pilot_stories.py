"""The pilot's sample plans and stories: told in order of time, each growing out of what came before."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction

from accounts.models import User
from desk.samples import pilot as facts
from desk.samples import read, rows
from desk.samples.pilot import Pilot
from desk.samples.rounds import load_pilot_round
from desk.samples.rows import known_id
from desk.samples.words import ONE_LINE, SHORT, WHOLE, Supply, Telling, tellings
from progress.models import Channel, Plan, PlanItem, PlanItemStatus
from series.models import ActionPeriod, Series
from storymaps.models import (
    Audience,
    Clearance,
    ClearanceState,
    Comment,
    CommentKind,
    ReadMark,
    Result,
    StoryEntry,
    Visibility,
)

# How many stories each team tells, and when: first day, last day, how many. Oregon's end in its last
# winter, Vermont's have a gap, as in their check-ins.
TOLD = {
    "JXN": [
        ("2013-12-02", "2014-09-05", 9),
        ("2014-10-06", "2015-03-10", 6),
        ("2015-04-08", "2015-06-26", 4),
    ],
    "PR": [("2013-12-05", "2014-09-04", 8), ("2014-10-09", "2015-03-09", 6), ("2015-04-10", "2015-06-28", 4)],
    "NYC": [
        ("2013-12-09", "2014-09-08", 9),
        ("2014-10-08", "2015-03-11", 6),
        ("2015-04-07", "2015-06-24", 4),
    ],
    "NE": [("2013-12-04", "2014-09-02", 8), ("2014-10-14", "2015-03-05", 5), ("2015-04-13", "2015-06-22", 4)],
    "MN": [("2013-12-11", "2014-09-09", 7), ("2014-10-07", "2015-03-12", 5), ("2015-04-09", "2015-06-25", 4)],
    "OR": [("2013-12-03", "2014-09-10", 9), ("2014-10-10", "2015-01-06", 7)],
    "VT": [
        ("2013-12-10", "2014-02-26", 4),
        ("2014-09-10", "2014-09-10", 1),
        ("2014-10-13", "2015-03-06", 6),
        ("2015-04-14", "2015-06-23", 4),
    ],
}
IN_SPANISH = {"PR": {0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17}, "NYC": {3, 8, 14}, "NE": {4, 9, 14}}
AUTHORS = ("storyteller", "member", "lead", "youth", "storyteller", "data")
BY_PHONE = 7  # the story of a team that its coach wrote down on a call
CALLED = ("NYC", "NE", "MN", "OR", "VT")
LENGTHS = (WHOLE, SHORT, ONE_LINE, WHOLE, SHORT)
PUBLIC, TEAM_ONLY, WITHDRAWN = 70, 12, 3
STATUS = {
    "moved": PlanItemStatus.DONE,
    "mixed": PlanItemStatus.CHANGED,
    "not": PlanItemStatus.STOPPED,
    "early": PlanItemStatus.GOING,
}


@dataclass
class Story:
    """A story in the making."""

    code: str
    number: int  # of its team
    on: date
    period: ActionPeriod
    telling: Telling
    author: User
    place: str  # of the author in the team; "coach" for a call
    drivers: list[str] = field(default_factory=list)
    visibility: Visibility = Visibility.SERIES
    entry: StoryEntry | None = None
    item: PlanItem | None = None

    @property
    def row(self) -> StoryEntry:
        if self.entry is None:
            raise LookupError("a story is written before anything is tied to it")
        return self.entry


@transaction.atomic
def load(known: dict[str, Any], *, at: datetime) -> Series | None:
    """Load the pilot once; None if it is there already. All of it or nothing.

    Raises CalendarRefused, naming both events, if the dates of the facts cannot be.
    """
    if facts.is_loaded(known):
        return None
    pilot = facts.load_frame(known, at=at)
    stories = _tell(pilot)
    _show(stories)
    _plan(pilot, stories)
    _write(pilot, stories)
    _grow(stories)
    _clear(pilot, stories)
    _answer(pilot, stories)
    load_pilot_round(pilot)
    return pilot.series


def _days() -> Iterator[tuple[date, str, int]]:
    """The day of each story, its team and its number there, in order of time."""
    found = []
    for code, stretches in TOLD.items():
        number = 0
        for first, last, count in stretches:
            start, end = date.fromisoformat(first), date.fromisoformat(last)
            for place in range(count):
                step = (end - start).days * place // max(count - 1, 1)
                found.append((start + timedelta(days=step), code, number))
                number += 1
    return iter(sorted(found))


def _tell(pilot: Pilot) -> list[Story]:
    supplies = {language: Supply(tellings(language)) for language in ("en", "es")}
    stories = []
    for place, (on, code, number) in enumerate(_days()):
        language = "es" if number in IN_SPANISH.get(code, ()) else "en"
        telling = supplies[language].next_for(code)
        period = next(p for p in pilot.periods if p.starts_on <= on <= p.ends_on)
        who = AUTHORS[(number + len(code)) % len(AUTHORS)]
        if number == BY_PHONE and code in CALLED:
            who = "coach"
        author = pilot.coach_on(code, on) if who == "coach" else pilot.person(code, who)
        primary, also = telling.note["drivers"]
        drivers = [primary, also] if place * 2 % 5 < 2 else [primary]  # two of five
        stories.append(Story(code, number, on, period, telling, author, who, drivers))
    return stories


def _show(stories: list[Story]) -> None:
    """Say who may read each: none of somebody under 18 is public, and none from a call."""
    first = [s for s in stories if s.place in ("youth", "coach")]
    others = [s for s in stories if s.place not in ("youth", "coach")]
    wanted = len(stories) - PUBLIC - len(first)
    every = len(others) / wanted
    closed = first + [others[int(i * every)] for i in range(wanted)]
    kept = {id(s) for s in closed}
    for story in others:
        if id(story) not in kept:
            story.visibility = Visibility.PUBLIC
    step = len(closed) / TEAM_ONLY
    for i in range(TEAM_ONLY):
        closed[int(i * step)].visibility = Visibility.TEAM


@dataclass(frozen=True)
class Intent:
    """A line of a plan in the making, and the story that became of it."""

    what: str
    drivers: list[str]
    status: PlanItemStatus = PlanItemStatus.NOT_STARTED
    story: Story | None = None


def _plan(pilot: Pilot, stories: list[Story]) -> None:
    """Give each team its three plans: three to five items each, most of which became a story."""
    bank = read("bank")
    plans, items, pairs = [], [], []
    for code in TOLD:
        language = "es" if code == "PR" else "en"
        questions, steps = cycle(bank["questions"][language]), cycle(bank["first_steps"][language])
        spare, support = cycle(bank["items"][language]), cycle(bank["support"][language])
        for period in pilot.periods:
            plan = Plan(
                team=pilot.teams[code],
                period=period,
                question=next(questions),
                support_wanted=next(support),
                is_sample=True,
            )
            plans.append(plan)
            told = [s for s in stories if s.code == code and s.period == period and not s.telling.follows]
            for position, intent in enumerate(_intents(told, period, spare)):
                item = _item(pilot, code, plan, intent, position)
                item.first_step = next(steps) if position % 2 == 0 else ""
                items.append(item)
                pairs += [(item, pilot.drivers[name]) for name in intent.drivers[: 1 + position % 2]]
                if intent.story:
                    intent.story.item = item
    Plan.objects.bulk_create(plans)
    PlanItem.objects.bulk_create(items)
    rows.link(PlanItem.drivers.through, "planitem", "driver", pairs)


def _intents(told: list[Story], period: ActionPeriod, spare: Iterator[dict[str, Any]]) -> list[Intent]:
    """What a plan says: what became a story, and some that did not in the last period."""
    found = [
        Intent(s.telling.plan, s.telling.note["drivers"], STATUS[s.telling.result], s)
        for s in told[: 5 if period.number < 3 else 3]
    ]
    while len(found) < (4 if period.number == 3 else 3):
        own = next(spare)
        found.append(Intent(own["what"], own["drivers"]))
    return found


def _item(pilot: Pilot, code: str, plan: Plan, intent: Intent, position: int) -> PlanItem:
    period, story = plan.period, intent.story
    return PlanItem(
        plan=plan,
        what=intent.what,
        who=story.telling.note["who"] if story else "",
        due_on=min(story.on + timedelta(days=14), period.ends_on) if story else period.ends_on,
        status=intent.status,
        position=position,
        added_by=pilot.person(code, "lead"),
        added_at=rows.moment(period.starts_on + timedelta(days=3), pilot.teams[code].time_zone, 19),
        submission_id=known_id("pilot", "item", code, period.number, position),
        is_sample=True,
    )


def _write(pilot: Pilot, stories: list[Story]) -> None:
    entries = []
    for place, story in enumerate(stories):
        length = LENGTHS[place % len(LENGTHS)]
        note, team = story.telling.note, pilot.teams[story.code]
        lasts = note["strand"] == "improvement" and place % 3 == 0
        ended_on = min(story.on + timedelta(days=9), story.period.ends_on) if lasts else None
        told_on = (ended_on or story.on) + timedelta(days=place % 3)
        story.entry = StoryEntry(
            team=team,
            author=story.author,
            text=story.telling.text(length),
            began_on=story.on,
            ended_on=ended_on,
            place=team.place if place % 3 == 0 else "",
            who=note["who"] if length != ONE_LINE else "",
            why_it_matters=note["why"] if length == WHOLE else "",
            strand=note["strand"] if place % 17 else "",
            result=Result(story.telling.result),
            language=story.telling.language,
            visibility=story.visibility,
            author_is_under_18=story.place == "youth",
            is_on_behalf=story.place == "coach",
            channel=Channel.PHONE if story.place == "coach" else Channel.WEB,
            logged_at=rows.moment(told_on, team.time_zone, 15 + place % 7, place * 13 % 60),
            version=2 if story.visibility == Visibility.PUBLIC else 1,
            submission_id=known_id("pilot", "story", story.code, story.number),
            is_sample=True,
        )
        entries.append(story.entry)
    StoryEntry.objects.bulk_create(entries)
    pairs = [(story.row, pilot.drivers[name]) for story in stories for name in story.drivers]
    rows.link(StoryEntry.drivers.through, "storyentry", "driver", pairs)


def _grow(stories: list[Story]) -> None:
    """Tie each story to the plan item and the earlier stories that it grew out of, other teams' too."""
    items, earlier = [], []
    told: dict[tuple[str, int | None], Story] = {}
    for place, story in enumerate(stories):
        language, number = story.telling.language, story.telling.number
        if story.item:
            items.append((story.row, story.item))
        source = told.get((language, number))  # told again, or taken over from another team
        if source is None and (not story.item or place % 3 == 0):
            source = told.get((language, story.telling.after))
        if source and (source.code == story.code or source.visibility != Visibility.TEAM):
            earlier.append((story.row, source.row))
        told.setdefault((language, number), story)
    rows.link(StoryEntry.grew_out_of_items.through, "storyentry", "planitem", items)
    rows.link(StoryEntry.grew_out_of_entries.through, "from_storyentry", "to_storyentry", earlier)


def _clear(pilot: Pilot, stories: list[Story]) -> None:
    """Ask and approve what is public; three that were public have been taken back."""
    asks = cycle(("member", "data", "storyteller"))
    cleared = [
        rows.approved(s.row, asked_by=pilot.person(s.code, next(asks)), lead=pilot.person(s.code, "lead"))
        for s in stories
        if s.visibility == Visibility.PUBLIC
    ]
    shared = [s for s in stories if s.visibility == Visibility.SERIES and s.place not in ("youth", "coach")]
    for story in shared[:: len(shared) // WITHDRAWN][:WITHDRAWN]:
        lead = pilot.person(story.code, "lead")
        taken = rows.approved(story.row, asked_by=pilot.person(story.code, "member"), lead=lead)
        taken.state, taken.withdrawn_by = ClearanceState.WITHDRAWN, story.author
        taken.withdrawn_at = taken.asked_at + timedelta(days=40)
        cleared.append(taken)
        StoryEntry.objects.filter(pk=story.row.pk).update(version=3)
    Clearance.objects.bulk_create(cleared)


def _answer(pilot: Pilot, stories: list[Story]) -> None:
    """Let coaches read everything, and write in the margin of every third story; most are answered."""
    bank = read("bank")
    words: dict[tuple[str, str], Iterator[Any]] = defaultdict(lambda: cycle(()))
    for language, by_result in bank["notes"].items():
        words |= {(language, result): cycle(lines) for result, lines in by_result.items()}
    notes, answers, marks = [], [], []
    for place, story in enumerate(stories):
        read_at = story.row.logged_at + timedelta(days=1 + place % 3, hours=2)
        coach = pilot.coach_on(story.code, read_at.date())
        if coach != story.author:
            marks.append(ReadMark(person=coach, entry=story.row, read_at=read_at))
        if place % 3 != 1 or coach == story.author:
            continue
        kind, text, answer = next(words[story.telling.language, story.telling.result])
        note = _comment(story, coach, text, read_at, CommentKind(kind))
        note.asks_reply = kind == CommentKind.QUESTION and bool(answer)
        notes.append(note)
        if answer:
            reply = _comment(
                story, story.author, answer, read_at + timedelta(days=1, hours=3), CommentKind.NOTICING
            )
            reply.parent = note
            answers.append(reply)
            note.settled_at, note.settled_by = read_at + timedelta(days=2), coach
    for number, text in enumerate(bank["coach_only"]):
        story = stories[30 + 40 * number]
        written_at = story.row.logged_at + timedelta(days=4)
        coach = pilot.coach_on(story.code, written_at.date())
        note = _comment(story, coach, text, written_at, CommentKind.NOTICING)
        note.audience = Audience.COACHES
        notes.append(note)
    Comment.objects.bulk_create(notes)
    Comment.objects.bulk_create(answers)
    ReadMark.objects.bulk_create(marks)


def _comment(story: Story, by: User, text: str, at: datetime, kind: CommentKind) -> Comment:
    return Comment(
        team=story.row.team,
        entry=story.row,
        author=by,
        text=text,
        kind=kind,
        audience=Audience.TEAM,
        written_at=at,
        submission_id=known_id("pilot", "note", story.code, story.number, by.pk, at.isoformat()),
        is_sample=True,
    )
