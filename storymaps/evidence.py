"""What can be done with evidence: added to an entry, put in words, written down, taken away.

A change to what an entry that is cleared for the public rests on takes the clearance back.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.events import record
from storymaps.models import Evidence, StoryEntry, Visibility
from storymaps.services import withdraw_clearance
from storymaps.sources import save_evidence

if TYPE_CHECKING:
    from accounts.models import User


def add_evidence(draft: Evidence, *, by: "User", at: datetime) -> Evidence:
    """Add a file, a link or a number to an entry. A double tap is one piece of evidence."""
    earlier = Evidence.objects.filter(entry=draft.entry_id, submission_id=draft.submission_id)
    if draft.submission_id and (first := earlier.first()):
        return first
    if draft.file is not None and draft.file.uploaded_by_id != by.pk:
        raise ValidationError({"file": _("This file was sent by somebody else.")})
    try:
        with transaction.atomic():
            save_evidence(draft)
            _take_back(draft.entry, by=by, at=at)
            record(by=by, act="storymaps.evidence_added", target=draft, at=at)
    except IntegrityError as error:
        if first := earlier.first():
            return first
        raise ValidationError(_("This form was used before. Open it again and save once more.")) from error
    return draft


@transaction.atomic
def change_evidence(draft: Evidence, *, by: "User", at: datetime) -> Evidence:
    """Save the words of a piece of evidence: what it shows, what is said in it, its captions."""
    draft.full_clean(exclude=["file", "submission_id"])
    draft.save(update_fields=["alt_text", "url", "number", "transcript", "captions"])
    record(by=by, act="storymaps.evidence_changed", target=draft, at=at)
    return draft


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: "User", at: datetime) -> None:
    """Take a piece of evidence away; its file goes with the next sweep after a day."""
    _take_back(evidence.entry, by=by, at=at)
    gone = evidence.pk
    evidence.delete()
    evidence.pk = gone  # who listens to the event sees the entry as it is without it
    record(by=by, act="storymaps.evidence_removed", target=evidence, at=at)


def _take_back(entry: StoryEntry, *, by: "User", at: datetime) -> None:
    if entry.visibility == Visibility.PUBLIC:
        withdraw_clearance(entry, by=by, at=at)
