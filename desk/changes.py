"""What a coach's inbox says of who covers for whom, and of teams that were handed over."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from accounts.models import User
from coaching.models import HelpCall
from teams.models import CoachAssignment, Team


def changes_of(user: User, coached: Collection[Team], today: date) -> dict[str, Any]:
    """Hand-overs that `user` has not read, covers of today and ahead by them and for them. One query.

    Each of `coached` gets `cover`: the assignment by which they cover it today, or None.
    """
    found = CoachAssignment.objects.not_over(today).filter(
        Q(coach=user) & (Q(covers_for__isnull=False) | Q(takes_over_from__isnull=False, pack_read_at=None))
        | Q(covers_for__coach=user)
    )
    rows = list(
        found.select_related("team__series", "coach", "covers_for__coach", "takes_over_from__coach").order_by(
            "starts_on", "team__name", "pk"
        )
    )
    mine = [row for row in rows if row.coach_id == user.pk and row.covers_for_id is not None]
    for row in mine:
        row.is_now = row.starts_on <= today
    today_by_team = {row.team_id: row for row in mine if row.is_now}
    for team in coached:
        team.cover = today_by_team.get(team.pk)  # type: ignore[attr-defined]
    return {
        "covering": mine,
        "covered": [row for row in rows if row.coach_id != user.pk],
        "handed": [row for row in rows if row.takes_over_from_id is not None and row.starts_on <= today],
        "cover_in": sorted({team.series for team in coached}, key=lambda series: series.name),
    }


def with_teams(calls: Iterable[HelpCall], coached: Collection[Team]) -> list[HelpCall]:
    """The calls, each with its team as it stands in `coached`."""
    by_id, found = {team.pk: team for team in coached}, list(calls)
    for call in found:
        call.team = by_id[call.team_id]
    return found
