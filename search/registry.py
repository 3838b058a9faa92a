"""What can be found: each room to the right registers the kinds of its things at start-up.

Nothing here touches the database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, QuerySet

from search.models import Level, SearchRow


class Words(NamedTuple):
    """What the index knows of a thing. `text` is plain; `address` is what the kind's `url` needs of it."""

    title: str
    text: str
    series_id: int
    team_id: int | None
    level: Level
    said_on: date
    language: str = ""
    address: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Kind:
    """A kind of thing that can be found.

    `rows` are the things that stand in the index, with what `words` reads of them selected; what is deleted,
    withdrawn or says nothing is not among them. `readable(user)` has the last word on every hit.
    `touched_by` names other models whose acts change a thing's words or readers, and which things those are.
    """

    name: str
    label: Any  # of many, for the filter
    noun: Any  # of one, beside a hit
    rows: Callable[[], QuerySet[Any]]
    words: Callable[[Any], Words]
    url: Callable[[SearchRow], str]
    readable: Callable[[Any], QuerySet[Any]]
    touched_by: Mapping[type[Model], Callable[[Any], Q]] = field(default_factory=dict)

    @property
    def model(self) -> type[Model]:
        return self.rows().model


KINDS: dict[str, Kind] = {}
_touched: dict[type[Model], list[tuple[Kind, Callable[[Any], Q]]]] = {}


def register(kind: Kind) -> None:
    """Let things of `kind` be found from their next act on; those that stand already come with the sweep."""
    if kind.name in KINDS:
        raise ImproperlyConfigured(f"Two kinds of things that can be found are called {kind.name}.")
    KINDS[kind.name] = kind
    for model, of in {kind.model: _itself, **kind.touched_by}.items():
        _touched.setdefault(model, []).append((kind, of))


def touched_by(target: Model) -> list[tuple[Kind, Q]]:
    """The things whose rows an act on `target` may change, kind by kind."""
    return [(kind, of(target)) for kind, of in _touched.get(type(target), [])]


def _itself(target: Model) -> Q:
    return Q(pk=target.pk)
