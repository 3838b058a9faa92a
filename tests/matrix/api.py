"""Who may do what in `api`."""

from tests.matrix.basics import (
    IN_FULL,
    NUMBERS,
    PERSON,
    SERIES,
    TEAM,
    Row,
    at_due,
    at_entry,
    at_item,
    at_measure,
    at_period,
    in_series,
    program,
)
from tests.matrix.world import AT

ROWS: dict[str, Row] = {
    # the API: what the pages let each role do, and no more
    "api:schema": program(PERSON, see=PERSON, kwargs=lambda w: {}),
    "api:series-list": program(PERSON, see=PERSON, kwargs=lambda w: {}),
    "api:series": program(SERIES, kwargs=in_series),
    "api:teams": program(SERIES, kwargs=in_series),
    "api:team": program(SERIES),
    "api:plans": program(IN_FULL, see=IN_FULL),
    "api:plan-items": program(
        IN_FULL, see=IN_FULL, kwargs=at_period, write=TEAM, body=lambda w: {"what": "Ask the board"}
    ),
    "api:plan-item": program(IN_FULL, see=IN_FULL, kwargs=at_item),
    "api:plan-item-status": program(
        see=IN_FULL, kwargs=at_item, write=TEAM, body=lambda w: {"status": "going"}
    ),
    "api:check-ins": program(IN_FULL, see=IN_FULL),
    "api:check-in": program(
        IN_FULL, see=IN_FULL, kwargs=at_due, write=IN_FULL, body=lambda w: {"going": "well"}
    ),
    "api:entries": program(SERIES, write=IN_FULL, body=lambda w: {"text": "It moved."}),
    "api:entry": program(
        IN_FULL,
        see=IN_FULL,
        kwargs=at_entry,
        change=TEAM,
        body=lambda w: {"title": "It moved"},
        why="coaches and facilitators change what they logged, as on the page",
    ),
    "api:comments": program(
        IN_FULL, see=IN_FULL, kwargs=at_entry, write=IN_FULL, body=lambda w: {"text": "Who chose?"}
    ),
    "api:comment-settle": program(
        see=IN_FULL, write=IN_FULL, kwargs=lambda w: at_entry(w) | {"comment_id": w.note.pk}
    ),
    "api:measures": program(IN_FULL, see=IN_FULL),
    "api:measure": program(IN_FULL, see=IN_FULL, kwargs=at_measure),
    "api:points": program(
        IN_FULL,
        see=IN_FULL,
        kwargs=at_measure,
        write=NUMBERS,
        body=lambda w: {"period_on": f"{AT:%Y-%m-%d}", "value": "12"},
    ),
}
