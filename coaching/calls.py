"""What can be done with the call log: log a call, put what was agreed into the plan, change it, remove it."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.events import record
from accounts.permissions import Permission, has_permission, require
from coaching.models import Call, CallAudience, CallStep, CallVersion
from core import clock
from core.forms import USED_BEFORE
from progress.models import PlanItem
from progress.services import add_plan_item, period_on
from series.models import ActionPeriod
from series.services import is_closed
from teams.models import GONE, Team

if TYPE_CHECKING:
    from accounts.models import User

MOST_STEPS, LONGEST_STEP = 10, 300
MOST_A_DAY = 60  # calls of one person
FARTHEST = timedelta(days=366)
MOST_PERIODS = 12
WORDS = ("held_on", "with_whom", "notes", "next_call_on")


class StaleCall(Exception):
    """The call was changed or removed since it was opened; `current` is what stands now."""

    def __init__(self, current: Call) -> None:
        super().__init__(current.pk)
        self.current = current


def log_call(draft: Call, *, steps: Sequence[str] = (), by: "User", at: datetime) -> Call:
    """Put a call into the log of `draft.team`, and its `steps` into the plan that is open, if one is.

    A double tap is one call. Raises PermissionDenied, and ValidationError for a call without words, of a
    day ahead or long past, with very many steps, or after very many calls of `by` today.
    """
    if earlier := _logged_before(draft, by):
        return earlier
    require(by, Permission.LOG_CALL, draft.team)
    lines = _checked(draft, steps, by, at)
    if Call.objects.filter(called_by=by, logged_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise ValidationError(_("You have logged very many calls today. Please go on tomorrow."))
    draft.called_by, draft.logged_at = by, at
    draft.full_clean(exclude=["submission_id", "removed_by"])
    try:
        with transaction.atomic():
            draft.save()
            record(by=by, act="coaching.call_logged", target=draft, at=at)
            _agree(draft, lines, by, at)
    except IntegrityError as error:
        if earlier := _logged_before(draft, by):
            return earlier
        raise ValidationError(USED_BEFORE) from error
    return draft


def _logged_before(draft: Call, by: "User") -> Call | None:
    return Call.objects.filter(called_by=by, submission_id=draft.submission_id).first()


def _checked(call: Call, steps: Sequence[str], by: "User", at: datetime) -> list[str]:
    """The steps that hold words. Raises ValidationError for what the log does not take."""
    lines = [words for line in steps if (words := line.strip())]
    latest = max(clock.day_in(call.team.time_zone, at), clock.day_in(by.time_zone or "UTC", at))
    earliest = (call.logged_at.date() if call.pk else latest) - FARTHEST
    if not earliest <= call.held_on <= latest:
        raise ValidationError({"held_on": _("Choose today or a day of the last year.")})
    if call.next_call_on is not None and call.next_call_on <= call.held_on:
        raise ValidationError({"next_call_on": _("The next call comes after this one.")})
    if call.next_call_on is not None and call.next_call_on > latest + FARTHEST:
        raise ValidationError({"next_call_on": _("Choose a day that lies ahead, within a year.")})
    if not (call.notes.strip() or lines):
        raise ValidationError({"notes": _("Write in a word what was said, or what was agreed.")})
    if len(lines) > MOST_STEPS:
        raise ValidationError({"steps": _("Write down ten steps at most.")})
    if any(len(line) > LONGEST_STEP for line in lines):
        raise ValidationError({"steps": _("A step has at most 300 characters. Make two of it.")})
    return lines


def _agree(call: Call, lines: Sequence[str], by: "User", at: datetime) -> None:
    period = open_period(call.team, at=at)
    for line in lines:
        step = CallStep.objects.create(call=call, what=line)
        if period is not None:
            _plan(step, call.team, period, by, at)


def open_period(team: Team, *, at: datetime) -> ActionPeriod | None:
    """The Action Period whose plan takes what is agreed today: the running or the next one, or None."""
    today = clock.day_in(team.time_zone, at)
    if team.status in GONE or is_closed(team.series, today):
        return None
    period = period_on(list(ActionPeriod.objects.filter(series=team.series_id).order_by("number")), today)
    return period if period is not None and period.ends_on >= today else None


def _plan(step: CallStep, team: Team, period: ActionPeriod, by: "User", at: datetime) -> None:
    item = PlanItem(what=step.what, submission_id=uuid.uuid4())
    step.item = add_plan_item(item, team=team, period=period, drivers=[], by=by, at=at)
    step.save(update_fields=["item"])
    record(by=by, act="coaching.step_planned", target=step.call, at=at, step=step.pk, item=step.item.pk)


def may_plan(user: Any, team: Team) -> bool:
    """Whoever edits the team's plan, and who logs calls with it."""
    return has_permission(user, Permission.EDIT_PLAN, team) or has_permission(user, Permission.LOG_CALL, team)


