"""Who may do what in `measures`."""

from tests.matrix.basics import (
    IN_FULL,
    NUMBERS,
    RUN,
    Row,
    at_measure,
    in_series,
    in_team,
    series_page,
    team_act,
)

ROWS: dict[str, Row] = {
    # measures: the team's own, read by those who read the team in full
    "measures:list": Row(see=IN_FULL, read=IN_FULL, kwargs=in_team),
    "measures:define": Row(see=IN_FULL, read=NUMBERS, write=NUMBERS, kwargs=in_team),
    "measures:grid": Row(see=IN_FULL, read=NUMBERS, write=NUMBERS, kwargs=in_team),
    "measures:measure": Row(see=IN_FULL, read=IN_FULL, write=NUMBERS, kwargs=at_measure),
    "measures:change": Row(see=IN_FULL, read=NUMBERS, write=NUMBERS, kwargs=at_measure),
    "measures:number": Row(
        see=IN_FULL,
        read=IN_FULL,
        write=NUMBERS,
        kwargs=lambda w: at_measure(w) | {"period_on": w.point.period_on},
    ),
    "measures:note-add": team_act(NUMBERS, see=IN_FULL, kwargs=at_measure),
    "measures:note-remove": team_act(
        NUMBERS, see=IN_FULL, kwargs=lambda w: at_measure(w) | {"note_id": w.flag.pk}
    ),
    "measures:rebase": team_act(NUMBERS, see=IN_FULL, kwargs=at_measure),
    "measures:baseline": team_act(NUMBERS, see=IN_FULL, kwargs=at_measure),
    "measures:svg": Row(see=IN_FULL, read=IN_FULL, kwargs=at_measure),
    "measures:png": Row(see=IN_FULL, read=IN_FULL, kwargs=at_measure),
    "measures:csv": Row(see=IN_FULL, read=IN_FULL, kwargs=at_measure),
    "measures:series": series_page(),
    "measures:series-define": series_page(RUN, RUN),
    "measures:series-change": series_page(
        RUN, RUN, kwargs=lambda w: in_series(w) | {"measure_id": w.shared_measure.pk}
    ),
}
