"""Roles on a call for help are those on its team; what is asked of all teams, members of all may answer.

Roles on a call of the log are those on its team.
"""

from typing import TYPE_CHECKING

from accounts.permissions import Role, register_roles
from coaching.models import Call, HelpCall
from progress.models import HelpFrom
from teams.models import CoachAssignment, Membership
from teams.permissions import roles_in_team

if TYPE_CHECKING:
    from accounts.models import User


def roles_on_call(user: "User", call: HelpCall) -> set[Role]:
    found = roles_in_team(user, call.team)
    if not found and call.asked_of == HelpFrom.PEERS:
        series = call.team.series_id
        is_peer = (
            Membership.objects.held(user).filter(team__series=series).exists()
            or CoachAssignment.objects.held(user).filter(team__series=series).exists()
        )
        return {Role.PEER} if is_peer else set()
    return found


register_roles(HelpCall, roles_on_call)
register_roles(Call, lambda user, call: roles_in_team(user, call.team))
