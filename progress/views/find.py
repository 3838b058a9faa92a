"""What the pages of this room look for, as the reader may see it; Http404 otherwise."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from progress.models import PlanItem
from teams.models import Team


def find_team(request: HttpRequest, series_slug: str, team_slug: str) -> Team:
    """The team, if the reader reads all that it writes; Http404 otherwise."""
    found = (
        Team.objects.visible_to(request.user).read_in_full_by(request.user).select_related("series__summit")
    )
    return get_object_or_404(found, series__slug=series_slug, slug=team_slug)


def find_item(request: HttpRequest, series_slug: str, team_slug: str, item_id: int) -> PlanItem:
    found = PlanItem.objects.visible_to(request.user).select_related(
        "plan__team__series__summit", "plan__period"
    )
    return get_object_or_404(
        found, pk=item_id, plan__team__series__slug=series_slug, plan__team__slug=team_slug
    )
