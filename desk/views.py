"""Pages that show several rooms: where to begin, a series' home, the team grid."""

from datetime import date
from typing import Any, Literal

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.events import record
from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.drawings import Node, braid
from desk import grid, reading
from desk.cards import card
from desk.standing import IN_NO_NEED, headline, standings
from exchange.reading import current_rounds, when_words
from jobs.health import READY, look
from jobs.models import State
from jobs.services import retry
from series.calendar import Layout, position_on
from series.calendar import State as SeriesState
from series.frame import find_series, frame, layout_of
from series.permissions import may_create_series
from teams.models import GONE, Team

PAGE = 30


@policy(see="person")
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Send a person to where they have something to do: one tap less on a phone."""
    user = person(request)
    places = reading.places_of(user)
    teams = [membership.team for membership in places["memberships"][:2]]
    roles, coached = places["roles"].exists(), places["coached"].exists()
    if len(teams) == 1 and not roles and not coached:
        return redirect("desk:team-home", teams[0].series.slug, teams[0].slug)
    if coached and not teams and not roles:
        return redirect("desk:coaching")
    return redirect("desk:me")


@policy(see="person")
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Everything a person belongs to, and the way to each."""
    user = person(request)
    context = reading.places_of(user) | {
        "may_create": may_create_series(user),
        "may_see_jobs": has_permission(user, Permission.SEE_JOBS, None),
    }
    return render(request, "desk/me.html", context)


def river(layout: Layout, teams: list[Team], today: date, key: str) -> dict[str, Any]:
    """The braid of a series: how teams part and meet again, wide for a screen and upright for a phone."""
    begin, end = layout.opens_on, layout.summit.ends_on
    whole = max((end - begin).days, 1)

    def share(day: date) -> float:
        return min(max((day - begin).days / whole, 0.0), 1.0)

    upcoming = next((event for event in layout.events if event.ends_on >= today), None)
    nodes = []
    for event, letter in zip(layout.events, [*(s.letter for s in layout.sessions), ""], strict=True):
        state: Literal["done", "next", "to"] = (
            "done" if event.ends_on < today else "next" if event is upcoming else "to"
        )
        nodes.append(Node(0.2 + 0.75 * share(event.starts_on), letter, state))
    names = [team.place or team.name for team in teams]
    now = 0.2 + 0.75 * share(today) if today > begin else 0.0
    many = len(names) > 12
    return {
        "wide": braid(names, nodes, now, key, today=_("Today") if begin < today < end else "", many=many),
        "upright": braid(names, nodes, now, f"{key}-upright", vertical=True, many=many),
    }


@policy(see="series")
@require_GET
def series_home(request: HttpRequest, series_slug: str) -> HttpResponse:
    """The question, where we are, who takes part, and what teams have shared."""
    series = find_series(request, series_slug)
    layout, today = layout_of(series), clock.today(series.time_zone)
    teams = list(series.teams.exclude(status__in=GONE).order_by("name"))
    shared = reading.shared_in(series, person(request))[:6]
    context = {
        "question": series.questions.first(),
        "drivers": series.drivers.all(),
        "position": position_on(today, layout),
        "sessions": series.sessions.all(),
        "teams": teams,
        "gone": series.teams.filter(status__in=GONE),
        "shared": [card(entry) for entry in shared],
        "rounds": [(each, when_words(each, today)) for each in current_rounds(series, today)],
        "river": river(layout, teams, today, series.slug),
    }
    return render(request, "desk/series_home.html", frame(request, series, here="home") | context)


@policy(see="series", act=Permission.SEE_ALL_TEAMS)
@require_GET
def teams(request: HttpRequest, series_slug: str) -> HttpResponse:
    """The team grid: who wants help, is quiet, needs a nudge, is steady, or paused."""
    series = find_series(request, series_slug)
    require(request.user, Permission.SEE_ALL_TEAMS, series)
    at, user = clock.now(), person(request)
    prefetch_related_objects([series], "periods")
    found = standings(series.teams.all(), at=at)
    shown = [standing.team for standing in found]
    drivers = list(series.drivers.all())
    today = clock.today(series.time_zone)
    periods = list(series.periods.all())
    period = grid.period_of(periods, today, request.GET.get("period", ""))
    counts, coaches = reading.stories_by_driver(series, drivers), reading.coaches_by_team(series)
    cells, told = grid.cells_of(period, shown, at=at), grid.told_lately(shown, at=at)
    contacts, nudges = grid.last_contacts(shown), grid.nudged([team.pk for team in shown])
    missing = grid.missing_of(shown, at=at)
    measure, sheets = grid.sheets_by_team(series, shown, user)
    rows: list[dict[str, Any]] = [
        {
            "standing": standing,
            "drivers": [(driver, counts.get(standing.team.pk, {}).get(driver.pk, 0)) for driver in drivers],
            "cells": cells.get(standing.team.pk, []),
            "told": told.get(standing.team.pk, 0),
            "contact": contacts.get(standing.team.pk),
            "sheet": sheets.get(standing.team.pk),
            "coaches": coaches.get(standing.team.pk, []),
            "nudged_on": nudges.get(standing.team.pk),
            "can_nudge": standing.word in ("quiet", "nudge") and standing.team.pk in missing,
        }
        for standing in grid.narrowed(found, coaches, counts, request.GET)
    ]
    position = position_on(today, layout_of(series))
    context = {
        "headline": headline(found),
        "rows": rows,
        "wanting": [row for row in rows if row["standing"].word not in IN_NO_NEED],
        "today": today,
        "position": position,
        "is_over": position.state == SeriesState.CLOSED,
        "period": period,
        "periods": [each for each in periods if each.starts_on <= today],
        "measure": measure,
        "weeks": grid.WEEKS,
        "key": grid.key(),
        "asked": {name: request.GET.get(name, "") for name in ("word", "coach", "driver", "by")},
        "all_drivers": [(str(driver.pk), f"-{driver.pk}", driver.name) for driver in drivers],
        "all_coaches": sorted({name for names in coaches.values() for name in names}),
        "has_teams": bool(found),
    }
    return render(request, "desk/teams.html", frame(request, series, here="teams") | context)


@policy(see="administrator", act=Permission.SEE_JOBS)
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """How the platform is, and every job that failed."""
    require(request.user, Permission.SEE_JOBS, None)
    context = {
        "probes": look(),
        "failed": reading.failed_jobs()[:PAGE],
        "counts": [(State(state).label, count) for state, count in reading.job_counts()],
    }
    return render(request, "desk/jobs.html", context)


@policy(see="administrator", act=Permission.SEE_JOBS)
@require_POST
def job_retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Try a failed job again."""
    require(request.user, Permission.SEE_JOBS, None)
    job = get_object_or_404(reading.failed_jobs(), pk=job_id)
    if retry(job, by=person(request), at=clock.now()):
        record(by=person(request), act="desk.job_retried", target=job)
        messages.success(request, _("It will be tried again in a moment."))
    return redirect("desk:jobs")


@policy(see="public")
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers."""
    return JsonResponse({"alive": True})


@policy(see="public")
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: database, migrations and workers. 503 names what is degraded, nothing else."""
    found = look(READY)
    degraded = [probe.name for probe in found if not probe.is_ok]
    response = JsonResponse({"ready": not degraded, "degraded": degraded}, status=503 if degraded else 200)
    if degraded:
        response.headers["Retry-After"] = "10"
    return response
