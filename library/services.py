"""What can be done with resources: share, change, withdraw, put back; mark what a team uses, and undo it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.events import record
from accounts.files import FileRefused, claim
from accounts.models import Event
from accounts.permissions import Permission, require
from coaching.models import HelpCall
from core.forms import USED_BEFORE
from library.models import Resource, Use, shared_entries
from library.permissions import may_change, may_make_resource, may_put_back, own_teams
from series.models import Driver, Series
from storymaps.models import StoryEntry
from teams.models import Team
from teams.permissions import is_under_18

if TYPE_CHECKING:
    from accounts.models import User

MOST_A_DAY = 30  # resources of one person
MOST_MARKS_A_DAY = 300  # marks of one person, those taken back too
WORDS = ("title", "kind", "why", "url", "text", "licence", "language")


class StaleResource(Exception):
    """Somebody changed the resource since it was opened; `current` is what stands now."""

    def __init__(self, current: Resource) -> None:
        super().__init__(current.pk)
        self.current = current


# --- resources ---------------------------------------------------------------------------------------


def share_resource(
    draft: Resource, *, drivers: Collection[Driver] = (), by: "User", at: datetime
) -> Resource:
    """Put a resource on the shelf of its series, where everybody in it reads it. A double tap is one.

    Raises ValidationError for what reaches out of the series or of what `by` may pass on, for a file of
    somebody else, where the share of files is used up, or after very many today.
    """
    if earlier := shared_before(by, draft.submission_id):
        return earlier
    _check_scope(draft, drivers, by)
    _check_source(draft, by)
    if Resource.objects.filter(shared_by=by, shared_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise ValidationError(_("You have shared very many resources today. Please go on tomorrow."))
    draft.shared_by, draft.shared_at = by, at
    draft.sharer_is_under_18 = is_under_18(by)
    draft.full_clean(exclude=["submission_id", "withdrawn_by"])
    try:
        with transaction.atomic():
            _claim_file(draft, by)
            draft.save()
            draft.drivers.set(drivers)
            record(by=by, act="library.resource_shared", target=draft, at=at, kind=draft.kind)
    except IntegrityError as error:
        if earlier := shared_before(by, draft.submission_id):
            return earlier
        raise ValidationError(USED_BEFORE) from error
    return draft


def shared_before(by: "User", submission_id: Any) -> Resource | None:
    """The resource that this submission of `by` made already, if it did."""
    return Resource.objects.filter(shared_by=by, submission_id=submission_id).first()


def _check_scope(draft: Resource, drivers: Collection[Driver], by: "User") -> None:
    if any(driver.series_id != draft.series_id for driver in drivers):
        raise ValidationError({"drivers": _("This driver belongs to another series.")})
    if draft.team is not None and draft.team not in own_teams(by, draft.series):
        raise ValidationError({"team": _("You are not in this team.")})


def _check_source(draft: Resource, by: "User") -> None:
    """What it came from is read by `by`, and may be passed on by them."""
    answer, entry = draft.from_answer, draft.from_entry
    if answer is not None:
        calls = HelpCall.objects.visible_to(by).filter(team__series=draft.series_id)
        if not calls.filter(pk=answer.call_id).exists() or not may_make_resource(by, answer):
            raise ValidationError(_("This answer is not yours to pass on."))
    if entry is not None and not may_pass_on(by, entry, draft.series):
        raise ValidationError(_("This story is not yours to pass on."))


def may_pass_on(user: Any, entry: StoryEntry, series: Series) -> bool:
    """Whether `user` may share what the team of `entry` used: a member, or who logs stories for it."""
    if entry.team.series_id != series.pk:
        return False
    if not StoryEntry.objects.visible_to(user).filter(pk=entry.pk).exists():
        return False
    return entry.team in own_teams(user, series)


def _claim_file(draft: Resource, by: "User") -> None:
    """Count a new file against the share of the team, or of the series where it is for none."""
    file = draft.file
    if file is None or file.scope:
        return
    if file.uploaded_by_id != by.pk:
        raise ValidationError({"file": _("This file was sent by somebody else.")})
    scope = f"series:{draft.series_id}"
    if draft.team_id:
        scope = f"team:{draft.team_id}"
        Team.objects.select_for_update().get(pk=draft.team_id)
    else:
        Series.objects.select_for_update().get(pk=draft.series_id)
    try:
        claim(file, scope)
    except FileRefused as refused:
        raise ValidationError({"file": str(refused)}) from refused


@transaction.atomic
def change_resource(
    draft: Resource, *, drivers: Collection[Driver], version: int, by: "User", at: datetime
) -> Resource:
    """Say it in other words. Raises PermissionDenied, ValidationError, StaleResource."""
    current = Resource.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if not may_change(by, current):
        raise PermissionDenied(gettext_lazy("A resource is changed by who shared it."))
    if current.version != version or current.is_withdrawn:
        raise StaleResource(current)
    if any(driver.series_id != draft.series_id for driver in drivers):
        raise ValidationError({"drivers": _("This driver belongs to another series.")})
    draft.full_clean(exclude=["submission_id", "withdrawn_by"])
    if draft.file_id != current.file_id:
        _claim_file(draft, by)
    draft.version = version + 1
    draft.save(update_fields=[*WORDS, "file", "version"])
    draft.drivers.set(drivers)
    record(by=by, act="library.resource_changed", target=draft, at=at)
    return draft


@transaction.atomic
def withdraw_resource(resource: Resource, *, by: "User", at: datetime) -> None:
    """Take it off the shelf and out of the change package, at once. Withdrawn twice is withdrawn once."""
    if not may_change(by, resource):
        raise PermissionDenied(gettext_lazy("A resource is withdrawn by who shared it."))
    if Resource.objects.filter(pk=resource.pk, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=by):
        record(by=by, act="library.resource_withdrawn", target=resource, at=at)


@transaction.atomic
def put_back(resource: Resource, *, by: "User", at: datetime) -> None:
    """Put what was withdrawn back on the shelf."""
    current = Resource.objects.select_for_update(of=("self",)).get(pk=resource.pk)
    if not may_put_back(by, current):
        raise PermissionDenied(gettext_lazy("It is put back by who withdrew it."))
    rows = Resource.objects.filter(pk=resource.pk, withdrawn_at__isnull=False)
    if rows.update(withdrawn_at=None, withdrawn_by=None):
        record(by=by, act="library.resource_put_back", target=resource, at=at)


# --- used by -----------------------------------------------------------------------------------------


def of_thing(thing: Resource | StoryEntry) -> dict[str, Any]:
    """The field of a Use or PackageItem that holds `thing`, for a filter or a new one."""
    return {"resource": thing} if isinstance(thing, Resource) else {"entry": thing}


def ids_of(use: Use) -> dict[str, int | None]:
    """What is used, as the event log keeps it."""
    return {"resource": use.resource_id, "entry": use.entry_id}


def may_be_used(thing: Resource | StoryEntry, team: Team, user: Any) -> bool:
    """Whether `team` may say that it uses `thing`: it stands in the series, and is not the team's own."""
    if thing.team_id == team.pk:
        return False
    if isinstance(thing, Resource):
        return thing.series_id == team.series_id and not thing.is_withdrawn
    return (
        thing.team.series_id == team.series_id
        and not thing.is_intended
        and shared_entries(user).filter(pk=thing.pk).exists()
    )


