"""The harvest desk: keep what reached a team elsewhere, mark what tells something, and wait for its nod."""

import hashlib
import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.events import record
from accounts.permissions import Permission, require
from core import clock
from storymaps import services
from storymaps.models import HarvestPassage, HarvestSource, PassageState, StoryEntry
from storymaps.versions import keep_version
from teams.models import Membership, Team

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 4000  # of a passage: what an entry holds
_BLANK_LINES = re.compile(r"\n[ \t]*\n+")


def paragraphs(text: str) -> list[str]:
    """`text` cut where lines are blank; where none is, at each line, as chats are written.

    A paragraph that is longer than an entry may be is cut after a sentence or a word.
    """
    plain = text.replace("\r\n", "\n").strip()
    cut = _BLANK_LINES.split(plain)
    if len(cut) == 1:
        cut = plain.split("\n")
    return [piece for one in cut if one.strip() for piece in _short(one.strip())]


def _short(text: str) -> list[str]:
    found = []
    while len(text) > LONGEST:
        head = text[:LONGEST]
        at = max(head.rfind(". ") + 1, head.rfind(" ") if ". " not in head else 0, 0) or LONGEST
        found.append(text[:at].strip())
        text = text[at:].strip()
    return [*found, text]


def paste(draft: HarvestSource, *, by: "User", at: datetime) -> HarvestSource:
    """Keep a text as it came. A double tap is one source."""
    require(by, Permission.LOG_STORY, draft.team)
    if earlier := _pasted_before(draft, by):
        return earlier
    draft.pasted_by, draft.pasted_at = by, at
    draft.is_on_behalf = services.files_on_behalf(by, draft.team)
    draft.full_clean(exclude=["submission_id"])
    if draft.said_on > clock.day_in(draft.team.time_zone, at):
        raise ValidationError({"said_on": _("This day is still to come.")})
    try:
        with transaction.atomic():
            draft.save()
            record(by=by, act="storymaps.source_pasted", target=draft, at=at)
    except IntegrityError as error:
        if earlier := _pasted_before(draft, by):
            return earlier
        raise ValidationError(_("This form was used before. Open it again and save once more.")) from error
    return draft


@transaction.atomic
def forget(source: HarvestSource, *, by: "User", at: datetime) -> None:
    """Delete a pasted text, with the passages that wait in it. Stories that were made of it stay."""
    require(by, Permission.LOG_STORY, source)
    record(by=by, act="storymaps.source_forgotten", target=source, at=at)
    HarvestSource.objects.filter(pk=source.pk).delete()


def _pasted_before(draft: HarvestSource, by: "User") -> HarvestSource | None:
    return HarvestSource.objects.filter(pasted_by=by, submission_id=draft.submission_id).first()


def mark(source: HarvestSource, texts: Sequence[str], *, by: "User", at: datetime) -> list[HarvestPassage]:
    """Mark passages of `source`; each waits for the team. What is marked already stays as it is.

    Raises ValidationError where one is not in the source (blanks aside), or is too long for an entry.
    """
    require(by, Permission.LOG_STORY, source)
    whole = _even(source.text)
    rows: dict[str, HarvestPassage] = {}
    for text in texts:
        even = _even(text)
        if not even:
            continue
        if even not in whole:
            raise ValidationError(_("A passage has to stand in the text word for word."))
        if len(text.strip()) > LONGEST:
            raise ValidationError(_("A passage is too long for an entry. Mark less at a time."))
        digest = hashlib.sha256(even.encode()).hexdigest()
        rows[digest] = HarvestPassage(
            source=source, text=text.strip(), digest=digest, marked_by=by, marked_at=at
        )
    if not rows:
        raise ValidationError(_("Choose at least one passage."))
    with transaction.atomic():
        known = set(source.passages.values_list("digest", flat=True))
        fresh = [row for digest, row in rows.items() if digest not in known]
        HarvestPassage.objects.bulk_create(fresh, ignore_conflicts=True)
        made = list(source.passages.filter(digest__in=[row.digest for row in fresh]))
        if made:
            ids = [passage.pk for passage in made]
            record(by=by, act="storymaps.passages_marked", target=source, at=at, passages=ids)
    return made


def _even(text: str) -> str:
    """`text` with single blanks: what a browser selects differs from what was pasted in nothing else."""
    return " ".join(text.split())


def may_nod(user: Any, team: Team) -> bool:
    """The team itself answers for what is told in its name: a coach does not."""
    return Membership.objects.held(user).filter(team=team).exists()


def accept(
    passage: HarvestPassage,
    *,
    text: str,
    began_on: date,
    by: "User",
    at: datetime,
) -> StoryEntry:
    """Put a passage, as it is or as the team words it, on the map: told by who pasted it, for the team.

    It stands in no lane yet, as anything does that was told in one sentence.
    Accepted twice gives the same entry; raises ValidationError where it was declined meanwhile.
    """
    source = passage.source
    require_nod(by, source.team)
    entry = StoryEntry(
        team=source.team,
        author=source.pasted_by,
        text=text,
        began_on=began_on,
        language=source.language,
        is_on_behalf=source.is_on_behalf,
        channel=source.channel,
        author_is_under_18=services.is_under_18(source.pasted_by) or services.is_under_18(by),
        logged_at=at,
        submission_id=uuid.uuid4(),
    )
    entry.full_clean(exclude=["submission_id"])
    with transaction.atomic():
        held = HarvestPassage.objects.select_for_update().get(pk=passage.pk)
        if held.state == PassageState.ACCEPTED and held.entry is not None:
            return held.entry
        if held.state != PassageState.WAITING:
            raise ValidationError(_("This passage was answered already."))
        entry.save()
        keep_version(entry, by=by, at=at)
        fields = {"state": PassageState.ACCEPTED, "entry": entry, "decided_by": by, "decided_at": at}
        HarvestPassage.objects.filter(pk=passage.pk).update(**fields)
        record(by=by, act="storymaps.story_logged", target=entry, at=at, passage=passage.pk)
    return entry


def decline(passage: HarvestPassage, *, by: "User", at: datetime) -> bool:
    """Say that a passage shall not stand on the map. False where it was answered already."""
    require_nod(by, passage.source.team)
    with transaction.atomic():
        rows = HarvestPassage.objects.filter(pk=passage.pk).waiting()
        if not rows.update(state=PassageState.DECLINED, decided_by=by, decided_at=at):
            return False
        record(by=by, act="storymaps.passage_declined", target=passage, at=at)
    return True


def require_nod(by: "User", team: Team) -> None:
    """Raise PermissionDenied, in words for the person, unless `may_nod`."""
    if not may_nod(by, team):
        raise PermissionDenied(_("The team itself says what is told in its name."))
