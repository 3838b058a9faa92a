"""What is gathered: it goes in the one mail of its day, and is carried on where that mail could not go."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from jobs.models import Job, State
from jobs.services import owe
from notices.kinds import TOLD, Choices, next_mail
from notices.models import Notice, NoticeKind, NoticeState, Way
from notices.services import UNWANTED
from notices.telling import Told, told_to

LOST_AFTER = timedelta(days=2)  # after its day: then no mail of that day is under way any more
ALIVE = (State.PENDING, State.LEASED)


def owe_mail_of_the_day(person: User, day: date, *, due_at: datetime, scope: str) -> Job:
    """Owe `person` the one mail of `day`; owed twice is owed once."""
    return owe(
        "notices.send_daily",
        key=f"mail:daily:{person.pk}:{day}",
        payload={"person_id": person.pk, "on": day.isoformat()},
        due_at=due_at,
        scope=scope,
    )


def gathered(notices: Iterable[Notice], person: User) -> tuple[list[Told], list[tuple[Notice, str]]]:
    """What of `notices` goes into the mail of today, and what is not wanted any more, with why."""
    told, untold = told_to(notices, person)
    choices = Choices.of(person)
    wanted = []
    for each in told:
        if choices.is_off(NoticeKind(each.notice.kind), each.notice.series_id):
            untold.append((each.notice, UNWANTED))
        else:
            wanted.append(each)
    return wanted, untold


@transaction.atomic
def carry_on(notices: Iterable[Notice], *, at: datetime) -> int:
    """Move what could not go on its day to the next mail of its reader; how many were moved."""
    moved = 0
    for notice in notices:
        assert notice.series is not None  # every event that is told belongs to a series
        way = Way.DAILY if notice.way == Way.INSTANT else Way(notice.way)
        day, due_at = next_mail(notice.person, way, notice.series.time_zone, at=at)
        rows = Notice.objects.filter(pk=notice.pk, state=NoticeState.OWED, send_on=notice.send_on)
        if rows.update(send_on=day, way=way):
            owe_mail_of_the_day(notice.person, day, due_at=due_at, scope=f"series:{notice.series_id}")
            moved += 1
    return moved


def carry_on_lost(*, at: datetime) -> int:
    """Find what is owed for a day that is over and has no job any more; how many were moved.

    That happens where somebody changed the hour of their mail, or a job failed for good.
    """
    rows = Notice.objects.filter(
        state=NoticeState.OWED, kind__in=TOLD, series__isnull=False, send_on__lt=at.date() - LOST_AFTER
    ).select_related("person", "series")
    by_job: dict[str, list[Notice]] = defaultdict(list)
    for row in rows:
        named = "help" if row.kind == NoticeKind.HELP else "comment"
        at_once = f"mail:{named}:{row.object_id}:{row.person_id}"
        gathers = f"mail:daily:{row.person_id}:{row.send_on}"
        by_job[at_once if row.way == Way.INSTANT else gathers].append(row)
    alive = set(Job.objects.filter(key__in=by_job, state__in=ALIVE).values_list("key", flat=True))
    return carry_on([row for key, lost in by_job.items() if key not in alive for row in lost], at=at)
