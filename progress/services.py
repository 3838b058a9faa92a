"""What can be done with plans and check-ins: lay out, file, excuse, add, change."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.events import record
from accounts.permissions import TEAM_ROLES, roles_on
from core import clock
from progress.due import Interval, Pause, Relay, Rhythm, relay
from progress.models import Channel, CheckIn, DueDate, Plan, PlanItem, PlanItemStatus
from series.calendar import Layout, add_days
from series.models import ActionPeriod, Driver, RhythmKind, Series
from series.services import SeriesClosed, is_closed
from teams.models import GONE, Team, TeamStatus, TeamStatusChange

if TYPE_CHECKING:
    from accounts.models import User


class AlreadyFiled(Exception):
    """Somebody was quicker: `check_in` is what stands for that date."""

    def __init__(self, check_in: CheckIn) -> None:
        self.check_in = check_in
        super().__init__(str(_("This check-in has been filed already.")))


class StaleWords(Exception):
    """Somebody changed the words since they were opened; `current` is what stands now."""

    def __init__(self, current: Plan | PlanItem) -> None:
        self.current: Any = current
        super().__init__(current.pk)


class NotYetOpen(Exception):
    """An earlier due date is still ahead: this one opens after it, on `opens_on`."""

    def __init__(self, opens_on: date) -> None:
        self.opens_on = opens_on
        super().__init__(str(_("This check-in is not open yet.")))


# --- where a series and a team stand -----------------------------------------------------------------


def rhythm_of(series: Series) -> Rhythm:
    """How often the teams of `series` check in."""
    if series.rhythm == RhythmKind.MONTHLY:
        return Rhythm.monthly(series.rhythm_month_day)
    return Rhythm.weekly(series.rhythm_weekday, every=series.rhythm_weeks)


def intervals_of(periods: Iterable[ActionPeriod]) -> list[Interval]:
    return [(period.starts_on, period.ends_on) for period in periods]


def pauses_of(changes: Iterable[TeamStatusChange]) -> list[Pause]:
    """The stretches in which a team owes nothing: it was paused, or had left or completed its work.

    `changes` are those of one team. A stretch lasts to the day before the next change at the latest.
    """
    rows = sorted(changes, key=lambda change: (change.on, change.pk))
    pauses: list[Pause] = []
    for row, following in zip_longest(rows, rows[1:]):
        if row.status in (TeamStatus.PAUSED, TeamStatus.COMPLETED, *GONE):
            ends = [row.ends_on, add_days(following.on, -1) if following else None]
            end = min((day for day in ends if day is not None), default=None)
            if end is None or end >= row.on:
                pauses.append((row.on, end))
    return pauses


def period_on(periods: Sequence[ActionPeriod], today: date) -> ActionPeriod | None:
    """The Action Period that a plan is for today: the running one, else the next, else the last."""
    ahead = [period for period in periods if period.ends_on >= today]
    return ahead[0] if ahead else (periods[-1] if periods else None)


def opens_on(due_on: date, others: Iterable[date], today: date) -> date | None:
    """The day from which a check-in can be filed, where that is ahead: the day after the date before it."""
    between = [day for day in others if today <= day < due_on]
    return add_days(max(between), 1) if between else None


# --- due dates (rule R8) -----------------------------------------------------------------------------


@transaction.atomic
def lay_out_due_dates(series: Series, *, at: datetime, teams: Collection[Team] | None = None) -> None:
    """Make the due dates of `series` follow its calendar, of all its teams or of some.

    Filed, excused and past dates keep their day for ever; only dates after the team's today with nothing
    filed come and go. Runs in the transaction that saved the dates.
    """
    periods = list(ActionPeriod.objects.filter(series=series).order_by("number"))
    rows = list(Team.objects.filter(series=series).prefetch_related("status_changes"))
    wanted = rows if teams is None else [team for team in rows if team in teams]
    dues: dict[int, list[DueDate]] = {team.pk: [] for team in wanted}
    locked = DueDate.objects.select_for_update(of=("self",)).filter(team__in=wanted)
    for due in locked.order_by("pk"):
        dues[due.team_id].append(due)
    filed = set(CheckIn.objects.filter(due__team__in=wanted).values_list("due", flat=True))
    for team in wanted:
        _follow(team, series, periods, dues[team.pk], filed, at)


def lay_out_for_team(team: Team, *, at: datetime) -> None:
    """Lay out what a team that was added owes."""
    lay_out_due_dates(team.series, at=at, teams=[team])


def follow_status(team: Team, *, at: datetime) -> None:
    """Lay out anew what a team owes that paused, came back, or left.

    What was due in a stretch of no duty up to today, and is open, is excused with the reason of the change
    (rule R8: dates inside a pause, its last day included, are owed no more).
    """
    today = clock.day_in(team.time_zone, at)
    changes = list(team.status_changes.order_by("on", "pk"))
    reason = next((change.reason for change in reversed(changes) if change.reason), "")
    for first, last in pauses_of(changes):
        inside = DueDate.objects.open().filter(team=team, due_on__range=(first, min(last or today, today)))
        ids = list(inside.values_list("pk", flat=True))
        DueDate.objects.filter(pk__in=ids).update(is_excused=True, excused_because=reason[:200])
    lay_out_for_team(team, at=at)


def _follow(
    team: Team,
    series: Series,
    periods: list[ActionPeriod],
    dues: list[DueDate],
    filed: set[int],
    at: datetime,
) -> None:
    answer = _answer(team, rhythm_of(series), intervals_of(periods), dues, filed, at)
    gone = set(answer.dropped)
    DueDate.objects.open().filter(pk__in=[due.pk for due in dues if due.due_on in gone]).delete()
    DueDate.objects.bulk_create(
        [
            DueDate(team=team, period=period, due_on=day)
            for day in answer.added
            if (period := _holding(periods, day)) is not None
        ]
    )
    moved = []
    for due in dues:
        period = _holding(periods, due.due_on)
        if due.due_on not in gone and period is not None and due.period_id != period.pk:
            due.period = period
            moved.append(due)
    DueDate.objects.bulk_update(moved, ["period"])


def _answer(
    team: Team, rhythm: Rhythm, intervals: list[Interval], dues: list[DueDate], filed: set[int], at: datetime
) -> Relay:
    pauses = pauses_of(team.status_changes.all())
    if team.joined_on > date.min:
        pauses.append((date.min, add_days(team.joined_on, -1)))
    return relay(
        rhythm,
        intervals,
        [due.due_on for due in dues],
        settled=[due.due_on for due in dues if due.is_excused or due.pk in filed],
        today=clock.day_in(team.time_zone, at),
        pauses=pauses,
    )


def _holding(periods: Iterable[ActionPeriod], day: date) -> ActionPeriod | None:
    return next((period for period in periods if period.starts_on <= day <= period.ends_on), None)


def preview_calendar(series: Series, layout: Layout, *, at: datetime) -> list[str]:
    """What a calendar like `layout` would mean for check-ins, in words."""
    intervals = [(span.starts_on, span.ends_on) for span in layout.periods]
    dues: dict[int, list[DueDate]] = {}
    for due in DueDate.objects.filter(team__series=series):
        dues.setdefault(due.team_id, []).append(due)
    filed = set(CheckIn.objects.filter(due__team__series=series).values_list("due", flat=True))
    changed = 0
    for team in Team.objects.filter(series=series).prefetch_related("status_changes"):
        answer = _answer(team, rhythm_of(series), intervals, dues.get(team.pk, []), filed, at)
        changed += max(len(answer.added), len(answer.dropped))
    lines = []
    if filed:
        lines.append(
            ngettext(
                "%(count)s check-in already filed keeps its day.",
                "%(count)s check-ins already filed keep their day.",
                len(filed),
            )
            % {"count": len(filed)}
        )
    if changed:
        lines.append(
            ngettext(
                "%(count)s due date that lies ahead changes.",
                "%(count)s due dates that lie ahead change.",
                changed,
            )
            % {"count": changed}
        )
    return lines


def kept_form(person: "User", series_slug: str, team_slug: str, due_on: date) -> tuple[str, str] | None:
    """The draft of the check-in at that address, for `accounts.drafts.kept_forms`."""
    found = DueDate.objects.visible_to(person).filter(
        team__series__slug=series_slug, team__slug=team_slug, due_on=due_on
    )
    due = found.first()
    return ("check-in", f"due:{due.pk}") if due else None


# --- check-ins ---------------------------------------------------------------------------------------


class Bound(Protocol):
    """What stands in a check-in beside its own questions, for one due date and one request."""

    template: str  # drawn inside the form, with `part` for this object

    def is_valid(self) -> bool: ...

    def save(self, *, by: "User", at: datetime) -> None: ...


# Functions (due, *, by, data) that give a `Bound` for what else is due with a check-in, or None. `data`
# is what was posted, else None. It is saved in the transaction of the filing.
extra_parts: list[Callable[..., Bound | None]] = []


# Functions (check_in, *, team, by, at), run in the transaction that files a check-in.
check_in_filed: list[Callable[..., object]] = []


def parts_for(due: DueDate, *, by: Any, data: Any = None) -> list[Bound]:
    """What else is asked for with the check-in of `due`: the numbers that are due."""
    found = [bind(due, by=by, data=data) for bind in extra_parts]
    return [part for part in found if part is not None]


def file_check_in(
    check_in: CheckIn,
    *,
    due: DueDate,
    by: "User",
    at: datetime,
    parts: Collection[Bound] = (),
    catches_up: Collection[DueDate] = (),
) -> CheckIn:
    """File a team's check-in for one due date. Late is marked, never refused.

    `parts` are saved with it, valid ones. `catches_up` are earlier missed dates of the team for which it
    speaks, too; they are not asked for any more.

    The same `submission_id` from the same person gives the first one back. Raises AlreadyFiled where
    somebody else's stands, NotYetOpen while an earlier date is ahead, SeriesClosed after the series.
    """
    try:
        return _file(check_in, due, by, at, parts, catches_up)
    except IntegrityError:
        if earlier := CheckIn.objects.filter(due=due).first():
            if earlier.submission_id == check_in.submission_id and earlier.filed_by_id == by.pk:
                return earlier
            raise AlreadyFiled(earlier) from None
        raise


@transaction.atomic
def _file(
    check_in: CheckIn,
    due: DueDate,
    by: "User",
    at: datetime,
    parts: Collection[Bound],
    catches_up: Collection[DueDate],
) -> CheckIn:
    # Whoever comes second waits here, and finds what the first has filed.
    due = (
        DueDate.objects.select_for_update(of=("self",)).select_related("team__series__summit").get(pk=due.pk)
    )
    team, today = due.team, clock.day_in(due.team.time_zone, at)
    if earlier := CheckIn.objects.filter(filed_by=by, submission_id=check_in.submission_id).first():
        return earlier
    if earlier := CheckIn.objects.filter(due=due).first():
        raise AlreadyFiled(earlier)
    if is_closed(team.series, today):
        raise SeriesClosed
    if day := opens_on(due.due_on, team.due_dates.values_list("due_on", flat=True), today):
        raise NotYetOpen(day)
    check_in.due, check_in.filed_by, check_in.filed_at, check_in.filed_on = due, by, at, today
    check_in.is_on_behalf = is_on_behalf(by, team)
    if not check_in.is_on_behalf:
        check_in.channel = Channel.WEB
    check_in.full_clean(validate_unique=False)
    check_in.save()
    missed = DueDate.objects.open().filter(
        team=team, due_on__lt=due.due_on, pk__in=[d.pk for d in catches_up]
    )
    DueDate.objects.filter(pk__in=list(missed.values_list("pk", flat=True))).update(caught_up_by=check_in)
    for part in parts:
        part.save(by=by, at=at)
    for run in check_in_filed:
        run(check_in, team=team, by=by, at=at)
    record(
        by=by,
        act="progress.check_in_filed",
        target=check_in,
        at=at,
        due_id=due.pk,
        going=check_in.going,
        is_late=check_in.is_late,
    )
    return check_in


def is_on_behalf(user: Any, team: Team) -> bool:
    """Whether what `user` files is filed for the team by somebody who is not in it."""
    return not roles_on(user, team) & set(TEAM_ROLES)


def missed_dates(team: Team, *, today: date) -> list[DueDate]:
    """The open due dates before `today` that one catch-up speaks for, oldest first.

    Those of the newest Action Period that has any; what was missed in earlier ones is not asked for.
    """
    rows = list(DueDate.objects.open().filter(team=team, due_on__lt=today).order_by("due_on"))
    return [due for due in rows if due.period_id == rows[-1].period_id]


@transaction.atomic
def excuse(due: DueDate, *, reason: str, by: "User", at: datetime) -> bool:
    """Excuse a team from one date; False if it has been filed or excused already."""
    excused = DueDate.objects.open().filter(pk=due.pk).values_list("pk", flat=True)
    done = DueDate.objects.filter(pk__in=list(excused)).update(is_excused=True, excused_because=reason)
    if done:
        due.is_excused, due.excused_because = True, reason
        record(by=by, act="progress.check_in_excused", target=due, at=at)
    return bool(done)


# --- plans -------------------------------------------------------------------------------------------


def require_open(team: Team, at: datetime) -> None:
    """Raise SeriesClosed once nothing can be added to the series of `team`."""
    if is_closed(team.series, clock.day_in(team.time_zone, at)):
        raise SeriesClosed


PLAN_WORDS = ("question", "outcomes", "risks", "support_wanted", "written_at", "agreed_by")
REFLECTION = ("used_to_think", "now_think", "what_became")


@transaction.atomic
def word_plan(
    team: Team, period: ActionPeriod, words: Mapping[str, Any], *, version: int, by: "User", at: datetime
) -> Plan:
    """Write some of `PLAN_WORDS` and `REFLECTION` over the team's plan for `period`.

    `version` is that of the plan when it was opened, 0 where there was none. Raises StaleWords where
    somebody wrote in between, SeriesClosed, and ValidationError.
    """
    require_open(team, at)
    if period.series_id != team.series_id:
        raise ValidationError(_("That belongs to another series."))
    Plan.objects.get_or_create(team=team, period=period)
    plan = Plan.objects.select_for_update(of=("self",)).get(team=team, period=period)
    if plan.version != version:
        raise StaleWords(plan)
    fields = {name: value for name, value in words.items() if name in (*PLAN_WORDS, *REFLECTION)}
    session = fields.get("written_at")
    if session is not None and session.series_id != team.series_id:
        raise ValidationError(_("That belongs to another series."))
    reflects = any(name in REFLECTION for name in fields)
    if reflects:
        fields["reflected_at"] = at
    for name, value in fields.items():
        setattr(plan, name, value)
    plan.version = version + 1
    plan.full_clean(validate_unique=False)
    plan.save(update_fields=[*fields, "version"])
    record(by=by, act=f"progress.plan_{'reflected' if reflects else 'worded'}", target=plan, at=at)
    return plan


def add_plan_item(
    item: PlanItem, *, team: Team, period: ActionPeriod, drivers: Collection[Driver], by: "User", at: datetime
) -> PlanItem:
    """Put an item at the end of the team's plan for `period`.

    The same `submission_id` from the same person gives the first one back, also of two taps at once.
    Raises SeriesClosed, and ValidationError if `item` breaks a rule of its model.
    """
    mine = PlanItem.objects.filter(added_by=by, submission_id=item.submission_id)
    if earlier := mine.first():
        return earlier
    try:
        return _add(item, team, period, drivers, by, at)
    except IntegrityError:
        if earlier := mine.first():
            return earlier
        raise


@transaction.atomic
def _add(
    item: PlanItem, team: Team, period: ActionPeriod, drivers: Collection[Driver], by: "User", at: datetime
) -> PlanItem:
    require_open(team, at)
    if period.series_id != team.series_id or any(driver.series_id != team.series_id for driver in drivers):
        raise ValidationError(_("That belongs to another series."))
    plan, _made = Plan.objects.get_or_create(team=team, period=period)
    last = plan.items.aggregate(last=Max("position"))["last"]
    item.plan, item.added_by, item.added_at = plan, by, at
    item.position = 0 if last is None else last + 1
    item.full_clean(validate_unique=False)
    item.save()
    item.drivers.set(drivers)
    record(by=by, act="progress.plan_item_added", target=item, at=at)
    return item


ITEM_WORDS = ("what", "who", "due_on", "first_step", "boundary_partner")


@transaction.atomic
def edit_plan_item(
    item: PlanItem, *, drivers: Collection[Driver], version: int, by: "User", at: datetime
) -> PlanItem:
    """Save what was changed in the words of an item, which was opened at `version`.

    Raises StaleWords where somebody wrote in between, SeriesClosed, ValidationError.
    """
    require_open(item.plan.team, at)
    item.full_clean(validate_unique=False)
    values = {name: getattr(item, name) for name in ITEM_WORDS}
    if not PlanItem.objects.filter(pk=item.pk, version=version).update(**values, version=version + 1):
        raise StaleWords(PlanItem.objects.get(pk=item.pk))
    item.version = version + 1
    item.drivers.set(drivers)
    record(by=by, act="progress.plan_item_changed", target=item, at=at)
    return item


def can_be_carried(team: Team, period: ActionPeriod) -> QuerySet[PlanItem]:
    """The items of the team's plan before `period` that are not settled and not carried over into it."""
    before = Plan.objects.filter(team=team, period__number__lt=period.number).order_by("-period__number")
    return (
        PlanItem.objects.filter(plan=before.values("pk")[:1])
        .exclude(status__in=[PlanItemStatus.DONE, PlanItemStatus.STOPPED])
        .exclude(carried_to__plan__period=period)
        .prefetch_related("drivers")
    )


