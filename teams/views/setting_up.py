"""What a facilitator sets up: teams, people by pasting addresses, coaches."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission, Role, policy, require
from core import clock
from core.forms import submission_id
from series.frame import frame
from series.models import Series, SeriesStatus
from series.services import end_series_role
from series.views import steps
from teams.forms import CoachForm, InviteForm, TeamForm
from teams.invitations import Row, RowState, invite, look_over, resend, revoke
from teams.models import Team
from teams.permissions import may_grant
from teams.reading import (
    coaches_of,
    grantable_roles,
    living_teams,
    may_coach,
    roles_of,
    teams_with_people,
    waiting_of,
)
from teams.services import add_team, assign_coach


def set_up_frame(request: HttpRequest, series: Series, step: int) -> dict[str, Any]:
    """The frame of a page of the set-up, with its steps while the series is a draft."""
    shown = steps(step, series) if series.status == SeriesStatus.DRAFT else []
    return frame(request, series, here="set-up") | {"steps": shown}


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def team_add(request: HttpRequest, series_slug: str) -> HttpResponse:
    """List the teams of a series, and add one."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    require(request.user, Permission.CONFIGURE, series)
    team = Team(series=series, submission_id=submission_id(request))
    if series.teams.filter(submission_id=team.submission_id).exists():  # the second tap of one team
        return redirect("teams:team-add", series.slug)
    form = TeamForm(request.POST if request.method == "POST" else None, instance=team)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_team(form.instance, by=request.user, at=clock.now())  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(team)s is in the series.") % {"team": added.name})
            return redirect("teams:team-add", series.slug)
    context = {"form": form, "teams": teams_with_people(series), "submission_id": team.submission_id}
    return render(
        request,
        "teams/team_add.html",
        set_up_frame(request, series, 1) | context,
        status=422 if form.errors else 200,
    )


def looked_over(request: HttpRequest, form: InviteForm) -> list[Row] | None:
    """The rows of a paste to show before anything is sent; None where the form has errors."""
    if not form.is_valid():
        return None
    if not may_grant(request.user, form.offer.role, form.offer.series, form.offer.team):
        raise PermissionDenied(_("You cannot invite somebody to this role."))
    try:
        return look_over(form.cleaned_data["addresses"], form.offer)
    except ValidationError as error:
        form.add_error("addresses", error)
        return None


def invited_words(count: int) -> str:
    """What was done, for the message after it."""
    if not count:
        return _("Nobody new was invited.")
    return ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", count) % {
        "n": count
    }


def invite_step(request: HttpRequest, form: InviteForm, back: str) -> HttpResponse | dict[str, Any]:
    """One step of inviting: what the page must show more, or the answer where people were invited."""
    rows = looked_over(request, form)
    if rows is None:
        return {}
    fresh = [row.address.email for row in rows if row.state == RowState.NEW]
    if request.POST.get("act") == "invite":
        made = invite(fresh, form.offer, by=request.user, at=clock.now())  # type: ignore[arg-type]
        messages.success(request, invited_words(len(made)))
        return redirect(back)
    return {"rows": rows, "fresh": len(fresh), "offer": form.offer, "role": form.offer.role.label}


@policy(see="series", act=Permission.INVITE)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Who has a role in the series, who is invited; invite more by pasting addresses."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    require(request.user, Permission.INVITE, series)
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        series=series,
        roles=grantable_roles(request.user, series),
    )
    more: dict[str, Any] = {}
    if request.method == "POST":
        step = invite_step(request, form, reverse("teams:people", args=[series.slug]))
        if isinstance(step, HttpResponse):
            return step
        more = step
    mine = {role for role in Role if may_grant(request.user, role, series, None)}
    context = {
        "form": form,
        "held": [(held, Role(held.role).label, Role(held.role) in mine) for held in roles_of(series)],
        "waiting": waiting_of(series, at=clock.now()),
        "teams": teams_with_people(series),
        "may_end": mine,
    }
    return render(
        request,
        "teams/people.html",
        set_up_frame(request, series, 2) | context | more,
        status=422 if form.errors else 200,
    )


@policy(see="series", act=Permission.INVITE)
@require_POST
def invitation_again(request: HttpRequest, series_slug: str, invitation_id: int) -> HttpResponse:
    """Send a waiting invitation anew, or take it back."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    invitation = get_object_or_404(series.invitations.select_related("team"), pk=invitation_id)
    if not may_grant(request.user, Role(invitation.role), series, invitation.team):
        raise PermissionDenied(_("You cannot invite somebody to this role."))
    if request.POST.get("act") == "revoke":
        if revoke(invitation, by=request.user, at=clock.now()):  # type: ignore[arg-type]
            messages.success(request, _("The invitation is taken back; its link is dead."))
    elif resend(invitation, by=request.user, at=clock.now()):  # type: ignore[arg-type]
        messages.success(request, _("A new link is on its way. The earlier one no longer works."))
    else:
        messages.info(request, _("A mail to this address has just gone out, or is on its way."))
    if invitation.team and request.POST.get("back") == "team":
        return redirect("teams:members", series.slug, invitation.team.slug)
    return redirect("teams:people", series.slug)


@policy(see="series", act=Permission.INVITE)
@require_http_methods(["GET", "POST"])
def role_end(request: HttpRequest, series_slug: str, role_id: int) -> HttpResponse:
    """End a role in the series, after asking once."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    require(request.user, Permission.INVITE, series)
    held = get_object_or_404(series.roles.on().select_related("person"), pk=role_id)
    if not may_grant(request.user, Role(held.role), series, None):
        raise PermissionDenied(_("You cannot end this role."))
    back = redirect("teams:people", series.slug)
    if request.method == "POST":
        try:
            if end_series_role(held, by=request.user, at=clock.now()):  # type: ignore[arg-type]
                messages.success(request, _("The role has ended."))
        except ValidationError as error:
            messages.error(request, error.messages[0])
        return back
    words = {"person": held.person.name, "role": Role(held.role).label}
    context = {
        "title": _("End the role of %(person)s as %(role)s?") % words,
        "text": _("It ends at once. What they wrote stays theirs and stays here."),
        "action": _("End it today"),
        "back_url": reverse("teams:people", args=[series.slug]),
        "is_grave": True,
    }
    return render(request, "components/confirm.html", frame(request, series, here="set-up") | context)


@policy(see="series", act=Permission.ASSIGN_COACH)
@require_http_methods(["GET", "POST"])
def coaches(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Who coaches which team; on POST give a team one more coach."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    require(request.user, Permission.ASSIGN_COACH, series)
    candidates = may_coach(series)
    data = request.POST if request.method == "POST" else None
    form = CoachForm(data, teams=living_teams(series), people=candidates)
    if request.method == "POST" and form.is_valid():
        team, coach = form.cleaned_data["team"], form.cleaned_data["coach"]
        assign_coach(team, coach, by=request.user, at=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("%(coach)s coaches %(team)s.") % {"coach": coach.name, "team": team.name})
        return redirect("teams:coaches", series.slug)
    context = {"form": form, "teams": teams_with_people(series), "people": coaches_of(series, candidates)}
    return render(
        request,
        "teams/coaches.html",
        set_up_frame(request, series, 3) | context,
        status=422 if form.errors else 200,
    )
