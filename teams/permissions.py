"""Which roles a person holds on a team, and whom one may invite."""

from typing import TYPE_CHECKING, Any

from django.db.models import Value

from accounts.permissions import SERIES_ROLES, Permission, Role, has_permission, register_roles
from series import models as series_models
from series import permissions as series_permissions
from series.models import Series, SeriesRole
from teams.models import CoachAssignment, Membership, Team

if TYPE_CHECKING:
    from accounts.models import User


def roles_in_team(user: "User", team: Team) -> set[Role]:
    """What `user` is today in `team`: their place in it, its coach, or somebody of its series. One query."""
    in_team = Membership.objects.held(user).filter(team=team).values_list("role")
    as_coach = CoachAssignment.objects.held(user).filter(team=team).values_list(Value(Role.COACH.value))
    in_series = SeriesRole.objects.held(user).filter(series=team.series_id).values_list("role")
    return {Role(role) for (role,) in in_team.union(as_coach, in_series)}


def may_manage_people(user: Any, team: Team) -> bool:
    """The team's leads, and those who invite people to the whole series."""
    return has_permission(user, Permission.MANAGE_MEMBERS, team) or has_permission(
        user, Permission.INVITE, team.series
    )


def may_grant(user: Any, role: Role, series: Series, team: Team | None) -> bool:
    """Whether `user` may invite somebody as `role`, or end that role: nobody grants above their own.

    Asked when the invitation is made, when it is sent, and again when it is accepted.
    """
    if role in (Role.ORGANIZER, Role.FACILITATOR):
        return has_permission(user, Permission.MANAGE_ROLES, series)
    if role == Role.COACH:
        return has_permission(user, Permission.ASSIGN_COACH, series)
    if role in SERIES_ROLES or team is None:
        return has_permission(user, Permission.INVITE, series)
    return may_manage_people(user, team)


def is_under_18(user: "User") -> bool:
    """True while any membership of `user` says so."""
    return Membership.objects.held(user).filter(is_under_18=True).exists()


register_roles(Team, roles_in_team)
series_models.memberships.append(lambda user: Membership.objects.held(user).values("team__series"))
series_models.memberships.append(lambda user: CoachAssignment.objects.held(user).values("team__series"))
series_permissions.youth.append(is_under_18)
