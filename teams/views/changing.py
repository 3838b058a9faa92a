"""When a coach is away or leaves: who stands in, and the hand-over. When a team pauses or leaves."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import put_errors
from core.templatetags.marks import short_day
from series.frame import frame
from series.models import Series
from teams.cover import coaching_in, covers_in, covers_of, end_cover, may_be_covered, may_end, set_cover
from teams.forms import CoverForm, HandoverForm, StatusForm
from teams.models import CoachAssignment, Team, TeamStatusChange
from teams.reading import may_coach
from teams.services import end_assignment
from teams.status import change_status

TWO_WEEKS = timedelta(days=13)


def inbox_or_coaches(request: HttpRequest, series: Series) -> str:
    """Where one came from: the page of all coaches for who assigns them, else the inbox."""
    if has_permission(request.user, Permission.ASSIGN_COACH, series):
        return reverse("teams:coaches", args=[series.slug])
    return reverse("desk:coaching")


@policy(see="series", act=Permission.ASSIGN_COACH)
@require_http_methods(["GET", "POST"])
def cover(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Who stands in for whom; name somebody, for one team or for several at once."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    user, today = person(request), clock.today("UTC")
    own, covers = may_be_covered(user, series, today), list(covers_in(user, series, today))
    assigns = has_permission(user, Permission.ASSIGN_COACH, series)
    if not assigns and not covers and not own.exists():
        raise PermissionDenied(_("Only coaches and facilitators name who covers."))
    people = coaching_in(series, today)
    form = CoverForm(
        request.POST if request.method == "POST" else None,
        initial={
            "starts_on": today,
            "ends_on": today + TWO_WEEKS,
            "assignments": [row.pk for row in own if row.team.slug == request.GET.get("team")],
        },
        assignments=own,
        people=people if assigns else people.exclude(pk=user.pk),
        by=user,
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        rows, who = list(given.pop("assignments")), given.pop("person")
        try:
            made = set_cover(rows, who, **given, by=user, at=clock.now())
        except ValidationError as error:
            put_errors(form, error)
        else:
            words = ngettext(
                "%(person)s covers %(n)s team until %(day)s.",
                "%(person)s covers %(n)s teams until %(day)s.",
                len(made),
            )
            day = short_day(given["ends_on"])
            messages.success(request, words % {"person": who.name, "n": len(made), "day": day})
            return redirect("teams:cover", series.slug)
    context = {
        "form": form,
        "covers": covers,
        "can_name": bool(own) and form.fields["person"].queryset.exists(),  # type: ignore[attr-defined]
        "back_url": inbox_or_coaches(request, series),
        "today": today,
    }
    status = 422 if form.errors else 200
    here = "set-up" if assigns else "coaching"
    return render(request, "teams/cover.html", frame(request, series, here=here) | context, status=status)


@policy(see="series", act=Permission.ASSIGN_COACH)
@require_http_methods(["GET", "POST"])
def cover_end(request: HttpRequest, series_slug: str, cover_id: int) -> HttpResponse:
    """End a cover, or decline it, after asking once."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    held = get_object_or_404(covers_of(series, clock.today("UTC")), pk=cover_id)
    user = person(request)
    if not may_end(user, held):
        raise PermissionDenied(_("Only coaches and facilitators name who covers."))
    declines = held.coach_id == user.pk
    if request.method == "POST":
        end_cover(held, by=user, at=clock.now())
        messages.success(request, _("You no longer cover it.") if declines else _("The cover has ended."))
        return redirect(
            inbox_or_coaches(request, series) if declines else reverse("teams:cover", args=[series.slug])
        )
    words = {"person": held.coach.name, "team": held.team.name, "coach": held.covers_for.coach.name}  # type: ignore[union-attr]
    context = {
        "title": _("You do not cover %(team)s?") % words
        if declines
        else _("%(person)s no longer covers %(team)s?") % words,
        "text": _("Your access to the team ends at once. %(coach)s and the facilitators are told.") % words
        if declines
        else _("Their access to the team ends at once. Their notes stay."),
        "action": _("Decline") if declines else _("End it today"),
        "back_url": reverse("teams:cover", args=[series.slug]),
        "is_grave": True,
    }
    return render(request, "components/confirm.html", frame(request, series) | context)


