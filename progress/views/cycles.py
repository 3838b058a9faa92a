"""The tests of a plan item, and one test: first the prediction, then what was seen."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import submission_id
from progress import cycles, services
from progress.forms import CycleForm, ResultForm
from progress.models import PlanItem, TestCycle
from progress.ramp import draw_ramp
from progress.views.find import find_item
from series.frame import frame
from series.services import SeriesClosed
from teams.margin import margin


@policy(see="team", act=Permission.EDIT_PLAN)
@require_http_methods(["GET", "POST"])
def item_cycles(request: HttpRequest, series_slug: str, team_slug: str, item_id: int) -> HttpResponse:
    """Show the tests of a plan item as ramps; on POST, write down the next one."""
    user = person(request)
    item = find_item(request, series_slug, team_slug, item_id)
    rows = list(TestCycle.objects.visible_to(user).filter(item=item))
    previous = previous_of(rows, (request.POST or request.GET).get("after", ""))
    blank = TestCycle(submission_id=submission_id(request))
    form = CycleForm(request.POST or None, instance=blank)
    status = 200
    if request.method == "POST":
        require(user, Permission.EDIT_PLAN, item)
        status = 422
        if form.is_valid():
            try:
                made = cycles.plan_cycle(form.instance, item=item, previous=previous, by=user, at=clock.now())
            except SeriesClosed:
                status = 409
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("The prediction is written down. Begin when you are ready."))
                return redirect("progress:cycle", series_slug, team_slug, item_id, made.number)
    context = around(request, item) | {
        "form": form,
        "previous": previous,
        "ramps": [(steps, draw_ramp(steps)) for steps in cycles.ramps(rows)],
        "count": len(rows),
    }
    return render(request, "progress/cycles.html", context, status=status)


def previous_of(rows: list[TestCycle], number: str) -> TestCycle | None:
    """The test of that number, if it has no next one yet."""
    taken = {row.previous_id for row in rows}
    return next((row for row in rows if str(row.number) == number and row.pk not in taken), None)


def around(request: HttpRequest, item: PlanItem) -> dict[str, Any]:
    """What each page of a test needs of its item."""
    is_closed = services.is_closed(item.team.series, clock.today(item.team.time_zone))
    may_edit = has_permission(request.user, Permission.EDIT_PLAN, item) and not is_closed
    context = frame(request, item.team.series, team=item.team, here="plan")
    return context | {"item": item, "period": item.plan.period, "may_edit": may_edit}


def find_cycle(
    request: HttpRequest, series_slug: str, team_slug: str, item_id: int, number: int
) -> TestCycle:
    found = TestCycle.objects.visible_to(request.user).select_related(
        "item__plan__team__series__summit", "item__plan__period", "previous", "following"
    )
    return get_object_or_404(
        found,
        number=number,
        item=item_id,
        item__plan__team__series__slug=series_slug,
        item__plan__team__slug=team_slug,
    )


@policy(see="team", act=Permission.EDIT_PLAN)
@require_http_methods(["GET", "POST"])
def cycle(request: HttpRequest, series_slug: str, team_slug: str, item_id: int, number: int) -> HttpResponse:
    """Show one test. On POST write it anew while it has not begun, and tell of it once it has."""
    user = person(request)
    found = find_cycle(request, series_slug, team_slug, item_id, number)
    has_begun = found.begun_at is not None
    form_class = ResultForm if has_begun else CycleForm
    form = form_class(request.POST or None, instance=found, initial={"version": found.version})
    status, theirs = 200, None
    if request.method == "POST":
        require(user, Permission.EDIT_PLAN, found)
        status = 422
        if form.is_valid():
            act = cycles.tell if has_begun else cycles.word_cycle
            try:
                act(found, form.cleaned_data, version=form.opened_version, by=user, at=clock.now())
            except cycles.StaleCycle as error:
                theirs, status = error.current, 409
            except (cycles.PredictionStands, cycles.PredictFirst, SeriesClosed):
                status = 409
            else:
                messages.success(request, _("Saved."))
                return redirect(request.path)
        found = find_cycle(request, series_slug, team_slug, item_id, number)
    context = around(request, found.item) | {
        "cycle": found,
        "form": form,
        "theirs": form.differences(theirs) if theirs else [],
        "version": theirs.version if theirs else form["version"].value(),
        "has_begun": found.begun_at is not None,
        "following": getattr(found, "following", None),
    }
    context |= margin(request, found, found.item.plan.team)
    return render(request, "progress/cycle.html", context, status=status)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def cycle_begin(
    request: HttpRequest, series_slug: str, team_slug: str, item_id: int, number: int
) -> HttpResponse:
    """Begin a test: from now on its prediction stands."""
    user = person(request)
    found = find_cycle(request, series_slug, team_slug, item_id, number)
    require(user, Permission.EDIT_PLAN, found)
    try:
        if cycles.begin(found, by=user, at=clock.now()):
            messages.success(request, _("It has begun. The prediction stands."))
    except SeriesClosed:
        messages.error(request, _("That could not be changed."))
    return redirect("progress:cycle", series_slug, team_slug, item_id, number)
