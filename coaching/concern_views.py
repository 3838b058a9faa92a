"""The pages of concerns: telling the facilitators, and their list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, policy, require
from coaching.concern_kinds import CONCERN_KINDS
from coaching.concerns import raise_concern, settle_concern
from coaching.models import Concern
from core import clock
from core.forms import put_errors, submission_id
from series.frame import find_series, frame
from series.models import Series

MOST = 100
LONGEST_TITLE = 200  # letters of what somebody wrote that stand for it


class ConcernForm(forms.ModelForm):
    class Meta:
        model = Concern
        fields = ("text",)
        widgets = {"text": forms.Textarea({"rows": 3, "class": "area--short"})}


@policy(see="series")
@require_http_methods(["GET", "POST"])
def concern(request: HttpRequest, series_slug: str, kind: str, object_id: int) -> HttpResponse:
    """Tell the facilitators of something that one can read; on POST, do it."""
    about = CONCERN_KINDS.get(kind)
    if about is None:
        raise Http404
    thing = get_object_or_404(
        about.readable(request.user).filter(**{f"{about.in_series}__slug": series_slug}), pk=object_id
    )
    series, team, url = find_series(request, series_slug), about.team(thing), about.url(thing)
    draft = Concern(series=series, team=team, about=kind, object_id=object_id)
    draft.submission_id = submission_id(request)
    form = ConcernForm(request.POST if request.method == "POST" else None, instance=draft)
    if request.method == "POST" and form.is_valid():
        try:
            raise_concern(form.instance, by=person(request), at=clock.now())
            messages.success(request, _("The facilitators are told. Nobody else sees that you did."))
            return redirect(url)
        except ValidationError as error:
            put_errors(form, error)
    context = frame(request, series, team=team) | {
        "form": form,
        "title": about.title(thing)[:LONGEST_TITLE],
        "back_url": url,
        "submission_id": draft.submission_id,
    }
    return render(request, "coaching/concern.html", context, status=422 if form.errors else 200)


def series_for(request: HttpRequest, series_slug: str) -> Series:
    """The series, for those who run it."""
    series = find_series(request, series_slug)
    require(request.user, Permission.SEE_ALL_TEAMS, series)
    return series


@policy(see="series", act=Permission.SEE_ALL_TEAMS)
@require_GET
def concerns(request: HttpRequest, series_slug: str) -> HttpResponse:
    """What the facilitators were told, open first."""
    series = series_for(request, series_slug)
    rows = Concern.objects.visible_to(request.user).filter(series=series)
    rows = rows.select_related("team", "raised_by", "settled_by").order_by(
        F("settled_at").asc(nulls_first=True), "-raised_at", "-pk"
    )
    found = list(rows[:MOST])
    shown = [(row, *told) for row, told in zip(found, told_of(request.user, found), strict=True)]
    return render(request, "coaching/concerns.html", frame(request, series, here="teams") | {"rows": shown})


def told_of(user: Any, rows: Sequence[Concern]) -> list[tuple[Any, str, str]]:
    """For each concern the word for what it is about, its title, and where it stands.

    Title and address are empty where it is gone. One query a kind that occurs.
    """
    things: dict[tuple[str, int], Any] = {}
    for name in dict.fromkeys(row.about for row in rows):
        if kind := CONCERN_KINDS.get(name):
            ids = [row.object_id for row in rows if row.about == name]
            things |= {(name, thing.pk): thing for thing in kind.readable(user).filter(pk__in=ids)}
    found: list[tuple[Any, str, str]] = []
    for row in rows:
        kind, thing = CONCERN_KINDS.get(row.about), things.get((row.about, row.object_id))
        if kind is None or thing is None:
            found.append((kind.noun if kind else "", "", ""))
        else:
            found.append((kind.noun, kind.title(thing)[:LONGEST_TITLE], kind.url(thing)))
    return found


@policy(see="series", act=Permission.SEE_ALL_TEAMS)
@require_POST
def concern_settle(request: HttpRequest, series_slug: str, concern_id: int) -> HttpResponse:
    """Say that a concern was looked at."""
    series = series_for(request, series_slug)
    rows = Concern.objects.visible_to(request.user).filter(series=series)
    settle_concern(get_object_or_404(rows, pk=concern_id), by=person(request), at=clock.now())
    return redirect("coaching:concerns", series_slug)
