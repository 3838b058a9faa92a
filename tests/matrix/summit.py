"""Who may do what in `summit`."""

from tests.matrix.basics import PERSON, PUBLIC_GET, Row, at_public, in_series

ROWS: dict[str, Row] = {
    # summit
    "summit:front": PUBLIC_GET,
    "summit:series": Row(see=PERSON, read=PERSON, is_public=True, kwargs=in_series),
    "summit:edition": Row(see=PERSON, read=PERSON, is_public=True, kwargs=at_public),
    "summit:edition-pdf": Row(
        see=PERSON,
        read=PERSON,
        is_public=True,
        kwargs=at_public,
        statuses=(503,),
        why="503 while it is being made",
    ),
}
