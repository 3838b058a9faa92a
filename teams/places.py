"""The way back to a person's own team, on pages of the series."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from series.frame import own_places
from series.models import Series
from teams.models import CoachAssignment, Membership


def places_in(user: Any, series: Series) -> list[tuple[str, str, str]]:
    """Links to the team that `user` belongs to in `series` and its map, or to a coach's inbox."""
    if not user.is_authenticated:
        return []
    member = Membership.objects.held(user).filter(team__series=series).select_related("team").first()
    if member is not None:
        args = [series.slug, member.team.slug]
        return [
            ("team", _("Our team"), reverse("desk:team-home", args=args)),
            ("map", _("Story map"), reverse("storymaps:map", args=args)),
        ]
    if CoachAssignment.objects.held(user).filter(team__series=series).exists():
        return [("coaching", _("Coaching"), reverse("desk:coaching"))]
    return []


own_places.append(places_in)
