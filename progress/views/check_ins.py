"""A team’s check-in for a due date, one for several that were missed, and a later day that it names."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.drafts import draft_context, drop_draft, fill
from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import USED_BEFORE, submission_id
from progress import promises, services
from progress.forms import CheckInForm, ExcuseForm, LaterForm, ReceiversForm
from progress.models import CheckIn, DueDate
from progress.numbers import answered
from progress.views.find import find_team
from series.frame import frame
from series.services import SeriesClosed
from teams.margin import margin


@policy(see="team", act=Permission.CHECK_IN)
@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, series_slug: str, team_slug: str, due_on: date) -> HttpResponse:
    """Show the check-in of one due date; on POST, file it."""
    return show_check_in(request, find_due(request, series_slug, team_slug, due_on))


@policy(see="team", act=Permission.CHECK_IN)
@require_http_methods(["GET", "POST"])
def catch_up(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """One page for several missed dates: the newest is filed, and speaks for the others, too."""
    team = find_team(request, series_slug, team_slug)
    missed = services.missed_dates(team, today=clock.today(team.time_zone))
    if not missed:
        return redirect("desk:team-home", series_slug, team_slug)
    due = find_due(request, series_slug, team_slug, missed[-1].due_on)
    return show_check_in(request, due, missed=missed[:-1])


def show_check_in(request: HttpRequest, due: DueDate, *, missed: Sequence[DueDate] = ()) -> HttpResponse:
    """The form for `due`, which speaks for the earlier `missed` ones; on POST, file it."""
    user = person(request)
    target, at = f"due:{due.pk}", clock.now()
    on_behalf = services.is_on_behalf(user, due.team)
    blank = CheckIn(submission_id=submission_id(request))
    form = CheckInForm(request.POST or None, instance=blank, is_on_behalf=on_behalf)
    quicker: CheckIn | None = None
    status, data = 200, request.POST if request.method == "POST" else None
    if data is not None:
        require(user, Permission.CHECK_IN, due.team)
    parts = services.parts_for(due, by=user, data=data)
    if data is not None:
        status = 422
        # All are asked, so that each says what is wrong with it.
        if all([form.is_valid(), *(part.is_valid() for part in parts)]):
            try:
                services.file_check_in(form.instance, due=due, by=user, at=at, parts=parts, catches_up=missed)
            except services.AlreadyFiled as error:
                quicker, status = error.check_in, 409
            except (services.NotYetOpen, SeriesClosed):
                status = 409
            except IntegrityError:
                form.add_error(None, USED_BEFORE)
                status = 409
            else:
                drop_draft(user, "check-in", target, dict(request.POST.lists()))
                messages.success(request, _("Thank you. That is filed, and reminders for this date stop."))
                team = due.team
                return redirect("progress:check-in", team.series.slug, team.slug, due.due_on)
    context = check_in_context(request, due, quicker)
    context |= {"form": form, "is_on_behalf": on_behalf, "parts": parts, "missed": missed}
    context |= draft_context(user, "check-in", target)
    if data is None:
        fill(form, context["draft"])
    if context["filed"] is not None:
        context |= margin(request, context["filed"], due.team)
        context["sheets"] = answered(context["filed"], user)
    context = frame(request, due.team.series, team=due.team) | context
    return render(request, "progress/check_in.html", context, status=status)


def find_due(request: HttpRequest, series_slug: str, team_slug: str, due_on: date) -> DueDate:
    """The due date of that team, if the reader reads all that the team files; Http404 otherwise."""
    found = DueDate.objects.visible_to(request.user).select_related(
        "team__series__summit", "period", "check_in__filed_by", "caught_up_by__due"
    )
    found = found.prefetch_related("promises")
    return get_object_or_404(found, team__series__slug=series_slug, team__slug=team_slug, due_on=due_on)


def check_in_context(request: HttpRequest, due: DueDate, quicker: CheckIn | None) -> dict[str, Any]:
    """What stands around the form: what was filed, whether it is open, what comes next."""
    team, today = due.team, clock.today(due.team.time_zone)
    others = list(DueDate.objects.visible_to(request.user).filter(team=team).select_related("check_in"))
    filed = quicker or getattr(due, "check_in", None)
    open_dues = [d for d in others if d.pk != due.pk and d.is_open]
    is_closed = services.is_closed(team.series, today)
    opens_on = services.opens_on(due.due_on, [d.due_on for d in others], today)
    may_file = has_permission(request.user, Permission.CHECK_IN, team)
    may_excuse = has_permission(request.user, Permission.FILE_ON_BEHALF, team)
    is_open = filed is None and not is_closed and opens_on is None
    span = promises.days_open(due, today) if is_open and may_file and due.is_open else None
    said = list(due.promises.all())
    return {
        "due": due,
        "filed": filed,
        "quicker": quicker,
        "caught_up_by": due.caught_up_by if filed is None else None,
        "is_closed": is_closed,
        "opens_on": opens_on,
        "days_left": (due.due_on - today).days,
        "next_due": next((d for d in open_dues if d.due_on >= today), None),
        # Older ones are not asked for: one check-in catches up (rule R3).
        "still_open": next((d for d in open_dues if due.due_on < d.due_on < today), None),
        "shows_form": is_open and may_file,
        "excuse_form": ExcuseForm() if is_open and may_excuse and due.is_open else None,
        "promise": said[-1] if said and said[-1].later_on >= today else None,
        "later_form": LaterForm(span=span) if span else None,
        "may_name_receivers": has_permission(request.user, Permission.MANAGE_MEMBERS, team),
    }


def show_refused(request: HttpRequest, due: DueDate, **forms: Any) -> HttpResponse:
    """The page again, with one of its smaller forms refused."""
    context = check_in_context(request, due, None) | {"form": CheckInForm()} | forms
    context = frame(request, due.team.series, team=due.team) | context
    return render(request, "progress/check_in.html", context, status=422)


@policy(see="team", act=Permission.FILE_ON_BEHALF)
@require_POST
def check_in_excuse(request: HttpRequest, series_slug: str, team_slug: str, due_on: date) -> HttpResponse:
    """Say that nothing is expected of a team for one date."""
    user = person(request)
    due = find_due(request, series_slug, team_slug, due_on)
    require(user, Permission.FILE_ON_BEHALF, due.team)
    form = ExcuseForm(request.POST)
    if not form.is_valid():
        return show_refused(request, due, excuse_form=form)
    if services.excuse(due, reason=form.cleaned_data["reason"], by=user, at=clock.now()):
        messages.success(request, _("Nothing is expected for this date."))
    return redirect("progress:check-in", series_slug, team_slug, due_on)


@policy(see="team", act=Permission.CHECK_IN)
@require_POST
def check_in_later(request: HttpRequest, series_slug: str, team_slug: str, due_on: date) -> HttpResponse:
    """Name a later day: until then nobody is reminded."""
    user = person(request)
    due = find_due(request, series_slug, team_slug, due_on)
    require(user, Permission.CHECK_IN, due.team)
    span = promises.days_open(due, clock.today(due.team.time_zone))
    form = LaterForm(request.POST, span=span)
    if not form.is_valid():
        return show_refused(request, due, later_form=form)
    try:
        promise = promises.promise_later(due, form.cleaned_data["later_on"], by=user, at=clock.now())
    except ValidationError as error:
        form.add_error("later_on", error)
        return show_refused(request, due, later_form=form)
    except (services.AlreadyFiled, SeriesClosed):
        pass  # the page says how it stands
    else:
        day = date_format(promise.later_on, "MONTH_DAY_FORMAT")
        messages.success(
            request, _("We wait for it until %(day)s. Nobody is reminded before.") % {"day": day}
        )
    return redirect("progress:check-in", series_slug, team_slug, due_on)


@policy(see="team", act=Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "POST"])
def receivers(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Say who of the team is reminded of its check-ins."""
    user = person(request)
    team = find_team(request, series_slug, team_slug)
    require(user, Permission.MANAGE_MEMBERS, team)
    people = promises.people_of(team, on=clock.today(team.time_zone))
    named = team.receivers.values_list("person", flat=True)
    data = request.POST if request.method == "POST" else None
    form = ReceiversForm(data, people=people, named=list(named))
    if form.is_valid():
        promises.name_receivers(team, list(form.cleaned_data["people"]), by=user, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect(request.path)
    context = frame(request, team.series, team=team, here="team") | {"form": form}
    return render(request, "progress/receivers.html", context, status=422 if form.errors else 200)
