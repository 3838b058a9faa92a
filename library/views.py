"""The resource shelf of a series, and the pages of a resource."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.files import FileRefused, receive
from accounts.people import person
from accounts.permissions import Permission, policy, require
from coaching.views import WHO_READS
from core import clock
from core.forms import put_errors, submission_id
from core.text import render_markdown
from library import reading, services
from library.forms import ResourceForm
from library.models import Resource, ResourceKind
from library.permissions import may_change, may_make_resource, may_put_back, may_share, own_teams
from progress.models import HelpFrom
from series.frame import find_series, frame
from series.models import Series
from storymaps.chain import chain_of
from storymaps.models import StoryEntry

A_PAGE = 20


def find_resource(request: HttpRequest, series_slug: str, resource_id: int) -> Resource:
    """The resource of that series, withdrawn ones for those whose they are; 404 to a stranger."""
    series = find_series(request, series_slug, "drivers")
    rows = Resource.objects.visible_to(request.user).filter(series=series)
    rows = rows.select_related("shared_by", "team", "file", "from_answer", "from_entry", "withdrawn_by")
    resource = get_object_or_404(rows.prefetch_related("drivers"), pk=resource_id)
    resource.series = series
    return resource


def shelf_url(series: Series) -> str:
    return reverse("library:shelf", args=[series.slug])


def resource_url(resource: Resource) -> str:
    return reverse("library:resource", args=[resource.series.slug, resource.pk])


def number_of(text: str) -> int:
    """An id or a version as it was sent; -1, which is never one, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1


# --- the shelf ---------------------------------------------------------------------------------------


@policy(see="series")
@require_GET
def shelf(request: HttpRequest, series_slug: str) -> HttpResponse:
    """What people of the series share, newest first: by driver, kind, words, and what one's own team uses."""
    series, user = find_series(request, series_slug, "drivers"), request.user
    found = reading.resources_in(user, series)
    has_some = found.exists()
    asked = {name: request.GET.get(name, "") for name in ("driver", "kind", "words", "used")}
    if asked["driver"]:
        found = found.filter(drivers__slot=number_of(asked["driver"]))
    if asked["kind"] in ResourceKind.values:
        found = found.filter(kind=asked["kind"])
    if asked["words"].strip():
        found = reading.search(found, asked["words"][:200])
    teams = own_teams(user, series)
    if asked["used"] == "mine":
        found = found.filter(uses__team__in=[team.pk for team in teams]).distinct()
    page = Paginator(found.newest_first(), A_PAGE).get_page(request.GET.get("page"))  # type: ignore[attr-defined]
    resources = list(page.object_list)
    marks = reading.marks_on(resources, user, series)
    context = frame(request, series, here="home") | {
        "rows": [(resource, marks[reading.key_of(resource)]) for resource in resources],
        "page": page,
        "asked": asked,
        "is_asked": any(asked.values()),
        "has_some": has_some,
        "has_teams": bool(teams),
        "drivers": series.drivers.all(),
        "kinds": ResourceKind.choices,
        "may_share": may_share(user, series),
        "crumbs": [(series.name, reverse("desk:series-home", args=[series_slug])), (_("Resource shelf"), "")],
    }
    return render(request, "library/shelf.html", context)


# --- a resource --------------------------------------------------------------------------------------


@policy(see="series")
@require_GET
def resource_page(request: HttpRequest, series_slug: str, resource_id: int) -> HttpResponse:
    """What it is, why it is useful, where it came from, and which teams use it."""
    resource, user = find_resource(request, series_slug, resource_id), request.user
    context = frame(request, resource.series, here="home") | {
        "resource": resource,
        "drivers": list(resource.drivers.all()),
        "why": render_markdown(resource.why),
        "text": render_markdown(resource.text) if resource.text else "",
        "marks": reading.marks_on([resource], user, resource.series)[reading.key_of(resource)],
        "chain": chain_of(resource, user),
        "audience": _("everybody in the series"),
        "may_change": not resource.is_withdrawn and may_change(user, resource),
        "may_put_back": resource.is_withdrawn and may_put_back(user, resource),
        "crumbs": [(_("Resource shelf"), shelf_url(resource.series)), (resource.title, "")],
    }
    return render(request, "library/resource.html", context)


def takes(form: ResourceForm, request: HttpRequest) -> bool:
    """Whether `form` is well formed. A file that came with it is kept first, so that it is never lost."""
    is_valid = form.is_valid()
    if upload := form.cleaned_data.get("file"):
        try:
            form.keep(receive(upload, by=person(request), at=clock.now()))
        except FileRefused as refused:
            form.add_error("file", str(refused))
            return False
    return is_valid


