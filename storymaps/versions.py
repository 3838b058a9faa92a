"""Versions of an entry: one each time that it is handed in, and what changed between two, word by word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from storymaps.models import EntryVersion, StoryEntry

if TYPE_CHECKING:
    from accounts.models import User

GRACE = timedelta(minutes=15)  # a slip of the pen mended at once is no new version
TOLD = (
    "text", "title", "began_on", "ended_on", "place", "who", "why_it_matters", "how", "now_think",
    "values_shown", "sphere", "partner_name", "strand", "result", "is_intended", "names_people", "language",
    "visibility",
)  # fmt: skip
WORDS = (
    "text",
    "title",
    "place",
    "who",
    "why_it_matters",
    "how",
    "now_think",
    "values_shown",
    "partner_name",
)
_PIECES = re.compile(r"\s+|[^\W\d_]+|\d+|.", re.DOTALL)


def snapshot_of(entry: StoryEntry) -> dict[str, Any]:
    """The told fields of `entry` as they stand, in values that JSON holds. Two queries."""
    found: dict[str, Any] = {}
    for name in TOLD:
        value = getattr(entry, name)
        found[name] = value.isoformat() if isinstance(value, date) else value
    found["partner"] = entry.partner.name if entry.partner else ""
    found["drivers"] = [driver.name for driver in entry.drivers.all()]
    return found


def keep_version(entry: StoryEntry, *, by: "User", at: datetime, may_replace: bool = True) -> EntryVersion:
    """Write down what `entry` says now; called in the transaction that changed it.

    Within GRACE of the newest version the same author replaces it (unless not `may_replace`: what was
    cleared for the public stays in the history). Nothing changed is no version.
    """
    now = snapshot_of(entry)
    newest = entry.versions.order_by("-number").first()
    if newest is not None and newest.snapshot == now:
        return newest
    if newest is not None and may_replace and is_in_grace(newest, by=by, at=at):
        newest.snapshot = now
        newest.save(update_fields=["snapshot"])
        return newest
    number = (newest.number if newest else 0) + 1
    return EntryVersion.objects.create(entry=entry, number=number, snapshot=now, by=by, at=at)


def keep_first(entry: StoryEntry) -> None:
    """Let an entry that was told before versions were kept begin with what it says now."""
    if not entry.versions.exists():
        EntryVersion.objects.create(
            entry=entry, number=1, snapshot=snapshot_of(entry), by=entry.author, at=entry.logged_at
        )


def is_in_grace(version: EntryVersion, *, by: "User", at: datetime) -> bool:
    """True while `by`, who handed `version` in, may still replace it without leaving a trace."""
    return version.by_id == by.pk and at - version.at < GRACE


def newest_number(entry: StoryEntry) -> int:
    """How many versions there are; 1 for an entry that was told before they were kept."""
    return entry.versions.aggregate(newest=Max("number"))["newest"] or 1


@dataclass(frozen=True)
class Piece:
    """A run of words that is in both texts (`kind` same), only in the newer (new) or the older (old)."""

    kind: str
    words: str


def word_diff(older: str, newer: str) -> list[Piece]:
    """What to take out of `older` and to put in so that it reads `newer`; whole words, spaces kept.

    Joined, the pieces that are not new give `older` and those that are not old give `newer`.
    """
    before, after = _PIECES.findall(older), _PIECES.findall(newer)
    # autojunk bounds the time for a text of a few words said very often
    found: list[Piece] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(before[i1:i2])))
            continue
        if i1 < i2:
            found.append(Piece("old", "".join(before[i1:i2])))
        if j1 < j2:
            found.append(Piece("new", "".join(after[j1:j2])))
    return found


@dataclass(frozen=True)
class Change:
    """What became of one told field: words with their pieces, or the older and newer value of a choice."""

    label: Any
    pieces: tuple[Piece, ...] = ()
    older: Any = ""
    newer: Any = ""


def changes(older: Mapping[str, Any], newer: Mapping[str, Any]) -> list[Change]:
    """The fields in which two snapshots differ, in the order of the form."""
    return list(_changes(older, newer))


def _changes(older: Mapping[str, Any], newer: Mapping[str, Any]) -> Iterator[Change]:
    for name in (*TOLD, "partner", "drivers"):
        before, after = older.get(name) or "", newer.get(name) or ""
        if before == after:
            continue
        field: Any = StoryEntry._meta.get_field(name)
        label = field.verbose_name
        if name in WORDS:
            yield Change(label, pieces=tuple(word_diff(before, after)))
        else:
            yield Change(label, older=_shown(name, before), newer=_shown(name, after))


def _shown(name: str, value: Any) -> Any:
    """A value of a snapshot in the words of the page."""
    if name == "drivers":
        return ", ".join(value)
    if value is True:
        return _("yes")
    field: Any = StoryEntry._meta.get_field(name)
    choices = dict(field.flatchoices)
    if value and name in ("began_on", "ended_on"):
        return date.fromisoformat(value)
    return choices.get(value, value)
