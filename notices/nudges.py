"""A nudge by hand: it counts in the day's one mail, and a team gets one a week at most (rule R3)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.models import Event
from core import clock
from core.templatetags.marks import short_day
from jobs.models import Job
from jobs.services import owe
from notices.models import Notice, NoticeKind, NoticeState, Way
from notices.services import mail_due_at, receivers_of
from progress.models import DueDate
from teams.models import Team

if TYPE_CHECKING:
    from accounts.models import User

AGAIN_AFTER = timedelta(days=7)


class NotNow(Exception):
    """Why a team cannot be nudged today, in words."""


def nudged_lately(team_ids: Collection[int], at: datetime | None = None) -> dict[int, date]:
    """The day of the nudge of each team that had one within the last week."""
    since = (at or clock.now()) - AGAIN_AFTER
    rows = Event.objects.filter(act="notices.team_nudged", team_id__in=team_ids, at__gt=since).order_by("at")
    return {team_id: moment.date() for team_id, moment in rows.values_list("team_id", "at") if team_id}


@transaction.atomic
def nudge_team(team: Team, *, by: "User", at: datetime) -> list["User"]:
    """Owe those whom the team named a reminder of its latest missed date; gives who they are.

    It goes out in today's mail, or, where that has gone, in tomorrow's. Raises NotNow within a week of the
    last one, where nothing is missing, and where the team has nobody to tell.
    """
    Team.objects.select_for_update().get(pk=team.pk)  # two hands at once: one nudge
    if day := nudged_lately([team.pk], at).get(team.pk):
        raise NotNow(_("This team was nudged on %(day)s. Once a week is enough.") % {"day": short_day(day)})
    today = clock.day_in(team.time_zone, at)
    missed = DueDate.objects.open().filter(team=team, due_on__lt=today).order_by("-due_on").first()
    if missed is None:
        raise NotNow(_("Nothing is missing: there is nothing to nudge about."))
    people = [member.person for member in receivers_of([team.pk])[team.pk]]
    if not people:
        raise NotNow(_("Nobody of this team gets its reminders."))
    for person in people:
        day = clock.day_in(person.time_zone or team.time_zone, at)
        sent = Notice.objects.filter(person=person, state=NoticeState.SENT, send_on=day)
        if sent.exclude(way=Way.INSTANT).exists():
            day += timedelta(days=1)
        Notice.objects.bulk_create(
            [
                Notice(
                    person=person,
                    kind=NoticeKind.NUDGE,
                    object_id=missed.pk,
                    rung=min((today - missed.due_on).days, 32000),
                    send_on=day,
                )
            ],
            ignore_conflicts=True,
        )
        key = f"mail:daily:{person.pk}:{day}"
        if Job.objects.filter(key=key, done_at__isnull=False).exists():
            key += f":nudge:{team.pk}"  # the job of the day found nothing to send
        owe(
            "notices.send_daily",
            key=key,
            payload={"person_id": person.pk, "on": day.isoformat()},
            due_at=max(mail_due_at(person, team, day), at),
            scope=f"series:{team.series_id}",
        )
    record(by=by, act="notices.team_nudged", target=team, at=at, due_id=missed.pk)
    return people
