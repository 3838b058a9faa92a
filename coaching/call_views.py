"""The call log: a team's calls, one with its steps, and what can be done with it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from coaching import calls
from coaching.call_forms import CallForm
from coaching.models import Call, CallAudience
from core import clock
from core.forms import put_errors
from core.text import first_sentence, render_markdown
from progress.views.find import find_team
from series.frame import frame
from teams.models import Team

MOST = 60


def calls_of(user: Any, team: Team) -> QuerySet[Call]:
    """The calls with `team` that `user` may read, the newest first; of a removed one its mark is left."""
    found = Call.objects.visible_to(user).filter(team=team)
    return found.select_related("called_by", "removed_by").newest_first()


@policy(see="team")
@require_GET
def call_log(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """The calls with a team, the newest first."""
    team = find_team(request, series_slug, team_slug)
    found = calls_of(request.user, team).annotate(step_count=Count("steps"))
    rows = list(found[: MOST + 1])
    context = frame(request, team.series, team=team, here="team") | {
        "calls": [(call, first_sentence(call.notes, 200)) for call in rows[:MOST]],
        "has_more": len(rows) > MOST,
        "most": MOST,
        "may_log": has_permission(request.user, Permission.LOG_CALL, team),
        "crumbs": [(team.name, reverse("desk:team-home", args=[series_slug, team_slug]))],
    }
    return render(request, "coaching/calls.html", context)


def find_call(request: HttpRequest, series_slug: str, team_slug: str, call_id: int) -> Call:
    """A call of that team that the reader may read, a removed one too; 404 otherwise."""
    team = find_team(request, series_slug, team_slug)
    found = Call.objects.visible_to(request.user).filter(team=team)
    call = get_object_or_404(found.select_related("called_by", "removed_by"), pk=call_id)
    call.team = team
    return call


def call_url(call: Call) -> str:
    return reverse("coaching:call", args=[call.team.series.slug, call.team.slug, call.pk])


@policy(see="entry")
@require_GET
def call(request: HttpRequest, series_slug: str, team_slug: str, call_id: int) -> HttpResponse:
    """One call: what was said, what was agreed and became of it, and what stood here before."""
    found = find_call(request, series_slug, team_slug, call_id)
    team, user = found.team, request.user
    steps = list(found.steps.select_related("item__plan__period"))
    newest = calls.newest_items(step.item for step in steps if step.item is not None)
    versions = list(found.versions.all())
    context = frame(request, team.series, team=team, here="team") | {
        "call": found,
        "text": render_markdown(found.notes) if found.notes else "",
        "steps": [(step, newest[step.item_id] if step.item_id else None) for step in steps],
        "versions": [(version, render_markdown(version.notes)) for version in versions],
        "audience": CallAudience(found.audience).label,
        "may_plan": calls.may_plan(user, team) and calls.open_period(team, at=clock.now()) is not None,
        "may_change": found.called_by_id == person(request).pk
        and found.removed_at is None
        and has_permission(user, Permission.LOG_CALL, team),
        "may_remove": found.removed_at is None and calls.may_remove(user, found),
        "crumbs": [
            (team.name, reverse("desk:team-home", args=[series_slug, team_slug])),
            (_("Calls"), reverse("coaching:calls", args=[series_slug, team_slug])),
        ],
    }
    return render(request, "coaching/call.html", context)


def said_of(call: Call) -> str:
    """What was done with a call that was just logged, in words."""
    steps = list(call.steps.all())
    planned = sum(step.item_id is not None for step in steps)
    words = [_("The call is in the log.")]
    if planned:
        words.append(
            ngettext(
                "%(n)s step stands in the team’s plan.", "%(n)s steps stand in the team’s plan.", planned
            )
            % {"n": planned}
        )
    elif steps:
        words.append(_("No plan is open, so the steps stand with the call."))
    return " ".join(words)


def _stamp(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


@policy(see="entry", act=Permission.LOG_CALL)
@require_http_methods(["GET", "POST"])
def call_change(request: HttpRequest, series_slug: str, team_slug: str, call_id: int) -> HttpResponse:
    """Say a call that one logged in other words, or add steps."""
    found = find_call(request, series_slug, team_slug, call_id)
    require(request.user, Permission.LOG_CALL, found.team)
    if found.called_by_id != person(request).pk or found.removed_at is not None:
        raise PermissionDenied(_("A call is changed by who logged it."))
    seen, before, status = found.edited_at, found.notes, 200
    form = CallForm(request.POST if request.method == "POST" else None, instance=found)
    is_stale = False
    if request.method == "POST":
        status = 422
        is_stale = request.POST.get("seen", "") != _stamp(seen)
        if form.is_valid() and not is_stale:
            try:
                calls.change_call(
                    form.instance, seen=seen, steps=form.lines, by=person(request), at=clock.now()
                )
                messages.success(request, _("Saved."))
                return redirect(call_url(found))
            except calls.StaleCall:
                is_stale = True
            except ValidationError as error:
                put_errors(form, error)
        if is_stale:
            status = 409
            messages.error(
                request, _("The call was changed since you opened it. What you typed stands below.")
            )
    context = frame(request, found.team.series, team=found.team, here="team") | {
        "form": form,
        "seen": _stamp(seen),
        "before": before if is_stale else "",
        "back_url": call_url(found),
    }
    return render(request, "coaching/call_change.html", context, status=status)


@policy(see="entry")
@require_http_methods(["GET", "POST"])
def call_remove(request: HttpRequest, series_slug: str, team_slug: str, call_id: int) -> HttpResponse:
    """Take the words of a call away, after asking once."""
    found = find_call(request, series_slug, team_slug, call_id)
    if not calls.may_remove(request.user, found):
        raise PermissionDenied(_("A call is removed by who logged it."))
    if request.method == "POST":
        calls.remove_call(found, by=person(request), at=clock.now())
        messages.success(request, _("The call is removed from the log."))
        return redirect("coaching:calls", series_slug, team_slug)
    context = frame(request, found.team.series, team=found.team, here="team") | {
        "title": _("Remove this call?"),
        "text": _(
            "Its words go, what it said before, and its steps. What they put into the plan stays there."
        ),
        "action": _("Remove the call"),
        "back_url": call_url(found),
        "is_grave": True,
    }
    return render(request, "components/confirm.html", context)


@policy(see="entry")
@require_POST
def call_step(
    request: HttpRequest, series_slug: str, team_slug: str, call_id: int, step_id: int
) -> HttpResponse:
    """Put a step that stands with its call alone into the plan that is open."""
    found = find_call(request, series_slug, team_slug, call_id)
    step = get_object_or_404(found.steps.all(), pk=step_id)
    step.call = found
    try:
        calls.plan_step(step, by=person(request), at=clock.now())
        messages.success(request, _("It stands in the plan."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(call_url(found))
