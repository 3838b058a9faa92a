"""What can be done with findings: state one that rests on outcomes and stories, amend it, take it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.events import record
from accounts.permissions import Permission, has_permission, require
from core.forms import USED_BEFORE
from storymaps.models import Finding, OutcomeStatement, StoryEntry
from teams.models import Membership, Team

if TYPE_CHECKING:
    from accounts.models import User

EDITABLE = ("statement", "explanation", "limits", "language")


class StaleFinding(Exception):
    """Somebody changed the finding since it was opened; `current` is what stands now."""

    def __init__(self, current: Finding) -> None:
        super().__init__(current.pk)
        self.current = current


@dataclass(frozen=True)
class Sources:
    """What a finding rests on."""

    outcomes: Collection[OutcomeStatement] = ()
    entries: Collection[StoryEntry] = ()


def state_finding(draft: Finding, sources: Sources, *, by: "User", at: datetime) -> Finding:
    """State what follows from `sources`. A double tap is one finding.

    Raises ValidationError without a source, or where one is not for `by` to read or of another series.
    """
    require(by, Permission.LOG_STORY, draft.team)
    if earlier := _stated_before(draft, by):
        return earlier
    draft.author, draft.written_at = by, at
    draft.full_clean(exclude=["submission_id"])
    _check(draft, sources, by)
    try:
        with transaction.atomic():
            draft.save()
            draft.outcomes.set(sources.outcomes)
            draft.entries.set(sources.entries)
            record(by=by, act="storymaps.finding_stated", target=draft, at=at)
    except IntegrityError as error:
        if earlier := _stated_before(draft, by):
            return earlier
        raise ValidationError(USED_BEFORE) from error
    return draft


def _stated_before(draft: Finding, by: "User") -> Finding | None:
    return Finding.objects.filter(author=by, submission_id=draft.submission_id).first()


def state_url(user: Any, team: Team, source: str) -> str:
    """The form that states a finding from `source` ("story=5"), for `team`, else for the team of `user`.

    Empty for who states none in this series. `team` needs `series` selected.
    """
    if not has_permission(user, Permission.LOG_STORY, team):
        mine = Membership.objects.held(user).filter(team__series=team.series_id).select_related("team")
        own = next(
            (held.team for held in mine if has_permission(user, Permission.LOG_STORY, held.team)), None
        )
        if own is None:
            return ""
        return f"{reverse('storymaps:finding-add', args=[team.series.slug, own.slug])}?{source}"
    return f"{reverse('storymaps:finding-add', args=[team.series.slug, team.slug])}?{source}"


def may_amend_finding(user: Any, finding: Finding) -> bool:
    """The team that puts it forward, who wrote it on its behalf, and who runs the series."""
    if not has_permission(user, Permission.LOG_STORY, finding.team):
        return False
    return (
        finding.author_id == user.pk
        or Membership.objects.held(user).filter(team=finding.team_id).exists()
        or has_permission(user, Permission.CONFIGURE, finding.team)
    )


def amend_finding(draft: Finding, sources: Sources, *, version: int, by: "User", at: datetime) -> Finding:
    """Save what was changed in `draft`, if the finding still is at `version`.

    One that was taken back stands again. Raises StaleFinding, and changes nothing, if somebody was quicker.
    Sources that `by` may not read were
    linked by somebody who may: they stay.
    """
    draft.full_clean(exclude=["submission_id"])
    outcomes = list(unreadable(draft.outcomes.all(), by))
    entries = list(unreadable(draft.entries.all(), by))
    _check(draft, sources, by, keeps=bool(outcomes or entries))
    with transaction.atomic():
        fields = {name: getattr(draft, name) for name in EDITABLE}
        if not Finding.objects.filter(pk=draft.pk, version=version).update(
            **fields, version=version + 1, withdrawn_at=None
        ):
            raise StaleFinding(Finding.objects.get(pk=draft.pk))
        draft.version = version + 1
        draft.outcomes.set([*sources.outcomes, *outcomes])
        draft.entries.set([*sources.entries, *entries])
        record(by=by, act="storymaps.finding_amended", target=draft, at=at)
    return draft


@transaction.atomic
def withdraw_finding(finding: Finding, *, by: "User", at: datetime) -> None:
    """Take a finding back: it stands in no list, search or chain, and goes into no report any more.

    Who reads all of its team still reads it; changed, it stands again. An edition that is out keeps it.
    Taken back twice is once. Raises PermissionDenied.
    """
    if not may_amend_finding(by, finding):
        raise PermissionDenied(_("The team takes its own findings back."))
    if Finding.objects.filter(pk=finding.pk, withdrawn_at=None).update(withdrawn_at=at):
        record(by=by, act="storymaps.finding_withdrawn", target=finding, at=at)


def unreadable[Q: QuerySet[Any]](found: Q, user: Any) -> Q:
    """Those of `found` that `user` may not read."""
    return found.exclude(pk__in=found.model.objects.visible_to(user).values("pk"))


def _check(draft: Finding, sources: Sources, by: "User", *, keeps: bool = False) -> None:
    """One source at least, each readable by `by` and of the same series."""
    if not sources.outcomes and not sources.entries and not keeps:
        raise ValidationError({"entries": _("Choose at least one outcome or story that it rests on.")})
    for name, chosen in (("outcomes", sources.outcomes), ("entries", sources.entries)):
        model = OutcomeStatement if name == "outcomes" else StoryEntry
        ids = {source.pk for source in chosen}
        readable = model.objects.visible_to(by).filter(pk__in=ids, team__series=draft.team.series_id)
        if readable.count() != len(ids):
            raise ValidationError({name: _("You cannot read one of these.")})
