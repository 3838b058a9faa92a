"""Who may do what in `progress`."""

from tests.matrix.basics import (
    IN_FULL,
    NOBODY,
    RUN,
    TEAM,
    Row,
    at_cycle,
    at_due,
    at_item,
    at_partner,
    at_period,
    in_team,
    series_page,
    team_act,
)

ROWS: dict[str, Row] = {
    # progress
    "progress:check-in": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_due),
    "progress:check-in-link": Row(
        see=NOBODY,
        read=NOBODY,
        write=NOBODY,
        is_public=True,
        kwargs=lambda w: {"token": "none"},
        why="a forged or dead link is a 404 to everybody; the living ones are tested in tests/progress",
    ),
    "progress:catch-up": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=in_team),
    "progress:check-in-later": team_act(IN_FULL, see=IN_FULL, kwargs=at_due),
    "progress:receivers": Row(
        see=IN_FULL, read=frozenset({"lead"}), write=frozenset({"lead"}), kwargs=in_team
    ),
    "progress:ways": series_page(RUN, RUN),
    "progress:score": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=in_team),
    "progress:score-seen": team_act(
        IN_FULL, see=IN_FULL, kwargs=lambda w: in_team(w) | {"score_id": w.score.pk}
    ),
    "progress:plan-carry": team_act(TEAM, see=IN_FULL, kwargs=at_period),
    "progress:plan-reflect": team_act(TEAM, see=IN_FULL, kwargs=at_period),
    "progress:cycles": Row(see=IN_FULL, read=IN_FULL, write=TEAM, kwargs=at_item),
    "progress:cycle": Row(see=IN_FULL, read=IN_FULL, write=TEAM, kwargs=at_cycle),
    "progress:cycle-begin": team_act(TEAM, see=IN_FULL, kwargs=at_cycle),
    "progress:check-in-excuse": team_act(RUN | {"coach"}, see=IN_FULL, kwargs=at_due),
    "progress:plan": Row(see=IN_FULL, read=IN_FULL, kwargs=in_team),
    "progress:plan-period": Row(see=IN_FULL, read=IN_FULL, kwargs=at_period),
    "progress:partners-switch": series_page(RUN, RUN),
    "progress:partners": Row(see=IN_FULL, read=IN_FULL, write=TEAM, kwargs=in_team),
    "progress:partner": Row(see=IN_FULL, read=IN_FULL, write=TEAM, kwargs=at_partner),
    "progress:marker-change": team_act(
        TEAM, see=IN_FULL, kwargs=lambda w: at_partner(w) | {"marker_id": w.marker.pk}
    ),
    "progress:plan-item-add": team_act(TEAM, see=IN_FULL, kwargs=at_period),
    "progress:plan-words": team_act(TEAM, see=IN_FULL, kwargs=at_period),
    "progress:plan-item-edit": Row(see=IN_FULL, read=TEAM, write=TEAM, kwargs=at_item),
    "progress:plan-item-status": team_act(TEAM, see=IN_FULL, kwargs=at_item),
}
