"""The harvest desk: paste, mark, and the team's nod."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission, policy, require
from core import clock
from core.forms import put_errors, submission_id
from series.frame import frame
from storymaps import harvest
from storymaps.models import HarvestPassage, HarvestSource, PassageState
from storymaps.pages.forms import NodForm, SourceForm
from storymaps.views import find_team, map_url, person, place_on_map
from teams.models import Team

A_PAGE, WAITING = 20, 50
MOST_MARKS = 200


def desk_url(team: Team) -> str:
    return reverse("storymaps:harvest", args=[team.series.slug, team.slug])


def source_url(source: HarvestSource) -> str:
    team = source.team
    return reverse("storymaps:harvest-source", args=[team.series.slug, team.slug, source.pk])


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def harvest_desk(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """What waits for the team's nod, and a place to paste; on POST, keep a text."""
    team = find_team(request, series_slug, team_slug)
    require(request.user, Permission.LOG_STORY, team)
    draft = HarvestSource(team=team, submission_id=submission_id(request))
    form = SourceForm(request.POST or None, instance=draft, team=team, user=request.user)
    if request.method == "POST":
        if form.is_valid():
            try:
                source = harvest.paste(form.instance, by=person(request), at=clock.now())
                return redirect(source_url(source))
            except ValidationError as error:
                put_errors(form, error)
        return _desk(request, team, form=form, status=422)
    return _desk(request, team, form=form)


def _desk(
    request: HttpRequest,
    team: Team,
    *,
    form: SourceForm,
    refused: NodForm | None = None,
    at: int = 0,
    status: int = 200,
) -> HttpResponse:
    """The desk; `refused` is what came back from the nod on the passage `at`."""
    user = request.user
    may_nod = harvest.may_nod(user, team)
    waiting = HarvestPassage.objects.visible_to(user).filter(source__team=team).waiting()
    rows = list(waiting.select_related("source__pasted_by", "marked_by")[:WAITING])
    for row in rows:
        row.source.team = team
    sources = HarvestSource.objects.visible_to(user).filter(team=team).select_related("pasted_by")
    sources = sources.defer("text").annotate(
        marked=Count("passages"), told=Count("passages", filter=Q(passages__state=PassageState.ACCEPTED))
    )
    sources = sources.order_by("-pasted_at", "-pk")
    context = frame(request, team.series, team=team, here="map") | {
        "form": form,
        "submission_id": form.instance.submission_id,
        "may_nod": may_nod,
        "waiting": [_waiting(row, team, refused if row.pk == at else None, may_nod=may_nod) for row in rows],
        "page": Paginator(sources, A_PAGE).get_page(request.GET.get("page")),
        "crumbs": [(team.name, map_url(team)), (_("Harvest desk"), "")],
    }
    return render(request, "storymaps/harvest.html", context, status=status)


def _waiting(
    passage: HarvestPassage, team: Team, refused: NodForm | None, *, may_nod: bool
) -> dict[str, Any]:
    """A passage that waits, with the form of the nod for those who may give it."""
    return {
        "passage": passage,
        "form": (refused or NodForm(passage=passage)) if may_nod else None,
        "is_open": refused is not None,
        "url": reverse("storymaps:harvest-nod", args=[team.series.slug, team.slug, passage.pk]),
        "source_url": source_url(passage.source),
    }


def waiting_words(count: int) -> str:
    """How many passages wait, in words."""
    words = ngettext(
        "%(n)s passage waits for the team’s nod", "%(n)s passages wait for the team’s nod", count
    )
    return words % {"n": count}


