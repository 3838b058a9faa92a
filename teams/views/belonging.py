"""Who belongs to a team, and how an invited person comes in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.adapter import INVITED
from accounts.permissions import TEAM_ROLES, Permission, Role, has_permission, policy
from core import clock
from series.frame import frame
from teams import invitations
from teams.forms import InviteForm, RoleForm
from teams.models import Invitation, Team
from teams.permissions import may_manage_people
from teams.reading import coaching_of, members_of, waiting_of
from teams.services import change_role, end_membership
from teams.views.setting_up import invite_step


def team_of(request: HttpRequest, series_slug: str, team_slug: str) -> Team:
    """The team of the address; 404 for who may not know of it."""
    teams = Team.objects.visible_to(request.user).select_related("series")
    return get_object_or_404(teams, series__slug=series_slug, slug=team_slug)


def require_manager(request: HttpRequest, team: Team) -> None:
    """Raise PermissionDenied for whoever may not manage the people of `team`."""
    if not may_manage_people(request.user, team):
        raise PermissionDenied(_("Only the team’s leads and the facilitators manage its people."))


@policy(see="team", act=Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "POST"])
def members(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Who is in a team; those who manage it invite more, change roles, let people leave."""
    team = team_of(request, series_slug, team_slug)
    may_manage = may_manage_people(request.user, team)
    reads_in_full = Team.objects.visible_to(request.user).read_in_full_by(request.user)
    if not may_manage and not reads_in_full.filter(pk=team.pk).exists():
        raise PermissionDenied(_("Only the team itself sees who is in it."))
    context: dict[str, Any] = {"people": members_of(team), "may_manage": may_manage, "roles": TEAM_ROLES}
    context["coaching"] = coaching_of(team)
    context["may_configure"] = may_manage and has_permission(request.user, Permission.CONFIGURE, team.series)
    may_cover = may_manage and has_permission(request.user, Permission.ASSIGN_COACH, team.series)
    context["may_cover"] = may_cover or any(
        row.coach_id == request.user.pk and row.covers_for_id is None for row in context["coaching"]
    )
    status = 200
    if may_manage:
        data = request.POST if request.method == "POST" else None
        form = InviteForm(data, series=team.series, roles=list(TEAM_ROLES), team=team)
        context |= {"form": form, "waiting": waiting_of(team.series, at=clock.now(), team=team)}
    if request.method == "POST":
        require_manager(request, team)
        step = invite_step(request, form, reverse("teams:members", args=[team.series.slug, team.slug]))
        if isinstance(step, HttpResponse):
            return step
        context |= step
        status = 422 if form.errors else 200
    page = frame(request, team.series, team=team, here="team")
    return render(request, "teams/members.html", page | context, status=status)


@policy(see="team", act=Permission.MANAGE_MEMBERS)
@require_POST
def member_role(request: HttpRequest, series_slug: str, team_slug: str, membership_id: int) -> HttpResponse:
    """Give a member another role."""
    team = team_of(request, series_slug, team_slug)
    require_manager(request, team)
    membership = get_object_or_404(team.memberships.on(), pk=membership_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        change_role(membership, Role(form.cleaned_data["role"]), by=request.user, at=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Choose one of the roles."))
    return redirect("teams:members", series_slug, team_slug)


@policy(see="team", act=Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "POST"])
def member_end(request: HttpRequest, series_slug: str, team_slug: str, membership_id: int) -> HttpResponse:
    """Let a member leave, after asking once."""
    team = team_of(request, series_slug, team_slug)
    require_manager(request, team)
    membership = get_object_or_404(team.memberships.on().select_related("person"), pk=membership_id)
    back = reverse("teams:members", args=[series_slug, team_slug])
    if request.method == "POST":
        end_membership(membership, by=request.user, at=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("They have left. What they wrote stays theirs and stays here."))
        still_reads = membership.person_id != request.user.pk or may_manage_people(request.user, team)
        return redirect(back if still_reads else "/me/")
    context = {
        "title": _("Does %(person)s leave %(team)s today?")
        % {"person": membership.person.name, "team": team.name},
        "text": _("Their access ends at once. What they wrote stays theirs and stays here."),
        "action": _("They leave today"),
        "back_url": back,
        "is_grave": True,
    }
    page = frame(request, team.series, team=team, here="team")
    return render(request, "components/confirm.html", page | context)


def place_of(invitation: Invitation) -> str:
    """Where an accepted invitation leads."""
    if invitation.team is not None:
        return reverse("desk:team-home", args=[invitation.series.slug, invitation.team.slug])
    if invitation.role == Role.COACH:
        return reverse("desk:me")
    return reverse("desk:series-home", args=[invitation.series.slug])


@policy(see="public")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation; on POST accept it, or go and sign in with its address first.

    A GET changes nothing: mail programs open links before people do. A dead link answers like one that
    never was.
    """
    user, at = request.user, clock.now()
    if user.is_authenticated and (done := invitations.accepted_by(user, token)):
        return redirect(place_of(done))
    found = invitations.find_invitation(token, at=at)
    if found is None:
        return render(request, "teams/invitation_dead.html", status=404)
    is_theirs = user.is_authenticated and invitations.has_proven(user, found.email)
    if request.method == "POST" and not user.is_authenticated:
        request.session[INVITED] = found.email
        request.session["after_sign_in"] = request.path
        return redirect("account_login" if invitations.has_account(found.email) else "account_signup")
    if request.method == "POST" and is_theirs:
        accepted = invitations.accept(token, by=user, at=at)  # type: ignore[arg-type]
        if accepted is None:
            return render(request, "teams/invitation_dead.html", status=404)
        request.session.pop(INVITED, None)
        messages.success(request, _("Welcome. You are in."))
        return redirect(place_of(accepted))
    context = {
        "invitation": found,
        "role": Role(found.role).label,
        "question": found.series.questions.first(),
        "is_theirs": is_theirs,
        "is_another": user.is_authenticated and not is_theirs,
    }
    status = 403 if request.method == "POST" else 200
    return render(request, "teams/invitation.html", context, status=status)
