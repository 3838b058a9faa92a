"""A team’s plan for each Action Period."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.drafts import draft_context, drop_draft, fill
from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import USED_BEFORE, submission_id
from progress import services
from progress.forms import EditItemForm, PlanForm, PlanItemForm, ReflectionForm
from progress.models import Plan, PlanItem, PlanItemStatus
from progress.views.find import find_item, find_team
from series.frame import frame
from series.models import ActionPeriod
from series.services import SeriesClosed
from teams.models import Team


@policy(see="team", act=Permission.EDIT_PLAN)
@require_safe
def plan(request: HttpRequest, series_slug: str, team_slug: str, number: int | None = None) -> HttpResponse:
    """Show what a team will try in an Action Period: the current one, or that of `number`."""
    team = find_team(request, series_slug, team_slug)
    return show_plan(request, team, number)


def show_plan(
    request: HttpRequest,
    team: Team,
    number: int | None,
    *,
    item_form: PlanItemForm | None = None,
    words_form: PlanForm | None = None,
    reflection_form: ReflectionForm | None = None,
    theirs: Plan | None = None,
    status: int = 200,
) -> HttpResponse:
    """The plan page, with a form that was refused if there is one."""
    periods, today = list(team.series.periods.all()), clock.today(team.time_zone)
    period = find_period(periods, number, today)
    plans = Plan.objects.visible_to(request.user).select_related("written_at")
    found = plans.filter(team=team, period=period).first()
    is_closed = services.is_closed(team.series, today)
    may_edit = has_permission(request.user, Permission.EDIT_PLAN, team) and not is_closed
    context: dict[str, Any] = {
        "period": period,
        "periods": periods,
        "plan": found,
        "items": items_of(request.user, team, period),
        "may_edit": may_edit,
        "is_closed": is_closed,
        "is_ahead": period is not None and period.starts_on > today,
        "is_over": period is not None and period.ends_on < today,
        "statuses": PlanItemStatus.choices,
        "next_tuesday": next_tuesday(today),
    }
    if may_edit and period is not None:
        target = f"plan:{team.pk}:{period.number}"
        context |= draft_context(request.user, "plan-item", target)
        if item_form is None:
            item_form = PlanItemForm(series=team.series)
            fill(item_form, context["draft"])
        refused = words_form or reflection_form
        opened = {"version": found.version if found else 0}
        context |= {
            "carriable": list(services.can_be_carried(team, period)),
            "reflection_form": reflection_form or ReflectionForm(instance=found, initial=opened),
            "version": theirs.version if theirs else opened["version"],
            "theirs": refused.differences(theirs) if refused and theirs else [],
            "shows_reflection": bool(context["is_over"] or (found and found.reflected_at)),
            "item_form": item_form,
            "is_adding": bool(item_form.errors) or context["draft"] is not None or "add" in request.GET,
            "words_form": words_form or PlanForm(instance=found, series=team.series, initial=opened),
            "submission_id": submission_id(request),
        }
    context = frame(request, team.series, team=team, here="plan") | context
    return render(request, "progress/plan.html", context, status=status)


def find_period(periods: list[ActionPeriod], number: int | None, today: date) -> ActionPeriod | None:
    """The period of that number, else the one that a plan is for today; Http404 for a number that is none."""
    if number is None:
        return services.period_on(periods, today)
    return get_object_or_404(ActionPeriod, pk__in=[p.pk for p in periods], number=number)


def items_of(user: Any, team: Team, period: ActionPeriod | None) -> list[PlanItem]:
    """The items of a team's plan for `period`, in order, with their drivers."""
    found = PlanItem.objects.visible_to(user).filter(plan__team=team, plan__period=period)
    found = found.select_related("plan__team__series", "carried_from__plan__period")
    return list(found.prefetch_related("drivers", "cycles"))


def next_tuesday(today: date) -> date:
    """The Tuesday after `today`: the smallest step is one that can be done by then."""
    return today + timedelta(days=(1 - today.weekday()) % 7 or 7)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def plan_item_add(request: HttpRequest, series_slug: str, team_slug: str, number: int) -> HttpResponse:
    """Put an item on the plan."""
    user = person(request)
    team = find_team(request, series_slug, team_slug)
    require(user, Permission.EDIT_PLAN, team)
    period = get_object_or_404(ActionPeriod, series=team.series, number=number)
    blank = PlanItem(submission_id=submission_id(request))
    form = PlanItemForm(request.POST, instance=blank, series=team.series)
    if not form.is_valid():
        return show_plan(request, team, number, item_form=form, status=422)
    try:
        services.add_plan_item(
            form.instance,
            team=team,
            period=period,
            drivers=form.cleaned_data["drivers"],
            by=user,
            at=clock.now(),
        )
    except SeriesClosed:
        return show_plan(request, team, number, status=409)
    except IntegrityError:
        form.add_error(None, USED_BEFORE)
        return show_plan(request, team, number, item_form=form, status=409)
    drop_draft(user, "plan-item", f"plan:{team.pk}:{number}", dict(request.POST.lists()))
    messages.success(request, _("It is on our plan."))
    return redirect("progress:plan-period", series_slug, team_slug, number)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
