"""A search with permissions over 100,000 stories on PostgreSQL, by the bare full-text query and by 10,000.

The bare query matches the same words in the same table, ranks what it found and gives the first twenty
back: nobody's rights, no page. The search is `search.find.find` from the typed words to what a page
shows: whose rights, the index, the rows, each hit asked for again, the excerpts. The words are those of
WORDS, from common to rare; the times of all are added up, for the search and the bare query in turn.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import servers

FEW, MANY = 10_000, 100_000
A_SERIES, TEAMS = 5_000, 20  # stories and teams of a series
COACHED = 14
ROUNDS = 15
BY_BARE, BY_FEW = 2, 1.5
VOCABULARY = 8_000
# Which words are asked for: places in the vocabulary, the most common first. Stories hold the first of
# them in about every third, the last in one of some thousands.
WORDS = ((8,), (40,), (150,), (700,), (4000,), (8, 40), (40, 150), (20, 700))


def timed(
    find: Callable[..., Any], bare: Callable[..., Any], person: Any, asked: Sequence[str]
) -> tuple[float, float]:
    """Seconds that all searches take, and all bare queries, each in turn with the other."""
    search = floor = 0.0
    for words in asked:
        begin = time.perf_counter()
        find(person, words)
        middle = time.perf_counter()
        bare(words)
        search, floor = search + middle - begin, floor + time.perf_counter() - middle
    return search, floor


def main() -> int:
    with servers.postgres() as url:
        os.environ["DATABASE_URL"] = url
        return measure()


def measure() -> int:
    """Measure on a database of our own; the platform is imported once its address is known."""
    from _floor import Report, database  # noqa: PLC0415
    from _stories import Stories, bare, vacuum  # noqa: PLC0415

    from search.find import find  # noqa: PLC0415

    report = Report()
    with database():
        stories = Stories(A_SERIES, TEAMS, COACHED, VOCABULARY)
        asked = [" ".join(stories.words[place] for place in places) for places in WORDS]
        took: dict[str, list[float]] = {}
        for count in (FEW, MANY):
            stories.grow(count)
            vacuum()
            people = {"coach": stories.coach, "organizer": stories.organizer}
            for name, person in people.items():
                for words in asked:
                    assert find(person, words).hits, words
                pairs = [timed(find, bare, person, asked) for _round in range(ROUNDS)]
                took[f"{name}-{count}"] = [search for search, _bare in pairs]
                if count == MANY:
                    by_bare = median(search / floor for search, floor in pairs)
                    report.line(f"search-{name}-by-bare-query", by_bare, BY_BARE)
        for name in people:
            growth = median(took[f"{name}-{MANY}"]) / median(took[f"{name}-{FEW}"])
            report.line(f"search-{name}-by-10000", growth, BY_FEW)
    return int(report.is_short)


if __name__ == "__main__":
    sys.exit(main())
