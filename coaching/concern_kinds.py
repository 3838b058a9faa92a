"""Of what one can tell the facilitators: each room registers what people write there.

Nothing here touches the database when it is loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coaching.models import HelpAnswer, HelpCall
from storymaps.models import Comment, Finding, OutcomeStatement, StoryEntry
from storymaps.targets import note_url, target_of
from teams.models import Team


@dataclass(frozen=True)
class ConcernKind:
    """One kind of thing of which the facilitators can be told.

    `readable(user)` are those that `user` may read now, with what `title`, `url`, `team` and `series` read
    of them selected. `title` is its words or its name, `url` where it stands, `team` whose it is, if it
    is a team's.
    """

    name: str  # as in addresses
    noun: Any
    readable: Callable[[Any], QuerySet[Any]]
    title: Callable[[Any], str]
    url: Callable[[Any], str]
    team: Callable[[Any], Team | None] = lambda thing: thing.team
    in_series: str = "team__series"  # the lookup of its series


CONCERN_KINDS: dict[str, ConcernKind] = {}


def register(kind: ConcernKind) -> None:
    if kind.name in CONCERN_KINDS:
        raise ImproperlyConfigured(f"Two kinds of things to tell the facilitators of are called {kind.name}.")
    CONCERN_KINDS[kind.name] = kind


def _target_url(thing: Any) -> str:
    return target_of(thing, thing.team).url


def _call_url(call: HelpCall) -> str:
    return reverse("coaching:help-call", args=[call.team.series.slug, call.team.slug, call.pk])


register(
    ConcernKind(
        "story",
        noun=_("story"),
        readable=lambda user: StoryEntry.objects.visible_to(user).select_related("team__series"),
        title=lambda entry: entry.headline,
        url=_target_url,
    )
)
register(
    ConcernKind(
        "note",
        noun=_("note"),
        readable=lambda user: Comment.objects.visible_to(user).standing().with_targets(),
        title=lambda note: note.text,
        url=note_url,
    )
)
register(
    ConcernKind(
        "outcome",
        noun=_("outcome"),
        readable=lambda user: OutcomeStatement.objects.visible_to(user).select_related("team__series"),
        title=lambda outcome: outcome.headline,
        url=_target_url,
    )
)
register(
    ConcernKind(
        "finding",
        noun=_("finding"),
        readable=lambda user: Finding.objects.visible_to(user).select_related("team__series"),
        title=lambda finding: finding.headline,
        url=_target_url,
    )
)
register(
    ConcernKind(
        "help",
        noun=_("call for help"),
        readable=lambda user: HelpCall.objects.visible_to(user).select_related("team__series"),
        title=str,
        url=_call_url,
    )
)
register(
    ConcernKind(
        "help-answer",
        noun=_("answer to a call for help"),
        readable=lambda user: (
            HelpAnswer.objects.visible_to(user).standing().select_related("call__team__series")
        ),
        title=lambda answer: answer.text,
        url=lambda answer: f"{_call_url(answer.call)}#answer-{answer.pk}",
        team=lambda answer: answer.call.team,
        in_series="call__team__series",
    )
)
