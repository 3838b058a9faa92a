"""What was shared in a series, of all kinds, the newest first: a registry, read page by page.

A kind is what one room shares. Rooms to the right of this one register theirs at start-up.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from series.models import Series

A_PAGE = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = 10**16  # microseconds; some three hundred years


@dataclass(frozen=True)
class Kind:
    """One kind of thing in the feed.

    `rows(user, series)` are those that all in the series read and `user` does, `at` the field with the
    moment of sharing. `show(rows, user)` gives for each row, in this order, the context of `template`; its
    queries do not grow with the rows.
    """

    name: str
    label: Any
    rows: Callable[[Any, Series], QuerySet[Any]]
    at: str
    show: Callable[[Sequence[Any], Any], list[dict[str, Any]]]
    template: str


@dataclass(frozen=True)
class Item:
    """One thing in the feed."""

    kind: Kind
    row: Any
    at: datetime
    shown: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the moment, the kind and the id of its last thing."""

    at: datetime
    rank: int
    pk: int

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """The cursor of an address; None for a blank one and for anything that is none."""
        parts = text.split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            return None
        micros, rank, pk = (int(part[:17]) for part in parts)
        if micros > LAST or rank > 99 or pk > 10**12:
            return None
        return cls(EPOCH + timedelta(microseconds=micros), rank, pk)

    def __str__(self) -> str:
        return f"{self.micros}-{self.rank}-{self.pk}"

    @property
    def micros(self) -> int:
        return (self.at - EPOCH) // timedelta(microseconds=1)


kinds: list[Kind] = []


def register(kind: Kind) -> None:
    """Let things of `kind` stand in the feed of every series."""
    kinds.append(kind)


def page_of(
    user: Any, series: Series, *, only: str = "", after: Cursor | None = None, most: int = A_PAGE
) -> tuple[list[Item], Cursor | None]:
    """The next `most` things after `after`, and where they end; None where nothing follows.

    One query a kind, and those of what is shown of it, whatever the number of things.
    """
    found: list[tuple[Item, Cursor]] = []
    for rank, kind in enumerate(kinds):
        if only and kind.name != only:
            continue
        rows = kind.rows(user, series).order_by(f"-{kind.at}", "-pk")
        if after is not None:
            rows = rows.filter(_after(kind, rank, after))
        for row in rows[: most + 1]:
            at = getattr(row, kind.at)
            found.append((Item(kind, row, at), Cursor(at, rank, row.pk)))
    found.sort(key=lambda pair: (-pair[1].micros, pair[1].rank, -pair[1].pk))
    page = found[:most]
    end = page[-1][1] if len(found) > most else None
    return _shown([item for item, _cursor in page], user), end


def _after(kind: Kind, rank: int, cursor: Cursor) -> Q:
    """What follows the cursor in the order: later in time never, at the same moment by kind, then by id."""
    earlier = Q(**{f"{kind.at}__lt": cursor.at})
    if rank < cursor.rank:
        return earlier
    same = Q(**{kind.at: cursor.at})
    return earlier | (same if rank > cursor.rank else same & Q(pk__lt=cursor.pk))


def _shown(items: list[Item], user: Any) -> list[Item]:
    """The things with what their templates show, kind by kind, in the order they stand."""
    by_kind: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_kind[item.kind.name].append(item)
    dressed: dict[tuple[str, int], dict[str, Any]] = {}
    for name, group in by_kind.items():
        shown = group[0].kind.show([item.row for item in group], user)
        for item, context in zip(group, shown, strict=True):
            dressed[name, item.row.pk] = context
    return [Item(item.kind, item.row, item.at, dressed[item.kind.name, item.row.pk]) for item in items]
