"""Who may do what in `series`."""

from tests.matrix.basics import ADMINISTRATOR, PERSON, RUN, SERIES, Row, in_series, series_page

ROWS: dict[str, Row] = {
    # series
    "series:new": Row(see=PERSON, read=ADMINISTRATOR, write=ADMINISTRATOR),
    "series:set-up": series_page(RUN),
    "series:words": series_page(RUN, RUN),
    "series:open": Row(see=SERIES, write=RUN, kwargs=in_series),
    "series:calendar": series_page(),
    "series:session-move": Row(see=SERIES, read=RUN, write=RUN, kwargs=lambda w: in_series(w) | {"place": 1}),
    "series:session-place": Row(see=SERIES, write=RUN, kwargs=lambda w: in_series(w) | {"place": 1}),
}