def find_source(request: HttpRequest, team: Team, source_id: int) -> HarvestSource:
    """A source of that team; 404 to who may not read it."""
    sources = HarvestSource.objects.visible_to(request.user).select_related("pasted_by")
    source = get_object_or_404(sources.filter(team=team), pk=source_id)
    source.team = team
    return source


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def harvest_source(request: HttpRequest, series_slug: str, team_slug: str, source_id: int) -> HttpResponse:
    """A text in its paragraphs; on POST, mark those that were ticked and what was selected in between."""
    team = find_team(request, series_slug, team_slug)
    source = find_source(request, team, source_id)
    require(request.user, Permission.LOG_STORY, source)
    cut = harvest.paragraphs(source.text)
    error, status = "", 200
    if request.method == "POST":
        texts = _marked(request, cut)
        try:
            made = harvest.mark(source, texts, by=person(request), at=clock.now())
            words = ngettext(
                "%(n)s passage waits for the team’s nod.",
                "%(n)s passages wait for the team’s nod.",
                len(made),
            )
            messages.success(request, words % {"n": len(made)})
            return redirect(source_url(source))
        except ValidationError as refused:
            error, status = " ".join(refused.messages), 422
    passages = list(source.passages.select_related("entry", "decided_by"))
    known = {" ".join(passage.text.split()): passage for passage in passages}
    context = frame(request, team.series, team=team, here="map") | {
        "source": source,
        "paragraphs": [
            {"number": number, "text": text, "passage": known.get(" ".join(text.split()))}
            for number, text in enumerate(cut)
        ],
        "passages": [_shown(passage, team) for passage in passages],
        "error": error,
        "selected": request.POST.getlist("passage")[:MOST_MARKS] if error else [],
        "ticked": set(request.POST.getlist("paragraph")) if error else set(),
        "crumbs": [
            (team.name, map_url(team)),
            (_("Harvest desk"), desk_url(team)),
            (source.get_kind_display(), ""),
        ],
    }
    return render(request, "storymaps/harvest_source.html", context, status=status)


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def harvest_forget(request: HttpRequest, series_slug: str, team_slug: str, source_id: int) -> HttpResponse:
    """Delete a pasted text, after asking once."""
    team = find_team(request, series_slug, team_slug)
    source = find_source(request, team, source_id)
    require(request.user, Permission.LOG_STORY, source)
    if request.method == "POST":
        harvest.forget(source, by=person(request), at=clock.now())
        messages.success(request, _("The text is deleted. What became a story stays."))
        return redirect(desk_url(team))
    context = frame(request, team.series, team=team, here="map") | {
        "title": _("Delete this text?"),
        "text": _("It goes for good, with what waits in it for a nod. Stories that were made of it stay."),
        "action": _("Delete the text"),
        "back_url": source_url(source),
        "is_grave": True,
    }
    return render(request, "components/confirm.html", context)


def _marked(request: HttpRequest, cut: list[str]) -> list[str]:
    """The paragraphs that were ticked, by number, and the passages that were selected, by their words."""
    by_number = {str(number): text for number, text in enumerate(cut)}
    ticked = [by_number[number] for number in request.POST.getlist("paragraph") if number in by_number]
    return [*ticked, *request.POST.getlist("passage")][:MOST_MARKS]


def _shown(passage: HarvestPassage, team: Team) -> dict[str, Any]:
    entry = passage.entry
    address = [team.series.slug, team.slug, entry.pk] if entry else []
    return {"passage": passage, "url": reverse("storymaps:entry", args=address) if entry else ""}


@policy(see="team", act=Permission.LOG_STORY)
@require_POST
def harvest_nod(request: HttpRequest, series_slug: str, team_slug: str, passage_id: int) -> HttpResponse:
    """The team takes a passage on its map, as it is or in its own words, or declines it."""
    team = find_team(request, series_slug, team_slug)
    passages = HarvestPassage.objects.visible_to(request.user).select_related("source__pasted_by")
    passage = get_object_or_404(passages.filter(source__team=team), pk=passage_id)
    passage.source.team = team
    by, at = person(request), clock.now()
    if request.POST.get("answer") == "decline":
        if harvest.decline(passage, by=by, at=at):
            messages.success(request, _("It is not taken. The text that it came from stays."))
        else:
            messages.error(request, _("This passage was answered already."))
        return redirect(f"{desk_url(team)}#waiting")
    form = NodForm(request.POST, passage=passage)
    harvest.require_nod(by, team)
    if form.is_valid():
        try:
            entry = harvest.accept(passage, by=by, at=at, **form.cleaned_data)
            messages.success(request, _("It is on your map."))
            return redirect(place_on_map(entry))
        except ValidationError as error:
            if passage.state != PassageState.WAITING:
                messages.error(request, " ".join(error.messages))
                return redirect(f"{desk_url(team)}#waiting")
            put_errors(form, error)
    blank = SourceForm(
        instance=HarvestSource(team=team, submission_id=submission_id(request)), team=team, user=request.user
    )
    return _desk(request, team, form=blank, refused=form, at=passage.pk, status=422)
