"""Who may do what in `teams`."""

from datetime import timedelta
from typing import Any

from teams.models import CoachAssignment
from tests.factories.teams import coach
from tests.matrix.basics import IN_FULL, NOBODY, RUN, SERIES, Row, in_series, in_team, series_page, team_act


def add(world: Any) -> None:
    """The coach of the other team covers for the first team's."""
    world.cover = CoachAssignment.objects.create(
        team=world.team,
        coach=coach(world.other),
        covers_for=world.assignment,
        starts_on=world.today,
        ends_on=world.today + timedelta(days=7),
    )


ROWS: dict[str, Row] = {
    # teams
    "teams:team-add": series_page(RUN, RUN),
    "teams:people": series_page(RUN, RUN),
    "teams:role-end": Row(
        see=SERIES, read=RUN, write=RUN, kwargs=lambda w: in_series(w) | {"role_id": w.role.pk}
    ),
    "teams:coaches": series_page(RUN, RUN),
    "teams:coach-end": Row(
        see=SERIES, read=RUN, write=RUN, kwargs=lambda w: in_team(w) | {"assignment_id": w.assignment.pk}
    ),
    "teams:cover": series_page(RUN | {"coach"}, RUN | {"coach"}),
    "teams:cover-end": Row(
        see=SERIES,
        read=RUN,
        write=RUN,
        kwargs=lambda w: in_series(w) | {"cover_id": w.cover.pk},
        why="who covers and who is covered may, too: tests/teams/test_cover.py",
    ),
    "teams:invitation-again": Row(
        see=SERIES, write=RUN | {"lead"}, kwargs=lambda w: in_series(w) | {"invitation_id": w.invitation.pk}
    ),
    "teams:status": series_page(RUN, RUN, kwargs=in_team),
    "teams:members": Row(see=SERIES, read=IN_FULL, write=RUN | {"lead"}, kwargs=in_team),
    "teams:member-role": team_act(
        RUN | {"lead"}, kwargs=lambda w: in_team(w) | {"membership_id": w.membership.pk}
    ),
    "teams:member-end": Row(
        see=SERIES,
        read=RUN | {"lead"},
        write=RUN | {"lead"},
        kwargs=lambda w: in_team(w) | {"membership_id": w.membership.pk},
    ),
    "teams:invitation": Row(
        see=NOBODY,
        read=NOBODY,
        write=NOBODY,
        is_public=True,
        kwargs=lambda w: {"token": "none"},
        why="a dead link is a 404 to everybody; the living ones are tested in tests/teams",
    ),
}