def _sources(request: HttpRequest, series: Series) -> dict[str, Any]:
    """The answer or the story that a resource is made of, as the link that led here says.

    Raises Http404 for what the reader may not read or not pass on.
    """
    sent = request.POST if request.method == "POST" else request.GET
    if given := sent.get("from_answer"):
        answers = reading.answers_to(request.user, series)
        answer = get_object_or_404(answers, pk=number_of(given))
        if not may_make_resource(request.user, answer):
            raise Http404
        return {"from_answer": answer}
    if given := sent.get("from_entry"):
        stories = StoryEntry.objects.visible_to(request.user).filter(team__series=series)
        entry = get_object_or_404(stories.select_related("team__series"), pk=number_of(given))
        if not services.may_pass_on(request.user, entry, series):
            raise Http404
        return {"from_entry": entry}
    return {}


def _begun(sources: dict[str, Any]) -> dict[str, Any]:
    """What the form holds at first. Of a call for help only its driver: not its words, not its team."""
    if answer := sources.get("from_answer"):
        driver = answer.call.driver_id
        return {"text": answer.text, "team": None, "drivers": [driver] if driver else []}
    if entry := sources.get("from_entry"):
        drivers = [driver.pk for driver in entry.drivers.all()]
        return {"team": entry.team_id, "language": entry.language, "drivers": drivers}
    return {}


@policy(see="series", act=Permission.SHARE_RESOURCE)
@require_http_methods(["GET", "POST"])
def resource_add(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Share a resource; it may be made of an answer to a call for help, or of what a story tells."""
    series = find_series(request, series_slug, "drivers")
    require(request.user, Permission.SHARE_RESOURCE, Resource(series=series))
    sid = submission_id(request)
    if request.method == "POST" and (earlier := services.shared_before(person(request), sid)):
        return redirect(resource_url(earlier))
    sources = _sources(request, series)
    draft = Resource(series=series, submission_id=sid, **sources)
    form = ResourceForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        instance=draft,
        initial=_begun(sources),
        series=series,
        user=request.user,
        teams=own_teams(request.user, series),
    )
    if request.method == "POST" and takes(form, request):
        try:
            drivers = list(form.cleaned_data["drivers"])
            made = services.share_resource(form.draft, drivers=drivers, by=person(request), at=clock.now())
            messages.success(
                request, _("It stands on the resource shelf. Everybody in the series can use it.")
            )
            return redirect(resource_url(made))
        except ValidationError as error:
            put_errors(form, error)
    answer = sources.get("from_answer")
    context = frame(request, series, here="home") | sources
    context |= {
        "form": form,
        "submission_id": sid,
        "opens_to_all": answer is not None and answer.call.asked_of != HelpFrom.PEERS,
        "readers_before": WHO_READS[HelpFrom(answer.call.asked_of)] if answer else "",
        "audience": _("everybody in the series"),
        "back_url": shelf_url(series),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "library/resource_form.html", context, status=status)


@policy(see="series", act=Permission.SHARE_RESOURCE)
@require_http_methods(["GET", "POST"])
def resource_edit(request: HttpRequest, series_slug: str, resource_id: int) -> HttpResponse:
    """Say it in other words; where somebody was quicker, show what stands now and lose nothing typed."""
    resource = find_resource(request, series_slug, resource_id)
    _require_mine(request, resource)
    version, current, status = resource.version, None, 200
    form = ResourceForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        instance=resource,
        series=resource.series,
        user=request.user,
        teams=[],
    )
    if request.method == "POST":
        status = 422
        version = number_of(request.POST.get("version", ""))
        if takes(form, request):
            try:
                drivers = list(form.cleaned_data["drivers"])
                services.change_resource(
                    form.draft, drivers=drivers, version=version, by=person(request), at=clock.now()
                )
                messages.success(request, _("The change is saved."))
                return redirect(resource_url(resource))
            except services.StaleResource as stale:
                current, status, version = stale.current, 409, stale.current.version
            except ValidationError as error:
                put_errors(form, error)
    context = frame(request, resource.series, here="home") | {
        "form": form,
        "resource": resource,
        "version": version,
        "current": current,
        "audience": _("everybody in the series"),
        "back_url": resource_url(resource),
    }
    return render(request, "library/resource_form.html", context, status=status)


def _require_mine(request: HttpRequest, resource: Resource) -> None:
    """Raise PermissionDenied, in words, for who may not change it."""
    if not may_change(request.user, resource):
        require(request.user, Permission.CONFIGURE, resource.series)


@policy(see="series", act=Permission.SHARE_RESOURCE)
@require_POST
def resource_withdraw(request: HttpRequest, series_slug: str, resource_id: int) -> HttpResponse:
    """Take a resource off the shelf; it can be put back."""
    resource = find_resource(request, series_slug, resource_id)
    services.withdraw_resource(resource, by=person(request), at=clock.now())
    messages.success(request, _("It is off the shelf and out of the change package. You can put it back."))
    return redirect(resource_url(resource))


@policy(see="series", act=Permission.SHARE_RESOURCE)
@require_POST
def resource_put_back(request: HttpRequest, series_slug: str, resource_id: int) -> HttpResponse:
    """Put a withdrawn resource back on the shelf."""
    resource = find_resource(request, series_slug, resource_id)
    services.put_back(resource, by=person(request), at=clock.now())
    messages.success(request, _("It stands on the resource shelf again."))
    return redirect(resource_url(resource))
