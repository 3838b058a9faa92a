"""The change package: read and printed by everybody in the series, put together by the facilitators."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from library import package
from library.forms import LineForm
from library.models import PackageItem, Resource, shared_entries
from library.reading import Thing, package_of
from library.views import number_of
from series.frame import find_series, frame
from series.models import Driver, Series

MOST_OFFERED = 30


def choose_url(series: Series, driver: Driver) -> str:
    return reverse("library:package-choose", args=[series.slug, driver.slot])


@policy(see="series")
@require_GET
def package_page(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Under each driver the changes that helped, with who uses them: a page of paper each."""
    series = find_series(request, series_slug, "drivers")
    groups = package_of(request.user, series, list(series.drivers.all()))
    context = frame(request, series, here="home") | {
        "groups": groups,
        "has_some": any(changes for _driver, changes in groups),
        "may_choose": has_permission(request.user, Permission.CONFIGURE, series),
        "audience": _("everybody in the series"),
        "crumbs": [(series.name, reverse("desk:series-home", args=[series_slug])), (_("Change package"), "")],
    }
    return render(request, "library/package.html", context)


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def package_choose(request: HttpRequest, series_slug: str, slot: int) -> HttpResponse:
    """Choose what stands under a driver; on POST, one more."""
    series = find_series(request, series_slug, "drivers")
    driver: Driver = get_object_or_404(series.drivers, slot=slot)
    require(request.user, Permission.CONFIGURE, series)
    driver.series = series
    if request.method == "POST":
        return _add(request, driver)
    ((_driver, changes),) = package_of(request.user, series, [driver])
    stories, resources = package.candidates(driver, request.user)
    context = frame(request, series, here="home") | {
        "driver": driver,
        "changes": changes,
        "stories": stories.select_related("team")[:MOST_OFFERED],
        "resources": resources.select_related("team", "shared_by")[:MOST_OFFERED],
        "others": [other for other in series.drivers.all() if other.pk != driver.pk],
        "crumbs": [
            (_("Change package"), reverse("library:package", args=[series_slug])),
            (driver.name, ""),
        ],
    }
    return render(request, "library/package_choose.html", context)


def _add(request: HttpRequest, driver: Driver) -> HttpResponse:
    form = LineForm(request.POST)
    thing = _chosen(request, driver.series)
    if not form.is_valid():
        messages.error(request, _("One line is enough: at most 300 letters."))
        return redirect(choose_url(driver.series, driver))
    try:
        line = form.cleaned_data["line"]
        package.add_to_package(thing, driver, line, by=person(request), at=clock.now())
        messages.success(request, _("It stands in the change package."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(choose_url(driver.series, driver))


def _chosen(request: HttpRequest, series: Series) -> Thing:
    """The resource or story that was chosen; 404 for what the reader may not read."""
    kind, _dash, number = request.POST.get("thing", "").partition("-")
    found: Any = shared_entries(request.user).filter(team__series=series).select_related("team__series")
    if kind == "resource":
        found = Resource.objects.visible_to(request.user).standing().filter(series=series)
    thing: Thing = get_object_or_404(found, pk=number_of(number))
    return thing


@policy(see="series", act=Permission.CONFIGURE)
@require_POST
def package_item(request: HttpRequest, series_slug: str, item_id: int) -> HttpResponse:
    """Word a change, move it up or down, or take it out."""
    series = find_series(request, series_slug, "drivers")
    rows = PackageItem.objects.visible_to(request.user).filter(series=series).select_related("driver")
    item: PackageItem = get_object_or_404(rows, pk=item_id)
    item.series = series
    require(request.user, Permission.CONFIGURE, series)
    by, at, act = person(request), clock.now(), request.POST.get("act", "")
    form = LineForm(request.POST)
    if act == "remove":
        package.remove_from_package(item, by=by, at=at)
        messages.success(request, _("It is out of the change package."))
    elif act in ("up", "down"):
        package.move_package_item(item, up=act == "up", by=by, at=at)
    elif form.is_valid():
        package.word_package_item(item, form.cleaned_data["line"], by=by, at=at)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("One line is enough: at most 300 letters."))
    return redirect(f"{choose_url(series, item.driver)}#item-{item_id}")
