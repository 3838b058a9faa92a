"""What stands around every page of a series: where we are in it, where one can go."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Permission, rights_on
from core import clock
from jobs.health import is_tick_late
from series.calendar import Layout, SessionDates, SummitDates, position_on
from series.models import Series


def find_series(request: HttpRequest, slug: str, *more: str) -> Series:
    """The series of that address, if the reader is in it, with what its frame shows; 404 otherwise.

    `more` are further things to fetch with it.
    """
    found = Series.objects.visible_to(request.user).select_related("summit")
    return get_object_or_404(found.prefetch_related("sessions", *more), slug=slug)


def layout_of(series: Series) -> Layout:
    """The calendar of `series` as the pure rules read it. Two queries, or none where they are prefetched."""
    sessions = tuple(
        SessionDates(s.starts_on, s.ends_on, letter=s.letter)
        for s in sorted(series.sessions.all(), key=lambda s: s.position)
    )
    return Layout(
        opens_on=series.opens_on,
        sessions=sessions,
        summit=SummitDates(series.summit.starts_on, series.summit.ends_on),
        months=tuple(series.months) if len(series.months) == len(sessions) else (),
    )


def reach_of(layout: Layout, on: date) -> dict[str, Any]:
    """The thin timeline under the header, for `{% reach %}`: stops, how much water has passed, words."""
    events = layout.events
    upcoming = next((i for i, event in enumerate(events) if event.ends_on >= on), len(events))
    stops = []
    for i, event in enumerate(events):
        how = "done" if i < upcoming else "next" if i == upcoming else "to"
        says = {"done": _("done"), "next": _("next"), "to": _("to come")}[how]
        letter = event.letter if isinstance(event, SessionDates) else "S"
        stops.append((letter, "", f"{event.name}, {says}", how))
    segments = [min(max((on - p.starts_on).days / p.days, 0.0), 1.0) for p in layout.periods]
    here = position_on(on, layout)
    found = {"now_label": here.name, "weeks": here.detail, "stops": stops, "segments": segments}
    if upcoming < len(events) and (days := (events[upcoming].starts_on - on).days) > 0:
        found["next_label"] = events[upcoming].name
        found["next_in"] = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    return found


# Functions (user, series) -> places, for pages of the series that are not a team's: rooms to the right
# show a person the way back to what is theirs in it.
own_places: list[Callable[[Any, Series], list[tuple[str, str, str]]]] = []


def frame(
    request: HttpRequest,
    series: Series,
    *,
    team: Any = None,
    here: str = "",
    rights: Collection[Permission] | None = None,
) -> dict[str, Any]:
    """The context that `base.html` needs on a page of `series`, and of `team` where there is one.

    `here` names the current place of the navigation: home, team, map, coaching, teams, calendar,
    set-up, reports. Links go only where the reader may go: `rights` spares asking where the page knows.
    """
    if rights is None:
        rights = rights_on(request.user, series if team is None else team)
    slug = series.slug
    places: list[tuple[str, str, str]] = [("home", _("Series"), reverse("desk:series-home", args=[slug]))]
    if team is None:
        places += [place for own in own_places for place in own(request.user, series)]
    else:
        ours = _("Our team") if Permission.EDIT_PLAN in rights else _("The team")
        places.append(("team", ours, reverse("desk:team-home", args=[slug, team.slug])))
        places.append(("map", _("Story map"), reverse("storymaps:map", args=[slug, team.slug])))
    places.append(("calendar", _("Calendar"), reverse("series:calendar", args=[slug])))
    may_configure = Permission.CONFIGURE in rights
    if may_configure:
        places.append(("teams", _("All teams"), reverse("desk:teams", args=[slug])))
        places.append(("set-up", _("Set up"), reverse("series:set-up", args=[slug])))
    if Permission.BUILD_REPORT in rights:
        places.append(("reports", _("Summit report"), reverse("reports:list", args=[slug])))
    return {
        "series": series,
        "team": team,
        "brand_name": series.name,
        "brand_url": places[0][2],
        "is_sample": series.is_sample,
        "tick_is_late": may_configure and team is None and is_tick_late(clock.now()),
        "nav": [(label, url, name == here) for name, label, url in places],
        "reach": reach_of(layout_of(series), clock.today(series.time_zone)),
        "tabs": tabs_of(slug, team, here, rights) if team is not None else [],
    }


def tabs_of(
    slug: str, team: Any, here: str, rights: Collection[Permission]
) -> list[tuple[str, str, str, bool]]:
    """The bar at a phone's foot, in reach of a thumb: (icon, label, url, is current)."""
    home = reverse("desk:team-home", args=[slug, team.slug])
    story_map = reverse("storymaps:map", args=[slug, team.slug])
    tabs = [("home", _("Today"), home, here == "team")]
    if Permission.LOG_STORY in rights:
        tabs.append(("plus", _("Log"), f"{home}#log", False))
    tabs.append(("map", _("Map"), story_map, here == "map"))
    # A plan is read by the team, its coaches and those who run the series; the address itself decides.
    if here == "plan" or {Permission.EDIT_PLAN, Permission.COMMENT_AS_COACH} & set(rights):
        tabs.append(("pencil", _("Plan"), reverse("progress:plan", args=[slug, team.slug]), here == "plan"))
    return tabs
