"""Putting a message into the ledger, and owing its mail in the way that each person chose."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from core import clock
from jobs.services import owe
from notices.gathering import owe_mail_of_the_day
from notices.kinds import TOLD, Choices, choices_of, next_mail
from notices.models import Notice, NoticeKind, NoticeState, Way
from notices.services import UNWANTED
from series.models import Series


def tell(
    people: Iterable[User],
    kind: NoticeKind,
    object_id: int,
    series: Series,
    *,
    at: datetime,
    job: str = "",
    about: str = "",
) -> None:
    """Put one message for each of `people` into the ledger, and owe its mail in the way that each chose.

    `job` sends it as it comes; without one it is always gathered. Who wants no mail of this kind is told on
    the pages all the same, and the ledger says why there was no mail.
    """
    found = {person.pk: person for person in people}
    mine = Notice.objects.filter(person__in=found, kind=kind, object_id=object_id, about=about)
    known = set(mine.values_list("person", flat=True))
    chosen = choices_of(found.keys() - known)
    for pk, choices in chosen.items():
        _tell(found[pk], choices, kind, object_id, series, at, job, about)


def _tell(
    person: User,
    choices: Choices,
    kind: NoticeKind,
    object_id: int,
    series: Series,
    at: datetime,
    job: str,
    about: str,
) -> None:
    way = choices.way(kind, series.pk)
    if way == Way.INSTANT and not job:
        way = Way.DAILY
    zone, scope = series.time_zone, f"series:{series.pk}"
    day, due_at = clock.day_in(person.time_zone or zone, at), at
    if way in (Way.DAILY, Way.WEEKLY):
        day, due_at = next_mail(person, way, zone, at=at)
    row = Notice(
        person=person, kind=kind, object_id=object_id, about=about, series=series, way=way, send_on=day
    )
    row.told_at = at if kind in TOLD else None
    if way == Way.NONE:
        row.state, row.reason = NoticeState.SKIPPED, UNWANTED
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    if way == Way.INSTANT:
        named = job.rsplit("_", 1)[1]
        payload = {"comment_id" if named == "comment" else "event_id": object_id, "person_id": person.pk}
        owe(job, key=f"mail:{named}:{object_id}:{person.pk}", payload=payload, scope=scope)
    elif way != Way.NONE:
        owe_mail_of_the_day(person, day, due_at=due_at, scope=scope)
