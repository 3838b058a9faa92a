"""Who is owed which message, and whether it is still wanted at the moment of sending."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Event, User
from accounts.permissions import Role
from core import clock
from jobs.services import owe
from notices.models import Notice, NoticeKind, NoticeState
from progress.due import rungs
from progress.models import DueDate
from progress.services import rhythm_of
from series.models import SeriesStatus
from storymaps.models import Comment
from teams.models import GONE, Membership, Team, TeamStatus

LADDER = (-1, 2)  # days from the due date on which a reminder goes out
AHEAD = timedelta(hours=48)
RECEIVERS = (Role.LEAD, Role.STORYTELLER)
STALE_AFTER = timedelta(days=1)  # a day's mail that could not go is not sent on a later day

# Why a message was not sent, as the ledger keeps it (rule R3).
FILED = "it was filed"
EXCUSED = "it was excused"
PAUSED = "the team is paused"
LEFT = "the person left the team or its role"
INACTIVE = "the account is closed"
OVER = "the series is archived"
GONE_OBJECT = "it is gone"
UNREADABLE = "the person may no longer read it"
LATE = "the day has passed"


def owe_reminders(*, since: datetime, until: datetime) -> int:
    """Owe every reminder whose day falls between `since` and 48 hours after `until`; return how many are new.

    Rule R3: a rung is the team's calendar day; it goes out at the reader's hour on that date. Rows and
    jobs have unique keys, so that sweeping a stretch twice owes nothing twice.
    """
    first, last = since.date() - timedelta(days=1), (until + AHEAD).date()
    dues = (
        DueDate.objects.open()
        .filter(
            due_on__range=(first - timedelta(days=max(LADDER)), last - timedelta(days=min(LADDER))),
            team__series__status=SeriesStatus.OPEN,
        )
        .exclude(team__status__in=[*GONE, TeamStatus.PAUSED, TeamStatus.COMPLETED])
        .select_related("team__series")
    )
    receivers = receivers_of({due.team_id for due in dues})
    wanted = [
        (member.person, due, rung, day)
        for due in dues
        for rung, day in rungs(due.due_on, rhythm_of(due.team.series), LADDER)
        if first <= day <= last
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
        owe_reminder(person, due, rung, day)
    return len(new)


@transaction.atomic
def owe_reminder(person: User, due: DueDate, rung: int, day: date) -> None:
    """Put one reminder into the ledger, and owe the one mail of its day."""
    Notice.objects.bulk_create(
        [Notice(person=person, kind=NoticeKind.CHECK_IN, object_id=due.pk, rung=rung, send_on=day)],
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
    """The leads and storytellers of the teams, by team."""
    found: dict[int, list[Membership]] = defaultdict(list)
    rows = Membership.objects.on().filter(team__in=team_ids, role__in=RECEIVERS, person__is_active=True)
    for member in rows.select_related("person"):
        found[member.team_id].append(member)
    return found


def mail_due_at(person: User, team: Team, day: date) -> datetime:
    """The reader's hour on `day`, in the reader's zone, else the team's.

    An hour that the clocks skip becomes the next valid moment; one that comes twice means the first.
    """
    wall = datetime.combine(day, time(person.reminder_hour), ZoneInfo(person.time_zone or team.time_zone))
    return wall.astimezone(ZoneInfo("UTC"))


def sort_out(
    notices: Iterable[Notice], person: User, *, on: date
) -> tuple[list[DueDate], list[tuple[Notice, str]]]:
    """Tell the reminders still wanted (as due dates, oldest first) from those that are not, with why."""
    rows = list(notices)
    dues = DueDate.objects.filter(pk__in=[n.object_id for n in rows]).select_related(
        "team__series", "check_in"
    )
    by_id = {due.pk: due for due in dues}
    wanted: dict[int, DueDate] = {}
    unwanted = []
    for notice in rows:
        due = by_id.get(notice.object_id)
        reason = why_not(due, person)
        if due is None or reason:
            unwanted.append((notice, reason))
        else:
            wanted[due.pk] = due
    return sorted(wanted.values(), key=lambda due: due.due_on), unwanted


def why_not(due: DueDate | None, person: User) -> str:
    """Why a reminder of `due` is not wanted by `person` any more; empty if it is."""
    if due is None:
        return GONE_OBJECT
    if not person.is_active:
        return INACTIVE
    if hasattr(due, "check_in"):
        return FILED
    if due.is_excused:
        return EXCUSED
    if due.team.series.status != SeriesStatus.OPEN:
        return OVER
    if due.team.status in (TeamStatus.PAUSED, TeamStatus.COMPLETED, *GONE):
        return PAUSED
    if not Membership.objects.held(person).filter(team=due.team, role__in=RECEIVERS).exists():
        return LEFT
    return ""


def mark_skipped(unwanted: Iterable[tuple[Notice, str]]) -> None:
    """Keep with each message why it was not sent."""
    for notice, reason in unwanted:
        Notice.objects.filter(pk=notice.pk, state=NoticeState.OWED).update(
            state=NoticeState.SKIPPED, reason=reason
        )


def mark_sent(ids: Collection[int], *, at: datetime) -> None:
    Notice.objects.filter(pk__in=ids, state=NoticeState.OWED).update(state=NoticeState.SENT, sent_at=at)


@transaction.atomic
def consider(event: Event, *, at: datetime) -> None:
    """Decide who is told of `event` at once. A comment on one's entry or note is a direct reply."""
    if event.act != "storymaps.comment_written":
        return
    comment = Comment.objects.select_related("entry__team", "parent__author", "entry__author").get(
        pk=event.target_id
    )
    for person in told_at_once(comment):
        Notice.objects.bulk_create(
            [
                Notice(
                    person=person,
                    kind=NoticeKind.COMMENT,
                    object_id=comment.pk,
                    send_on=clock.day_in(person.time_zone or comment.entry.team.time_zone, at),
                )
            ],
            ignore_conflicts=True,
        )
        owe(
            "notices.send_comment",
            key=f"mail:comment:{comment.pk}:{person.pk}",
            payload={"comment_id": comment.pk, "person_id": person.pk},
            scope=f"series:{comment.entry.team.series_id}",
        )


def told_at_once(comment: Comment) -> Iterator[User]:
    """The author of the entry, and of the note that is answered; each once, nobody of their own words."""
    people = {comment.entry.author_id: comment.entry.author}
    if comment.parent is not None:
        people[comment.parent.author_id] = comment.parent.author
    people.pop(comment.author_id, None)
    for person in people.values():
        if Comment.objects.visible_to(person).filter(pk=comment.pk).exists():
            yield person


def why_not_comment(comment: Comment | None, person: User) -> str:
    """Why `person` is not told of `comment` any more; empty if they are."""
    if comment is None:
        return GONE_OBJECT
    if not person.is_active:
        return INACTIVE
    if not Comment.objects.visible_to(person).filter(pk=comment.pk).exists():
        return UNREADABLE
    return ""
