"""Calls for help with their answers, and the call log, as the search finds them."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coaching.models import Call, HelpAnswer, HelpCall
from core.text import plain
from progress.models import HelpFrom
from search.models import Level, SearchRow
from search.registry import Kind, Words, register

LEVELS = {HelpFrom.COACH: Level.TEAM, HelpFrom.PEERS: Level.SERIES, HelpFrom.EXPERT: Level.EXPERTS}


def of_call(call: HelpCall, text: str, at: Any) -> Words:
    level = LEVELS[HelpFrom(call.asked_of)]
    team = call.team
    return Words("", plain(text), team.series_id, team.pk, level, at.date(), address={"call": call.pk})


def words_of_logged(call: Call) -> Words:
    """What was said and agreed on the phone. A step that stands in the plan is found there, too."""
    said = [plain(call.notes), *(step.what for step in call.steps.all()), call.with_whom]
    text = "\n".join(filter(None, said))
    return Words("", text, call.team.series_id, call.team_id, Level(call.audience), call.held_on)


def logged_url(row: SearchRow) -> str:
    return reverse("coaching:call", args=[row.series.slug, row.team.slug if row.team else "", row.object_id])


def call_url(row: SearchRow) -> str:
    args = [row.series.slug, row.team.slug if row.team else "", row.address["call"]]
    return reverse("coaching:help-call", args=args)


register(
    Kind(
        "call",
        label=_("Calls for help"),
        noun=_("call for help"),
        rows=lambda: HelpCall.objects.exclude(text="").select_related("team"),
        words=lambda call: of_call(call, call.text, call.asked_at),
        url=call_url,
        readable=HelpCall.objects.visible_to,
    )
)
register(
    Kind(
        "answer",
        label=_("Answers to calls"),
        noun=_("answer to a call"),
        rows=lambda: HelpAnswer.objects.standing().select_related("call__team"),
        words=lambda answer: of_call(answer.call, answer.text, answer.written_at),
        url=lambda row: f"{call_url(row)}#answer-{row.object_id}",
        readable=lambda user: HelpAnswer.objects.visible_to(user).standing(),
        touched_by={HelpCall: lambda call: Q(call=call)},
    )
)
register(
    Kind(
        "logged",
        label=_("Logged calls"),
        noun=_("logged call"),
        rows=lambda: Call.objects.standing().select_related("team").prefetch_related("steps"),
        words=words_of_logged,
        url=logged_url,
        readable=lambda user: Call.objects.visible_to(user).standing(),
    )
)
