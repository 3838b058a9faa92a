"""What a row of the matrix is made of: the roles, who they are together, where an object stands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROLES = (
    None,
    "stranger",
    "administrator",
    "observer",
    "expert",
    "peer",
    "member",
    "data_contact",
    "storyteller",
    "lead",
    "coach",
    "facilitator",
    "organizer",
)
NOBODY: frozenset[str] = frozenset()
PERSON = frozenset(role for role in ROLES if role)
TEAM = frozenset({"member", "data_contact", "storyteller", "lead"})
RUN = frozenset({"facilitator", "organizer"})
IN_FULL = TEAM | RUN | {"coach"}
SERIES = IN_FULL | {"observer", "expert", "peer"}
NUMBERS = RUN | {"coach", "lead", "data_contact"}
ADMINISTRATOR = frozenset({"administrator"})
ORGANIZER = frozenset({"organizer"})


@dataclass(frozen=True)
class Row:
    """Who may see, read, write and change one route. None: the method is not served (405).

    A page is tried with GET and POST of a form, a route of the API also with PATCH, all with JSON.
    """

    see: frozenset[str] = SERIES
    read: frozenset[str] | None = None
    write: frozenset[str] | None = None
    change: frozenset[str] | None = None
    is_json: bool = False
    kwargs: Callable[[Any], dict[str, Any]] = lambda world: {}
    body: Callable[[Any], dict[str, Any]] = lambda world: {}
    is_public: bool = False
    statuses: tuple[int, ...] = ()  # what the page may answer beside what a page usually does
    why: str = field(default="", compare=False)


def in_series(world: Any) -> dict[str, Any]:
    return {"series_slug": world.series.slug}


def in_team(world: Any) -> dict[str, Any]:
    return in_series(world) | {"team_slug": world.team.slug}


def beside_entry(world: Any) -> dict[str, Any]:
    return in_team(world) | {"kind": "story", "target_id": world.entry.pk}


def at_call(world: Any) -> dict[str, Any]:
    return in_team(world) | {"call_id": world.call.pk}


def at_note(world: Any) -> dict[str, Any]:
    return in_team(world) | {"comment_id": world.note.pk}


def at_entry(world: Any) -> dict[str, Any]:
    return in_team(world) | {"entry_id": world.entry.pk}


def at_evidence(world: Any) -> dict[str, Any]:
    return at_entry(world) | {"evidence_id": world.evidence.pk}


def at_item(world: Any) -> dict[str, Any]:
    return in_team(world) | {"item_id": world.item.pk}


def at_cycle(world: Any) -> dict[str, Any]:
    return at_item(world) | {"number": 1}


def at_due(world: Any) -> dict[str, Any]:
    return in_team(world) | {"due_on": world.due.due_on}


def at_measure(world: Any) -> dict[str, Any]:
    return in_team(world) | {"measure_id": world.measure.pk}


def at_passage(world: Any) -> dict[str, Any]:
    return in_team(world) | {"passage_id": world.passage.pk}


def at_source(world: Any) -> dict[str, Any]:
    return in_team(world) | {"source_id": world.passage.source.pk}


def at_outcome(world: Any) -> dict[str, Any]:
    return in_team(world) | {"outcome_id": world.outcome.pk}


def at_finding(world: Any) -> dict[str, Any]:
    return in_team(world) | {"finding_id": world.finding.pk}


def at_partner(world: Any) -> dict[str, Any]:
    return in_team(world) | {"partner_id": world.marker.partner.pk}


def at_period(world: Any) -> dict[str, Any]:
    return in_team(world) | {"number": 1}


def at_report(world: Any) -> dict[str, Any]:
    return in_series(world) | {"report_slug": world.report.slug}


def at_block(world: Any) -> dict[str, Any]:
    return at_report(world) | {"block_id": world.report.blocks.order_by("position").first().pk}


def at_edition(world: Any) -> dict[str, Any]:
    return at_report(world) | {"number": world.edition.number}


def at_public(world: Any) -> dict[str, Any]:
    return in_series(world) | {"number": world.edition.number}


def series_page(
    read: frozenset[str] = SERIES, write: frozenset[str] | None = None, kwargs: Any = in_series
) -> Row:
    """A page of the series: who is in it knows of it."""
    return Row(see=SERIES, read=read, write=write, kwargs=kwargs)


def program(
    read: frozenset[str] | None = None, see: frozenset[str] = SERIES, kwargs: Any = in_team, **more: Any
) -> Row:
    """A route of the API."""
    return Row(see=see, read=read, kwargs=kwargs, is_json=True, **more)


def team_act(write: frozenset[str], see: frozenset[str] = SERIES, kwargs: Any = in_team, **more: Any) -> Row:
    """A route that only acts, by POST."""
    return Row(see=see, read=None, write=write, kwargs=kwargs, **more)


def inbox_act(body: Callable[[Any], dict[str, Any]]) -> Row:
    """An act of a coach's inbox, on something of a coached team; 404 for who never coached."""
    return Row(see=frozenset({"coach"}), write=frozenset({"coach"}), body=body)


PUBLIC_GET = Row(see=PERSON, read=PERSON, is_public=True)
PUBLIC_POST = Row(see=PERSON, write=PERSON, is_public=True)
PUBLIC_BOTH = Row(see=PERSON, read=PERSON, write=PERSON, is_public=True)
MINE = Row(see=PERSON, read=PERSON)
MINE_BOTH = Row(see=PERSON, read=PERSON, write=PERSON)
MINE_POST = Row(see=PERSON, write=PERSON)
