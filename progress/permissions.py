"""Roles on what a team files are the roles on the team."""

from accounts.permissions import register_roles
from progress.models import (
    BoundaryPartner,
    CheckIn,
    DueDate,
    Plan,
    PlanItem,
    ProgressMarker,
    ProgressScore,
    TestCycle,
)
from teams.permissions import roles_in_team

register_roles(Plan, lambda user, plan: roles_in_team(user, plan.team))
register_roles(PlanItem, lambda user, item: roles_in_team(user, item.plan.team))
register_roles(DueDate, lambda user, due: roles_in_team(user, due.team))
register_roles(CheckIn, lambda user, check_in: roles_in_team(user, check_in.due.team))
register_roles(TestCycle, lambda user, cycle: roles_in_team(user, cycle.team))
register_roles(ProgressScore, lambda user, score: roles_in_team(user, score.team))
register_roles(BoundaryPartner, lambda user, partner: roles_in_team(user, partner.team))
register_roles(ProgressMarker, lambda user, marker: roles_in_team(user, marker.partner.team))
