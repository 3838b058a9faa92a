"""The pages of concerns: telling the facilitators, and their list."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, policy, require
from coaching.concerns import raise_concern, settle_concern
from coaching.models import Concern
from core import clock
from core.forms import put_errors, submission_id
from series.frame import frame
from series.models import Series
from storymaps.models import Comment, StoryEntry
from storymaps.targets import note_url, target_of
from storymaps.views import find_team

MOST = 100


class ConcernForm(forms.ModelForm):
    class Meta:
        model = Concern
        fields = ("text",)
        widgets = {"text": forms.Textarea({"rows": 3, "class": "area--short"})}


@policy(see="entry")
@require_http_methods(["GET", "POST"])
def concern(
    request: HttpRequest, series_slug: str, team_slug: str, kind: str, object_id: int
) -> HttpResponse:
    """Tell the facilitators of a story or a note that one can read; on POST, do it."""
    team = find_team(request, series_slug, team_slug)
    draft = Concern(team=team, submission_id=submission_id(request))
    if kind == "story":
        stories = StoryEntry.objects.visible_to(request.user).filter(team=team)
        draft.entry = get_object_or_404(stories, pk=object_id)
        title, url = draft.entry.headline, target_of(draft.entry, team).url
    elif kind == "note":
        notes = Comment.objects.visible_to(request.user).standing().with_targets().filter(team=team)
        draft.comment = get_object_or_404(notes, pk=object_id)
        title, url = draft.comment.text[:200], note_url(draft.comment)
    else:
        raise Http404
    form = ConcernForm(request.POST if request.method == "POST" else None, instance=draft)
    if request.method == "POST" and form.is_valid():
        try:
            raise_concern(form.instance, by=person(request), at=clock.now())
            messages.success(request, _("The facilitators are told. Nobody else sees that you did."))
            return redirect(url)
        except ValidationError as error:
            put_errors(form, error)
    context = frame(request, team.series, team=team) | {
        "form": form,
        "title": title,
        "back_url": url,
        "submission_id": draft.submission_id,
    }
    return render(request, "coaching/concern.html", context, status=422 if form.errors else 200)


def series_for(request: HttpRequest, series_slug: str) -> Series:
    found = Series.objects.visible_to(request.user).select_related("summit").prefetch_related("sessions")
    series = get_object_or_404(found, slug=series_slug)
    require(request.user, Permission.SEE_ALL_TEAMS, series)
    return series


@policy(see="series", act=Permission.SEE_ALL_TEAMS)
@require_GET
def concerns(request: HttpRequest, series_slug: str) -> HttpResponse:
    """What the facilitators were told, open first."""
    series = series_for(request, series_slug)
    rows = Concern.objects.visible_to(request.user).filter(team__series=series)
    rows = rows.select_related("team__series", "entry", "raised_by", "settled_by")
    found = sorted(rows[:MOST], key=lambda row: row.settled_at is not None)
    ids = [row.comment_id for row in found if row.comment_id]
    notes = {
        note.pk: note for note in Comment.objects.visible_to(request.user).with_targets().filter(pk__in=ids)
    }
    shown = []
    for row in found:
        note = notes.get(row.comment_id or 0)
        title = row.entry.headline if row.entry else note.text if note else ""
        url = target_of(row.entry, row.team).url if row.entry else note_url(note) if note else ""
        shown.append((row, title, url))
    return render(request, "coaching/concerns.html", frame(request, series, here="teams") | {"rows": shown})


@policy(see="series", act=Permission.SEE_ALL_TEAMS)
@require_POST
def concern_settle(request: HttpRequest, series_slug: str, concern_id: int) -> HttpResponse:
    """Say that a concern was looked at."""
    series = series_for(request, series_slug)
    rows = Concern.objects.visible_to(request.user).filter(team__series=series)
    settle_concern(get_object_or_404(rows, pk=concern_id), by=person(request), at=clock.now())
    return redirect("coaching:concerns", series_slug)
