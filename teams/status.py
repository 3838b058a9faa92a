"""Whether a team takes part: it pauses, comes back, merges into another, leaves, or has done its work."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.events import record
from core import clock
from series.calendar import add_days
from teams.models import GONE, Team, TeamStatus, TeamStatusChange

if TYPE_CHECKING:
    from accounts.models import User

CHANGES = (
    TeamStatus.ACTIVE,
    TeamStatus.PAUSED,
    TeamStatus.MERGED,
    TeamStatus.WITHDRAWN,
    TeamStatus.COMPLETED,
)  # what a person may set; the others come with an invitation
WITH_REASON = (TeamStatus.PAUSED, *GONE)

status_changed: list[Callable[..., object]] = []  # fn(team, *, at) of rooms to the right, in the same act


@transaction.atomic
def change_status(draft: TeamStatusChange, *, by: "User | None", at: datetime) -> bool:
    """Let the team of `draft` pause, come back, merge, leave or be done from the day `on`; True if it is new.

    What a team owes follows in the same transaction. Nothing that it told goes. A pause with a last day
    ends by itself (`end_pauses`). The same said twice is said once. Raises ValidationError by field.
    """
    team = Team.objects.select_for_update(of=("self",)).select_related("series").get(pk=draft.team_id)
    newest = team.status_changes.order_by("on", "pk").last()
    if draft.status == team.status and (
        draft.status != TeamStatus.PAUSED or (newest and newest.ends_on == draft.ends_on)
    ):
        return False
    _check(draft, team, newest, at)
    draft.by = by
    draft.full_clean(exclude=["by"])  # nobody, where a pause ends by itself
    draft.save()
    team.status = draft.status
    team.save(update_fields=["status"])
    draft.team = team
    record(by=by, act="teams.status_changed", target=team, at=at, status=draft.status, change=draft.pk)
    for follow in status_changed:
        follow(team, at=at)
    return True


def _check(draft: TeamStatusChange, team: Team, newest: TeamStatusChange | None, at: datetime) -> None:
    """Raise ValidationError where the days, the reason or the other team are not right."""
    today = clock.day_in(team.time_zone, at)
    earliest = max(team.joined_on, newest.on if newest else team.joined_on)
    wrong: dict[str, str] = {}
    if draft.on > today:
        wrong["on"] = _("This day is still ahead. Say it on the day.")
    elif draft.on < earliest:
        words = _("Before %(day)s something else was said of the team.")
        wrong["on"] = words % {"day": date_format(earliest, "DATE_FORMAT")}
    if draft.status != TeamStatus.PAUSED:
        draft.ends_on = None
    elif draft.ends_on and draft.ends_on < today:
        wrong["ends_on"] = _("The last day of the pause cannot be over.")
    if draft.status != TeamStatus.MERGED:
        draft.into = None
    elif draft.into is None:
        wrong["into"] = _("Choose the team that it merged into.")
    elif draft.into.pk == team.pk or draft.into.series_id != team.series_id or draft.into.status in GONE:
        wrong["into"] = _("Choose another team that is in the series.")
    if draft.status in WITH_REASON and not draft.reason.strip():
        wrong["reason"] = _("Say why, in a line.")
    if wrong:
        raise ValidationError(wrong)


def end_pauses(*, at: datetime) -> int:
    """Let each team come back whose pause had a last day that is over; return how many."""
    count = 0
    for team in Team.objects.filter(status=TeamStatus.PAUSED).select_related("series").order_by("pk"):
        last = paused_until(team)
        if last is not None and last < clock.day_in(team.time_zone, at):
            back = TeamStatusChange(team=team, status=TeamStatus.ACTIVE, on=add_days(last, 1))
            count += change_status(back, by=None, at=at)
    return count


def paused_until(team: Team) -> date | None:
    """The last day of the pause of a paused team, if one is named. One query."""
    newest = team.status_changes.order_by("on", "pk").last()
    return newest.ends_on if newest and newest.status == TeamStatus.PAUSED else None
