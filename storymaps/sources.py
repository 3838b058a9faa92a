"""What an entry rests on: what holds for a file, a link or a number, and how it is said in words."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.files import FileRefused, claim
from accounts.kinds import FileKind
from accounts.models import FileState
from storymaps.models import Evidence, StoryEntry
from teams.models import Team

if TYPE_CHECKING:
    from accounts.models import File, User

HEARD = (FileKind.SOUND, FileKind.VIDEO)
MOST = 20  # pieces of evidence an entry
MOST_CUES, MOST_CAPTIONS = 2000, 200_000
_CUE = re.compile(r"^((?:\d{2,4}:)?\d{2}:\d{2}\.\d{3}) +--> +((?:\d{2,4}:)?\d{2}:\d{2}\.\d{3})(?:[ \t].*)?$")


def attach(entry: StoryEntry, file: "File", alt_text: str, *, by: "User") -> Evidence:
    """Hang a file on `entry`. Call it in the transaction that saves the entry.

    Raises ValidationError for a file of somebody else, a photo without words, and where the team's share is
    used up.
    """
    if file.uploaded_by_id != by.pk:
        raise ValidationError({"photo": _("This file was sent by somebody else.")})
    return save_evidence(Evidence(entry=entry, file=file, alt_text=alt_text), field="photo")


def save_evidence(draft: Evidence, *, field: str = "file") -> Evidence:
    """Save a new piece of evidence after all that holds for it; see `attach`."""
    entry, file = draft.entry, draft.file
    if file is not None:
        if file.kind == FileKind.PHOTO and not draft.alt_text.strip():
            message = _("Say in a sentence what the photo shows, for those who cannot see it.")
            raise ValidationError({"alt_text": message})
        Team.objects.select_for_update().get(pk=entry.team_id)  # shares are counted one after the other
        try:
            claim(file, f"team:{entry.team_id}")
        except FileRefused as refused:
            raise ValidationError({field: str(refused)}) from refused
    if entry.evidence.count() >= MOST:
        raise ValidationError(_("An entry holds at most %(most)s pieces of evidence.") % {"most": MOST})
    draft.position = (entry.evidence.aggregate(last=Max("position"))["last"] or 0) + 1
    draft.full_clean(exclude=["file", "submission_id"])
    draft.save()
    return draft


def to_write_down(team: Team, user: Any) -> list[Evidence]:
    """What was spoken or filmed for `team` and is not written down yet, oldest first."""
    entries = StoryEntry.objects.visible_to(user).filter(team=team)
    found = Evidence.objects.filter(entry__in=entries, file__kind__in=HEARD, file__state=FileState.READY)
    return list(found.filter(transcript="", captions="").select_related("entry", "file").order_by("pk"))


def source_words(pieces: Collection[Evidence]) -> str:
    """How firm the evidence of an entry is, in words: its kind where it is one piece, else how many."""
    if not pieces:
        return gettext("No evidence yet")
    if len(pieces) == 1:
        return str(next(iter(pieces)).kind_words)
    return ngettext("%(n)s source", "%(n)s sources", len(pieces)) % {"n": len(pieces)}


def plain_captions(text: str) -> str:
    """WebVTT with its times and words alone: no styles, notes, places or marks. Raises ValidationError."""
    wrong = ValidationError(_("This is no WebVTT file. It begins with WEBVTT and has times with dots."))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]) or len(text) > MOST_CAPTIONS:
        raise wrong
    cues: list[str] = []
    for block in "\n".join(lines[1:]).split("\n\n"):
        rows = [row for row in block.split("\n") if row.strip()]
        at = next((number for number, row in enumerate(rows[:2]) if _CUE.match(row)), None)
        if at is None:
            continue  # a note, a style, a region
        said = [re.sub(r"<[^>]*>|-->", "", row).replace("<", "").strip() for row in rows[at + 1 :]]
        match = _CUE.match(rows[at])
        assert match is not None
        cues.append("\n".join([f"{match[1]} --> {match[2]}", *(row for row in said if row)]))
    if not 0 < len(cues) <= MOST_CUES:
        raise wrong
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"
