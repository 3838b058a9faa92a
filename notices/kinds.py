"""The kinds of notice that a person chooses about: which ways there are, and which is the usual one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from core import clock
from notices.models import NoticeKind, Preference, Way, WeekDay

# Direct replies may come as they come; everything else waits for the one mail of a day (rule R3).
REPLIES = (Way.INSTANT, Way.DAILY, Way.WEEKLY, Way.NONE)
GATHERED = (Way.DAILY, Way.WEEKLY, Way.NONE)
WAYS: dict[NoticeKind, tuple[Way, ...]] = {
    NoticeKind.CHECK_IN: (Way.DAILY, Way.NONE),
    NoticeKind.REPLY: REPLIES,
    NoticeKind.COMMENT: REPLIES,
    NoticeKind.MENTION: REPLIES,
    NoticeKind.HELP: REPLIES,
    NoticeKind.STORY: GATHERED,
    NoticeKind.BECAME: GATHERED,
    NoticeKind.EXCHANGE: GATHERED,
    NoticeKind.NEWS: GATHERED,
    NoticeKind.COACH: REPLIES,
    NoticeKind.MONDAY: (Way.WEEKLY, Way.NONE),
}
USUAL: dict[NoticeKind, Way] = {kind: ways[0] for kind, ways in WAYS.items()} | {NoticeKind.NEWS: Way.WEEKLY}
# What tells of an event, stands in the list of what is unread, and may be gathered.
TOLD = (
    NoticeKind.REPLY,
    NoticeKind.COMMENT,
    NoticeKind.MENTION,
    NoticeKind.HELP,
    NoticeKind.STORY,
    NoticeKind.BECAME,
    NoticeKind.EXCHANGE,
    NoticeKind.NEWS,
    NoticeKind.COACH,
)


@dataclass(frozen=True)
class Choices:
    """What one person chose, by kind and series; None stands for everywhere."""

    rows: dict[tuple[str, int | None], str]

    @classmethod
    def of(cls, person: User) -> "Choices":
        return choices_of([person.pk])[person.pk]

    def way(self, kind: NoticeKind, series_id: int | None = None) -> Way:
        """The way that holds: that of the series, else that for everywhere, else the usual one."""
        found = self.rows.get((kind, series_id)) or self.rows.get((kind, None))
        return Way(found) if found else USUAL.get(kind, Way.INSTANT)

    def is_off(self, kind: NoticeKind, series_id: int | None = None) -> bool:
        return self.way(kind, series_id) == Way.NONE


def choices_of(people: Collection[int]) -> dict[int, Choices]:
    """What each of `people` chose. One query."""
    found: dict[int, dict[tuple[str, int | None], str]] = {pk: {} for pk in people}
    rows = Preference.objects.filter(person__in=people)
    for pk, kind, series, way in rows.values_list("person", "kind", "series", "way"):
        found[pk][kind, series] = way
    return {pk: Choices(chosen) for pk, chosen in found.items()}


def weekday_of(person: User) -> int:
    """The day of the week that `person` chose for what is gathered; 0 is Monday."""
    return WeekDay.objects.filter(person=person).values_list("weekday", flat=True).first() or 0


def hour_on(person: User, day: date, zone: str) -> datetime:
    """The reader's hour on `day`, in the reader's zone, else in `zone`.

    An hour that the clocks skip becomes the next valid moment; one that comes twice means the first.
    """
    wall = datetime.combine(day, time(person.reminder_hour), ZoneInfo(person.time_zone or zone))
    return wall.astimezone(ZoneInfo("UTC"))


def next_mail(person: User, way: Way, zone: str, *, at: datetime) -> tuple[date, datetime]:
    """The day and moment of the next mail after `at` that gathers what comes in this `way`."""
    day = clock.day_in(person.time_zone or zone, at)
    if hour_on(person, day, zone) <= at:
        day += timedelta(days=1)
    if way == Way.WEEKLY:
        day += timedelta(days=(weekday_of(person) - day.weekday()) % 7)
    return day, hour_on(person, day, zone)