def mark_used(thing: Resource | StoryEntry, team: Team, *, by: "User", at: datetime) -> Use:
    """Say that `team` uses `thing`, or tries it too. Marked twice is marked once; nobody gets a mail.

    Raises PermissionDenied for who does not act for the team, ValidationError for what is the team's own,
    stands in another series or is shared no more, and after very many marks today.
    """
    require(by, Permission.LOG_STORY, team)
    if not may_be_used(thing, team, by):
        raise ValidationError(_("This cannot be marked for your team."))
    mine = Use.objects.filter(team=team, **of_thing(thing))
    if earlier := mine.first():
        return earlier
    _check_marks(by, at)
    try:
        with transaction.atomic():
            use = Use.objects.create(team=team, by=by, at=at, **of_thing(thing))
            record(by=by, act="library.used", target=use, at=at, **ids_of(use))
    except IntegrityError:
        return mine.get()
    return use


def _check_marks(by: "User", at: datetime) -> None:
    acts = Event.objects.filter(by=by, at__gt=at - timedelta(days=1))
    if acts.filter(act__in=["library.used", "library.use_undone"]).count() >= MOST_MARKS_A_DAY:
        raise ValidationError(_("You have marked very much today. Please go on tomorrow."))


@transaction.atomic
def undo_use(thing: Resource | StoryEntry, team: Team, *, by: "User", at: datetime) -> bool:
    """Take the mark of `team` on `thing` back; False where there is none.

    Raises ValidationError while the plan holds what grew out of it: the link of the chain stays.
    """
    require(by, Permission.LOG_STORY, team)
    use = Use.objects.select_for_update(of=("self",)).filter(team=team, **of_thing(thing)).first()
    if use is None:
        return False
    if use.item_id is not None:
        raise ValidationError(_("It stands in your plan. Take it out of the plan first."))
    record(by=by, act="library.use_undone", target=use, at=at, **ids_of(use))
    use.delete()
    return True


@transaction.atomic
def tell_use(use: Use, *, by: "User", at: datetime) -> Use:
    """Say in a line how the team used it, and where in its plan or stories that stands."""
    require(by, Permission.LOG_STORY, use.team)
    if use.item is not None and use.item.team_id != use.team_id:
        raise ValidationError({"item": _("That belongs to another team.")})
    if use.story is not None and use.story.team_id != use.team_id:
        raise ValidationError({"story": _("That belongs to another team.")})
    use.full_clean(exclude=["by"])
    use.save(update_fields=["note", "item", "story"])
    record(by=by, act="library.use_told", target=use, at=at)
    return use
