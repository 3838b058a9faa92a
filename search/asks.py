"""What the engines are given: words to keep, and what to look for."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from search.words import Term

MOST = 300  # of the newest rows that fit are ranked; older ones come by more words, or newest first


class Entry(NamedTuple):
    """What an engine keeps of a row: its words, and the marks that say who reads it, its kind and series."""

    row_id: int
    heading: Sequence[str]
    body: Sequence[str]
    marks: Collection[str]


class Ask(NamedTuple):
    """Rows that hold every one of `terms`, any of the marks `readers`, and all of the marks `filters`."""

    terms: Sequence[Term]
    readers: Sequence[str]
    filters: Sequence[str] = ()
    is_by_rank: bool = True
    start: int = 0
    size: int = 20
