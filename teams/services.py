"""What can be done with teams and the people in them."""

import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.permissions import Role
from core import clock
from series.models import Series
from series.services import end_today, unique_slug
from teams.models import CoachAssignment, Membership, Team

if TYPE_CHECKING:
    from accounts.models import User

team_added: list[Callable[..., object]] = []  # fn(team, *, at) of rooms to the right, in the same transaction


def suggest_code(text: str, taken: Collection[str]) -> str:
    """Two to four capital letters for a team's mark: Jackson is JAC, Pearl River PR; free in `taken`."""
    words = re.findall(r"[a-z0-9]+", slugify(text))
    letters = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:3]
    stem = (letters.upper()[:3] or "T").ljust(2, "X")
    if stem not in taken:
        return stem
    number = 2
    while f"{stem[:3]}{number}"[:4] in taken and number < 10:
        number += 1
    return f"{stem[:3]}{number}"[:4]


def add_team(team: Team, *, by: "User", at: datetime) -> Team:
    """Put a team into its series; the same `submission_id` gives the first one back, also of two taps.

    Without a code one is made of the place, without a zone the series' is taken. Raises ValidationError
    if it breaks a rule of its model, as for a name that is there already.
    """
    same = Team.objects.filter(series=team.series, submission_id=team.submission_id)
    if earlier := same.first():
        return earlier
    try:
        return _add_team(team, by=by, at=at)
    except IntegrityError:
        if earlier := same.first():
            return earlier
        raise


@transaction.atomic
def _add_team(team: Team, *, by: "User", at: datetime) -> Team:
    siblings = list(Team.objects.filter(series=team.series).values_list("slug", "code"))
    team.slug = unique_slug(team.name, {slug for slug, _code in siblings}, "team")
    team.code = team.code or suggest_code(team.place or team.name, {code for _slug, code in siblings})
    team.time_zone = team.time_zone or team.series.time_zone
    team.joined_on = clock.day_in(team.time_zone, at)
    team.full_clean()
    team.save()
    record(by=by, act="teams.team_added", target=team, at=at)
    for follow in team_added:
        follow(team, at=at)
    return team


@transaction.atomic
def change_role(membership: Membership, role: Role, *, by: "User", at: datetime) -> None:
    """Give a member another role in their team."""
    if membership.role == role:
        return
    was, membership.role = membership.role, role
    membership.full_clean()
    membership.save(update_fields=["role"])
    record(by=by, act="teams.role_changed", target=membership, at=at, was=str(was), now=role.value)


@transaction.atomic
def end_membership(membership: Membership, *, by: "User", at: datetime) -> bool:
    """Let a person leave a team at once; what they wrote stays theirs. False if they have left already."""
    in_force = Membership.objects.select_for_update().on(clock.day_in("UTC", at))
    found = in_force.filter(pk=membership.pk).first()
    if found is None:
        return False
    end_today(found, at=at)
    record(by=by, act="teams.membership_ended", target=found, at=at, person_id=found.person_id)
    return True


@transaction.atomic
def assign_coach(team: Team, coach: "User", *, by: "User", at: datetime) -> CoachAssignment:
    """Let `coach` coach `team` from today; whoever coaches it already goes on."""
    Series.objects.select_for_update().get(pk=team.series_id)
    today = clock.day_in("UTC", at)
    if held := CoachAssignment.objects.held(coach, today).filter(team=team).first():
        return held
    assignment = CoachAssignment.objects.create(team=team, coach=coach, starts_on=today)
    record(by=by, act="teams.coach_assigned", target=assignment, at=at, coach_id=coach.pk)
    return assignment


@transaction.atomic
def end_assignment(assignment: CoachAssignment, *, note: str, by: "User", at: datetime) -> bool:
    """End a coach's work with a team; `note` says what the next coach must know. False if it has ended.

    Raises ValidationError without a note.
    """
    if not note.strip():
        raise ValidationError(_("Write what the next coach must know."))
    in_force = CoachAssignment.objects.select_for_update().on(clock.day_in("UTC", at))
    found = in_force.filter(pk=assignment.pk).first()
    if found is None:
        return False
    found.handover_note = note.strip()
    found.save(update_fields=["handover_note"])
    end_today(found, at=at)
    record(by=by, act="teams.coach_ended", target=found, at=at, coach_id=found.coach_id)
    return True
