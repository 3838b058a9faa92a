"""Who asks for a story map, and what they get: cards, dots, a list, two periods side by side, a poster."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.permissions import Permission, has_permission, policy
from core import clock
from series.frame import frame
from series.models import Driver
from storymaps.map import markup
from storymaps.map.choice import LIST, Choice, read_choice, slug_of
from storymaps.map.data import coaches_of, entries_of, read_map, read_pair, shores_of, within
from storymaps.map.poster import Sheet, draw_poster
from storymaps.models import Result, StoryEntry, Strand
from storymaps.views import find_team, log_url, map_url
from storymaps.ways import ways
from teams.models import Team

ROWS_A_PAGE = 100
UNPLACED_SHOWN = 24  # in the strip under the map; the rest is in the list


@policy(see="team")
@require_GET
def story_map(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """A team's story map: as cards or dots, as a plain list, or two of its periods side by side."""
    team = find_team(request, series_slug, team_slug)
    drivers = list(team.series.drivers.all())
    choice = read_choice(request.GET, drivers)
    entries = entries_of(team, request.user)
    on = clock.today(team.time_zone)
    context = _head(request, team, drivers, choice, on)
    if choice.compare:
        pair = read_pair(team, entries, choice.compare, request.user, on)
        return render(request, "storymaps/map_pair.html", context | {"pair": pair})
    if choice.view == LIST:
        return render(request, "storymaps/list.html", context | _list(request, team, entries, choice, on))
    picture = read_map(team, entries, choice, request.user, on)
    slugs = {driver.slot: slug_of(driver) for driver in drivers}

    def list_of(stretch: str, slot: int) -> str:
        return choice.address(view=LIST, period=stretch.removeprefix("p"), driver=slugs[slot])

    context |= {
        "picture": picture,
        "total_words": markup.entries_words(picture.total),
        "drawing": markup.draw(picture, log_url=_may_log(request, team), list_of=list_of),
        "drivers": drivers,
        "unplaced": picture.unplaced[-UNPLACED_SHOWN:],
        "unplaced_more": max(len(picture.unplaced) - UNPLACED_SHOWN, 0),
    }
    return render(request, "storymaps/map.html", context)


def _may_log(request: HttpRequest, team: Team) -> str:
    """Where the reader tells a story of this team; empty where they may not."""
    return log_url(team) if has_permission(request.user, Permission.LOG_STORY, team) else ""


def _head(
    request: HttpRequest, team: Team, drivers: list[Driver], choice: Choice, on: date
) -> dict[str, Any]:
    """What stands above every view of the map: whose it is, the views, the filters."""
    may_log = _may_log(request, team)
    periods = list(team.series.periods.all())
    begun = [period.number for period in periods if period.starts_on <= on]
    pair = f"{begun[-2]},{begun[-1]}" if len(begun) > 1 else "1,2" if len(periods) > 1 else ""
    return frame(request, team.series, team=team, here="map") | {
        "choice": choice,
        "view": "compare" if choice.compare else choice.view,
        "views": {view: choice.address(view=view) for view in ("cards", "dots", "list")},
        "pair_url": f"?compare={pair}" if pair else "",
        "strands": [
            (value, label, choice.address(strand=value)) for value, label in [("", ""), *Strand.choices]
        ],
        "filter_drivers": [(slug_of(driver), driver.name) for driver in drivers],
        "results": Result.choices,
        "periods": periods,
        "shows_notes": choice.has_notes,
        "can_log": bool(may_log),
        "coaches": list(coaches_of(team).values()),
        "log_url": log_url(team),
        "map_url": map_url(team),
        "ways": ways(team, request.user),
        "poster_url": reverse("storymaps:poster", args=[team.series.slug, team.slug]),
    }


def _list(
    request: HttpRequest, team: Team, entries: QuerySet[StoryEntry], choice: Choice, on: date
) -> dict[str, Any]:
    """A page of the list, in the order of time."""
    _banks, stretches = shores_of(team, request.user, on)
    found = within(choice.narrow(entries), choice.stretch, stretches)
    pages = Paginator(found.select_related("author").order_by("began_on", "pk"), ROWS_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    base = map_url(team)
    rows = [
        {
            "entry": entry,
            "url": f"{base}{entry.pk}/",
            "drivers": entry.drivers.all(),
            "level": min(entry.sources, 2),  # type: ignore[attr-defined]
        }
        for entry in page
    ]
    return {"rows": rows, "page": page, "total_words": markup.entries_words(pages.count)}


# --- the poster ------------------------------------------------------------------------------------


@policy(see="team")
@require_GET
def poster(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """The map as one sheet of A1, to be printed or saved."""
    team = find_team(request, series_slug, team_slug)
    context = frame(request, team.series, team=team, here="map") | {
        "drawing": _sheet(request, team),
        "map_url": map_url(team),
        "file_url": reverse("storymaps:poster-file", args=[series_slug, team_slug]),
    }
    return render(request, "storymaps/map_poster.html", context)


@policy(see="team")
@require_GET
def poster_file(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """The poster as a picture to keep: SVG, in millimetres."""
    team = find_team(request, series_slug, team_slug)
    answer = HttpResponse(_sheet(request, team), content_type="image/svg+xml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{team.slug}-story-map.svg"'
    return answer


def _sheet(request: HttpRequest, team: Team) -> str:
    on = clock.today(team.time_zone)
    picture = read_map(team, entries_of(team, request.user), Choice(), request.user, on)
    names = ", ".join(coaches_of(team).values())
    return draw_poster(
        picture, Sheet(team.name, team.slug, team.code, team.series.name, team.place, names, on)
    )