@policy(see="series", act=Permission.ASSIGN_COACH)
@require_http_methods(["GET", "POST"])
def coach_end(request: HttpRequest, series_slug: str, team_slug: str, assignment_id: int) -> HttpResponse:
    """End a coach's work with a team, now or on a day, with a note for the next one.

    Coaches say themselves when they leave; who takes over is named by who assigns coaches.
    """
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    user = person(request)
    assigns = has_permission(user, Permission.ASSIGN_COACH, series)
    team = get_object_or_404(Team.objects.visible_to(user), series=series, slug=team_slug)
    found = team.coach_assignments.own().on().filter(pk=assignment_id)
    assignment = found.select_related("coach", "team").prefetch_related("handed_on__coach").first()
    if not assigns and (assignment is None or assignment.coach_id != user.pk):
        raise PermissionDenied(_("Only the facilitators and the coach say when it ends."))
    if assignment is None:
        raise Http404
    after = list(assignment.handed_on.all())
    people = may_coach(series).exclude(pk=assignment.coach_id) if assigns and not after else None
    form = HandoverForm(
        request.POST if request.method == "POST" else None,
        initial={"note": assignment.handover_note, "last_on": assignment.ends_on},
        people=people,
    )
    if request.method == "POST" and form.is_valid() and _ended(form, assignment, user):
        if assignment.coach_id == user.pk and not assigns:
            messages.success(request, _("The facilitators are told. The note is kept for the next coach."))
        elif form.cleaned_data["last_on"]:
            words = {"person": assignment.coach.name, "day": short_day(form.cleaned_data["last_on"])}
            messages.success(request, _("%(person)s goes on until %(day)s.") % words)
        else:
            messages.success(request, _("The assignment has ended. The note is kept for the next coach."))
        return redirect(inbox_or_coaches(request, series))
    context: dict[str, Any] = {
        "form": form,
        "assignment": assignment,
        "subject": team,
        "after": after,
        "is_mine": assignment.coach_id == user.pk,
        "back_url": inbox_or_coaches(request, series),
    }
    here = "set-up" if assigns else "coaching"
    return render(
        request,
        "teams/coach_end.html",
        frame(request, series, here=here) | context,
        status=422 if form.errors else 200,
    )


def _ended(form: HandoverForm, assignment: CoachAssignment, user: Any) -> bool:
    """Whether the assignment was ended as the form says; else its errors stand at their fields."""
    try:
        end_assignment(assignment, **form.cleaned_data, by=user, at=clock.now())
    except ValidationError as error:
        put_errors(form, error)
        return False
    return True


@policy(see="team", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def team_status(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Whether a team takes part, since when and why; change it."""
    found = Team.objects.visible_to(request.user).select_related("series__summit")
    team = get_object_or_404(
        found.prefetch_related("series__sessions"), series__slug=series_slug, slug=team_slug
    )
    require(request.user, Permission.CONFIGURE, team.series)
    at = clock.now()
    draft = TeamStatusChange(team=team, on=clock.day_in(team.time_zone, at))
    form = StatusForm(request.POST if request.method == "POST" else None, instance=draft)
    if request.method == "POST" and form.is_valid():
        try:
            change_status(form.instance, by=person(request), at=at)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("It is noted. What is due follows."))
            return redirect("teams:status", series_slug, team_slug)
    context = {
        "form": form,
        "changes": team.status_changes.select_related("by", "into").order_by("-on", "-pk"),
    }
    around = frame(request, team.series, team=team, here="teams")
    return render(request, "teams/status.html", around | context, status=422 if form.errors else 200)
