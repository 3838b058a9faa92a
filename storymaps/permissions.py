"""Roles on entries and what hangs on them are the roles on the team; peers comment on what is shared."""

from typing import TYPE_CHECKING

from accounts.files import register_reader
from accounts.permissions import Role, register_roles, roles_on
from storymaps.models import (
    Clearance,
    Comment,
    Evidence,
    Finding,
    HarvestPassage,
    HarvestSource,
    OutcomeStatement,
    StoryEntry,
    Visibility,
)
from storymaps.targets import beside
from teams.models import CoachAssignment, Membership
from teams.permissions import roles_in_team

if TYPE_CHECKING:
    from accounts.models import User


def roles_beside(user: "User", thing: StoryEntry | OutcomeStatement | Finding) -> set[Role]:
    """The roles on its team; for what is shared also that of a member or coach of another team."""
    found = roles_in_team(user, thing.team)
    if not found and (isinstance(thing, Finding) or thing.visibility != Visibility.TEAM):
        series = thing.team.series_id
        is_peer = (
            Membership.objects.held(user).filter(team__series=series).exists()
            or CoachAssignment.objects.held(user).filter(team__series=series).exists()
        )
        return {Role.PEER} if is_peer else set()
    return found


register_roles(StoryEntry, roles_beside)
register_roles(Comment, lambda user, comment: roles_on(user, beside(comment).holder))
register_roles(Evidence, lambda user, evidence: roles_in_team(user, evidence.entry.team))
register_roles(Clearance, lambda user, clearance: roles_in_team(user, clearance.entry.team))
register_roles(HarvestSource, lambda user, source: roles_in_team(user, source.team))
register_roles(HarvestPassage, lambda user, passage: roles_in_team(user, passage.source.team))
register_roles(OutcomeStatement, roles_beside)
register_roles(Finding, roles_beside)
register_reader(lambda user, file: StoryEntry.objects.visible_to(user).filter(evidence__file=file).exists())
