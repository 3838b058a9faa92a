"""Roles on what a team files are the roles on the team."""

from accounts.permissions import register_roles
from progress.models import CheckIn, DueDate, Plan, PlanItem
from teams.permissions import roles_in_team

register_roles(Plan, lambda user, plan: roles_in_team(user, plan.team))
register_roles(PlanItem, lambda user, item: roles_in_team(user, item.plan.team))
register_roles(DueDate, lambda user, due: roles_in_team(user, due.team))
register_roles(CheckIn, lambda user, check_in: roles_in_team(user, check_in.due.team))