@transaction.atomic
def carry_over(
    items: Collection[PlanItem], *, team: Team, period: ActionPeriod, by: "User", at: datetime
) -> list[PlanItem]:
    """Carry items of an earlier plan over into the team's plan for `period`; each once, whoever taps twice.

    The link back is kept. Raises SeriesClosed.
    """
    require_open(team, at)
    plan, _made = Plan.objects.get_or_create(team=team, period=period)
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    position = (plan.items.aggregate(last=Max("position"))["last"] or 0) + 1
    wanted = (
        can_be_carried(team, period).filter(pk__in=[item.pk for item in items]).order_by("position", "pk")
    )
    carried = []
    for number, old in enumerate(wanted):
        new = PlanItem.objects.create(
            plan=plan,
            what=old.what,
            who=old.who,
            first_step=old.first_step,
            boundary_partner=old.boundary_partner,
            status=old.status,
            carried_from=old,
            position=position + number,
            added_by=by,
            added_at=at,
            submission_id=uuid.uuid4(),
        )
        new.drivers.set(old.drivers.all())
        record(by=by, act="progress.plan_item_carried_over", target=new, at=at, from_id=old.pk)
        carried.append(new)
    return carried


@transaction.atomic
def change_status(item: PlanItem, status: PlanItemStatus, *, by: "User", at: datetime) -> bool:
    """Say in one tap how it goes with an item; False if that is what it said already."""
    require_open(item.plan.team, at)
    changed = PlanItem.objects.filter(pk=item.pk).exclude(status=status).update(status=status)
    if changed:
        item.status = status
        record(by=by, act="progress.plan_item_status_changed", target=item, at=at, status=status.value)
    return bool(changed)
