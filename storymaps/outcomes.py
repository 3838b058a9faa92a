"""What can be done with outcome statements: promote stories to one, amend it, note what a verifier said."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.events import record
from accounts.permissions import Permission, has_permission, require
from core import clock
from storymaps.models import OutcomeStatement, StoryEntry
from teams.models import Membership

if TYPE_CHECKING:
    from accounts.models import User

EDITABLE = (
    "who_changed", "what_differs", "changed_on", "place", "significance", "contribution", "intent",
    "direction", "level", "verifier_role", "verifier_is_independent", "asked_on", "verdict",
    "verdict_comment", "language", "visibility",
)  # fmt: skip


class StaleOutcome(Exception):
    """Somebody changed the statement since it was opened; `current` is what stands now."""

    def __init__(self, current: OutcomeStatement) -> None:
        super().__init__(current.pk)
        self.current = current


def stated_before(by: "User", submission_id: Any) -> OutcomeStatement | None:
    """The statement that this submission of `by` made already, if it did."""
    return OutcomeStatement.objects.filter(author=by, submission_id=submission_id).first()


def state_outcome(
    draft: OutcomeStatement, sources: Collection[StoryEntry], *, by: "User", at: datetime
) -> OutcomeStatement:
    """Promote `sources` to a statement of who changed, and how. A double tap is one statement.

    Raises ValidationError if a rule of the model is broken, or a source is not for `by` to use.
    """
    require(by, Permission.LOG_STORY, draft.team)
    if earlier := stated_before(by, draft.submission_id):
        return earlier
    draft.author, draft.logged_at = by, at
    draft.full_clean(exclude=["submission_id"])
    _check(draft, sources, by, at)
    try:
        with transaction.atomic():
            draft.save()
            draft.sources.set(sources)
            record(by=by, act="storymaps.outcome_stated", target=draft, at=at)
    except IntegrityError as error:
        if earlier := stated_before(by, draft.submission_id):
            return earlier
        raise ValidationError(_("This form was used before. Open it again and save once more.")) from error
    return draft


def may_amend_outcome(user: Any, outcome: OutcomeStatement) -> bool:
    """The team amends its statements; a coach or facilitator those that they made for it."""
    if not has_permission(user, Permission.LOG_STORY, outcome):
        return False
    return outcome.author_id == user.pk or Membership.objects.held(user).filter(team=outcome.team_id).exists()


def amend_outcome(
    draft: OutcomeStatement, sources: Collection[StoryEntry], *, version: int, by: "User", at: datetime
) -> OutcomeStatement:
    """Save what was changed in `draft`, if the statement still is at `version`.

    Raises StaleOutcome, and changes nothing, if somebody was quicker. Sources that `by` may not read
    were linked by somebody who may: they stay.
    """
    draft.full_clean(exclude=["submission_id"])
    hidden = list(draft.sources.exclude(pk__in=StoryEntry.objects.visible_to(by).values("pk")))
    _check(draft, sources, by, at, keeps=bool(hidden))
    with transaction.atomic():
        before = OutcomeStatement.objects.get(pk=draft.pk)
        fields = {name: getattr(draft, name) for name in EDITABLE}
        rows = OutcomeStatement.objects.filter(pk=draft.pk, version=version)
        if not rows.update(**fields, version=version + 1):
            raise StaleOutcome(before)
        draft.version = version + 1
        draft.sources.set([*sources, *hidden])
        changed = [name for name in EDITABLE if getattr(before, name) != fields[name]]
        record(by=by, act="storymaps.outcome_amended", target=draft, at=at, fields=changed)
    return draft


def _check(
    draft: OutcomeStatement, sources: Collection[StoryEntry], by: "User", at: datetime, *, keeps: bool = False
) -> None:
    """One source at least, each readable by `by` and told in the same series; no day still to come."""
    ids = {source.pk for source in sources}
    if not ids and not keeps:
        raise ValidationError({"sources": _("Choose at least one story that it rests on.")})
    readable = StoryEntry.objects.visible_to(by).filter(pk__in=ids, team__series=draft.team.series_id)
    if readable.count() != len(ids):
        raise ValidationError({"sources": _("You cannot read one of these stories.")})
    today = clock.day_in(draft.team.time_zone, at)
    for name in ("changed_on", "asked_on"):
        day = getattr(draft, name)
        if day is not None and day > today:
            raise ValidationError({name: _("This day is still to come.")})
