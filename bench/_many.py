"""Many teams and many stories, written in bulk: what the benches of large series look at."""

import random
import uuid
from datetime import date, timedelta
from typing import Any

from django.test import Client

from accounts.permissions import Role
from core import clock
from storymaps.models import Comment, Evidence, StoryEntry, Visibility
from tests.factories.series import make_series
from tests.factories.storymaps import make_file
from tests.factories.teams import coach, join, make_team

TITLES = (
    "Phones down, names up",
    "Ten years of board minutes: students spoke at 4 of 118 meetings",
    "Board adopts two youth seats for a one-year trial",
    "Circle at the laundromat",
    "Who was not invited",
)
SAID = "Ninth graders ran the circle on their own. Two of them had never spoken in one before. " * 4


def tell(team: Any, author: Any, count: int, on: date, *, seed: int = 7) -> list[StoryEntry]:
    """Put `count` stories on the team's map, from Session A to two months ahead, with drivers and links."""
    dice = random.Random(seed)
    began = team.series.first_session_on
    span = (on - began).days + 60
    drivers = list(team.series.drivers.all())
    rows = []
    for n in range(count):
        day = began + timedelta(days=n * span // max(count, 1))
        rows.append(
            StoryEntry(
                team=team,
                author=author,
                title=dice.choice(TITLES),
                text=SAID,
                began_on=day,
                is_intended=day > on,
                strand=("research", "story", "improvement", "")[n % 4],
                visibility=Visibility.SERIES if n % 4 == 0 else Visibility.TEAM,
                logged_at=clock.now(),
                submission_id=uuid.uuid4(),
            )
        )
    rows = StoryEntry.objects.bulk_create(rows, batch_size=200)
    lanes, steps = StoryEntry.drivers.through, StoryEntry.grew_out_of_entries.through
    lanes.objects.bulk_create(
        [
            lanes(storyentry_id=entry.pk, driver_id=driver.pk)
            for n, entry in enumerate(rows)
            if n % 20
            for driver in dice.sample(drivers, 2 if n % 10 == 1 else 1)
        ],
        batch_size=400,
    )
    steps.objects.bulk_create(
        [
            steps(from_storyentry_id=later.pk, to_storyentry_id=earlier.pk)
            for n, (earlier, later) in enumerate(zip(rows, rows[3:], strict=False))
            if n % 3 == 0
        ],
        batch_size=400,
    )
    return rows


def annotate(rows: list[StoryEntry], author: Any, helper: Any) -> None:
    """A photo at every tenth story, a note of the coach at every twentieth."""
    for entry in rows[::10]:
        Evidence.objects.create(entry=entry, file=make_file(author), alt_text="Eleven chairs in a circle")
    Comment.objects.bulk_create(
        [
            Comment(
                team=entry.team,
                entry=entry,
                author=helper,
                text="Who chose the six?",
                written_at=clock.now(),
                submission_id=uuid.uuid4(),
            )
            for entry in rows[::20]
        ]
    )


def full_map(entries: int = 500) -> tuple[str, Any]:
    """A team with so many stories in the second of three periods; its map's address, and its lead."""
    today = clock.today("UTC")
    series = make_series(today - timedelta(days=290), slug="bench-map")
    team = make_team(series, name="Pearl River", slug="pearl-river")
    lead, helper = join(team, Role.LEAD), coach(team)
    annotate(tell(team, lead, entries, today), lead, helper)
    return f"/series/{series.slug}/teams/{team.slug}/story/", lead


def serve_map() -> None:
    """Fill the database of a stack that is to be served; print the map's address and its lead's cookie."""
    url, lead = full_map()
    client = Client()
    client.force_login(lead, backend="accounts.backends.AccountBackend")
    print(url, "; ".join(f"{m.key}={m.value}" for m in client.cookies.values()))
