"""Who may do what in `coaching`."""

from tests.matrix.basics import IN_FULL, RUN, SERIES, Row, at_call, in_series, in_team, series_page, team_act

ROWS: dict[str, Row] = {
    # calls for help: this one is for the coach
    "coaching:help-open": series_page(kwargs=in_series),
    "coaching:concern": Row(
        see=IN_FULL,
        read=IN_FULL,
        write=IN_FULL,
        kwargs=lambda w: in_team(w) | {"kind": "story", "object_id": w.entry.pk},
    ),
    "coaching:concerns": Row(see=SERIES, read=RUN, kwargs=in_series),
    "coaching:concern-settle": Row(
        see=SERIES, write=RUN, kwargs=lambda w: in_series(w) | {"concern_id": w.concern.pk}
    ),
    "coaching:help": Row(see=SERIES, read=SERIES, write=IN_FULL, kwargs=in_team),
    "coaching:help-call": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_call),
    "coaching:help-settle": team_act(IN_FULL, see=IN_FULL, kwargs=at_call),
}
