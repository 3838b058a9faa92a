"""The Monday letter to who runs a series: part of that day's one mail, and one can do without it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.permissions import Role
from core import clock
from jobs.services import owe
from notices.kinds import Choices, hour_on
from notices.models import Notice, NoticeKind
from notices.services import AHEAD, OVER, STALE_AFTER, UNWANTED
from notices.telling import INACTIVE, LEFT
from series.models import Series, SeriesRole, SeriesStatus
from series.services import is_closed

FIRST_MONDAY = date(2020, 1, 6)
RUN = (Role.FACILITATOR, Role.ORGANIZER)


def week_of(monday: date) -> int:
    """The number of a week, which is the rung of its letter in the ledger."""
    return (monday - FIRST_MONDAY).days // 7


def owe_letters(*, since: datetime, until: datetime) -> int:
    """Owe the letters of every Monday from `since` to 48 hours after `until`; how many are new.

    They go out at the reader's hour in the reader's zone, else that of the series.
    """
    mondays = _mondays(since.date() - timedelta(days=1), (until + AHEAD).date())
    rows = SeriesRole.objects.on().filter(role__in=RUN, series__status=SeriesStatus.OPEN)
    rows = rows.filter(person__is_active=True).select_related("person", "series__summit")
    wanted = {
        (row.person_id, row.series_id, week_of(monday)): (row.person, row.series, monday)
        for row in rows
        for monday in mondays
        if not is_closed(row.series, monday)
        and letter_due_at(row.person, row.series, monday) >= since - STALE_AFTER
    }
    known = Notice.objects.filter(kind=NoticeKind.MONDAY, rung__in={rung for _p, _s, rung in wanted})
    new = wanted.keys() - set(known.values_list("person_id", "object_id", "rung"))
    for key in sorted(new):
        _owe(*wanted[key])
    return len(new)


def _mondays(first: date, last: date) -> list[date]:
    day = first + timedelta(days=-first.weekday() % 7)
    return [day + timedelta(weeks=n) for n in range((last - day).days // 7 + 1)] if day <= last else []


def letter_due_at(person: User, series: Series, day: date) -> datetime:
    """The reader's hour on `day`, in the reader's zone, else that of the series."""
    return hour_on(person, day, series.time_zone)


@transaction.atomic
def _owe(person: User, series: Series, monday: date) -> None:
    row = Notice(
        person=person, kind=NoticeKind.MONDAY, object_id=series.pk, rung=week_of(monday), send_on=monday
    )
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    owe(
        "notices.send_daily",
        key=f"mail:daily:{person.pk}:{monday}",
        payload={"person_id": person.pk, "on": monday.isoformat()},
        due_at=letter_due_at(person, series, monday),
        scope=f"series:{series.pk}",
    )


def letters_wanted(
    notices: Iterable[Notice], person: User, *, at: datetime
) -> tuple[list[Series], list[tuple[Notice, str]]]:
    """The series whose letter `person` still gets, and the letters that are not wanted any more, with why."""
    rows = list(notices)
    known = Series.objects.select_related("summit").in_bulk([row.object_id for row in rows])
    held = set(SeriesRole.objects.held(person).filter(role__in=RUN).values_list("series", flat=True))
    choices = Choices.of(person)
    wanted, unwanted = [], []
    for row in rows:
        series = known.get(row.object_id)
        if series is None or series.pk not in held:
            unwanted.append((row, LEFT))
        elif not person.is_active:
            unwanted.append((row, INACTIVE))
        elif choices.is_off(NoticeKind.MONDAY, series.pk):
            unwanted.append((row, UNWANTED))
        elif is_closed(series, clock.day_in(series.time_zone, at)):
            unwanted.append((row, OVER))
        else:
            wanted.append(series)
    return wanted, unwanted
