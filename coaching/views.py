"""Calls for help: a team's, one with its answers, and all that are open in a series."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from coaching import services
from coaching.acts import acts_on
from coaching.forms import AnswerForm, HelpForm
from coaching.models import HelpAnswer, HelpCall
from core import clock
from core.forms import put_errors, submission_id
from core.text import render_markdown
from progress.models import HelpFrom
from series.frame import find_series, frame
from storymaps.models import StoryEntry
from storymaps.views import find_team
from teams.models import Team

MOST = 50
WHO_READS = {
    HelpFrom.COACH: gettext_lazy("our team, our coach and the facilitators"),
    HelpFrom.EXPERT: gettext_lazy("our team, our coach, the facilitators and the resource experts"),
    HelpFrom.PEERS: gettext_lazy("all teams in the series"),
}


def call_url(call: HelpCall) -> str:
    return reverse("coaching:help-call", args=[call.team.series.slug, call.team.slug, call.pk])


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def help_calls(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """A team's calls for help, open ones first; on POST, one more."""
    team = find_team(request, series_slug, team_slug)
    may_ask = has_permission(request.user, Permission.LOG_STORY, team)
    draft = HelpCall(team=team, submission_id=submission_id(request), entry=_about(request, team))
    form = HelpForm(request.POST if request.method == "POST" else None, instance=draft, team=team)
    if request.method == "POST":
        require(request.user, Permission.LOG_STORY, team)
        if form.is_valid():
            try:
                call = services.ask_for_help(form.instance, by=person(request), at=clock.now())
                messages.success(request, _("You asked. The call stands open until it is settled."))
                return redirect(call_url(call))
            except ValidationError as error:
                put_errors(form, error)
    calls = HelpCall.objects.visible_to(request.user).filter(team=team)
    calls = calls.select_related("asked_by", "driver", "team__series")
    calls = calls.annotate(answer_count=Count("answers", filter=Q(answers__removed_at=None)))
    rows = sorted(calls.order_by("-asked_at")[:MOST], key=lambda call: not call.is_open)
    context = frame(request, team.series, team=team, here="team") | {
        "calls": rows,
        "form": form if may_ask else None,
        "about": draft.entry,
        "submission_id": draft.submission_id,
        "readers": WHO_READS.items(),
    }
    return render(request, "coaching/help_calls.html", context, status=422 if form.errors else 200)


def _about(request: HttpRequest, team: Team) -> StoryEntry | None:
    """The team's story that the call is about, as the link that led here says."""
    given = request.POST.get("about") or request.GET.get("about", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 12 else 0
    return StoryEntry.objects.visible_to(request.user).filter(team=team, pk=number).first()


def find_call(request: HttpRequest, series_slug: str, team_slug: str, call_id: int) -> HelpCall:
    team = find_team(request, series_slug, team_slug)
    calls = HelpCall.objects.visible_to(request.user).filter(team=team)
    calls = calls.select_related("asked_by", "driver", "settled_by", "entry", "check_in__due")
    call = get_object_or_404(calls, pk=call_id)
    call.team = team
    return call


@policy(see="entry", act=Permission.COMMENT)
@require_http_methods(["GET", "POST"])
def help_call(request: HttpRequest, series_slug: str, team_slug: str, call_id: int) -> HttpResponse:
    """One call with its answers; on POST, answer it."""
    call = find_call(request, series_slug, team_slug, call_id)
    may_answer = has_permission(request.user, Permission.COMMENT, call)
    draft = HelpAnswer(call=call, submission_id=submission_id(request))
    form = AnswerForm(request.POST if request.method == "POST" else None, instance=draft)
    if request.method == "POST":
        require(request.user, Permission.COMMENT, call)
        if form.is_valid():
            try:
                settles = "settles" in request.POST
                services.answer_call(form.instance, by=person(request), at=clock.now(), settles=settles)
                return redirect(f"{call_url(call)}#answers-h")
            except ValidationError as error:
                put_errors(form, error)
    team, answers = call.team, list(call.answers.select_related("author"))
    acts = acts_on(request.user, call, [answer for answer in answers if answer.removed_at is None])
    runs = has_permission(request.user, Permission.CONFIGURE, team.series)
    user = person(request)
    context: dict[str, Any] = frame(request, team.series, team=team, here="team") | {
        "call": call,
        "text": render_markdown(call.text) if call.text else "",
        "answers": [
            (
                answer,
                render_markdown(answer.text),
                acts.get(answer.pk, []),
                services.may_remove_answer(user, answer, runs=runs),
            )
            for answer in answers
        ],
        "form": form if may_answer else None,
        "submission_id": draft.submission_id,
        "may_settle": call.is_open and services.may_settle(person(request), call),
        "audience": WHO_READS[HelpFrom(call.asked_of)],
        "crumbs": [
            (team.name, reverse("desk:team-home", args=[series_slug, team_slug])),
            (_("Help"), reverse("coaching:help", args=[series_slug, team_slug])),
        ],
    }
    return render(request, "coaching/help_call.html", context, status=422 if form.errors else 200)


@policy(see="entry", act=Permission.COMMENT)
@require_POST
def help_answer_remove(
    request: HttpRequest, series_slug: str, team_slug: str, call_id: int, answer_id: int
) -> HttpResponse:
    """Take an answer away."""
    call = find_call(request, series_slug, team_slug, call_id)
    answer = get_object_or_404(call.answers, pk=answer_id)
    answer.call = call
    services.remove_answer(answer, by=person(request), at=clock.now())
    messages.success(request, _("The answer is taken away."))
    return redirect(f"{call_url(call)}#answers-h")


@policy(see="entry", act=Permission.COMMENT)
@require_POST
def help_settle(request: HttpRequest, series_slug: str, team_slug: str, call_id: int) -> HttpResponse:
    """Say that a call needs nothing more."""
    call = find_call(request, series_slug, team_slug, call_id)
    services.settle_call(call, by=person(request), at=clock.now())
    messages.success(request, _("The call is settled."))
    return redirect(call_url(call))


@policy(see="series")
@require_GET
def help_open(request: HttpRequest, series_slug: str) -> HttpResponse:
    """The calls of a series that wait for somebody: an expert's queue by driver, and what teams ask teams."""
    series = find_series(request, series_slug)
    calls = HelpCall.objects.visible_to(request.user).open().filter(team__series=series)
    calls = calls.select_related("team__series", "asked_by", "driver").annotate(
        answer_count=Count("answers", filter=Q(answers__removed_at=None))
    )
    rows = list(calls.oldest_first()[: 2 * MOST])
    groups = [
        (label, [call for call in rows if call.asked_of == asked_of])
        for asked_of, label in (
            (HelpFrom.EXPERT, _("For resource experts")),
            (HelpFrom.PEERS, _("For all teams")),
            (HelpFrom.COACH, _("For coaches")),
        )
    ]
    for _label, group in groups:
        group.sort(key=lambda call: (call.driver.position if call.driver else 99, call.asked_at))
    context = frame(request, series, here="home") | {
        "groups": [(label, group) for label, group in groups if group]
    }
    return render(request, "coaching/help_open.html", context)
