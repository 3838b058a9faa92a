"""The resource shelf and the change package of the sample series: who shared what, and who uses it."""

from datetime import datetime, timedelta
from typing import Any

from coaching.models import HelpAnswer
from desk.samples import rows
from desk.samples.living import Living
from desk.samples.rows import known_id
from library.models import Licence, PackageItem, Resource, ResourceKind, Use

# key: who shared it, for which team, days ago, drivers, and its fields
SHELF: dict[str, tuple[str, str, int, tuple[str, ...], dict[str, Any]]] = {
    "protocol": ("luz", "", 150, ("practice",), {
        "title": "Ten minutes, three questions: how a feedback circle runs", "kind": ResourceKind.GUIDE,
        "why": "A teacher can try it on a Tuesday without asking anybody.", "licence": Licence.BY,
        "text": "1. What helped you to learn this week?\n2. What got in the way?\n3. What should we "
                "try until Friday?\n\nA student keeps the time. **Nobody answers for somebody else.**",
    }),
    "minutes": ("tate", "JXN", 120, ("policy",), {
        "title": "Count sheet: who spoke at the board", "kind": ResourceKind.TOOL, "licence": Licence.BY_SA,
        "why": "Ten years of minutes in two afternoons. The number opened the door, not the argument.",
        "text": "One line a meeting: date · item · who spoke (board, staff, parent, student) · minutes.",
    }),
    "letter": ("tate", "JXN", 44, ("policy",), {
        "title": "Letter that asks for two seats for one year", "kind": ResourceKind.EXAMPLE,
        "why": "The word “trial” got us the third vote.", "licence": Licence.ASK,
        "text": "Dear members of the board,\n\n"
                "we ask for two seats, for one year, with a voice and no vote …",
    }),
    "radio": ("yadiel", "PR", 61, ("narrative",), {
        "title": "Guion de una hora de radio con estudiantes", "kind": ResourceKind.RECORDING,
        "language": "es", "why": "Para que nadie tenga miedo del silencio: cada pregunta tiene su minuto.",
        "url": "https://example.org/radio/guion", "licence": Licence.BY,
    }),
    "budget": ("winona", "MN", 75, ("policy", "strategy"), {
        "title": "Reading a school budget with the person who keeps it", "kind": ResourceKind.GUIDE,
        "why": "One hour, six questions, and no accusation.",
        "url": "https://example.org/budget/six-questions",
        "licence": Licence.PUBLIC,
    }),
    "words": ("fiona", "NE", 33, ("narrative",), {
        "title": "Fourteen words to retire, and what to say instead", "kind": ResourceKind.ARTICLE,
        "why": "We read it aloud before every interview.", "licence": Licence.BY,
        "text": "Not *at-risk youth*: say who put whom at risk. Not *voiceless*: say who was not asked …",
    }),
    "map": ("hana", "", 20, (), {
        "title": "What a power map should answer", "kind": ResourceKind.ARTICLE, "licence": Licence.UNKNOWN,
        "why": "Short, and it stops before it becomes a wall of arrows.",
        "url": "https://example.org/library/power-map",
    }),
}  # fmt: skip

# resource (or "TEAM:key" of a story), team, days ago, the line that it wrote
USED = [
    ("protocol", "VT", 90, "With six teachers, Fridays instead of Tuesdays."),
    ("protocol", "PR", 71, "En círculo, con los más pequeños."),
    ("protocol", "NE", 40, ""),
    ("minutes", "NYC", 66, "We counted the school leadership team instead."),
    ("letter", "NYC", 12, ""),
    ("budget", "JXN", 30, "Two of our six questions were new to the treasurer, too."),
    ("words", "OR", 15, ""),
    ("PR:cocina", "JXN", 50, "We cook on the porch. Nobody is late."),
    ("JXN:ten", "VT", 60, "Five minutes to begin with."),
]

PACKAGE = [
    ("policy", "minutes", "A number that nobody had: count who speaks before you ask for a seat."),
    ("policy", "letter", "Ask for a trial of one year, with a voice and no vote."),
    ("policy", "NYC:six", "Print the rules in the languages of the building."),
    ("practice", "protocol", "Three questions in ten minutes; students run it."),
    ("practice", "JXN:ten", "Students run the first ten minutes of class."),
    ("narrative", "words", "Agree on the words before the first interview."),
    ("narrative", "JXN:porch", "Go to the porches; do not wait in the hall."),
    ("strategy", "PR:cocina", "Eat together first, and the meeting begins on time."),
    ("strategy", "budget", "Read the budget with the person who keeps it."),
]


def load_library(living: Living, *, at: datetime) -> None:
    """Resources over the drivers, one of them from an expert's answer; marks of use; a change package."""
    made = {key: _resource(living, key, at) for key in SHELF} | {"seat": _from_answer(living, at)}
    Resource.objects.bulk_create(made.values())
    pairs = [(made[key], living.drivers[name]) for key, row in SHELF.items() for name in row[3]]
    rows.link(
        Resource.drivers.through, "resource", "driver", [*pairs, (made["seat"], living.drivers["policy"])]
    )
    things: dict[str, Any] = made | living.entries
    Use.objects.bulk_create(
        Use(
            **_of(things[key]),
            team=living.teams[code],
            by=living.leads[code],
            at=at - timedelta(days=ago),
            note=note,
            # beside one mark stands what the team put into its plan
            item=living.items["v-page"] if (key, code) == ("JXN:ten", "VT") else None,
            is_sample=True,
        )
        for key, code, ago, note in USED
    )
    PackageItem.objects.bulk_create(
        PackageItem(
            series=living.series,
            driver=living.drivers[name],
            **_of(things[key]),
            position=position,
            line=line,
            added_by=living.people["ines"],
            added_at=at - timedelta(days=10),
            is_sample=True,
        )
        for position, (name, key, line) in enumerate(PACKAGE)
    )


def _of(thing: Any) -> dict[str, Any]:
    return {"resource": thing} if isinstance(thing, Resource) else {"entry": thing}


def _resource(living: Living, key: str, at: datetime) -> Resource:
    by, code, ago, _drivers, fields = SHELF[key]
    return Resource(
        series=living.series,
        team=living.teams.get(code),
        shared_by=living.people[by],
        shared_at=at - timedelta(days=ago),
        submission_id=known_id("living", "resource", key),
        is_sample=True,
        **fields,
    )


def _from_answer(living: Living, at: datetime) -> Resource:
    """What the expert answered about a seat on a board, made open to all; of the question nothing is told."""
    answer = HelpAnswer.objects.get(author=living.people["hana"], call__team__series=living.series)
    return Resource(
        series=living.series,
        title="Whether a person under 18 may sit on a school board",
        kind=ResourceKind.GUIDE,
        why="Three teams have asked; the answer fits in two lines.",
        text=answer.text,
        licence=Licence.BY,
        from_answer=answer,
        shared_by=living.people["hana"],
        shared_at=at - timedelta(days=6),
        submission_id=known_id("living", "resource", "seat"),
        is_sample=True,
    )
