"""Stories in bulk whose words are as common and as rare as words are, over many series, and their index."""

import random
import uuid
from datetime import timedelta
from itertools import accumulate
from typing import Any

from django.db import connection

from accounts.permissions import Role
from core import clock
from search.postgres import INDEX, query_of
from search.services import mend
from search.words import terms_of
from storymaps.models import StoryEntry, Visibility
from tests.factories.series import give_role, make_series
from tests.factories.teams import coach, join, make_team

SYLLABLES = [a + b for a in "bdfgklmnprtvw" for b in "aeiou"]
A_STORY = 70  # words
# As anybody would write it: the same rows, all that fit ranked, the first twenty.
BARE = (
    "SELECT id, kind, object_id, series_id, team_id, title, text, said_on FROM search_searchrow"
    " WHERE document @@ %s::tsquery"
    " ORDER BY ts_rank(document, %s::tsquery, 1) DESC, said_on DESC, id DESC LIMIT 20"
)


class Stories:
    """Series of `teams` teams with `a_series` stories, as many series as asked for.

    `coach` coaches `coached` teams of the first series; `organizer` organizes every series.
    """

    def __init__(self, a_series: int, teams: int, coached: int, vocabulary: int) -> None:
        self.dice = random.Random(5)
        self.words = self._vocabulary(vocabulary)
        # The second word is half as common as the first, the tenth a tenth.
        self.weights = list(accumulate(1 / place for place in range(1, vocabulary + 1)))
        self.a_series, self.teams, self.coached = a_series, teams, coached
        self.today = clock.today("UTC")
        self.count = 0
        self.coach: Any = None
        self.organizer: Any = None

    def _vocabulary(self, size: int) -> list[str]:
        """Words of six letters: none begins another, so that each finds itself."""
        words: dict[str, None] = {}
        while len(words) < size:
            words["".join(self.dice.choices(SYLLABLES, k=3))] = None
        return list(words)

    def grow(self, count: int) -> None:
        """Add series until there are `count` stories, and index them."""
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("DROP INDEX search_row_document")  # quicker made at once than row by row
            while self.count < count:
                self._add_series()
            mend(since=clock.now(), until=clock.now(), seconds=3600)
            cursor.execute(INDEX)

    def _add_series(self) -> None:
        series = make_series(self.today - timedelta(days=170), slug=f"bench-{self.count}")
        self.organizer = give_role(series, Role.ORGANIZER, self.organizer)
        teams = [make_team(series) for _team in range(self.teams)]
        leads = [join(team, Role.LEAD) for team in teams]
        if self.coach is None:
            for team in teams[: self.coached]:
                self.coach = coach(team, self.coach)
        StoryEntry.objects.bulk_create(
            (self._story(teams[n % self.teams], leads[n % self.teams]) for n in range(self.a_series)),
            batch_size=1000,
        )
        self.count += self.a_series

    def _story(self, team: Any, author: Any) -> StoryEntry:
        said = self.dice.choices(self.words, cum_weights=self.weights, k=A_STORY)
        return StoryEntry(
            team=team,
            author=author,
            title=" ".join(said[:5]).capitalize(),
            text=" ".join(said[5:]).capitalize() + ".",
            began_on=self.today - timedelta(days=self.dice.randrange(700)),
            logged_at=clock.now(),
            visibility=self.dice.choice([Visibility.TEAM, Visibility.SERIES]),
            submission_id=uuid.uuid4(),
        )


def bare(words: str) -> None:
    """The full-text query alone: the best twenty rows that hold `words`, whoever reads them."""
    query = query_of(terms_of(words))
    with connection.cursor() as cursor:
        cursor.execute(BARE, [query, query])
        cursor.fetchall()


def vacuum() -> None:
    """Let the database count its rows, as it does by itself every now and then."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
