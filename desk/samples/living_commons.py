"""What people of the sample series say to each other in one tap, and what they show of themselves."""

from datetime import datetime, timedelta
from typing import Any

from commons.models import Reaction, ReactionKind, Showing, TeamCard
from desk.samples.living import Living
from library.models import Resource
from storymaps.models import StoryEntry, Visibility
from teams.models import Membership

# "TEAM:key" of a story, or the beginning of a resource's title: who says what to it
SAID = [
    ("PR:cocina", [("tate", "thanks"), ("edith", "more"), ("luz", "thanks")]),
    ("JXN:ten", [("edith", "thanks"), ("odalys", "met"), ("tenzin", "thanks"), ("hana", "thanks")]),
    ("JXN:porch", [("marisol", "met"), ("winona", "thanks")]),
    ("NYC:six", [("tate", "more"), ("fiona", "met")]),
    ("Ten minutes", [("marisol", "thanks"), ("edith", "thanks"), ("amadou", "thanks")]),
    ("Count sheet", [("odalys", "thanks"), ("ines", "thanks")]),
]  # fmt: skip

# who: a line, what they can help with, languages
SHOWN = {
    "luz": (
        "I coach two teams and keep bees.",
        "Asking a board for a seat; what to do after a no.",
        "English, español",
    ),
    "hana": (
        "I read the small print so that you need not.",
        "What a school board may and may not do.",
        "English",
    ),
    "ines": (
        "I look after the series, and after the coffee.",
        "Anything that does not work here.",
        "español, English",
    ),
    "tate": (
        "I teach history in a room with forty chairs.",
        "Counting who speaks; letters to a board.",
        "English",
    ),
    "marisol": (
        "Cocino para treinta los martes.",
        "Abrir la escuela al barrio; reuniones que empiezan a tiempo.",
        "español",
    ),
    "edith": ("", "A circle in ten minutes, and how students run it.", "English, français"),
    "amadou": (
        "I carry the recorder.",
        "Interviews at a counter; printing in six languages.",
        "English, français, wolof",
    ),
    "kiara": ("I draw the posters.", "Drawing.", "English"),  # under 18: read by her own team alone
}

# team: what it offers, the story that shows it
CARDS = {
    "JXN": ("Come and count a board meeting with us: bring two pencils.", "JXN:porch"),
    "PR": ("Una tarde en nuestra cocina, y la receta.", "PR:cocina"),
    "NYC": ("The glossary of our code in six languages.", "NYC:six"),
    "VT": ("An hour by video with two students who run advisory.", "VT:twice"),
}


def load_commons(living: Living, *, at: datetime) -> None:
    """Reactions to what other teams shared; the directory, the lookbook."""
    _react(living, at)
    Showing.objects.bulk_create(
        Showing(
            series=living.series,
            person=living.people[who],
            line=line,
            helps_with=helps_with,
            languages=languages,
            at=at - timedelta(days=40),
            is_sample=True,
        )
        for who, (line, helps_with, languages) in SHOWN.items()
    )
    TeamCard.objects.bulk_create(
        TeamCard(
            team=living.teams[code],
            offers=offers,
            story=living.entries[key],
            by=living.leads[code],
            at=at - timedelta(days=38),
            is_sample=True,
        )
        for code, (offers, key) in CARDS.items()
    )


def _react(living: Living, at: datetime) -> None:
    teams = {
        held.person_id: held.team
        for held in Membership.objects.on().filter(team__series=living.series).select_related("team")
    }
    Reaction.objects.bulk_create(
        Reaction(
            **_of(living, key),
            kind=ReactionKind(kind),
            person=living.people[who],
            team=teams.get(living.people[who].pk),
            is_named=living.people[who].pk not in teams,
            at=at - timedelta(days=3, hours=number),
            is_sample=True,
        )
        for key, said in SAID
        for number, (who, kind) in enumerate(said)
    )


def _of(living: Living, key: str) -> dict[str, Any]:
    if ":" in key:
        entry: StoryEntry = living.entries[key]
        assert entry.visibility != Visibility.TEAM, f"{key} is shared with nobody"
        return {"entry": entry}
    return {"resource": Resource.objects.get(series=living.series, title__startswith=key)}