@vary_on_headers("HX-Request")
def plan_item_status(request: HttpRequest, series_slug: str, team_slug: str, item_id: int) -> HttpResponse:
    """Say in one tap how it goes with an item."""
    user = person(request)
    item = find_item(request, series_slug, team_slug, item_id)
    require(user, Permission.EDIT_PLAN, item)
    wanted, status = request.POST.get("status", ""), 200
    if wanted not in PlanItemStatus.values:
        status = 422
    else:
        try:
            services.change_status(item, PlanItemStatus(wanted), by=user, at=clock.now())
        except SeriesClosed:
            status = 409
    if request.headers.get("HX-Request"):
        context = {
            "item": item,
            "series": item.team.series,
            "team": item.team,
            "may_edit": True,
            "statuses": PlanItemStatus.choices,
            "is_short": "short" in request.POST,
            "was_changed": status == 200,
        }
        return render(request, "components/plan_item.html", context, status=status)
    if status == 200:
        messages.success(request, _("Changed to “%(status)s”.") % {"status": item.get_status_display()})
    else:
        messages.error(request, _("That could not be changed."))
    if "short" in request.POST:
        return redirect("desk:team-home", series_slug, team_slug)
    where = reverse("progress:plan-period", args=[series_slug, team_slug, item.plan.period.number])
    return redirect(f"{where}#item-{item.pk}")


@policy(see="team", act=Permission.EDIT_PLAN)
@require_http_methods(["GET", "POST"])
def plan_item_edit(request: HttpRequest, series_slug: str, team_slug: str, item_id: int) -> HttpResponse:
    """Change the words of an item; where somebody was quicker, show both texts."""
    user = person(request)
    item = find_item(request, series_slug, team_slug, item_id)
    require(user, Permission.EDIT_PLAN, item)
    team, opened = item.team, {"version": item.version}
    form = EditItemForm(request.POST or None, instance=item, series=team.series, initial=opened)
    status, theirs = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.edit_plan_item(
                    form.instance,
                    drivers=form.cleaned_data["drivers"],
                    version=form.opened_version,
                    by=user,
                    at=clock.now(),
                )
            except SeriesClosed:
                status = 409
                form.add_error(None, _("This series is over. Its plans can be read and no longer changed."))
            except services.StaleWords as error:
                theirs, status = error.current, 409
            else:
                messages.success(request, _("Saved."))
                return redirect("progress:plan-period", series_slug, team_slug, item.plan.period.number)
    context = frame(request, team.series, team=team, here="plan")
    context |= {
        "form": form,
        "item": item,
        "period": item.plan.period,
        "next_tuesday": next_tuesday(clock.today(team.time_zone)),
        "theirs": form.differences(theirs) if theirs else [],
        "version": theirs.version if theirs else form["version"].value(),
    }
    return render(request, "progress/plan_item.html", context, status=status)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def plan_words(request: HttpRequest, series_slug: str, team_slug: str, number: int) -> HttpResponse:
    """Write the words over a plan: question, outcomes, risks, support, where it was written."""
    team = find_team(request, series_slug, team_slug)
    form = PlanForm(request.POST, series=team.series)
    return save_words(request, team, number, form, "words_form")


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def plan_reflect(request: HttpRequest, series_slug: str, team_slug: str, number: int) -> HttpResponse:
    """Look back at a period: what we used to think, what we think now, what became of the plan."""
    team = find_team(request, series_slug, team_slug)
    return save_words(request, team, number, ReflectionForm(request.POST), "reflection_form")


def save_words(
    request: HttpRequest, team: Team, number: int, form: PlanForm | ReflectionForm, name: str
) -> HttpResponse:
    """Save what stands in one of the forms of a plan, or show the page again with it."""
    user = person(request)
    require(user, Permission.EDIT_PLAN, team)
    period = get_object_or_404(ActionPeriod, series=team.series, number=number)
    refused: dict[str, Any] = {name: form}
    if not form.is_valid():
        return show_plan(request, team, number, status=422, **refused)
    words = {field: form.cleaned_data[field] for field in form._meta.fields or ()}
    try:
        services.word_plan(team, period, words, version=form.opened_version, by=user, at=clock.now())
    except SeriesClosed:
        return show_plan(request, team, number, status=409)
    except services.StaleWords as error:
        return show_plan(request, team, number, status=409, theirs=error.current, **refused)
    messages.success(request, _("Saved."))
    return redirect("progress:plan-period", team.series.slug, team.slug, number)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def plan_carry(request: HttpRequest, series_slug: str, team_slug: str, number: int) -> HttpResponse:
    """Carry what is not settled over from the plan before."""
    user = person(request)
    team = find_team(request, series_slug, team_slug)
    require(user, Permission.EDIT_PLAN, team)
    period = get_object_or_404(ActionPeriod, series=team.series, number=number)
    wanted = [int(pk) for pk in request.POST.getlist("item") if pk.isdecimal() and len(pk) < 19]
    items = list(PlanItem.objects.visible_to(user).filter(pk__in=wanted, plan__team=team))
    try:
        carried = services.carry_over(items, team=team, period=period, by=user, at=clock.now())
    except SeriesClosed:
        return show_plan(request, team, number, status=409)
    if carried:
        messages.success(request, _("It is on our plan."))
    return redirect("progress:plan-period", series_slug, team_slug, number)
