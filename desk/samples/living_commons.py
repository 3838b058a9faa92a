"""What people of the sample series say in one tap, what they show of themselves, and connections."""

from datetime import datetime, timedelta
from typing import Any

from commons.models import Connection, Reaction, ReactionKind, Showing, TeamCard, ToKind
from desk.samples.living import Living
from desk.samples.rows import known_id
from library.models import Resource
from storymaps.models import Sphere, StoryEntry, Visibility
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
    """Reactions to what other teams shared; the directory, the lookbook; connections."""
    _react(living, at)
    _connect(living, at)
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


# team, from, to, kind, sphere, what was exchanged, days ago, what came of it, story, shared
CONNECTIONS: list[tuple[Any, ...]] = [
    ("JXN", "two storytellers", "the clerk of the school board", ToKind.OFFICIAL, Sphere.VERTICAL,
     "The agenda, three days before the meeting.", 70, "It comes by itself now.", "JXN:ask", True),
    ("JXN", "the lead and a parent", "the dispatcher of the bus line", ToKind.ORGANIZATION, Sphere.HOLISTIC,
     "A map of who lives where, for the time of the last bus.", 52, "", "JXN:bus", True),
    ("JXN", "the radio group", "the morning host of the local station", ToKind.MEDIA, Sphere.HOLISTIC,
     "An hour on the air, unscripted.", 61, "They asked for a second one.", "JXN:radio", True),
    ("JXN", "the lead", "Onion River Learning Partners", ToKind.ORGANIZATION, Sphere.HORIZONTAL,
     "How students run the first ten minutes.", 33, "", "JXN:ten", True),
    ("JXN", "the data contact", "an aide of the state representative", ToKind.OFFICIAL, Sphere.VERTICAL,
     "The count from ten years of minutes.", 20, "", "JXN:minutes", False),
    ("JXN", "everybody", "the grandmother on the corner", ToKind.PERSON, Sphere.HOLISTIC,
     "Chairs, shade, and whom to ask next.", 40, "Four more porches.", "JXN:porch", False),
    ("PR", "el equipo de cocina", "la dueña del colmado", ToKind.PERSON, Sphere.HOLISTIC,
     "Arroz para treinta, al costo.", 50, "Ahora viene a las reuniones.", "PR:cocina", True),
    ("PR", "quien coordina", "la oficina regional", ToKind.OFFICIAL, Sphere.VERTICAL,
     "Una carta, que volvió en su versión vieja.", 44, "", "PR:carta", True),
    ("NYC", "the translators", "the family office of the district", ToKind.OFFICIAL, Sphere.VERTICAL,
     "The code in six languages.", 38, "They print it now.", "NYC:six", True),
    ("MN", "the storyteller", "the elders’ council", ToKind.ORGANIZATION, Sphere.HOLISTIC,
     "The lesson list, before the year begins.", 36, "", "MN:elders", True),
    ("NE", "the law group", "a state representative", ToKind.OFFICIAL, Sphere.VERTICAL,
     "Eleven rights on one page.", 29, "She came and sat on our folding chairs.", "NE:chairs", True),
    ("OR", "the editors", "Merrimack Student Network", ToKind.ORGANIZATION, Sphere.HORIZONTAL,
     "Fourteen words to retire.", 15, "", "", True),
]  # fmt: skip


def _connect(living: Living, at: datetime) -> None:
    Connection.objects.bulk_create(
        Connection(
            team=living.teams[code],
            from_whom=from_whom,
            to_whom=to_whom,
            to_kind=kind,
            sphere=sphere,
            exchanged=exchanged,
            on=living.on - timedelta(days=ago),
            result=result,
            story=living.entries[key] if key else None,
            language="es" if code == "PR" else "en",
            visibility=Visibility.SERIES if is_shared else Visibility.TEAM,
            logged_by=living.leads[code],
            logged_at=at - timedelta(days=ago - 1),
            submission_id=known_id("living", "connection", number),
            is_sample=True,
        )
        for number, (
            code,
            from_whom,
            to_whom,
            kind,
            sphere,
            exchanged,
            ago,
            result,
            key,
            is_shared,
        ) in enumerate(CONNECTIONS)
    )
