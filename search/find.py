"""Find what a person may read: the one question, over every kind and on both databases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, QuerySet, Value

from accounts.permissions import Role
from search.asks import MOST, Ask
from search.backends import engine
from search.models import SearchRow
from search.registry import KINDS, Kind
from search.words import Piece, Term, excerpt, marked, terms_of
from series.models import Series, SeriesRole
from teams.models import CoachAssignment, Membership

A_PAGE = 20
LAST_PAGE = MOST // A_PAGE


@dataclass(frozen=True)
class Hit:
    """One thing found, with what a page shows of it."""

    kind: Kind
    row: SearchRow
    url: str
    title: list[Piece]
    excerpt: list[Piece]


@dataclass(frozen=True)
class Found:
    """A page of hits. How many there are in all is not counted: it would tell of what one may not read."""

    terms: Sequence[Term]
    hits: Sequence[Hit] = ()
    page: int = 1
    has_next: bool = False


def find(
    user: Any,
    words: str,
    *,
    kind: Kind | None = None,
    series: Series | None = None,
    is_newest_first: bool = False,
    page: int = 1,
) -> Found:
    """What `user` may read that holds every one of `words`, the best first; five queries at most.

    The index leaves out what the marks of a person do not open; then each hit of the page is asked for
    through its own `readable`, so that a row that lags behind shows nothing.
    """
    terms = terms_of(words)
    readers = readers_of(user)
    page = min(max(page, 1), LAST_PAGE)
    if not terms or not readers:
        return Found(terms, page=page)
    filters = [f"k{kind.name}"] if kind else []
    if series is not None:
        filters.append(f"r{series.pk}")
    # A page more is looked at, to know whether there is one.
    ask = Ask(terms, readers, filters, not is_newest_first, (page - 1) * A_PAGE, 2 * A_PAGE)
    ids = engine().find(ask)
    rows = SearchRow.objects.select_related("series", "team").in_bulk(ids) if ids else {}
    found = [rows[row_id] for row_id in ids if row_id in rows]
    open_to = _readable(user, found)
    kept = [(place, row) for place, row in enumerate(found) if (row.kind, row.object_id) in open_to]
    hits = [_hit(row, terms) for place, row in kept if place < A_PAGE]
    has_next = page < LAST_PAGE and any(place >= A_PAGE for place, _row in kept)
    return Found(terms, hits, page, has_next)


def readers_of(user: Any) -> list[str]:
    """The marks that open rows to `user` today (`search.services.marks_of`). One query."""
    if not user.is_authenticated or not user.is_active:
        return []
    held: list[tuple[Any, str, str]] = [
        (SeriesRole.objects.held(user), "role", "series_id"),
        (Membership.objects.held(user), "role", "team__series_id"),
        (CoachAssignment.objects.held(user), "", "team__series_id"),
    ]
    rows = [
        queryset.order_by().values_list(
            F(role) if role else Value(Role.COACH.value),
            F(series),
            F("team_id") if "team" in series else F(series),
        )
        for queryset, role, series in held
    ]
    marks: set[str] = set()
    for role, series_id, team_id in rows[0].union(*rows[1:]).order_by():
        if role in (Role.ORGANIZER, Role.FACILITATOR):
            marks.add(f"r{series_id}")
            continue
        marks.add(f"s{series_id}")
        if role == Role.EXPERT:
            marks.add(f"e{series_id}")
        elif role == Role.COACH:
            marks |= {f"t{team_id}", f"c{team_id}"}
        elif role != Role.OBSERVER:
            marks.add(f"t{team_id}")
    return sorted(marks)


def _readable(user: Any, rows: Sequence[SearchRow]) -> set[tuple[str, int]]:
    """Which of these things `user` may read at this moment. One query."""
    asked: list[QuerySet[Any]] = []
    for name in dict.fromkeys(row.kind for row in rows):
        if kind := KINDS.get(name):
            ids = [row.object_id for row in rows if row.kind == name]
            label = Value(name, output_field=CharField())
            asked.append(kind.readable(user).filter(pk__in=ids).order_by().values_list(label, "pk"))
    if not asked:
        return set()
    return set(asked[0].union(*asked[1:]).order_by())


def _hit(row: SearchRow, terms: Sequence[Term]) -> Hit:
    kind = KINDS[row.kind]
    return Hit(kind, row, kind.url(row), marked(row.title, terms), excerpt(row.text, terms))
