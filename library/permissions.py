"""Roles on a resource: those in its series, and whatever one is in any of its teams."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.files import register_reader
from accounts.permissions import SERIES_ROLES, Permission, Role, has_permission, register_roles, roles_on
from coaching.models import HelpAnswer
from library.models import Resource
from series.models import Series
from series.permissions import roles_in_series
from teams.models import GONE, CoachAssignment, Membership, Team

if TYPE_CHECKING:
    from accounts.models import User


def roles_on_resource(user: "User", resource: Resource) -> set[Role]:
    """What `user` is in the series, and a peer who belongs to a team of it or coaches one. Three queries."""
    found = roles_in_series(user, resource.series)
    series = resource.series_id
    if (
        Membership.objects.held(user).filter(team__series=series).exists()
        or CoachAssignment.objects.held(user).filter(team__series=series).exists()
    ):
        found.add(Role.PEER)
    return found


register_roles(Resource, roles_on_resource)
register_reader(lambda user, file: Resource.objects.visible_to(user).filter(file=file).exists())


def may_share(user: Any, series: Series) -> bool:
    """Everybody in the series but who only watches it."""
    return has_permission(user, Permission.SHARE_RESOURCE, Resource(series=series))


def may_change(user: Any, resource: Resource) -> bool:
    """Who shared it, the team for which it was shared, and who runs the series."""
    if resource.shared_by_id == user.pk and may_share(user, resource.series):
        return True
    if resource.team_id and Membership.objects.held(user).filter(team=resource.team_id).exists():
        return True
    return has_permission(user, Permission.CONFIGURE, resource.series)


def may_put_back(user: Any, resource: Resource) -> bool:
    """Who withdrew it, and who runs the series: what they took away, nobody else puts back."""
    if has_permission(user, Permission.CONFIGURE, resource.series):
        return True
    return resource.withdrawn_by_id == user.pk and may_change(user, resource)


def may_make_resource(user: Any, answer: HelpAnswer) -> bool:
    """Who wrote the answer, and a coach, expert or facilitator who reads the call."""
    if answer.author_id == user.pk:
        return True
    helpers = {Role.COACH, *SERIES_ROLES} - {Role.OBSERVER}
    return bool(roles_on(user, answer.call) & helpers)


def own_teams(user: Any, series: Series) -> list[Team]:
    """The teams of `series` for which `user` marks what is used: their own, then those they coach."""
    mine = Membership.objects.held(user).filter(team__series=series)
    coached = CoachAssignment.objects.held(user).filter(team__series=series)
    is_own = Q(pk__in=mine.values("team"))
    found = Team.objects.filter(is_own | Q(pk__in=coached.values("team")), series=series)
    found = found.exclude(status__in=GONE).annotate(is_own=is_own).select_related("series__summit")
    return list(found.order_by("-is_own", "name"))
