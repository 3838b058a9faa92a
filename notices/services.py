"""Who is owed which message, and whether it is still wanted at the moment of sending."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from jobs.services import owe
from notices.kinds import WAYS, Choices, hour_on
from notices.models import Notice, NoticeKind, NoticeState, Preference, Way, WeekDay
from notices.telling import GONE_OBJECT, INACTIVE, LEFT
from progress.due import is_paused, rungs
from progress.models import DueDate, Promise, Receiver
from progress.services import pauses_of, rhythm_of
from progress.ways import FARTHEST
from series.models import SeriesRole, SeriesStatus
from teams.models import GONE, CoachAssignment, Membership, Team, TeamStatus

AHEAD = timedelta(hours=48)
RECEIVERS = (Role.LEAD, Role.STORYTELLER)  # where the team named nobody
STILL = (*GONE, TeamStatus.PAUSED, TeamStatus.COMPLETED)  # a team of which nothing is asked
STALE_AFTER = timedelta(days=1)  # a day's mail that could not go is not sent on a later day

# Why a message was not sent, as the ledger keeps it (rule R3).
FILED = "it was filed"
EXCUSED = "it was excused"
PAUSED = "the team is paused"
CAUGHT_UP = "a later check-in speaks for it"
PROMISED = "the team named a later day"
UNWANTED = "the person wants no mail of this kind"
OVER = "the series is archived"
LATE = "the day has passed"
SETTLED = "it was settled"
OVER_ALREADY = "it has ended"


def owe_reminders(*, since: datetime, until: datetime) -> int:
    """Owe every reminder whose day falls between `since` and 48 hours after `until`; return how many are new.

    Rule R3: a rung is the team's calendar day; it goes out at the reader's hour on that date. Rows and
    jobs have unique keys, so that sweeping a stretch twice owes nothing twice.
    """
    first, last = since.date() - timedelta(days=1), (until + AHEAD).date()
    dues = (
        DueDate.objects.open()
        .filter(
            due_on__range=(first - timedelta(days=FARTHEST), last + timedelta(days=FARTHEST)),
            team__series__status=SeriesStatus.OPEN,
        )
        .exclude(team__status__in=STILL)
        .select_related("team__series")
        .prefetch_related("team__status_changes", "promises")
    )
    receivers = receivers_of({due.team_id for due in dues})
    wanted = [
        (member.person, due, rung, day)
        for due in dues
        for rung, day in rungs(due.due_on, rhythm_of(due.team.series), due.team.series.ladder)
        if first <= day <= last and not is_held_back(due, day) and not due.promises.all()
        for member in receivers[due.team_id]
        if mail_due_at(member.person, due.team, day) >= since - STALE_AFTER
    ]
    known = set(
        Notice.objects.filter(
            kind=NoticeKind.CHECK_IN, object_id__in={due.pk for _, due, _, _ in wanted}
        ).values_list("person_id", "object_id", "rung")
    )
    new = [row for row in wanted if (row[0].pk, row[1].pk, row[2]) not in known]
    for person, due, rung, day in new:
        owe_reminder(person, due, day, kind=NoticeKind.CHECK_IN, object_id=due.pk, rung=rung)
    return len(new) + owe_promised(since=since, first=first, last=last)


def owe_promised(*, since: datetime, first: date, last: date) -> int:
    """Owe the one mail of each later day that a team named, where the check-in is still missing."""
    rows = Promise.objects.filter(
        later_on__range=(first, last),
        due__in=DueDate.objects.open(),
        due__team__series__status=SeriesStatus.OPEN,
    ).select_related("due__team__series")
    rows = rows.prefetch_related("due__promises", "due__team__status_changes")
    promises = [row for row in rows if is_newest(row) and not is_held_back(row.due, row.later_on)]
    receivers = receivers_of({promise.due.team_id for promise in promises})
    known = set(
        Notice.objects.filter(
            kind=NoticeKind.PROMISE, object_id__in=[promise.pk for promise in promises]
        ).values_list("person_id", "object_id")
    )
    new = [
        (member.person, promise)
        for promise in promises
        for member in receivers[promise.due.team_id]
        if (member.person_id, promise.pk) not in known
        and mail_due_at(member.person, promise.due.team, promise.later_on) >= since - STALE_AFTER
    ]
    for person, promise in new:
        owe_reminder(
            person, promise.due, promise.later_on, kind=NoticeKind.PROMISE, object_id=promise.pk, rung=0
        )
    return len(new)


def is_newest(promise: Promise) -> bool:
    """Whether no later day was named after this one."""
    return promise.number == max(other.number for other in promise.due.promises.all())


def is_held_back(due: DueDate, day: date) -> bool:
    """Whether a pause of the team holds `day`, or the due date itself, which then gets no reminders."""
    pauses = pauses_of(due.team.status_changes.all())
    return is_paused(day, pauses) or is_paused(due.due_on, pauses)


@transaction.atomic
def owe_reminder(
    person: User, due: DueDate, day: date, *, kind: NoticeKind, object_id: int, rung: int
) -> None:
    """Put one reminder into the ledger, and owe the one mail of its day."""
    Notice.objects.bulk_create(
        [Notice(person=person, kind=kind, object_id=object_id, rung=rung, send_on=day)],
        ignore_conflicts=True,
    )
    owe(
        "notices.send_daily",
        key=f"mail:daily:{person.pk}:{day}",
        payload={"person_id": person.pk, "on": day.isoformat()},
        due_at=mail_due_at(person, due.team, day),
        scope=f"series:{due.team.series_id}",
    )


def receivers_of(team_ids: Collection[int]) -> dict[int, list[Membership]]:
    """Whom each team named for its reminders; its lead and storyteller where it named nobody who is in it."""
    inside: dict[int, list[Membership]] = defaultdict(list)
    rows = Membership.objects.on().filter(team__in=team_ids, person__is_active=True)
    for member in rows.select_related("person"):
        inside[member.team_id].append(member)
    named = set(Receiver.objects.filter(team__in=team_ids).values_list("team", "person"))
    found: dict[int, list[Membership]] = defaultdict(list)
    for team_id, members in inside.items():
        chosen = [member for member in members if (team_id, member.person_id) in named]
        found[team_id] = chosen or [member for member in members if member.role in RECEIVERS]
    return found


def mail_due_at(person: User, team: Team, day: date) -> datetime:
    """The reader's hour on `day`, in the reader's zone, else the team's."""
    return hour_on(person, day, team.time_zone)


