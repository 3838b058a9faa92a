"""A team's check-in, and its plan for each Action Period."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.drafts import draft_context, drop_draft, fill
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import submission_id
from progress import services
from progress.forms import CheckInForm, ExcuseForm, PlanForm, PlanItemForm
from progress.models import CheckIn, DueDate, Plan, PlanItem, PlanItemStatus
from series.frame import frame
from series.models import ActionPeriod
from teams.models import Team

# --- check-ins ---------------------------------------------------------------------------------------


@policy(see="team", act=Permission.CHECK_IN)
@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, series_slug: str, team_slug: str, due_on: date) -> HttpResponse:
    """Show the check-in of one due date; on POST, file it."""
    user: Any = request.user  # somebody signed in: the middleware saw to it
    due = find_due(request, series_slug, team_slug, due_on)
    target, at = f"due:{due.pk}", clock.now()
    on_behalf = services.is_on_behalf(user, due.team)
    blank = CheckIn(submission_id=submission_id(request))
    form = CheckInForm(request.POST or None, instance=blank, is_on_behalf=on_behalf)
    quicker: CheckIn | None = None
    status = 200
    if request.method == "POST":
        require(user, Permission.CHECK_IN, due.team)
        status = 422
        if form.is_valid():
            try:
                services.file_check_in(form.instance, due=due, by=user, at=at)
            except services.AlreadyFiled as error:
                quicker, status = error.check_in, 409
            except (services.NotYetOpen, services.SeriesClosed):
                status = 409
            else:
                drop_draft(user, "check-in", target, dict(request.POST.lists()))
                messages.success(request, _("Thank you. That is filed, and reminders for this date stop."))
                return redirect(request.path)
    context = check_in_context(request, due, quicker) | {"form": form, "is_on_behalf": on_behalf}
    context |= draft_context(user, "check-in", target)
    if request.method == "GET":
        fill(form, context["draft"])
    return render(
        request,
        "progress/check_in.html",
        frame(request, due.team.series, team=due.team) | context,
        status=status,
    )


def find_due(request: HttpRequest, series_slug: str, team_slug: str, due_on: date) -> DueDate:
    """The due date of that team, if the reader reads all that the team files; Http404 otherwise."""
    found = DueDate.objects.visible_to(request.user).select_related(
        "team__series__summit", "period", "check_in__filed_by"
    )
    return get_object_or_404(found, team__series__slug=series_slug, team__slug=team_slug, due_on=due_on)


def check_in_context(request: HttpRequest, due: DueDate, quicker: CheckIn | None) -> dict[str, Any]:
    """What stands around the form: what was filed, whether it is open, what comes next."""
    team, today = due.team, clock.today(due.team.time_zone)
    others = list(DueDate.objects.visible_to(request.user).filter(team=team).select_related("check_in"))
    filed = quicker or getattr(due, "check_in", None)
    open_dues = [d for d in others if d.pk != due.pk and not hasattr(d, "check_in") and not d.is_excused]
    is_closed = services.is_closed(team.series, today)
    opens_on = services.opens_on(due.due_on, [d.due_on for d in others], today)
    may_file = has_permission(request.user, Permission.CHECK_IN, team)
    may_excuse = has_permission(request.user, Permission.FILE_ON_BEHALF, team)
    is_open = filed is None and not is_closed and opens_on is None
    return {
        "due": due,
        "filed": filed,
        "quicker": quicker,
        "is_closed": is_closed,
        "opens_on": opens_on,
        "days_left": (due.due_on - today).days,
        "next_due": next((d for d in open_dues if d.due_on >= today), None),
        # Older ones are not asked for: one check-in catches up (rule R3).
        "still_open": next((d for d in open_dues if due.due_on < d.due_on < today), None),
        "shows_form": is_open and may_file,
        "excuse_form": ExcuseForm() if is_open and may_excuse and not due.is_excused else None,
    }


@policy(see="team", act=Permission.FILE_ON_BEHALF)
@require_POST
def check_in_excuse(request: HttpRequest, series_slug: str, team_slug: str, due_on: date) -> HttpResponse:
    """Say that nothing is expected of a team for one date."""
    user: Any = request.user  # somebody signed in: the middleware saw to it
    due = find_due(request, series_slug, team_slug, due_on)
    require(user, Permission.FILE_ON_BEHALF, due.team)
    form = ExcuseForm(request.POST)
    if not form.is_valid():
        context = check_in_context(request, due, None) | {"form": CheckInForm(), "excuse_form": form}
        context = frame(request, due.team.series, team=due.team) | context
        return render(request, "progress/check_in.html", context, status=422)
    if services.excuse(due, reason=form.cleaned_data["reason"], by=user, at=clock.now()):
        messages.success(request, _("Nothing is expected for this date."))
    return redirect("progress:check-in", series_slug, team_slug, due_on)


# --- plans -------------------------------------------------------------------------------------------


def find_team(request: HttpRequest, series_slug: str, team_slug: str) -> Team:
    """The team, if the reader reads all that it writes; Http404 otherwise."""
    found = (
        Team.objects.visible_to(request.user).read_in_full_by(request.user).select_related("series__summit")
    )
    return get_object_or_404(found, series__slug=series_slug, slug=team_slug)


def find_item(request: HttpRequest, series_slug: str, team_slug: str, item_id: int) -> PlanItem:
    found = PlanItem.objects.visible_to(request.user).select_related(
        "plan__team__series__summit", "plan__period"
    )
    return get_object_or_404(
        found, pk=item_id, plan__team__series__slug=series_slug, plan__team__slug=team_slug
    )


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
    status: int = 200,
) -> HttpResponse:
    """The plan page, with a form that was refused if there is one."""
    periods, today = list(team.series.periods.all()), clock.today(team.time_zone)
    period = find_period(periods, number, today)
    found = Plan.objects.visible_to(request.user).filter(team=team, period=period).first()
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
        context |= {
            "item_form": item_form,
            "is_adding": bool(item_form.errors) or context["draft"] is not None or "add" in request.GET,
            "words_form": words_form or PlanForm(instance=found),
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
    return list(found.select_related("plan__team__series").prefetch_related("drivers"))


def next_tuesday(today: date) -> date:
    """The Tuesday after `today`: the smallest step is one that can be done by then."""
    return today + timedelta(days=(1 - today.weekday()) % 7 or 7)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def plan_item_add(request: HttpRequest, series_slug: str, team_slug: str, number: int) -> HttpResponse:
    """Put an item on the plan."""
    user: Any = request.user  # somebody signed in: the middleware saw to it
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
    except services.SeriesClosed:
        return show_plan(request, team, number, status=409)
    drop_draft(user, "plan-item", f"plan:{team.pk}:{number}", dict(request.POST.lists()))
    messages.success(request, _("It is on our plan."))
    return redirect("progress:plan-period", series_slug, team_slug, number)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
@vary_on_headers("HX-Request")
def plan_item_status(request: HttpRequest, series_slug: str, team_slug: str, item_id: int) -> HttpResponse:
    """Say in one tap how it goes with an item."""
    user: Any = request.user  # somebody signed in: the middleware saw to it
    item = find_item(request, series_slug, team_slug, item_id)
    require(user, Permission.EDIT_PLAN, item)
    wanted, status = request.POST.get("status", ""), 200
    if wanted not in PlanItemStatus.values:
        status = 422
    else:
        try:
            services.change_status(item, PlanItemStatus(wanted), by=user, at=clock.now())
        except services.SeriesClosed:
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
    """Change the words of an item."""
    user: Any = request.user  # somebody signed in: the middleware saw to it
    item = find_item(request, series_slug, team_slug, item_id)
    require(user, Permission.EDIT_PLAN, item)
    team = item.team
    form = PlanItemForm(request.POST or None, instance=item, series=team.series)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.edit_plan_item(item, drivers=form.cleaned_data["drivers"], by=user, at=clock.now())
            except services.SeriesClosed:
                status = 409
                form.add_error(None, _("This series is over. Its plans can be read and no longer changed."))
            else:
                messages.success(request, _("Saved."))
                return redirect("progress:plan-period", series_slug, team_slug, item.plan.period.number)
    context = frame(request, team.series, team=team, here="plan")
    context |= {
        "form": form,
        "item": item,
        "period": item.plan.period,
        "next_tuesday": next_tuesday(clock.today(team.time_zone)),
    }
    return render(request, "progress/plan_item.html", context, status=status)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def plan_words(request: HttpRequest, series_slug: str, team_slug: str, number: int) -> HttpResponse:
    """Write the team's question for a period, and the support that it wants."""
    user: Any = request.user  # somebody signed in: the middleware saw to it
    team = find_team(request, series_slug, team_slug)
    require(user, Permission.EDIT_PLAN, team)
    period = get_object_or_404(ActionPeriod, series=team.series, number=number)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return show_plan(request, team, number, words_form=form, status=422)
    words = form.cleaned_data
    try:
        services.word_plan(
            team,
            period,
            question=words["question"],
            support=words["support_wanted"],
            by=user,
            at=clock.now(),
        )
    except services.SeriesClosed:
        return show_plan(request, team, number, status=409)
    messages.success(request, _("Saved."))
    return redirect("progress:plan-period", series_slug, team_slug, number)
