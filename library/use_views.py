"""What a team says of what it uses: marked, undone, told, taken over into its plan."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, policy, require
from core import clock
from core.forms import put_errors
from library import services, takeover
from library.forms import UseForm
from library.models import Resource, Use
from library.reading import Thing, address_of, kind_of
from series.frame import frame
from series.services import SeriesClosed
from storymaps.models import StoryEntry
from storymaps.views import find_team
from teams.models import Team


def find_thing(request: HttpRequest, team: Team, kind: str, thing_id: int) -> Thing:
    """The resource or story of the team's series; 404 to who may not read it."""
    thing: Thing
    if kind == "resource":
        resources = Resource.objects.visible_to(request.user).filter(series=team.series_id)
        thing = get_object_or_404(resources.select_related("series", "team"), pk=thing_id)
    elif kind == "story":
        stories = StoryEntry.objects.visible_to(request.user).filter(team__series=team.series_id)
        thing = get_object_or_404(stories.select_related("team__series"), pk=thing_id)
    else:
        raise Http404
    return thing


def back(request: HttpRequest, thing: Thing) -> HttpResponse:
    """Back to where the button was: the shelf, the package, or the page of the thing."""
    anchor = f"{kind_of(thing)}-{thing.pk}"
    slug = thing.series.slug if isinstance(thing, Resource) else thing.team.series.slug
    places = {"shelf": "library:shelf", "package": "library:package"}
    if name := places.get(request.POST.get("back", "")):
        return redirect(f"{reverse(name, args=[slug])}#{anchor}")
    return redirect(f"{address_of(thing)}#used-by")


def _act(
    request: HttpRequest,
    where: tuple[str, str, str, int],
    permission: Permission,
    act: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """Do one act for a team, or say why not, and go back to where the button was."""
    series_slug, team_slug, kind, thing_id = where
    team = find_team(request, series_slug, team_slug)
    thing = find_thing(request, team, kind, thing_id)
    require(request.user, permission, team)
    try:
        act(thing, team, by=person(request), at=clock.now())
        messages.success(request, done)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except SeriesClosed:
        messages.error(request, _("This series is over. Nothing is planned in it any more."))
    return back(request, thing)


@policy(see="team", act=Permission.LOG_STORY)
@require_POST
def use_mark(
    request: HttpRequest, series_slug: str, team_slug: str, kind: str, thing_id: int
) -> HttpResponse:
    """Say that the team uses a resource, or tries what a story tells."""
    where = (series_slug, team_slug, kind, thing_id)
    done = _("Marked. The other teams see that yours uses it.")
    return _act(request, where, Permission.LOG_STORY, services.mark_used, done)


@policy(see="team", act=Permission.LOG_STORY)
@require_POST
def use_undo(
    request: HttpRequest, series_slug: str, team_slug: str, kind: str, thing_id: int
) -> HttpResponse:
    """Take the mark back."""
    where = (series_slug, team_slug, kind, thing_id)
    return _act(request, where, Permission.LOG_STORY, services.undo_use, _("The mark is gone."))


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def take_over(
    request: HttpRequest, series_slug: str, team_slug: str, kind: str, thing_id: int
) -> HttpResponse:
    """Put a change into the team's open plan."""
    where = (series_slug, team_slug, kind, thing_id)
    done = _("It stands in your plan. Word it there so that it fits you.")
    return _act(request, where, Permission.EDIT_PLAN, takeover.take_over, done)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def take_over_undo(
    request: HttpRequest, series_slug: str, team_slug: str, kind: str, thing_id: int
) -> HttpResponse:
    """Take a change out of the plan again that nobody has worked with."""
    where = (series_slug, team_slug, kind, thing_id)
    done = _("It is out of your plan again.")
    return _act(request, where, Permission.EDIT_PLAN, takeover.undo_take_over, done)


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def use_tell(
    request: HttpRequest, series_slug: str, team_slug: str, kind: str, thing_id: int
) -> HttpResponse:
    """Say in a line how the team used it, and where in its plan or stories that stands."""
    team = find_team(request, series_slug, team_slug)
    thing = find_thing(request, team, kind, thing_id)
    require(request.user, Permission.LOG_STORY, team)
    use = Use.objects.filter(team=team, **services.of_thing(thing)).first()
    if use is None:
        messages.error(request, _("Your team has not marked it yet."))
        return redirect(address_of(thing))
    use.team = team
    posted = request.POST if request.method == "POST" else None
    form = UseForm(posted, instance=use, team=team, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.tell_use(form.instance, by=person(request), at=clock.now())
            messages.success(request, _("Saved."))
            return redirect(f"{address_of(thing)}#used-by")
        except ValidationError as error:
            put_errors(form, error)
    context = frame(request, team.series, team=team, here="team") | {
        "form": form,
        "thing": thing,
        "title": thing.title if isinstance(thing, Resource) else thing.headline,
        "audience": _("everybody in the series"),
        "back_url": f"{address_of(thing)}#used-by",
    }
    return render(request, "library/use_tell.html", context, status=422 if form.errors else 200)
