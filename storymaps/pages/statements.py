"""The page of a form that states something: an outcome, or a finding."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from series.frame import frame
from storymaps.earlier import ids_of
from teams.models import Team


def sent_version(request: HttpRequest) -> int:
    """The version that the form was opened at; -1, which never was one, where it does not say."""
    sent = ids_of([request.POST.get("version", "")])
    return sent[0] if sent else -1


def statement_form(
    request: HttpRequest,
    template: str,
    team: Team,
    form: Any,
    *,
    back_url: str,
    version: int = 0,
    current: Any = None,
    status: int = 200,
) -> HttpResponse:
    """The form of a statement of `team`. `current` is what stands where somebody was quicker."""
    context = frame(request, team.series, team=team, here="map") | {
        "form": form,
        "submission_id": form.instance.submission_id,
        "version": version,
        "current": current,
        "is_new": form.instance.pk is None,
        "back_url": back_url,
    }
    return render(request, template, context, status=status)
