"""Findings: those of a series, one with its chain, the form that states one, and taking one back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission, policy, require
from core import clock
from core.forms import put_errors, submission_id
from series.frame import frame
from series.models import Series
from storymaps import findings
from storymaps.chain import chain_of
from storymaps.earlier import ids_of
from storymaps.margin import margin_of
from storymaps.models import Finding
from storymaps.pages.finding_forms import FindingForm
from storymaps.pages.statements import sent_version, statement_form
from storymaps.targets import of_finding
from storymaps.views import find_team, map_url, person
from teams.models import Membership

A_PAGE = 50
FORM = "storymaps/finding_form.html"


def page_url(finding: Finding) -> str:
    team = finding.team
    return reverse("storymaps:finding", args=[team.series.slug, team.slug, finding.pk])


def list_url(series: Series) -> str:
    return reverse("storymaps:findings", args=[series.slug])


def find_finding(request: HttpRequest, series_slug: str, team_slug: str, finding_id: int) -> Finding:
    """The finding that this team puts forward, with its author; 404 to who may not read it."""
    team = find_team(request, series_slug, team_slug)
    found = Finding.objects.visible_to(request.user).select_related("author").filter(team=team)
    finding = get_object_or_404(found, pk=finding_id)
    finding.team = team
    return finding


@policy(see="series")
@require_GET
def finding_list(request: HttpRequest, series_slug: str) -> HttpResponse:
    """What the series has found so far, newest first, with what each rests on."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    found = Finding.objects.visible_to(request.user).standing().filter(team__series=series)
    counted = (
        found.select_related("team")
        .annotate(n_outcomes=Count("outcomes", distinct=True), n_stories=Count("entries", distinct=True))
        .order_by("-written_at", "-pk")
    )
    mine = Membership.objects.held(person(request)).filter(team__series=series).select_related("team")
    context = frame(request, series, here="home") | {
        "page": Paginator(counted, A_PAGE).get_page(request.GET.get("page")),
        "own": [
            (held.team, reverse("storymaps:finding-add", args=[series_slug, held.team.slug]))
            for held in mine.order_by("team__name")
        ],
        "crumbs": [(series.name, reverse("desk:series-home", args=[series_slug])), (_("Findings"), "")],
    }
    return render(request, "storymaps/findings.html", context)


@policy(see="series")
@require_GET
def finding_page(request: HttpRequest, series_slug: str, team_slug: str, finding_id: int) -> HttpResponse:
    """One finding: what it says, how we know, what it rests on, and what became of it."""
    finding = find_finding(request, series_slug, team_slug, finding_id)
    team = finding.team
    margin = margin_of(of_finding(finding, team), request.user)
    parts = [
        (_("How we know"), margin["texts"]["explanation"]),
        (_("What we do not know"), margin["texts"]["limits"]),
    ]
    may_amend = findings.may_amend_finding(request.user, finding)
    context = frame(request, team.series, team=team, here="map") | {
        "finding": finding,
        "may_withdraw": may_amend and finding.withdrawn_at is None,
        "parts": [(heading, words) for heading, words in parts if words],
        "chain": chain_of(finding, request.user),
        "margin": margin,
        "audience": _("everybody in the series; organizers may put it into the report"),
        "edit_url": reverse("storymaps:finding-edit", args=[series_slug, team_slug, finding.pk])
        if may_amend
        else "",
        "crumbs": [
            (team.name, map_url(team)),
            (_("Findings"), list_url(team.series)),
            (finding.headline, ""),
        ],
    }
    return render(request, "storymaps/finding.html", context)


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def finding_add(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """State what follows from outcomes and stories."""
    team = find_team(request, series_slug, team_slug)
    require(request.user, Permission.LOG_STORY, team)
    draft = Finding(team=team, submission_id=submission_id(request))
    if request.method == "GET":
        given = {
            "outcomes": ids_of(request.GET.getlist("outcome")[:20]),
            "entries": ids_of(request.GET.getlist("story")[:20]),
        }
        form = FindingForm(instance=draft, team=team, user=request.user, initial=given)
        return statement_form(request, FORM, team, form, back_url=list_url(team.series))
    form = FindingForm(request.POST, instance=draft, team=team, user=request.user)
    if form.is_valid():
        try:
            made = findings.state_finding(form.instance, form.sources, by=person(request), at=clock.now())
            messages.success(request, _("The finding is stated."))
            return redirect(page_url(made))
        except ValidationError as error:
            put_errors(form, error)
    return statement_form(request, FORM, team, form, back_url=list_url(team.series), status=422)


@policy(see="series", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def finding_edit(request: HttpRequest, series_slug: str, team_slug: str, finding_id: int) -> HttpResponse:
    """Change a finding; where somebody was quicker, lose neither text."""
    finding = find_finding(request, series_slug, team_slug, finding_id)
    team = finding.team
    require(request.user, Permission.LOG_STORY, team)
    if not findings.may_amend_finding(request.user, finding):
        messages.error(request, _("The team changes its own findings."))
        return redirect(page_url(finding))
    back = page_url(finding)
    if request.method == "GET":
        form = FindingForm(instance=finding, team=team, user=request.user)
        return statement_form(request, FORM, team, form, back_url=back, version=finding.version)
    form = FindingForm(request.POST, instance=finding, team=team, user=request.user)
    version, current, status = sent_version(request), None, 422
    if form.is_valid():
        try:
            findings.amend_finding(
                form.instance, form.sources, version=version, by=person(request), at=clock.now()
            )
            messages.success(request, _("The change is saved."))
            return redirect(back)
        except findings.StaleFinding as stale:
            current, status, version = stale.current, 409, stale.current.version
        except ValidationError as error:
            put_errors(form, error)
    return statement_form(
        request, FORM, team, form, back_url=back, version=version, current=current, status=status
    )


@policy(see="series", act=Permission.LOG_STORY)
@require_POST
def finding_withdraw(request: HttpRequest, series_slug: str, team_slug: str, finding_id: int) -> HttpResponse:
    """Take a finding back."""
    finding = find_finding(request, series_slug, team_slug, finding_id)
    findings.withdraw_finding(finding, by=person(request), at=clock.now())
    messages.success(request, _("It is taken back. Editions that are out keep it."))
    return redirect(page_url(finding))
