"""Which teams met the same: by driver, by the words they use, by what they said or did about it. Pure.

Nothing here is a score that anybody reads: the order decides only who stands first, and each match says in
words why it stands there.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

STUCK = frozenset({"not", "mixed"})
MOST_WORDS = 3  # words told of a match
# English, then Spanish: words that say nothing of what a text is about.
STOP = frozenset((Path(__file__).parent / "stop_words.txt").read_text(encoding="utf-8").split())
WORD = re.compile(r"[^\W\d_]{4,}")


def bare(word: str) -> str:
    """`word` in small letters and without accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def stem(word: str) -> str:
    """What is the same in a word and its plural, roughly: six letters of it at most."""
    found = bare(word)
    if len(found) > 4 and found.endswith("s"):
        found = found[:-1]
    return found[:6]


def words_of(*texts: str) -> dict[str, str]:
    """The words of `texts` that tell something: stem → the word as it stands there first."""
    found: dict[str, str] = {}
    for text in texts:
        for word in WORD.findall(text):
            if bare(word) not in STOP:
                found.setdefault(stem(word), word.casefold())
    return found


@dataclass(frozen=True)
class Piece:
    """What a team told, plans or looks at, as far as matching goes."""

    kind: str  # story, item, focus
    pk: int
    team: int
    on: date | None = None
    drivers: frozenset[int] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)
    result: str = ""
    head: frozenset[str] = frozenset()  # the stems of its title: what it is about


@dataclass(frozen=True)
class Sign:
    """What a team said or did about the very same thing: met, tries, uses, asks, told."""

    kind: str
    about: str = ""  # a title or the name of a driver


@dataclass(frozen=True)
class Match:
    """That a team met the same, and why we say so."""

    team: int
    piece: Piece | None = None
    drivers: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    is_stuck_too: bool = False
    signs: tuple[Sign, ...] = ()

    @property
    def weight(self) -> int:
        """How much there is in common; for the order alone."""
        return 4 * len(self.signs) + 2 * len(self.words) + len(self.drivers) + 2 * self.is_stuck_too


@dataclass(frozen=True)
class Usage:
    """How many pieces use each word, to tell the words that say something from those that all use."""

    pieces: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> "Usage":
        return cls(len(pieces), Counter(word for piece in pieces for word in piece.words))

    def is_common(self, word: str) -> bool:
        """In more than every sixth piece, and in more than six: it tells no two teams apart."""
        return self.counts.get(word, 0) > max(6, self.pieces // 6)

    def is_rare(self, word: str) -> bool:
        """In at most every twentieth piece, or in four: one such word says something by itself."""
        return self.counts.get(word, 0) <= max(4, self.pieces // 20)


def compare(mine: Piece, other: Piece, usage: Usage) -> Match | None:
    """What `other` has in common with `mine`; None where that is too little to speak of.

    Under the same driver one rare word that one of them is about is enough, or two words, or that both did
    not get on; otherwise it takes two words, one of them rare.
    """
    if other.team == mine.team:
        return None
    shared = [word for word in other.words if word in mine.words and not usage.is_common(word)]
    shared.sort(key=lambda word: usage.counts.get(word, 0))
    rare = [word for word in shared if usage.is_rare(word)]
    telling = any(word in mine.head or word in other.head for word in rare)
    drivers = tuple(sorted(mine.drivers & other.drivers))
    stuck = bool(drivers) and mine.result in STUCK and other.result in STUCK
    has_two = len(shared) > 1 and bool(rare or drivers)
    if not (stuck or has_two or (drivers and telling)):
        return None
    words = tuple(other.words[word] for word in shared[:MOST_WORDS])
    return Match(other.team, other, drivers, words, stuck)


def teams_that_met(
    mine: Piece,
    others: Iterable[Piece],
    signs: Mapping[int, Sequence[Sign]],
    *,
    usage: Usage,
    most: int = 5,
) -> list[Match]:
    """For each other team what it has most in common with `mine`; the closest first, then the newest.

    `signs` are what teams said or did about `mine`, by team.
    """
    best: dict[int, Match] = {team: Match(team) for team in signs if team != mine.team}
    for other in others:
        found = compare(mine, other, usage)
        if found is None:
            continue
        before = best.get(found.team)
        if before is None or before.piece is None or _order(found) < _order(before):
            best[found.team] = found
    told = [
        Match(one.team, one.piece, one.drivers, one.words, one.is_stuck_too, tuple(signs.get(one.team, ())))
        for one in best.values()
    ]
    return sorted(told, key=_order)[:most]


def _order(match: Match) -> tuple[int, int, int, int]:
    on = match.piece.on if match.piece and match.piece.on else date.min
    return (-match.weight, -on.toordinal(), match.team, match.piece.pk if match.piece else 0)