@transaction.atomic
def plan_step(step: CallStep, *, by: "User", at: datetime) -> CallStep:
    """Put a step that stands in no plan into the one that is open. Twice is once.

    Raises PermissionDenied, and ValidationError where no plan is open.
    """
    team = step.call.team
    if not may_plan(by, team):
        raise PermissionDenied(gettext_lazy("A plan is changed by the team and its coach."))
    now = CallStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
    if now.item_id is not None:
        return now
    period = open_period(team, at=at)
    if period is None:
        raise ValidationError(_("No Action Period is open or ahead, so there is no plan to put it into."))
    now.call = step.call
    _plan(now, team, period, by, at)
    return now


def may_remove(user: Any, call: Call) -> bool:
    """Who logged it; and who runs the series, for what should not stand there."""
    return call.called_by_id == user.pk or has_permission(user, Permission.CONFIGURE, call.team.series)


def change_call(
    call: Call, *, seen: datetime | None, steps: Sequence[str] = (), by: "User", at: datetime
) -> Call:
    """Say it in other words, or add steps; what stood there is kept for the readers of the call.

    `seen` is the moment of the last change when the form was opened. Who read it stays as it was, or
    narrows: it is never opened to more people. Raises PermissionDenied for all but who logged it,
    StaleCall where it was changed or removed meanwhile, and ValidationError as `log_call`.
    """
    if call.called_by_id != by.pk:
        raise PermissionDenied(gettext_lazy("A call is changed by who logged it."))
    require(by, Permission.LOG_CALL, call.team)
    lines = _checked(call, steps, by, at)
    with transaction.atomic():
        now = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        if now.removed_at is not None or now.edited_at != seen:
            raise StaleCall(now)
        if now.audience == CallAudience.COACHES and call.audience != CallAudience.COACHES:
            raise ValidationError({"audience": _("It was written for coaches only and stays so.")})
        if now.steps.count() + len(lines) > MOST_STEPS:
            raise ValidationError({"steps": _("Write down ten steps at most.")})
        is_new = any(getattr(now, name) != getattr(call, name) for name in (*WORDS, "audience"))
        if is_new:
            CallVersion.objects.create(call=now, until=at, **{name: getattr(now, name) for name in WORDS})
            call.edited_at = at
            call.full_clean(exclude=["submission_id", "removed_by"])
            call.save(update_fields=[*WORDS, "audience", "edited_at"])
        if is_new or lines:
            record(by=by, act="coaching.call_changed", target=call, at=at)
        _agree(call, lines, by, at)
    return call


@transaction.atomic
def remove_call(call: Call, *, by: "User", at: datetime) -> None:
    """Take the words of a call away, what it said before and its steps; what they put into the plan stays."""
    if not may_remove(by, call):
        raise PermissionDenied(gettext_lazy("A call is removed by who logged it."))
    rows = Call.objects.filter(pk=call.pk, removed_at=None)
    if rows.update(removed_at=at, removed_by=by, notes="", with_whom="", next_call_on=None):
        CallVersion.objects.filter(call=call).delete()
        CallStep.objects.filter(call=call).delete()
        record(by=by, act="coaching.call_removed", target=call, at=at)


# --- reading -----------------------------------------------------------------------------------------


def newest_items(items: Iterable[PlanItem]) -> dict[int, PlanItem]:
    """What each item has become by being carried over, by its id: the newest one, often itself.

    One query, and one more for each Action Period that something was carried into.
    """
    found = {item.pk: item for item in items}
    for _period in range(MOST_PERIODS):
        rows = PlanItem.objects.filter(carried_from__in={item.pk for item in found.values()})
        later = {item.carried_from_id: item for item in rows.select_related("plan__period")}
        if not later:
            break
        found = {pk: later.get(item.pk, item) for pk, item in found.items()}
    return found


def last_called(team_ids: Iterable[int]) -> dict[int, date]:
    """The day of the last call with each team that had one, whoever may read it. One query."""
    rows = Call.objects.standing().filter(team__in=list(team_ids)).order_by()
    return dict(rows.values_list("team").annotate(last=Max("held_on")))
