"""Who may do what in `commons`."""

from typing import Any

from tests.matrix.basics import SERIES, Row, in_series, in_team, series_page


def at_reaction(world: Any) -> dict[str, Any]:
    """The resource is the organizer's own, shared for no team: all the others may thank for it."""
    return in_series(world) | {"thing": "resource", "thing_id": world.resource.pk, "kind": "thanks"}


SPEAKS = SERIES - {"observer"}
LEAD = frozenset({"lead"})
ROWS: dict[str, Row] = {
    "commons:feed": series_page(),
    "commons:same": series_page(),
    "commons:directory": series_page(),
    "commons:showing": series_page(write=SERIES),
    "commons:card": series_page(read=LEAD, write=LEAD, kwargs=in_team),
    "commons:react": Row(see=SERIES, write=SPEAKS, kwargs=at_reaction),
}
