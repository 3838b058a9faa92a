"""What was shared in a series, and reactions to it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.people import person
from accounts.permissions import Permission, policy, require
from commons import feed, reactions
from commons.models import ReactionKind
from commons.same_reading import for_team
from core import clock
from library.permissions import own_teams
from library.reading import address_of
from series.frame import find_series, frame
from series.models import Series
from storymaps.models import OutcomeStatement
from teams.models import GONE, Team


def feed_url(series: Series) -> str:
    return reverse("commons:feed", args=[series.slug])


@policy(see="series")
@require_GET
def series_feed(request: HttpRequest, series_slug: str) -> HttpResponse:
    """What teams and people of the series shared with all in it, the newest first."""
    series = find_series(request, series_slug, "drivers")
    only = request.GET.get("kind", "")
    known = {kind.name for kind in feed.kinds}
    only = only if only in known else ""
    after = feed.Cursor.read(request.GET.get("after", ""))
    items, end = feed.page_of(request.user, series, only=only, after=after)
    context = frame(request, series, here="home") | {
        "items": items,
        "end": end,
        "asked": only,
        "is_later_page": after is not None,
        "kinds": feed.kinds,
        "crumbs": [
            (series.name, reverse("desk:series-home", args=[series_slug])),
            (_("What others do"), ""),
        ],
    }
    return render(request, "commons/feed.html", context)


@policy(see="series", act=Permission.COMMENT)
@require_POST
@vary_on_headers("HX-Request")
def react(request: HttpRequest, series_slug: str, thing: str, thing_id: int, kind: str) -> HttpResponse:
    """Say one of three things to what was shared, or unsay it: the form tells which of the two is meant."""
    series = find_series(request, series_slug, "drivers")
    found = reactions.find_shared(request.user, series, thing, thing_id)
    if found is None or kind not in ReactionKind.values:
        raise Http404
    require(request.user, Permission.COMMENT, found)
    refused = ""
    try:
        act = reactions.take_back if request.POST.get("say") == "no" else reactions.react
        act(found, ReactionKind(kind), by=person(request), at=clock.now())
    except ValidationError as error:
        refused = " ".join(error.messages)
    if request.headers.get("HX-Request"):
        shown = reactions.on_things([found], request.user)[reactions.key_of(found)]
        context = {"reactions": shown, "back": request.POST.get("back", ""), "refused": refused}
        return render(request, "commons/reactions.html", context, status=422 if refused else 200)
    if refused:
        messages.error(request, refused)
    return _back(request, series, found)


def _back(request: HttpRequest, series: Series, thing: reactions.Thing) -> HttpResponse:
    """Back to where the button was: the page of the thing, or where in the feed it stands."""
    anchor = "-".join(map(str, reactions.key_of(thing)))
    if request.POST.get("back") == "story":
        if isinstance(thing, OutcomeStatement):
            return redirect("storymaps:outcome", series.slug, thing.team.slug, thing.pk)
        return redirect(f"{address_of(thing)}#reactions")
    after = feed.Cursor.read(request.POST.get("after", ""))
    query = f"?after={after}" if after else ""
    return redirect(f"{feed_url(series)}{query}#{anchor}")


@policy(see="series")
@require_GET
def same_page(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Who met the same as one team: the reader's own, or any other as far as the reader reads it."""
    series = find_series(request, series_slug, "drivers")
    teams = Team.objects.visible_to(request.user).filter(series=series).exclude(status__in=GONE)
    found = list(teams.select_related("series").order_by("name"))
    if asked := request.GET.get("team", ""):
        seen_from: Team | None = get_object_or_404(teams.select_related("series"), slug=asked[:60])
    else:
        seen_from = next(iter([*own_teams(request.user, series), *found]), None)
    context = frame(request, series, here="home") | {
        "teams": found,
        "seen_from": seen_from,
        "subjects": for_team(seen_from, request.user) if seen_from else [],
        "crumbs": [
            (_("What others do"), feed_url(series)),
            (_("Teams who met the same"), ""),
        ],
    }
    return render(request, "commons/same.html", context)
