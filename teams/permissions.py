"""Which roles a person holds on a team."""

from typing import TYPE_CHECKING

from accounts.permissions import Role, register_roles
from series import models as series_models
from series.permissions import roles_in_series
from teams.models import CoachAssignment, Membership, Team

if TYPE_CHECKING:
    from accounts.models import User


def roles_in_team(user: "User", team: Team) -> set[Role]:
    """What `user` is today in `team`: their place in it, its coach, or somebody of its series."""
    roles = {Role(role) for role in Membership.objects.held(user).filter(team=team).values_list("role", flat=True)}
    if CoachAssignment.objects.held(user).filter(team=team).exists():
        roles.add(Role.COACH)
    return roles | roles_in_series(user, team.series)


register_roles(Team, roles_in_team)
series_models.memberships.append(lambda user: Membership.objects.held(user).values("team__series"))
series_models.memberships.append(lambda user: CoachAssignment.objects.held(user).values("team__series"))
