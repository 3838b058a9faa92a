"""Roles on a connection are those on its team."""

from typing import Any

from accounts.permissions import Permission, has_permission, register_roles
from commons.models import Connection
from teams.models import Membership
from teams.permissions import roles_in_team

register_roles(Connection, lambda user, connection: roles_in_team(user, connection.team))


def may_amend_connection(user: Any, connection: Connection) -> bool:
    """The team amends its connections; a coach or facilitator those that they logged for it."""
    if not has_permission(user, Permission.LOG_STORY, connection):
        return False
    if connection.logged_by_id == user.pk:
        return True
    return Membership.objects.held(user).filter(team=connection.team_id).exists()
