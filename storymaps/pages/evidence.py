"""Pages of evidence: added to an entry, put in words, taken away; and a story that is spoken."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.files import FileRefused, receive
from accounts.permissions import Permission, policy, require
from core import clock
from core.forms import submission_id
from series.frame import frame
from storymaps import evidence, services
from storymaps.models import Evidence, StoryEntry
from storymaps.pages.evidence_forms import SPOKEN, EvidenceForm, EvidenceWordsForm, KeepsFile, SpeakForm
from storymaps.views import entry_url, find_entry, find_team, map_url, person

MICROPHONE = "camera=(), geolocation=(), microphone=(self)"


def _own_entry(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> StoryEntry:
    """The entry, if the person may amend it: who may log here but not amend this one is refused as well."""
    entry = find_entry(request, series_slug, team_slug, entry_id)
    require(request.user, Permission.LOG_STORY, entry)
    return entry


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """Data and files for a form: bound by a POST, an empty one too."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _piece(entry: StoryEntry, evidence_id: int) -> Evidence:
    one: Evidence = get_object_or_404(entry.evidence.select_related("file"), pk=evidence_id)
    one.entry = entry
    return one


def _not_mine(request: HttpRequest, entry: StoryEntry) -> HttpResponse | None:
    if services.may_amend(request.user, entry):
        return None
    messages.error(request, _("The team changes its own stories; you can write in the margin."))
    return redirect(entry_url(entry))


def _takes(form: KeepsFile, request: HttpRequest) -> bool:
    """Whether `form` is well formed. A file that came with it is kept first, so that it is never lost."""
    is_valid = form.is_valid()
    if upload := form.cleaned_data.get("file"):
        try:
            form.keep(receive(upload, by=person(request), at=clock.now()))
        except FileRefused as refused:
            form.add_error("file", str(refused))
            return False
    return is_valid


def _put_errors(form: Any, error: ValidationError) -> None:
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for name, errors in by_field.items():
        name = "file" if name == "photo" else name
        form.add_error(name if name in form.fields else None, errors)


@policy(see="entry", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def evidence_add(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> HttpResponse:
    """Add a file, a link or a number to an entry."""
    entry = _own_entry(request, series_slug, team_slug, entry_id)
    if refused := _not_mine(request, entry):
        return refused
    sid = submission_id(request)
    form = EvidenceForm(*sent(request), user=request.user)
    if request.method == "POST" and _takes(form, request):
        try:
            evidence.add_evidence(form.evidence(entry, sid), by=person(request), at=clock.now())
            messages.success(request, _("It is added to the entry."))
            return redirect(f"{entry_url(entry)}#evidence-h")
        except ValidationError as error:
            _put_errors(form, error)
    context = frame(request, entry.team.series, team=entry.team, here="map") | {
        "entry": entry,
        "form": form,
        "submission_id": sid,
        "back_url": entry_url(entry),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "storymaps/evidence_add.html", context, status=status)


@policy(see="entry", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def evidence_edit(
    request: HttpRequest, series_slug: str, team_slug: str, entry_id: int, evidence_id: int
) -> HttpResponse:
    """Say what a piece of evidence shows, and write down what is said in it."""
    entry = _own_entry(request, series_slug, team_slug, entry_id)
    one = _piece(entry, evidence_id)
    if refused := _not_mine(request, entry):
        return refused
    form = EvidenceWordsForm(*sent(request), instance=one)
    if request.method == "POST" and form.is_valid():
        try:
            evidence.change_evidence(form.instance, by=person(request), at=clock.now())
            messages.success(request, _("The change is saved."))
            return redirect(f"{entry_url(entry)}#evidence-h")
        except ValidationError as error:
            _put_errors(form, error)
    context = frame(request, entry.team.series, team=entry.team, here="map") | {
        "entry": entry,
        "one": one,
        "form": form,
        "back_url": entry_url(entry),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "storymaps/evidence_edit.html", context, status=status)


@policy(see="entry", act=Permission.LOG_STORY)
@require_POST
def evidence_remove(
    request: HttpRequest, series_slug: str, team_slug: str, entry_id: int, evidence_id: int
) -> HttpResponse:
    """Take a piece of evidence away."""
    entry = _own_entry(request, series_slug, team_slug, entry_id)
    one = _piece(entry, evidence_id)
    if refused := _not_mine(request, entry):
        return refused
    evidence.remove_evidence(one, by=person(request), at=clock.now())
    messages.success(request, _("It is taken away."))
    return redirect(f"{entry_url(entry)}#evidence-h")


@policy(see="entry")
@require_GET
def captions(
    request: HttpRequest, series_slug: str, team_slug: str, entry_id: int, evidence_id: int
) -> HttpResponse:
    """The captions of a recording or video, for the player."""
    one = _piece(find_entry(request, series_slug, team_slug, entry_id), evidence_id)
    if not one.captions:
        raise Http404
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(one.captions, content_type="text/vtt; charset=utf-8", headers=headers)


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def speak(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Record a story instead of typing it. This page alone may ask for the microphone."""
    team = find_team(request, series_slug, team_slug)
    require(request.user, Permission.LOG_STORY, team)
    sid = submission_id(request)
    form = SpeakForm(*sent(request), user=request.user)
    if request.method == "POST":
        if earlier := services.logged_before(person(request), sid):
            return redirect(entry_url(earlier))
        if _takes(form, request) and (entry := _log_spoken(request, team, form, sid)):
            messages.success(request, _("It is on your map."))
            return redirect(entry_url(entry))
    context = frame(request, team.series, team=team, here="map") | {
        "form": form,
        "submission_id": sid,
        "back_url": map_url(team),
    }
    status = 422 if request.method == "POST" else 200
    response = render(request, "storymaps/speak.html", context, status=status)
    response.headers["Permissions-Policy"] = MICROPHONE
    return response


def _log_spoken(request: HttpRequest, team: Any, form: SpeakForm, sid: Any) -> StoryEntry | None:
    """Put what was spoken on the map; None where the form says what is in the way."""
    user = person(request)
    draft = StoryEntry(
        team=team,
        text=form.cleaned_data["text"].strip() or str(SPOKEN),
        began_on=clock.today(team.time_zone),
        language=user.language,
        submission_id=sid,
    )
    try:
        return services.log_story(draft, by=user, at=clock.now(), photo=form.kept, keeps_draft=True)
    except ValidationError as error:
        _put_errors(form, error)
        return None
