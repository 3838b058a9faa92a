"""Which roles a person holds in a series."""

from typing import TYPE_CHECKING

from accounts.permissions import Role, register_duty, register_roles
from series.models import ActionPeriod, LearningSession, Series, SeriesRole, Summit

if TYPE_CHECKING:
    from accounts.models import User


def roles_in_series(user: "User", series: Series) -> set[Role]:
    """Organizer, facilitator, expert, observer: what `user` is today in `series`."""
    return {Role(role) for role in SeriesRole.objects.held(user).filter(series=series).values_list("role", flat=True)}


def runs_a_series(user: "User") -> bool:
    """True while `user` organizes or facilitates any series."""
    return SeriesRole.objects.held(user).filter(role__in=[Role.ORGANIZER, Role.FACILITATOR]).exists()


register_roles(Series, roles_in_series)
register_roles(LearningSession, lambda user, session: roles_in_series(user, session.series))
register_roles(ActionPeriod, lambda user, period: roles_in_series(user, period.series))
register_roles(Summit, lambda user, summit: roles_in_series(user, summit.series))
register_duty(runs_a_series)
