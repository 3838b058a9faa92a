"""Who may do what in `desk`."""

from tests.matrix.basics import (
    ADMINISTRATOR,
    MINE,
    PERSON,
    PUBLIC_GET,
    RUN,
    SERIES,
    Row,
    in_team,
    inbox_act,
    series_page,
)

ROWS: dict[str, Row] = {
    # desk
    "desk:start": MINE,
    "desk:me": MINE,
    "desk:jobs": Row(see=ADMINISTRATOR, read=ADMINISTRATOR),
    "desk:coaching": Row(
        see=frozenset({"coach"}), read=frozenset({"coach"}), why="404 for who never coached"
    ),
    "desk:inbox-seen": inbox_act(lambda w: {"id": w.entry.pk}),
    "desk:inbox-later": inbox_act(lambda w: {"kind": "story", "id": w.entry.pk}),
    "desk:inbox-reply": inbox_act(lambda w: {"kind": "story", "id": w.entry.pk, "text": "I see."}),
    "desk:series-home": series_page(),
    "desk:teams": series_page(RUN),
    "desk:job-retry": Row(
        see=ADMINISTRATOR, write=ADMINISTRATOR, kwargs=lambda w: {"job_id": w.failed_job.pk}
    ),
    "desk:call-sheet": Row(see=SERIES, read=RUN | {"coach"}, write=RUN | {"coach"}, kwargs=in_team),
    "desk:team-home": series_page(kwargs=in_team),
    "desk:coverage": series_page(RUN),
    "desk:handover": Row(
        see=RUN | {"coach"}, read=RUN | {"coach"}, kwargs=in_team, why="404 for who does not coach the team"
    ),
    "desk:handover-read": Row(
        see=RUN | {"coach"},
        write=frozenset(),
        kwargs=in_team,
        why="only who took over: tests/desk/test_handover.py",
    ),
    "desk:healthz": PUBLIC_GET,
    "desk:readyz": Row(
        see=PERSON, read=PERSON, is_public=True, statuses=(200, 503), why="503 without a worker"
    ),
}
