"""What can be done with boundary partners: name one, say what to look for, note what was seen."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.events import record
from accounts.permissions import Permission, require
from core import clock
from progress.models import BoundaryPartner, MarkerChange, ProgressMarker
from series.models import Series

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def switch_partners(series: Series, *, is_on: bool, by: "User", at: datetime) -> None:
    """Let a series use boundary partners, or no longer; what teams have noted stays."""
    require(by, Permission.CONFIGURE, series)
    if series.uses_boundary_partners == is_on:
        return
    series.uses_boundary_partners = is_on
    series.save(update_fields=["uses_boundary_partners"])
    record(by=by, act="progress.partners_switched", target=series, at=at, is_on=is_on)


def add_partner(draft: BoundaryPartner, *, by: "User", at: datetime) -> BoundaryPartner:
    """Name a partner of the team. A double tap is one partner; a name stands once in a team."""
    require(by, Permission.EDIT_PLAN, draft.team)
    draft.added_by, draft.added_at = by, at
    return _add_once(draft, "progress.partner_added", by, at)


def add_marker(draft: ProgressMarker, *, by: "User", at: datetime) -> ProgressMarker:
    """Say what the team hopes to see a partner do. A double tap is one marker."""
    require(by, Permission.EDIT_PLAN, draft.partner)
    draft.added_by, draft.added_at = by, at
    return _add_once(draft, "progress.marker_added", by, at)


def note_change(draft: MarkerChange, *, by: "User", at: datetime) -> MarkerChange:
    """Note how far a marker was seen on a day. The marker shows the newest day; none is rewritten."""
    marker = draft.marker
    require(by, Permission.EDIT_PLAN, marker)
    draft.noted_by, draft.noted_at = by, at
    if draft.seen_on and draft.seen_on > clock.day_in(marker.team.time_zone, at):
        raise ValidationError({"seen_on": _("This day is still to come.")})

    def show() -> None:
        # Locked, so that of two notes at once the later day decides.
        held = ProgressMarker.objects.select_for_update().get(pk=marker.pk)
        newest = held.changes.first()
        held.state = newest.state if newest else held.state
        held.save(update_fields=["state"])

    return _add_once(draft, "progress.marker_changed", by, at, show, target=marker)


def _add_once[M: Model](
    draft: M, act: str, by: "User", at: datetime, then: Callable[[], Any] | None = None, target: Any = None
) -> M:
    """Save `draft` with its event; the same submission gives the first record back."""
    model: Any = type(draft)
    same = model.objects.filter(submission_id=draft.submission_id)  # type: ignore[attr-defined]
    if earlier := same.first():
        return _own(earlier, by)
    draft.full_clean(exclude=["submission_id"])
    try:
        with transaction.atomic():
            draft.save()
            if then:
                then()
            record(by=by, act=act, target=target or draft, at=at)
    except IntegrityError as error:
        if earlier := same.first():
            return _own(earlier, by)
        raise ValidationError(_("This form was used before. Open it again and save once more.")) from error
    return draft


def _own[M: Model](earlier: M, by: "User") -> M:
    """`earlier`, if `by` made it; a submission of somebody else tells nothing."""
    maker = getattr(earlier, "added_by_id", None) or getattr(earlier, "noted_by_id", None)
    if maker != by.pk:
        raise ValidationError(_("This form was used before. Open it again and save once more."))
    return earlier
