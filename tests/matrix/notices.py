"""Who may do what in `notices`."""

from tests.matrix.basics import MINE, MINE_BOTH, MINE_POST, NOBODY, RUN, Row, team_act

ROWS: dict[str, Row] = {
    # notices
    "notices:mail": MINE_BOTH,
    "notices:unread": MINE,
    "notices:read-all": MINE_POST,
    "notices:stop": Row(
        see=NOBODY,
        read=NOBODY,
        write=NOBODY,
        is_public=True,
        statuses=(404,),
        kwargs=lambda w: {"token": "forged"},
        why="a secret of a mail",
    ),
    "notices:nudge": team_act(RUN | {"coach"}),
}
