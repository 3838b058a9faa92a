"""Outcome statements: the list, one with its chain, and the form that promotes stories to one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import put_errors, submission_id
from core.text import render_markdown
from series.frame import frame
from storymaps import outcomes
from storymaps.chain import chain_of
from storymaps.earlier import ids_of
from storymaps.findings import state_url
from storymaps.forms import AUDIENCE_WORDS
from storymaps.margin import margin_of
from storymaps.models import Level, OutcomeStatement, Visibility
from storymaps.pages.forms import OutcomeForm
from storymaps.pages.statements import sent_version, statement_form
from storymaps.targets import of_outcome
from storymaps.views import find_team, map_url, person
from teams.models import Team

A_PAGE = 50
FORM = "storymaps/outcome_form.html"


def list_url(team: Team) -> str:
    return reverse("storymaps:outcomes", args=[team.series.slug, team.slug])


def page_url(outcome: OutcomeStatement) -> str:
    team = outcome.team
    return reverse("storymaps:outcome", args=[team.series.slug, team.slug, outcome.pk])


def find_outcome(request: HttpRequest, series_slug: str, team_slug: str, outcome_id: int) -> OutcomeStatement:
    """The statement of that team with its author; 404 to who may not read it."""
    team = find_team(request, series_slug, team_slug)
    found = OutcomeStatement.objects.visible_to(request.user).select_related("author")
    outcome = get_object_or_404(found.filter(team=team), pk=outcome_id)
    outcome.team = team
    return outcome


@policy(see="team")
@require_GET
def outcome_list(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """What the team says has changed, newest first, with how many of each kind."""
    team = find_team(request, series_slug, team_slug)
    found = OutcomeStatement.objects.visible_to(request.user).filter(team=team)
    counts = dict(found.order_by().values_list("level").annotate(n=Count("pk")))
    can_log = has_permission(request.user, Permission.LOG_STORY, team)
    page = Paginator(found.annotate(stories=Count("sources")).order_by("-logged_at", "-pk"), A_PAGE).get_page(
        request.GET.get("page")
    )
    context = frame(request, team.series, team=team, here="map") | {
        "page": page,
        "counts": [(level.label, counts[level]) for level in Level if level in counts],
        "add_url": reverse("storymaps:outcome-add", args=[series_slug, team_slug]) if can_log else "",
        "crumbs": [(team.name, map_url(team)), (_("Outcomes"), "")],
    }
    return render(request, "storymaps/outcomes.html", context)


@policy(see="entry")
@require_GET
def outcome_page(request: HttpRequest, series_slug: str, team_slug: str, outcome_id: int) -> HttpResponse:
    """One statement: who changed and how, what it rests on, and who confirmed it."""
    outcome = find_outcome(request, series_slug, team_slug, outcome_id)
    team = outcome.team
    margin = margin_of(of_outcome(outcome, team), request.user)
    texts = margin["texts"]
    parts = [
        (_("Why it matters"), texts["significance"]),
        (_("What we added to it"), texts["contribution"]),
    ]
    context = frame(request, team.series, team=team, here="map") | {
        "outcome": outcome,
        "differs": texts["what_differs"],
        "parts": [(heading, words) for heading, words in parts if words],
        "verdict_words": render_markdown(outcome.verdict_comment) if outcome.verdict_comment else "",
        "chain": chain_of(outcome, request.user),
        "margin": margin,
        "audience": AUDIENCE_WORDS[Visibility(outcome.visibility)],
        "edit_url": reverse("storymaps:outcome-edit", args=[series_slug, team_slug, outcome.pk])
        if outcomes.may_amend_outcome(request.user, outcome)
        else "",
        "finding_url": state_url(request.user, team, f"outcome={outcome.pk}"),
        "crumbs": [(team.name, map_url(team)), (_("Outcomes"), list_url(team)), (outcome.headline, "")],
    }
    return render(request, "storymaps/outcome.html", context)


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def outcome_add(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Promote stories to a statement of what changed."""
    team = find_team(request, series_slug, team_slug)
    require(request.user, Permission.LOG_STORY, team)
    draft = OutcomeStatement(team=team, submission_id=submission_id(request))
    if request.method == "GET":
        sources = {"sources": ids_of(request.GET.getlist("from")[:20])}
        form = OutcomeForm(instance=draft, team=team, user=request.user, initial=sources)
        return statement_form(request, FORM, team, form, back_url=list_url(team))
    form = OutcomeForm(request.POST, instance=draft, team=team, user=request.user)
    if form.is_valid():
        try:
            outcome = outcomes.state_outcome(
                form.instance, list(form.cleaned_data["sources"]), by=person(request), at=clock.now()
            )
            messages.success(request, _("The outcome is stated."))
            return redirect(page_url(outcome))
        except ValidationError as error:
            put_errors(form, error)
    return statement_form(request, FORM, team, form, back_url=list_url(team), status=422)


@policy(see="entry", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def outcome_edit(request: HttpRequest, series_slug: str, team_slug: str, outcome_id: int) -> HttpResponse:
    """Change a statement, or note what the verifier said; where somebody was quicker, lose neither text."""
    outcome = find_outcome(request, series_slug, team_slug, outcome_id)
    team = outcome.team
    require(request.user, Permission.LOG_STORY, outcome)
    if not outcomes.may_amend_outcome(request.user, outcome):
        messages.error(request, _("The team changes its own outcomes."))
        return redirect(page_url(outcome))
    back = page_url(outcome)
    if request.method == "GET":
        form = OutcomeForm(instance=outcome, team=team, user=request.user)
        return statement_form(request, FORM, team, form, back_url=back, version=outcome.version)
    form = OutcomeForm(request.POST, instance=outcome, team=team, user=request.user)
    version, current, status = sent_version(request), None, 422
    if form.is_valid():
        try:
            outcomes.amend_outcome(
                form.instance,
                list(form.cleaned_data["sources"]),
                version=version,
                by=person(request),
                at=clock.now(),
            )
            messages.success(request, _("The change is saved."))
            return redirect(back)
        except outcomes.StaleOutcome as stale:
            current, status, version = stale.current, 409, stale.current.version
        except ValidationError as error:
            put_errors(form, error)
    return statement_form(
        request, FORM, team, form, back_url=back, version=version, current=current, status=status
    )
