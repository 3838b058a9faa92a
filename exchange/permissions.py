"""Roles on a round are those in its series, on a post those on its team, and a peer's of another team."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.files import register_reader
from accounts.permissions import Permission, Role, has_permission, register_roles
from exchange.models import LEFT_OUT, Answer, Post, Round
from series.permissions import roles_in_series
from teams.models import GONE, CoachAssignment, Membership, Team
from teams.permissions import is_under_18, roles_in_team

if TYPE_CHECKING:
    from accounts.models import User

OWN_NAME = {Role.COACH, Role.EXPERT, Role.FACILITATOR, Role.ORGANIZER}


def roles_on_post(user: "User", post: Post) -> set[Role]:
    """What `user` is to the team of the post, and a peer who belongs to another team or coaches one."""
    found = roles_in_team(user, post.team)
    if not found and post.withdrawn_at is None:
        series = post.team.series_id
        if (
            Membership.objects.held(user).filter(team__series=series).exists()
            or CoachAssignment.objects.held(user).filter(team__series=series).exists()
        ):
            return {Role.PEER}
    return found


register_roles(Round, lambda user, round_: roles_in_series(user, round_.series))
register_roles(Post, roles_on_post)
register_reader(lambda user, file: Post.objects.visible_to(user).filter(file=file).exists())


@dataclass(frozen=True)
class Voices:
    """As whom a person may speak in a round: for teams, own ones first, and in their own name."""

    teams: tuple[Team, ...] = ()
    own_name: bool = False

    def __bool__(self) -> bool:
        return bool(self.teams) or self.own_name

    def beside(self, team: Team) -> "Voices":
        """As whom they answer `team`: nobody answers themselves."""
        return Voices(tuple(each for each in self.teams if each.pk != team.pk), self.own_name)

    @property
    def near(self) -> list[Team]:
        """The teams to which the person belongs, and those they coach."""
        return [team for team in self.teams if team.is_near]  # type: ignore[attr-defined]


def voices_of(user: Any, round_: Round) -> Voices:
    """Own teams and coached ones; for who runs the series every team that takes part. Four queries."""
    if not user.is_authenticated or not user.is_active:
        return Voices()
    roles = roles_in_series(user, round_.series)
    mine = Membership.objects.held(user).filter(team__series=round_.series_id).values("team")
    coached = CoachAssignment.objects.held(user).filter(team__series=round_.series_id)
    coached_ids = set(coached.values_list("team", flat=True))
    reach = Q(pk__in=mine) | Q(pk__in=coached_ids)
    if roles & {Role.FACILITATOR, Role.ORGANIZER}:
        reach |= ~Q(status__in=LEFT_OUT)
    found = Team.objects.filter(reach, series=round_.series_id).exclude(status__in=GONE)
    found = found.annotate(is_own=Q(pk__in=mine), is_near=Q(pk__in=mine) | Q(pk__in=coached_ids))
    found = found.select_related("series__summit").order_by("-is_own", "-is_near", "name")
    if coached_ids:
        roles.add(Role.COACH)
    return Voices(tuple(found), bool(roles & OWN_NAME) and not is_under_18(user))


def may_withdraw(user: "User", answer: Answer, voices: Voices, *, runs: bool) -> bool:
    """Who takes an answer back: who speaks for that team and is near it, its author, who runs the series.

    `voices` are those of `user` in the round of the answer, `runs` whether `may_run` lets them. No query.
    """
    if answer.team is None and answer.author_id == user.pk:
        return True
    return answer.team in voices.near or runs


def may_run(user: Any, round_: Round) -> bool:
    """Who opens rounds, deals and changes their days."""
    return has_permission(user, Permission.CONFIGURE, round_.series)
