"""Keep the index: in the transaction of each act, and by a sweep that mends what no act told."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Model
from django.db.models.functions import Mod

from accounts.models import Event
from search.asks import Entry
from search.backends import engine
from search.models import Level, SearchRow
from search.registry import KINDS, Kind, touched_by
from search.words import fold

BATCH = 100
LONGEST_TEXT = 20_000
KEPT = ("series_id", "team_id", "level", "title", "text", "said_on", "language", "address")
SLOT = timedelta(minutes=10)
SLOTS = 144  # a day has so many: each row is looked at once a day


def on_record(event: Event, target: Model) -> None:
    """Bring the rows up to date that an act on `target` may have changed. In the act's transaction."""
    for kind, touched in touched_by(target):
        index(kind, list(kind.model._default_manager.filter(touched).values_list("pk", flat=True)))


@transaction.atomic
def index(kind: Kind, object_ids: Collection[int], *, force: bool = False) -> int:
    """Make the rows of these things say what the things say now; return how many were written or removed.

    The rows are locked before the things are read, so that of two at once the later reads what the earlier
    wrote. A thing that is gone, withdrawn or empty loses its row. With `force` all are written.
    """
    rows = SearchRow.objects.select_for_update().order_by("pk")
    there = {row.object_id: row for row in rows.filter(kind=kind.name, object_id__in=object_ids)}
    changed, gone = [], dict(there)
    for thing in kind.rows().filter(pk__in=object_ids):
        new = row_of(kind, thing)
        old = gone.pop(thing.pk, None)
        if force or old is None or any(getattr(old, name) != getattr(new, name) for name in KEPT):
            changed.append(new)
    if changed:
        written = SearchRow.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["kind", "object_id"], update_fields=KEPT
        )
        engine().write([entry_of(row) for row in written])
    if gone:
        _remove(list(gone.values()))
    return len(changed) + len(gone)


def _remove(rows: Sequence[SearchRow]) -> None:
    ids = [row.pk for row in rows]
    engine().remove(ids)
    SearchRow.objects.filter(pk__in=ids).delete()


def row_of(kind: Kind, thing: Any) -> SearchRow:
    """The row of a thing, not saved."""
    words = kind.words(thing)
    return SearchRow(
        kind=kind.name,
        object_id=thing.pk,
        series_id=words.series_id,
        team_id=words.team_id,
        level=words.level.value,
        title=words.title[:300],
        text=words.text[:LONGEST_TEXT],
        said_on=words.said_on,
        language=words.language,
        address=dict(words.address),
    )


def entry_of(row: SearchRow) -> Entry:
    """What the engine keeps of a row."""
    return Entry(row.pk, fold(row.title), fold(row.text), marks_of(row))


def marks_of(row: SearchRow) -> list[str]:
    """Who reads it, and of what kind and series it is; `search.find.readers_of` gives a person's marks.

    r: who runs the series reads all that is in it. s: everybody in the series. t: the team and its coaches.
    c: its coaches alone. e: experts of the series. k: the kind. A letter and an id, so never anybody's word.
    """
    marks = [f"r{row.series_id}", f"k{row.kind}"]
    if row.level == Level.SERIES:
        marks.append(f"s{row.series_id}")
    elif row.level == Level.COACHES:
        marks.append(f"c{row.team_id}")
    else:
        marks.append(f"t{row.team_id}")
    if row.level == Level.EXPERTS:
        marks.append(f"e{row.series_id}")
    return marks


# --- mending -------------------------------------------------------------------------------------------


def mend(*, since: datetime, until: datetime, seconds: float = 20) -> int:
    """Index what is missing, drop what is gone, and look again at the rows whose turn it is; return how many.

    Each row has its turn once a day. Stops after about `seconds`: the next run goes on, since what was done
    stands, batch by batch.
    """
    end = time.monotonic() + seconds
    turns = list(_turns(since, until))
    count = 0
    for kind in KINDS.values():
        rows = SearchRow.objects.filter(kind=kind.name)
        missing = (
            kind.rows().exclude(pk__in=rows.values("object_id")).order_by("pk").values_list("pk", flat=True)
        )
        orphans = rows.exclude(object_id__in=kind.rows().values("pk")).values_list("object_id", flat=True)
        due = (
            rows.annotate(turn=Mod(F("pk"), SLOTS)).filter(turn__in=turns).values_list("object_id", flat=True)
        )
        for look in (_in_batches(missing), _in_batches(orphans), _in_batches(due)):
            for ids in look:
                count += index(kind, ids)
                if time.monotonic() > end:
                    return count
    unwritten = engine().unwritten(20 * BATCH)
    for kind in KINDS.values():
        found = SearchRow.objects.filter(pk__in=unwritten, kind=kind.name).values_list("object_id", flat=True)
        for ids in _in_batches(found):
            count += index(kind, ids, force=True)
    return count


def _turns(since: datetime, until: datetime) -> set[int]:
    first, last = (int(moment.timestamp() // SLOT.total_seconds()) for moment in (since, until))
    return {slot % SLOTS for slot in range(max(first, last - SLOTS) + 1, last + 1)}


def _in_batches(ids: Any) -> list[list[int]]:
    found = list(ids)
    return [found[start : start + BATCH] for start in range(0, len(found), BATCH)]


def reindex(names: Collection[str] = (), *, tell: Callable[[str, int], None] | None = None) -> int:
    """Write every row anew, of the kinds `names` or of all. Stopped midway, it is run again."""
    total = 0
    for kind in KINDS.values():
        if names and kind.name not in names:
            continue
        count = 0
        wanted = kind.rows().order_by("pk").values_list("pk", flat=True)
        rows = SearchRow.objects.filter(kind=kind.name)
        for ids in _in_batches(wanted):
            count += index(kind, ids, force=True)
        for ids in _in_batches(
            rows.exclude(object_id__in=kind.rows().values("pk")).values_list("object_id", flat=True)
        ):
            count += index(kind, ids)
        total += count
        if tell:
            tell(kind.name, count)
    engine().unwritten(0)
    return total
