"""Boundary partners of a team with their progress markers, where a series uses them."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import put_errors, submission_id
from progress import partners as acts
from progress.models import BoundaryPartner, Grade, MarkerChange, ProgressMarker
from progress.partner_forms import ChangeForm, MarkerForm, PartnerForm, SwitchForm
from progress.views.find import find_team
from series.frame import frame
from series.models import Series
from teams.models import Team


def find_using(request: HttpRequest, series_slug: str, team_slug: str) -> Team:
    """The team, to those who read it in full, in a series that uses boundary partners; else Http404."""
    team = find_team(request, series_slug, team_slug)
    if not team.series.uses_boundary_partners:
        raise Http404
    return team


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def partners_switch(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Say whether the series uses boundary partners."""
    user = person(request)
    series = get_object_or_404(Series.objects.visible_to(user), slug=series_slug)
    require(user, Permission.CONFIGURE, series)
    is_sent = request.method == "POST"
    form = SwitchForm(request.POST if is_sent else None, initial={"is_on": series.uses_boundary_partners})
    if is_sent and form.is_valid():
        acts.switch_partners(series, is_on=form.cleaned_data["is_on"], by=user, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect(request.path)
    context = frame(request, series, here="set-up") | {"form": form}
    return render(request, "progress/partners_switch.html", context)


@policy(see="team", act=Permission.EDIT_PLAN)
@require_http_methods(["GET", "POST"])
def partners(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """The partners of a team with how far their markers are; on POST, name one."""
    user = person(request)
    team = find_using(request, series_slug, team_slug)
    draft = BoundaryPartner(team=team, submission_id=submission_id(request))
    form = PartnerForm(request.POST or None, instance=draft)
    if request.method == "POST":
        require(user, Permission.EDIT_PLAN, team)
        added = _saved(form, lambda: acts.add_partner(form.instance, by=user, at=clock.now()))
        if added is not None:
            return redirect("progress:partner", series_slug, team_slug, added.pk)
    rows = BoundaryPartner.objects.visible_to(user).filter(team=team).prefetch_related("markers")
    context = frame(request, team.series, team=team, here="plan") | {
        "rows": [(partner, _counts(partner)) for partner in rows],
        "form": form,
        "submission_id": draft.submission_id,
        "may_edit": has_permission(user, Permission.EDIT_PLAN, team),
    }
    return render(request, "progress/partners.html", context, status=_status(request))


def _counts(partner: BoundaryPartner) -> list[tuple[str, int]]:
    """How many of the markers are not yet, in part and in full there; states without one are left out."""
    found: dict[str, int] = {}
    for marker in partner.markers.all():
        word = marker.get_state_display()
        found[word] = found.get(word, 0) + 1
    return list(found.items())


def find_partner(request: HttpRequest, team: Team, partner_id: int) -> BoundaryPartner:
    rows = BoundaryPartner.objects.visible_to(request.user).filter(team=team)
    partner = get_object_or_404(rows, pk=partner_id)
    partner.team = team
    return partner


@policy(see="team", act=Permission.EDIT_PLAN)
@require_http_methods(["GET", "POST"])
def partner(request: HttpRequest, series_slug: str, team_slug: str, partner_id: int) -> HttpResponse:
    """One partner and its markers by grade, each with its dated history; on POST, add a marker."""
    user = person(request)
    found = find_partner(request, find_using(request, series_slug, team_slug), partner_id)
    draft = ProgressMarker(partner=found, submission_id=submission_id(request))
    form = MarkerForm(request.POST or None, instance=draft)
    if request.method == "POST":
        require(user, Permission.EDIT_PLAN, found)
        if _saved(form, lambda: acts.add_marker(form.instance, by=user, at=clock.now())) is not None:
            return redirect(request.path)
    return _partner_page(request, found, form)


def _partner_page(
    request: HttpRequest, found: BoundaryPartner, form: MarkerForm, refused: ChangeForm | None = None
) -> HttpResponse:
    """The page; `refused` is a change that came back, shown with its marker."""
    team = found.team
    may_edit = has_permission(request.user, Permission.EDIT_PLAN, team)
    markers = list(found.markers.prefetch_related("changes__noted_by"))
    rows: dict[str, list[dict[str, Any]]] = {grade: [] for grade in Grade.values}
    for marker in markers:
        is_back = refused is not None and refused.instance.marker_id == marker.pk
        blank = refused if is_back else ChangeForm(team=team, marker=marker) if may_edit else None
        rows[marker.grade].append(
            {
                "marker": marker,
                "form": blank,
                "is_open": is_back,
                "submission_id": submission_id(request) if is_back else uuid.uuid4(),
                "url": reverse(
                    "progress:marker-change", args=[team.series.slug, team.slug, found.pk, marker.pk]
                ),
            }
        )
    context = frame(request, team.series, team=team, here="plan") | {
        "partner": found,
        "grades": [(Grade(value).label, list_) for value, list_ in rows.items() if list_],
        "form": form,
        "submission_id": form.instance.submission_id,
        "may_edit": may_edit,
        "partners_url": reverse("progress:partners", args=[team.series.slug, team.slug]),
    }
    return render(request, "progress/partner.html", context, status=_status(request))


@policy(see="team", act=Permission.EDIT_PLAN)
@require_POST
def marker_change(
    request: HttpRequest, series_slug: str, team_slug: str, partner_id: int, marker_id: int
) -> HttpResponse:
    """Note how far a marker was seen, and when."""
    user = person(request)
    team = find_using(request, series_slug, team_slug)
    found = find_partner(request, team, partner_id)
    rows = ProgressMarker.objects.visible_to(user).filter(partner=found)
    marker = get_object_or_404(rows, pk=marker_id)
    marker.partner = found
    require(user, Permission.EDIT_PLAN, marker)
    draft = MarkerChange(marker=marker, submission_id=submission_id(request))
    form = ChangeForm(request.POST, instance=draft, team=team, marker=marker)
    if _saved(form, lambda: acts.note_change(form.instance, by=user, at=clock.now())) is not None:
        messages.success(request, _("Saved."))
        return redirect("progress:partner", series_slug, team_slug, found.pk)
    blank = MarkerForm(instance=ProgressMarker(partner=found, submission_id=uuid.uuid4()))
    return _partner_page(request, found, blank, refused=form)


def _saved[M](form: "ModelForm[Any]", act: Callable[[], M]) -> M | None:
    """What `act` made of a well-formed form; None where anything was refused, said at the form."""
    if not form.is_valid():
        return None
    try:
        return act()
    except ValidationError as error:
        put_errors(form, error)
        return None


def _status(request: HttpRequest) -> int:
    """A page that answers a POST is one that came back."""
    return 422 if request.method == "POST" else 200
