"""When a team names a later day for a check-in, and whom it names for its reminders (rule R3)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.models import User
from core import clock
from progress.models import DueDate, Promise, Receiver
from progress.services import AlreadyFiled, is_closed
from series.calendar import add_days
from series.services import SeriesClosed
from teams.models import Membership, Team

MOST = 2
WITHOUT_A_NEXT = timedelta(days=30)  # how far ahead a day may be where no other due date follows


def latest_day(due: DueDate) -> date:
    """The last day that can be promised for `due`: the day before the next due date."""
    following = DueDate.objects.filter(team=due.team_id, due_on__gt=due.due_on).order_by("due_on").first()
    limit = due.due_on + WITHOUT_A_NEXT
    return min(add_days(following.due_on, -1), limit) if following else limit


def days_open(due: DueDate, today: date) -> tuple[date, date] | None:
    """The first and the last day that can be promised today; None where none is left, or twice was said."""
    said = [promise.later_on for promise in due.promises.all()]
    first, last = max(today, due.due_on, *said) + timedelta(days=1), latest_day(due)
    return (first, last) if len(said) < MOST and first <= last else None


def people_of(team: Team, *, on: date) -> QuerySet[User]:
    """Who is in `team` on that day and can be named as a receiver, by name."""
    inside = Membership.objects.on(on).filter(team=team)
    return User.objects.filter(pk__in=inside.values("person"), is_active=True).order_by("name")


@transaction.atomic
def promise_later(due: DueDate, later_on: date, *, by: User, at: datetime) -> Promise:
    """Name the day on which the check-in of `due` will come: the ladder stops, that day brings one mail.

    A day that was named already gives that promise back. Raises AlreadyFiled, SeriesClosed, and
    ValidationError for a third promise or a day that is not before the next due date.
    """
    due = (
        DueDate.objects.select_for_update(of=("self",)).select_related("team__series__summit").get(pk=due.pk)
    )
    if earlier := due.promises.filter(later_on=later_on).first():
        return earlier
    today = clock.day_in(due.team.time_zone, at)
    if hasattr(due, "check_in"):
        raise AlreadyFiled(due.check_in)
    if is_closed(due.team.series, today):
        raise SeriesClosed
    span = days_open(due, today)
    if not due.is_open or span is None:
        raise ValidationError(_("A later day cannot be named any more. One tap is enough."))
    if not span[0] <= later_on <= span[1]:
        raise ValidationError(_("Name a day after today and before the next check-in."))
    promise = Promise.objects.create(
        due=due, number=due.promises.count() + 1, later_on=later_on, made_by=by, made_at=at
    )
    record(by=by, act="progress.check_in_promised", target=due, at=at, later_on=later_on.isoformat())
    return promise


def promised_days(dues: Iterable[int]) -> dict[int, date]:
    """The day that was named last, for each of the due dates that has one."""
    rows = Promise.objects.filter(due__in=list(dues)).order_by("number")
    return dict(rows.values_list("due", "later_on"))


@transaction.atomic
def name_receivers(team: Team, people: Collection[User], *, by: User, at: datetime) -> None:
    """Send the team's reminders to `people` from now on; to nobody named means lead and storyteller.

    Raises ValidationError for somebody who is not in the team.
    """
    wanted = {person.pk for person in people}
    inside = Membership.objects.on(clock.day_in(team.time_zone, at)).filter(team=team, person__in=wanted)
    if wanted - set(inside.values_list("person", flat=True)):
        raise ValidationError(_("Only people of the team can be reminded for it."))
    had = set(Receiver.objects.filter(team=team).values_list("person", flat=True))
    if had == wanted:
        return
    Receiver.objects.filter(team=team).exclude(person__in=wanted).delete()
    new = [Receiver(team=team, person_id=person_id) for person_id in sorted(wanted - had)]
    Receiver.objects.bulk_create(new, ignore_conflicts=True)
    record(by=by, act="progress.receivers_named", target=team, at=at, people=sorted(wanted))
