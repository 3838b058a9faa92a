"""Which roles a person holds in a series."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.permissions import Permission, Role, has_permission, register_duty, register_roles
from series.models import ActionPeriod, LearningSession, Series, SeriesRole, Summit

if TYPE_CHECKING:
    from accounts.models import User


def roles_in_series(user: "User", series: Series) -> set[Role]:
    """Organizer, facilitator, expert, observer: what `user` is today in `series`."""
    return {
        Role(role)
        for role in SeriesRole.objects.held(user).filter(series=series).values_list("role", flat=True)
    }


def runs_a_series(user: "User") -> bool:
    """True while `user` organizes or facilitates any series."""
    return SeriesRole.objects.held(user).filter(role__in=[Role.ORGANIZER, Role.FACILITATOR]).exists()


youth: list[Callable[["User"], bool]] = []  # rooms to the right tell who is under 18


def may_create_series(user: Any) -> bool:
    """Administrators; where "adults" may, everybody with a proven address who is not under 18."""
    if has_permission(user, Permission.CREATE_SERIES, None):
        return True
    if settings.WHO_MAY_CREATE_SERIES != "adults" or not user.is_authenticated or not user.is_active:
        return False
    is_proven = EmailAddress.objects.filter(user=user, verified=True).exists()
    return is_proven and not any(is_young(user) for is_young in youth)


register_roles(Series, roles_in_series)
register_roles(LearningSession, lambda user, session: roles_in_series(user, session.series))
register_roles(ActionPeriod, lambda user, period: roles_in_series(user, period.series))
register_roles(Summit, lambda user, summit: roles_in_series(user, summit.series))
register_duty(runs_a_series)
