"""What can be done with stories: tell, amend, place, answer, clear for the public and take back."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.drafts import drop_draft
from accounts.events import record
from accounts.models import File
from accounts.permissions import GRANTS, TEAM_ROLES, Permission, has_permission, require, rights_on, roles_on
from progress.models import Channel, PlanItem, TestCycle
from series.models import Driver
from storymaps.models import (
    Clearance,
    ClearanceState,
    StoryEntry,
    Visibility,
)
from storymaps.sources import attach
from storymaps.versions import keep_first, keep_version
from teams.models import Membership, Team

if TYPE_CHECKING:
    from accounts.models import User

# What a person may change afterwards. A change to any of the first kind is a change to what was cleared.
PUBLISHED = (
    "text", "title", "began_on", "ended_on", "place", "who", "why_it_matters", "result", "names_people",
    "is_intended", "language", "how", "now_think", "values_shown",
)  # fmt: skip
EDITABLE = (*PUBLISHED, "strand", "visibility", "sphere", "partner_id", "partner_name")
LIVE = (ClearanceState.ASKED, ClearanceState.APPROVED)

# Functions (entry, *, at) run in the transaction that takes an entry's clearance back: rooms to the right
# take it off the public pages there and then.
clearance_withdrawn: list[Callable[..., None]] = []


class StaleEntry(Exception):
    """Somebody changed the entry since it was opened; `current` is what stands now."""

    def __init__(self, current: StoryEntry) -> None:
        super().__init__(current.pk)
        self.current = current


# --- telling ---------------------------------------------------------------------------------------


def draft_target(team: Team) -> str:
    """The name under which a draft of the log form of `team` is kept."""
    return f"team:{team.pk}"


def kept_form(person: "User", series_slug: str, team_slug: str) -> tuple[str, str] | None:
    """The draft of the log form at that address, for `accounts.drafts.kept_forms`."""
    team = Team.objects.visible_to(person).filter(series__slug=series_slug, slug=team_slug).first()
    return ("log", draft_target(team)) if team else None


def logged_before(by: "User", submission_id: Any) -> StoryEntry | None:
    """The entry that this submission of `by` made already, if it did."""
    return StoryEntry.objects.filter(author=by, submission_id=submission_id).first()


def log_story(
    draft: StoryEntry,
    *,
    by: "User",
    at: datetime,
    drivers: Collection[Driver] = (),
    items: Collection[PlanItem] = (),
    tests: Collection[TestCycle] = (),
    entries: Collection[StoryEntry] = (),
    photo: File | None = None,
    alt_text: str = "",
    sent: Mapping[str, Sequence[str]] | None = None,
    keeps_draft: bool = False,
) -> StoryEntry:
    """Put an entry on the team's story map and in the event log, and drop its draft.

    The same `submission_id` from the same person gives the first entry back: a double tap is one
    story. Two taps at once: the loser's IntegrityError is answered with the first entry, too. `sent` is
    what was posted, so that a draft of another device that was not sent stays; with `keeps_draft` all of
    them do: what a program logs is not what its person is typing.
    Raises ValidationError if `draft` breaks a rule of its model or reaches out of scope.
    """
    if earlier := logged_before(by, draft.submission_id):
        return earlier
    draft.author, draft.logged_at = by, at
    draft.author_is_under_18 = is_under_18(by)
    draft.is_on_behalf = files_on_behalf(by, draft.team)
    draft.channel = draft.channel if draft.is_on_behalf else Channel.WEB
    draft.full_clean(exclude=["submission_id"])  # its repetition is answered, not refused
    _check_visibility(draft)
    _check_scope(draft, by, drivers, items, tests, entries)
    try:
        with transaction.atomic():
            draft.save()
            _link(draft, drivers, items, tests, entries)
            if photo is not None:
                attach(draft, photo, alt_text, by=by)
            if not keeps_draft:
                drop_draft(by, "log", draft_target(draft.team), sent)
            keep_version(draft, by=by, at=at)
            record(by=by, act="storymaps.story_logged", target=draft, at=at)
    except IntegrityError as error:
        if earlier := logged_before(by, draft.submission_id):
            return earlier
        raise ValidationError(_("This form was used before. Open it again and save once more.")) from error
    return draft


def is_under_18(person: "User") -> bool:
    """True if a membership in force says so: of any team, to be on the safe side."""
    return Membership.objects.held(person).filter(is_under_18=True).exists()


def files_on_behalf(person: "User", team: Team) -> bool:
    """True for a coach or facilitator who is not in the team."""
    roles = roles_on(person, team)
    return roles.isdisjoint(TEAM_ROLES) and any(Permission.FILE_ON_BEHALF in GRANTS[role] for role in roles)


def may_amend(user: Any, entry: StoryEntry) -> bool:
    """The team amends its own entries; a coach or facilitator those that they logged for it."""
    if not has_permission(user, Permission.LOG_STORY, entry):
        return False
    return entry.author_id == user.pk or Membership.objects.held(user).filter(team=entry.team_id).exists()


def amend_story(
    draft: StoryEntry,
    *,
    version: int,
    by: "User",
    at: datetime,
    drivers: Collection[Driver] = (),
    items: Collection[PlanItem] = (),
    tests: Collection[TestCycle] = (),
    entries: Collection[StoryEntry] = (),
) -> StoryEntry:
    """Save what was changed in `draft`, if the entry still is at `version`.

    Raises StaleEntry, and changes nothing, if somebody was quicker. A change to what was cleared for
    the public takes the clearance back. A version is kept; a slip mended at once takes the place of it.
    """
    draft.full_clean(exclude=["submission_id"])
    _check_scope(draft, by, drivers, items, tests, entries)
    with transaction.atomic():
        before = StoryEntry.objects.select_related("team").get(pk=draft.pk)
        if before.visibility != Visibility.PUBLIC:
            _check_visibility(draft)
        fields = {name: getattr(draft, name) for name in EDITABLE}
        fields["author_is_under_18"] = before.author_is_under_18 or is_under_18(by)
        _move_on(draft, version, **fields)
        keep_first(before)
        # What this person may not read was linked by somebody who may: it stays.
        kept = draft.grew_out_of_entries.exclude(pk__in=StoryEntry.objects.visible_to(by).values("pk"))
        _link(draft, drivers, items, tests, [*entries, *kept])
        changed = [name for name in EDITABLE if getattr(before, name) != fields[name]]
        touches = not {*PUBLISHED, "visibility"}.isdisjoint(changed)
        if before.visibility == Visibility.PUBLIC and touches:
            _take_back(draft, by=by, at=at)
        keep_version(draft, by=by, at=at, may_replace=before.visibility != Visibility.PUBLIC)
        record(by=by, act="storymaps.story_amended", target=draft, at=at, fields=changed)
    return draft


@transaction.atomic
def place_story(entry: StoryEntry, driver: Driver, *, by: "User", at: datetime) -> StoryEntry:
    """Put an entry that stands in no lane into one. One that was placed meanwhile stays where it is."""
    if driver.series_id != entry.team.series_id:
        raise ValidationError(_("This driver belongs to another series."))
    if entry.drivers.exists():
        return entry
    StoryEntry.objects.filter(pk=entry.pk).update(version=F("version") + 1)
    entry.drivers.add(driver)
    record(by=by, act="storymaps.story_placed", target=entry, at=at, driver=driver.pk)
    return entry


def _move_on(entry: StoryEntry, version: int, **fields: Any) -> None:
    """Write `fields` if the entry is at `version`, and raise the version; else raise StaleEntry."""
    rows = StoryEntry.objects.filter(pk=entry.pk, version=version)
    if not rows.update(**fields, version=version + 1):
        raise StaleEntry(StoryEntry.objects.select_related("team", "author").get(pk=entry.pk))
    for name, value in fields.items():
        setattr(entry, name, value)
    entry.version = version + 1


def _check_visibility(draft: StoryEntry) -> None:
    if draft.visibility == Visibility.PUBLIC:
        message = _("An entry becomes public by a request that the team lead approves.")
        raise ValidationError({"visibility": message})


def _check_scope(
    draft: StoryEntry,
    by: "User",
    drivers: Collection[Driver],
    items: Collection[PlanItem],
    tests: Collection[TestCycle],
    entries: Collection[StoryEntry],
) -> None:
    """Drivers of the series, plan items and tests of the team, stories that the person can read."""
    if any(driver.series_id != draft.team.series_id for driver in drivers):
        raise ValidationError({"drivers": _("This driver belongs to another series.")})
    if draft.partner is not None and draft.partner.team_id != draft.team_id:
        raise ValidationError({"partner": _("This partner belongs to another team.")})
    if items:
        found = PlanItem.objects.filter(plan__team=draft.team_id, pk__in=[item.pk for item in items])
        if found.count() != len({item.pk for item in items}):
            raise ValidationError({"grew_out_of_items": _("This plan item belongs to another team.")})
    if any(test.item.plan.team_id != draft.team_id for test in tests):
        raise ValidationError({"grew_out_of_tests": _("This test belongs to another team.")})
    if entries:
        ids = {entry.pk for entry in entries}
        if draft.pk in ids:
            raise ValidationError({"grew_out_of_entries": _("An entry cannot grow out of itself.")})
        if StoryEntry.objects.visible_to(by).filter(pk__in=ids).count() != len(ids):
            raise ValidationError({"grew_out_of_entries": _("You cannot read one of these stories.")})


def _link(
    entry: StoryEntry,
    drivers: Collection[Driver],
    items: Collection[PlanItem],
    tests: Collection[TestCycle],
    entries: Collection[StoryEntry],
) -> None:
    entry.drivers.set(drivers)
    entry.grew_out_of_items.set(items)
    entry.grew_out_of_tests.set(tests)
    entry.grew_out_of_entries.set(entries)


# --- clearance for the public ----------------------------------------------------------------------


def what_stands_in_the_way(entry: StoryEntry) -> list[Any]:
    """Why `entry` cannot be cleared for the public yet, in words; empty where nothing does."""
    reasons: list[Any] = []
    if entry.evidence.exclude(file=None).exists():
        reasons.append(
            _("It has a photo, recording or file. These can be cleared once consent is kept on record here.")
        )
    if entry.names_people:
        reasons.append(
            _("It names or shows a person. It can be cleared once consent is kept on record here.")
        )
    if entry.author_is_under_18 or is_under_18(entry.author):
        reasons.append(
            _("Somebody under 18 wrote it. It can be cleared once consent is kept on record here.")
        )
    return reasons


def live_clearance(entry: StoryEntry) -> Clearance | None:
    """The request in force, asked or approved."""
    return entry.clearances.filter(state__in=LIVE).select_related("asked_by", "decided_by").first()


def ask_clearance(entry: StoryEntry, *, by: "User", at: datetime) -> Clearance:
    """Ask the team lead to approve `entry` for the public; asked twice is asked once."""
    require(by, Permission.LOG_STORY, entry)
    if reasons := what_stands_in_the_way(entry):
        raise ValidationError(reasons)
    if live := live_clearance(entry):
        return live
    try:
        with transaction.atomic():
            clearance = Clearance.objects.create(entry=entry, asked_by=by, asked_at=at)
            record(by=by, act="storymaps.clearance_asked", target=clearance, at=at)
    except IntegrityError:
        live = live_clearance(entry)
        if live is None:
            raise
        return live
    return clearance


def decide_clearance(
    clearance: Clearance,
    *,
    approved: bool,
    states_nobody_recognisable: bool,
    version: int,
    by: "User",
    at: datetime,
) -> Clearance:
    """Answer a request. Approval is of the text at `version`, and needs the statement.

    Raises ValidationError in plain words where it cannot be, StaleEntry where the text has changed.
    """
    require(by, Permission.APPROVE_PUBLIC, clearance)
    entry = clearance.entry
    state = ClearanceState.APPROVED if approved else ClearanceState.DECLINED
    if approved and not states_nobody_recognisable:
        message = _("Say that nobody can be recognised, or do not approve it.")
        raise ValidationError({"states_nobody_recognisable": message})
    with transaction.atomic():
        asked = Clearance.objects.filter(pk=clearance.pk, state=ClearanceState.ASKED)
        fields = {"states_nobody_recognisable": approved, "decided_by": by, "decided_at": at}
        if not asked.update(state=state, **fields):
            raise ValidationError(_("This request has been answered already."))
        if approved:
            _move_on(entry, version, visibility=Visibility.PUBLIC)
            entry.refresh_from_db()
            if reasons := what_stands_in_the_way(entry):
                raise ValidationError(reasons)
        act = "storymaps.clearance_approved" if approved else "storymaps.clearance_declined"
        record(by=by, act=act, target=clearance, at=at)
    clearance.refresh_from_db()
    return clearance


def may_withdraw(user: Any, entry: StoryEntry) -> bool:
    """The team lead, the author, and the organizer of the series take a clearance back, without a reason."""
    if user.is_authenticated and entry.author_id == user.pk:
        return True
    return not rights_on(user, entry).isdisjoint({Permission.APPROVE_PUBLIC, Permission.PUBLISH})


@transaction.atomic
def withdraw_clearance(entry: StoryEntry, *, by: "User", at: datetime) -> None:
    """Take the clearance of `entry`, or the request for it, back at once. Without one, nothing happens."""
    _take_back(entry, by=by, at=at)


def _take_back(entry: StoryEntry, *, by: "User", at: datetime) -> None:
    live = live_clearance(entry)
    if live is None:
        return
    rows = Clearance.objects.filter(pk=live.pk, state__in=LIVE)
    rows.update(state=ClearanceState.WITHDRAWN, withdrawn_by=by, withdrawn_at=at)
    if live.state == ClearanceState.APPROVED:
        StoryEntry.objects.filter(pk=entry.pk, visibility=Visibility.PUBLIC).update(
            visibility=Visibility.SERIES, version=F("version") + 1
        )
        entry.refresh_from_db(fields=["visibility", "version"])
        for run in clearance_withdrawn:
            run(entry, at=at)
    record(by=by, act="storymaps.clearance_withdrawn", target=live, at=at)
