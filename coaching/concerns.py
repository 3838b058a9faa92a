"""Telling the facilitators that something should not stand there, and saying what became of it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.events import record
from coaching.models import Concern
from core.forms import USED_BEFORE

if TYPE_CHECKING:
    from accounts.models import User

MOST_A_DAY = 20  # of one person


def raise_concern(draft: Concern, *, by: "User", at: datetime) -> Concern:
    """Tell the facilitators. A double tap is one concern. Raises ValidationError after very many today."""
    if earlier := Concern.objects.filter(raised_by=by, submission_id=draft.submission_id).first():
        return earlier
    if Concern.objects.filter(raised_by=by, raised_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise ValidationError(_("You have told the facilitators very often today. Please write to them."))
    draft.raised_by, draft.raised_at = by, at
    draft.full_clean(exclude=["submission_id"])
    try:
        with transaction.atomic():
            draft.save()
            record(by=by, act="coaching.concern_raised", target=draft, at=at)
    except IntegrityError as error:
        raise ValidationError(USED_BEFORE) from error
    return draft


@transaction.atomic
def settle_concern(concern: Concern, *, by: "User", at: datetime) -> None:
    """Say that it was looked at. Settled twice is settled once."""
    if Concern.objects.filter(pk=concern.pk, settled_at=None).update(settled_at=at, settled_by=by):
        record(by=by, act="coaching.concern_settled", target=concern, at=at)
