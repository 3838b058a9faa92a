"""What a note on a chart may be: a registry, because stories and tests live in rooms to the right.

A room offers its things with `register`; sessions, which live to the left, are offered here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from series.models import LearningSession
from teams.models import Team


@dataclass(frozen=True)
class Target:
    """A thing that a note stands for, as this reader may see it."""

    kind: str
    pk: int
    on: date
    title: str
    url: str
    language: str = ""


@dataclass(frozen=True)
class Source:
    """One kind of things. `offers(team, user)`: those that a note of the team may be, newest first, in
    one query; `resolve(ids, user)`: those of them that the reader may see, by id, in one query.
    """

    kind: str
    word: Any
    offers: Callable[[Team, Any], list[Target]]
    resolve: Callable[[Collection[int], Any], dict[int, Target]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Let notes on charts be things of this kind."""
    _sources[source.kind] = source


def offers(team: Team, user: Any) -> list[tuple[Any, list[Target]]]:
    """All that a note of `team` may be, by kind."""
    found = [(source.word, source.offers(team, user)) for source in _sources.values()]
    return [(word, targets) for word, targets in found if targets]


def resolve(pairs: Collection[tuple[str, int]], user: Any) -> dict[tuple[str, int], Target]:
    """The things named by (kind, id) that `user` may see; the others are left out."""
    found: dict[tuple[str, int], Target] = {}
    for kind in {kind for kind, _pk in pairs} & set(_sources):
        ids = {pk for one, pk in pairs if one == kind}
        found.update({(kind, pk): target for pk, target in _sources[kind].resolve(ids, user).items()})
    return found


def _session(session: LearningSession) -> Target:
    url = reverse("series:calendar", args=[session.series.slug])
    return Target("session", session.pk, session.starts_on, str(session), url)


def _sessions_of(team: Team, user: Any) -> list[Target]:
    found = LearningSession.objects.filter(series=team.series_id).select_related("series")
    return [_session(session) for session in found.order_by("-starts_on")]


def _sessions(ids: Collection[int], user: Any) -> dict[int, Target]:
    found = LearningSession.objects.filter(pk__in=ids).select_related("series")
    return {session.pk: _session(session) for session in found}


register(Source("session", _("Learning Session"), _sessions_of, _sessions))
