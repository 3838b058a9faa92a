"""Roles on numbers are the roles on their team; on a measure of the whole series, the roles there."""

from typing import Any

from accounts.permissions import Permission, has_permission, register_roles, roles_on
from measures.models import Measure
from teams.models import Team


def roles_on_measure(user: Any, measure: Measure) -> Any:
    """What `user` is to the team whose measure it is, or to the series."""
    return roles_on(user, measure.team if measure.team is not None else measure.series)


def may_define(user: Any, measure: Measure) -> bool:
    """A team's own measures: who enters its numbers; those of the series: who configures it."""
    if measure.team is None:
        return has_permission(user, Permission.CONFIGURE, measure.series)
    return has_permission(user, Permission.ENTER_NUMBERS, measure.team)


def may_enter(user: Any, team: Team) -> bool:
    return has_permission(user, Permission.ENTER_NUMBERS, team)


register_roles(Measure, roles_on_measure)
