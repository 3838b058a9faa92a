"""Connections of a team and of a series: the list with its drawing, one with its chain, the form."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from commons import connections
from commons.forms import ConnectionForm
from commons.models import Connection, ToKind
from commons.permissions import may_amend_connection
from commons.views import feed_url
from core import clock
from core.forms import put_errors, submission_id
from library.views import number_of
from series.frame import find_series, frame
from storymaps.chain import chain_of
from storymaps.forms import AUDIENCE_WORDS
from storymaps.models import Sphere, Visibility
from storymaps.views import find_team
from teams.models import Team

A_PAGE = 30


def list_url(team: Team) -> str:
    return reverse("commons:connections", args=[team.series.slug, team.slug])


def find_connection(request: HttpRequest, series_slug: str, team_slug: str, connection_id: int) -> Connection:
    """The connection of that team; 404 to who may not read it."""
    team = find_team(request, series_slug, team_slug)
    rows = Connection.objects.visible_to(request.user).filter(team=team).select_related("logged_by")
    found = get_object_or_404(rows, pk=connection_id)
    found.team = team
    return found


def _shown(request: HttpRequest, found: Any, centre: str, *, by_team: bool = False) -> dict[str, Any]:
    """The page of a list that was asked for, drawn and told."""
    page = Paginator(found.order_by("-on", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    return {
        "page": page,
        "rows": rows,
        "by_team": by_team,
        "drawing": connections.drawing(rows, centre, by_team=by_team) if rows else "",
        "kinds": [(kind.label, connections.MARKS[kind]) for kind in ToKind],
    }


@policy(see="team")
@require_GET
def connection_list(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """With whom a team exchanged what: drawn in three spheres, and as a list."""
    team = find_team(request, series_slug, team_slug)
    found = Connection.objects.visible_to(request.user).filter(team=team).select_related("team")
    context = frame(request, team.series, team=team, here="team") | _shown(request, found, team.code)
    context |= {
        "add_url": reverse("commons:connection-add", args=[series_slug, team_slug])
        if has_permission(request.user, Permission.LOG_STORY, team)
        else "",
        "lede": _("With whom the team exchanged something, and how far it reached."),
        "crumbs": [
            (team.name, reverse("desk:team-home", args=[series_slug, team_slug])),
            (_("Connections"), ""),
        ],
    }
    return render(request, "commons/connections.html", context)


@policy(see="series")
@require_GET
def series_connections(request: HttpRequest, series_slug: str) -> HttpResponse:
    """The connections that teams share with their series, in one drawing."""
    series = find_series(request, series_slug, "drivers")
    found = Connection.objects.visible_to(request.user).filter(
        team__series=series, visibility=Visibility.SERIES
    )
    found = found.select_related("team")
    context = frame(request, series, here="home") | _shown(request, found, "", by_team=True)
    context |= {
        "add_url": "",
        "lede": _("With whom the teams exchanged something, as far as they share it with the series."),
        "crumbs": [(_("What others do"), feed_url(series)), (_("Connections"), "")],
    }
    return render(request, "commons/connections.html", context)


@policy(see="entry")
@require_GET
def connection_page(
    request: HttpRequest, series_slug: str, team_slug: str, connection_id: int
) -> HttpResponse:
    """One connection: who, with whom, what was exchanged, and what it grew out of."""
    connection = find_connection(request, series_slug, team_slug, connection_id)
    team = connection.team
    may_amend = may_amend_connection(request.user, connection)
    context = frame(request, team.series, team=team, here="team") | {
        "connection": connection,
        "how_far": connections.REACH[Sphere(connection.sphere)],
        "chain": chain_of(connection, request.user),
        "audience": AUDIENCE_WORDS[Visibility(connection.visibility)],
        "edit_url": reverse("commons:connection-edit", args=[series_slug, team_slug, connection.pk])
        if may_amend
        else "",
        "remove_url": reverse("commons:connection-remove", args=[series_slug, team_slug, connection.pk])
        if may_amend
        else "",
        "crumbs": [
            (team.name, list_url(team)),
            (_("Connections"), list_url(team)),
            (connection.headline, ""),
        ],
    }
    return render(request, "commons/connection.html", context)


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def connection_add(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Log a connection of the team."""
    team, user = find_team(request, series_slug, team_slug), person(request)
    require(user, Permission.LOG_STORY, team)
    sid = submission_id(request)
    if request.method == "POST" and (earlier := connections.logged_before(user, sid)):
        return redirect(connections.connection_url(earlier))
    draft = Connection(team=team, submission_id=sid)
    initial = {"story": number_of(request.GET.get("story", "")), "on": clock.today(team.time_zone)}
    sent = request.POST if request.method == "POST" else None
    form = ConnectionForm(sent, instance=draft, team=team, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = connections.log_connection(form.instance, by=user, at=clock.now())
            messages.success(request, _("The connection is logged."))
            return redirect(connections.connection_url(made))
        except ValidationError as error:
            put_errors(form, error)
    return _form(request, team, form, back_url=list_url(team), status=422 if form.errors else 200)


@policy(see="entry", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def connection_edit(
    request: HttpRequest, series_slug: str, team_slug: str, connection_id: int
) -> HttpResponse:
    """Change a connection; where somebody was quicker, show what stands now and lose nothing typed."""
    connection = find_connection(request, series_slug, team_slug, connection_id)
    team, user = connection.team, person(request)
    require(user, Permission.LOG_STORY, connection)
    back = connections.connection_url(connection)
    if not may_amend_connection(user, connection):
        messages.error(request, _("The team changes its own connections."))
        return redirect(back)
    sent = request.POST if request.method == "POST" else None
    version, current, status = connection.version, None, 200
    form = ConnectionForm(sent, instance=connection, team=team, user=user)
    if request.method == "POST":
        status, version = 422, number_of(request.POST.get("version", ""))
        if form.is_valid():
            try:
                connections.amend_connection(form.instance, version=version, by=user, at=clock.now())
                messages.success(request, _("The change is saved."))
                return redirect(back)
            except connections.StaleConnection as stale:
                current, status, version = stale.current, 409, stale.current.version
            except ValidationError as error:
                put_errors(form, error)
    return _form(request, team, form, back_url=back, status=status, version=version, current=current)


def _form(
    request: HttpRequest, team: Team, form: ConnectionForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = frame(request, team.series, team=team, here="team") | {
        "form": form,
        "submission_id": form.instance.submission_id,
    }
    return render(request, "commons/connection_form.html", context | more, status=status)


@policy(see="entry", act=Permission.LOG_STORY)
@require_POST
def connection_remove(
    request: HttpRequest, series_slug: str, team_slug: str, connection_id: int
) -> HttpResponse:
    """Take a connection out."""
    connection = find_connection(request, series_slug, team_slug, connection_id)
    require(request.user, Permission.LOG_STORY, connection)
    if not may_amend_connection(request.user, connection):
        messages.error(request, _("The team removes its own connections."))
        return redirect(connections.connection_url(connection))
    connections.remove_connection(connection, by=person(request), at=clock.now())
    messages.success(request, _("The connection is removed."))
    return redirect(list_url(connection.team))