def sort_out(
    notices: Iterable[Notice], person: User, *, on: date
) -> tuple[list[DueDate], list[tuple[Notice, str]]]:
    """Tell the reminders still wanted (as due dates, oldest first) from those that are not, with why."""
    rows = list(notices)
    promises = Promise.objects.in_bulk([n.object_id for n in rows if n.kind == NoticeKind.PROMISE])
    ids = {n.object_id for n in rows if n.kind in (NoticeKind.CHECK_IN, NoticeKind.NUDGE)}
    ids |= {promise.due_id for promise in promises.values()}
    dues = DueDate.objects.filter(pk__in=ids).select_related("team__series", "check_in")
    by_id = {due.pk: due for due in dues.prefetch_related("promises", "team__status_changes")}
    choices = Choices.of(person)
    wanted: dict[int, DueDate] = {}
    unwanted = []
    for notice in rows:
        promise = promises.get(notice.object_id) if notice.kind == NoticeKind.PROMISE else None
        due_id = promise.due_id if promise else notice.object_id
        due = by_id.get(due_id) if promise or notice.kind != NoticeKind.PROMISE else None
        # The mail of a promised day is a reminder, too: who wants none gets none.
        reason = why_not(due, person, on=on, promise=promise)
        if due is not None and not reason and choices.is_off(NoticeKind.CHECK_IN, due.team.series_id):
            reason = UNWANTED
        if due is None or reason:
            unwanted.append((notice, reason))
        else:
            wanted[due.pk] = due
    return sorted(wanted.values(), key=lambda due: due.due_on), unwanted


def why_not(due: DueDate | None, person: User, *, on: date, promise: Promise | None = None) -> str:
    """Why a reminder of `due` is not wanted by `person` on the day `on`; empty if it is.

    `promise` is the later day that the mail is for; without one, any day that was named stops it.
    """
    if due is None:
        return GONE_OBJECT
    if not person.is_active:
        return INACTIVE
    if hasattr(due, "check_in"):
        return FILED
    if due.caught_up_by_id:
        return CAUGHT_UP
    if due.is_excused:
        return EXCUSED
    if due.team.series.status != SeriesStatus.OPEN:
        return OVER
    if due.team.status in STILL or is_held_back(due, on):
        return PAUSED
    if person.pk not in {member.person_id for member in receivers_of([due.team_id])[due.team_id]}:
        return LEFT
    promises = due.promises.all()
    if promise is not None:
        return "" if is_newest(promise) else PROMISED
    return PROMISED if promises else ""


def mark_skipped(unwanted: Iterable[tuple[Notice, str]]) -> None:
    """Keep with each message why it was not sent."""
    for notice, reason in unwanted:
        Notice.objects.filter(pk=notice.pk, state=NoticeState.OWED).update(
            state=NoticeState.SKIPPED, reason=reason
        )


def mark_sent(ids: Collection[int], *, at: datetime) -> None:
    Notice.objects.filter(pk__in=ids, state=NoticeState.OWED).update(state=NoticeState.SENT, sent_at=at)


def kinds_for(person: User) -> list[NoticeKind]:
    """The kinds that `person` can be told of today, and so chooses about."""
    is_coach = CoachAssignment.objects.held(person).exists()
    runs = SeriesRole.objects.held(person).filter(role__in=[Role.FACILITATOR, Role.ORGANIZER]).exists()
    is_in_a_team = Membership.objects.held(person).exists()
    without = set()
    if not is_coach:
        without.add(NoticeKind.STORY)
    if not runs:
        without.add(NoticeKind.MONDAY)
    if not is_coach and not runs:
        without.add(NoticeKind.COACH)
    if not is_in_a_team:
        without |= {NoticeKind.CHECK_IN, NoticeKind.BECAME, NoticeKind.EXCHANGE}
    return [kind for kind in WAYS if kind not in without]


@transaction.atomic
def choose_ways(
    person: User, wanted: Mapping[tuple[NoticeKind, int | None], Way | None], *, weekday: int | None = None
) -> None:
    """Keep how `person` wants to hear of each kind, everywhere (None) or in a series.

    None as a way takes the choice back: what holds everywhere then holds in that series. Raises ValueError
    for a way that the kind does not have.
    """
    for (kind, series_id), way in wanted.items():
        here: dict[str, Any] = {"person": person, "kind": kind, "series_id": series_id}
        if way is None:
            Preference.objects.filter(**here).delete()
            continue
        if way not in WAYS[kind]:
            raise ValueError(f"{kind} does not come {way}")
        Preference.objects.update_or_create(**here, defaults={"way": way})
    if weekday is not None:
        WeekDay.objects.update_or_create(person=person, defaults={"weekday": weekday})
