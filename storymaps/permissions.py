"""Roles on entries and what hangs on them are the roles on the team."""

from accounts.files import register_reader
from accounts.permissions import register_roles
from storymaps.models import (
    Clearance,
    Comment,
    Evidence,
    HarvestPassage,
    HarvestSource,
    OutcomeStatement,
    StoryEntry,
)
from teams.permissions import roles_in_team

register_roles(StoryEntry, lambda user, entry: roles_in_team(user, entry.team))
register_roles(Comment, lambda user, comment: roles_in_team(user, comment.entry.team))
register_roles(Evidence, lambda user, evidence: roles_in_team(user, evidence.entry.team))
register_roles(Clearance, lambda user, clearance: roles_in_team(user, clearance.entry.team))
register_roles(HarvestSource, lambda user, source: roles_in_team(user, source.team))
register_roles(HarvestPassage, lambda user, passage: roles_in_team(user, passage.source.team))
register_roles(OutcomeStatement, lambda user, outcome: roles_in_team(user, outcome.team))
register_reader(lambda user, file: StoryEntry.objects.visible_to(user).filter(evidence__file=file).exists())
