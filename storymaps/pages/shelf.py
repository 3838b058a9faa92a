"""The shelf of what did not work, and the search for stories that something grew out of."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from accounts.permissions import Permission, has_permission, policy
from series.frame import frame
from storymaps import earlier
from storymaps.models import Result, StoryEntry
from storymaps.views import find_team, log_url, map_url

A_PAGE = 50


@policy(see="team")
@require_GET
def shelf(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """What the team tried and did not work, with what it thinks now: told with the same standing."""
    team = find_team(request, series_slug, team_slug)
    entries = StoryEntry.objects.visible_to(request.user).filter(team=team, result=Result.NOT)
    entries = entries.filter(is_intended=False).select_related("author").prefetch_related("drivers")
    page = Paginator(entries.latest_first(), A_PAGE).get_page(request.GET.get("page"))
    can_log = has_permission(request.user, Permission.LOG_STORY, team)
    context = frame(request, team.series, team=team, here="map") | {
        "page": page,
        "can_log": can_log,
        "log_url": log_url(team),
        "crumbs": [(team.name, map_url(team)), (_("What did not work"), "")],
    }
    return render(request, "storymaps/shelf.html", context)


@policy(see="team")
@require_GET
@vary_on_headers("HX-Request")
def search(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Stories that hold the words asked for: as boxes to tick in a form, or as a page of their own."""
    team = find_team(request, series_slug, team_slug)
    words = request.GET.get("find", "")
    chosen = earlier.ids_of(request.GET.getlist("grew_out_of_entries"))[:100]
    but = earlier.ids_of([request.GET.get("but", "")])
    found = earlier.choices(team, request.user, chosen, words, but=but[0] if but else 0)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "storymaps/earlier.html", {"earlier": found, "words": words})
    context = frame(request, team.series, team=team, here="map") | {
        "found": StoryEntry.objects.visible_to(request.user)
        .filter(pk__in=[one.pk for one in found])
        .select_related("team__series", "author")
        .prefetch_related("drivers")
        .latest_first(),
        "words": words,
        "is_cut": bool(words.strip()) and len(found) >= earlier.MOST,
        "can_log": has_permission(request.user, Permission.LOG_STORY, team),
        "log_url": log_url(team),
        "search_url": reverse("storymaps:search", args=[series_slug, team_slug]),
        "crumbs": [(team.name, map_url(team)), (_("Find a story"), "")],
    }
    return render(request, "storymaps/search.html", context)
