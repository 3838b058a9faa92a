"""Who may do what in `commons`."""

from typing import Any

from tests.matrix.basics import SERIES, Row, in_series, series_page


def at_reaction(world: Any) -> dict[str, Any]:
    """The resource is the organizer's own, shared for no team: all the others may thank for it."""
    return in_series(world) | {"thing": "resource", "thing_id": world.resource.pk, "kind": "thanks"}


SPEAKS = SERIES - {"observer"}
ROWS: dict[str, Row] = {
    "commons:feed": series_page(),
    "commons:react": Row(see=SERIES, write=SPEAKS, kwargs=at_reaction),
}
