"""The directory and the lookbook of a series, and what each person and team chooses to show there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.people import person
from accounts.permissions import Permission, policy, require
from commons import showing
from commons.forms import ShowingForm, TeamCardForm
from commons.models import Showing, TeamCard
from core import clock
from core.forms import put_errors
from series.frame import find_series, frame
from series.models import Series
from storymaps.views import find_team
from teams.permissions import is_under_18


def directory_url(series: Series) -> str:
    return reverse("commons:directory", args=[series.slug])


@policy(see="series")
@require_GET
def directory(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Who shows themselves in the series, and what each team shows of itself."""
    series, user = find_series(request, series_slug, "drivers"), person(request)
    words = request.GET.get("words", "").strip()[:200]
    people = showing.people_in(series, user, words)
    context = frame(request, series, here="home") | {
        "people": people,
        "words": words,
        "has_people": bool(people) or bool(words),
        "is_shown": Showing.objects.visible_to(user).filter(series=series, person=user).exists(),
        "looks": [] if words else showing.lookbook(series, user),
        "crumbs": [
            (series.name, reverse("desk:series-home", args=[series_slug])),
            (_("People and teams"), ""),
        ],
    }
    return render(request, "commons/directory.html", context)


@policy(see="series")
@require_http_methods(["GET", "POST"])
def showing_edit(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Choose what the directory shows of oneself, or take it all out."""
    series, user = find_series(request, series_slug, "drivers"), person(request)
    if request.method == "POST" and request.POST.get("act") == "hide":
        showing.hide_oneself(series, by=user, at=clock.now())
        messages.success(request, _("The directory shows nothing of you any more."))
        return redirect(directory_url(series))
    kept = Showing.objects.visible_to(user).filter(series=series, person=user).first()
    draft = kept or Showing(series=series, person=user)
    form = ShowingForm(request.POST if request.method == "POST" else None, instance=draft)
    if request.method == "POST" and form.is_valid():
        try:
            showing.show_oneself(form.instance, by=user, at=clock.now())
            messages.success(request, _("The directory shows it now."))
            return redirect(f"{directory_url(series)}#people-h")
        except ValidationError as error:
            put_errors(form, error)
    readers = _("everybody in the series")
    if is_under_18(user):
        readers = _("your team, its coach and the facilitators")
    context = frame(request, series, here="home") | {
        "form": form,
        "is_shown": kept is not None and kept.pk is not None,
        "audience": readers,
        "back_url": directory_url(series),
    }
    return render(request, "commons/showing.html", context, status=422 if form.errors else 200)


@policy(see="team", act=Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "POST"])
def card_edit(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """The lead chooses what the lookbook shows of the team."""
    team, user = find_team(request, series_slug, team_slug), person(request)
    require(user, Permission.MANAGE_MEMBERS, team)
    if request.method == "POST" and request.POST.get("act") == "hide":
        showing.hide_team(team, by=user, at=clock.now())
        messages.success(request, _("The lookbook shows only the name and the place of the team."))
        return redirect(directory_url(team.series))
    kept = TeamCard.objects.visible_to(user).filter(team=team).first()
    draft = kept or TeamCard(team=team)
    sent = request.POST if request.method == "POST" else None
    form = TeamCardForm(sent, instance=draft, team=team, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            showing.show_team(form.instance, by=user, at=clock.now())
            messages.success(request, _("The lookbook shows it now."))
            return redirect(f"{directory_url(team.series)}#team-{team.slug}")
        except ValidationError as error:
            put_errors(form, error)
    context = frame(request, team.series, team=team, here="team") | {
        "form": form,
        "is_shown": kept is not None and kept.pk is not None,
        "audience": _("everybody in the series"),
        "back_url": directory_url(team.series),
    }
    return render(request, "commons/card.html", context, status=422 if form.errors else 200)
