"""What people of the sample series say to each other in one tap."""

from datetime import datetime, timedelta
from typing import Any

from commons.models import Reaction, ReactionKind
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
]


def load_commons(living: Living, *, at: datetime) -> None:
    """Reactions of members and coaches to what other teams shared."""
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
