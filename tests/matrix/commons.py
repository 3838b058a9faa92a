"""Who may do what in `commons`."""

from typing import Any

from tests.factories.commons import make_connection
from tests.matrix.basics import IN_FULL, SERIES, Row, in_series, in_team, series_page


def at_reaction(world: Any) -> dict[str, Any]:
    """The resource is the organizer's own, shared for no team: all the others may thank for it."""
    return in_series(world) | {"thing": "resource", "thing_id": world.resource.pk, "kind": "thanks"}


def at_connection(world: Any) -> dict[str, Any]:
    return in_team(world) | {"connection_id": world.connection.pk}


SPEAKS = SERIES - {"observer"}
LEAD = frozenset({"lead"})
ROWS: dict[str, Row] = {
    "commons:feed": series_page(),
    "commons:same": series_page(),
    "commons:directory": series_page(),
    "commons:showing": series_page(write=SERIES),
    "commons:card": series_page(read=LEAD, write=LEAD, kwargs=in_team),
    "commons:connections-all": series_page(),
    "commons:connections": series_page(kwargs=in_team),
    "commons:connection-add": Row(see=SERIES, read=IN_FULL, write=IN_FULL, kwargs=in_team),
    "commons:connection": Row(see=IN_FULL, read=IN_FULL, kwargs=at_connection),
    "commons:connection-edit": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_connection),
    "commons:connection-remove": Row(see=IN_FULL, write=IN_FULL, kwargs=at_connection),
    "commons:react": Row(see=SERIES, write=SPEAKS, kwargs=at_reaction),
}


def add(world: Any) -> None:
    """A connection that the team keeps to itself."""
    world.connection = make_connection(world.team)
