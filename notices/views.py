"""What a person is told, and how: the choice of mail, the list of what is unread, nudges."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from notices.forms import WaysForm
from notices.kinds import Choices
from notices.nudges import NotNow, nudge_team
from notices.services import choose_ways, kinds_for
from notices.stopping import read_stop, stop
from notices.unread import mark_all_read, unread_of
from series.models import Series
from teams.models import Team


@policy(see="team", act=Permission.SEE_ALL_TEAMS)
@require_POST
def nudge(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Remind a team by hand; once a week, in its own mail of the day."""
    teams = Team.objects.visible_to(request.user).select_related("series")
    team = get_object_or_404(teams, series__slug=series_slug, slug=team_slug)
    if not has_permission(request.user, Permission.FILE_ON_BEHALF, team):  # its coach may, too
        require(request.user, Permission.SEE_ALL_TEAMS, team.series)
    try:
        told = nudge_team(team, by=person(request), at=clock.now())
    except NotNow as reason:
        messages.error(request, str(reason))
    else:
        names = ", ".join(person.name for person in told)
        messages.success(request, _("It stands in the next mail to %(names)s.") % {"names": names})
    if has_permission(request.user, Permission.SEE_ALL_TEAMS, team.series):
        return redirect("desk:teams", series_slug)
    return redirect("desk:coaching")


@policy(see="person")
@require_http_methods(["GET", "POST"])
def my_mail(request: HttpRequest) -> HttpResponse:
    """Show and change how one hears of each kind, everywhere and in each series."""
    user = person(request)
    series = list(Series.objects.visible_to(user).order_by("name"))
    form = WaysForm(
        request.POST if request.method == "POST" else None,
        person=user,
        kinds=kinds_for(user),
        series=series if len(series) > 1 else [],
        choices=Choices.of(user),
    )
    if form.is_valid():
        choose_ways(user, form.wanted(), weekday=form.cleaned_data["weekday"])
        messages.success(request, _("Saved."))
        return redirect("notices:mail")
    return render(request, "notices/mail.html", {"form": form}, status=422 if form.errors else 200)


@policy(see="person")
@require_GET
def unread(request: HttpRequest) -> HttpResponse:
    """List what one was told of and has not opened, by mail or not."""
    return render(request, "notices/unread.html", {"told": unread_of(person(request))})


@policy(see="person")
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Clear the list."""
    mark_all_read(person(request), at=clock.now())
    messages.success(request, _("Nothing is unread any more."))
    return redirect("notices:unread")


# The secret in the address is what lets it through: mail programs send the POST without a cookie (RFC 8058).
@csrf_exempt
@policy(see="public")
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Stop a kind of mail: a GET shows a button, since scanners follow links; a POST acts."""
    told = read_stop(token)
    if told is None:
        response = render(request, "notices/stop.html", {"kind": None}, status=404)
    else:
        user, kind = told
        is_stopped = request.method == "POST"
        if is_stopped:
            stop(user, kind)
        with translation.override(user.language):
            response = render(request, "notices/stop.html", {"kind": kind, "is_stopped": is_stopped})
            response.headers["Content-Language"] = user.language
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
