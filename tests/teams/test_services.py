"""What can be done with teams, their people and their coaches."""

import uuid
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Event
from accounts.permissions import Role
from series.models import Series
from storymaps.models import StoryEntry
from teams import services
from teams.models import CoachAssignment, Membership, Team
from teams.services import add_team, assign_coach, change_role, end_assignment, end_membership, suggest_code
from tests.factories.accounts import make_person
from tests.factories.series import make_series
from tests.factories.teams import coach, join, make_team

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def blank(series: Series, **fields) -> Team:
    return Team(series=series, **({"name": "Pearl River", "submission_id": uuid.uuid4()} | fields))


@pytest.mark.parametrize(
    ("text", "taken", "code"),
    [
        ("Jackson", set(), "JAC"),
        ("Pearl River", set(), "PR"),
        ("San Juan de Puerto Rico", set(), "SJD"),
        ("Jackson", {"JAC"}, "JAC2"),
        ("Pearl River", {"PR", "PR2"}, "PR3"),
        ("", set(), "TX"),
        ("Ñuñoa", set(), "NUN"),
    ],
)
def test_suggest_code(text, taken, code):
    assert suggest_code(text, taken) == code


def test_add_team_fills_in_what_was_left_empty_and_tells_the_other_rooms(monkeypatch):
    series, told = make_series(), []
    monkeypatch.setattr(services, "team_added", [lambda team, *, at: told.append((team.name, at))])

    team = add_team(blank(series, place="Jackson"), by=series.created_by, at=AT)

    assert (team.slug, team.code, team.time_zone) == ("pearl-river", "JAC", series.time_zone)
    assert team.joined_on == AT.date()
    assert told == [("Pearl River", AT)]
    assert Event.objects.filter(act="teams.team_added", team_id=team.pk).count() == 1


def test_add_team_twice_is_one_team():
    series = make_series()
    first = add_team(blank(series), by=series.created_by, at=AT)

    again = add_team(blank(series, submission_id=first.submission_id), by=series.created_by, at=AT)

    assert again == first
    assert Team.objects.count() == 1


def test_add_team_refuses_a_name_that_is_there():
    series = make_series()
    add_team(blank(series), by=series.created_by, at=AT)

    with pytest.raises(ValidationError, match="There is a team of this name already"):
        add_team(blank(series), by=series.created_by, at=AT)


def test_whoever_leaves_is_out_at_once_and_stays_the_author():
    team = make_team()
    person = join(team, Role.LEAD)
    entry = StoryEntry.objects.create(
        team=team, author=person, text="We met.", began_on=AT.date(), submission_id=uuid.uuid4(), logged_at=AT
    )

    assert end_membership(team.memberships.get(), by=person, at=AT) is True
    assert end_membership(team.memberships.get(), by=person, at=AT) is False

    assert not Membership.objects.held(person, AT.date()).exists()
    assert StoryEntry.objects.get(pk=entry.pk).author == person


def test_whoever_joined_today_can_leave_today_and_come_back():
    team = make_team()
    person = join(team, starts_on=AT.date())

    end_membership(team.memberships.get(), by=person, at=AT)
    join(team, person=person, starts_on=AT.date())

    assert Membership.objects.held(person, AT.date()).count() == 1


def test_change_role_is_recorded_with_what_it_was():
    team = make_team()
    person = join(team)

    change_role(team.memberships.get(), Role.LEAD, by=person, at=AT)

    assert team.memberships.get().role == Role.LEAD
    assert Event.objects.get(act="teams.role_changed").data == {"was": "member", "now": "lead"}


def test_assign_coach_twice_is_one_assignment_and_one_coach_has_several_teams():
    series = make_series()
    first, second, person = make_team(series), make_team(series), make_person("Luz")

    assign_coach(first, person, by=series.created_by, at=AT)
    assign_coach(first, person, by=series.created_by, at=AT)
    assign_coach(second, person, by=series.created_by, at=AT)

    assert set(Team.objects.coached_by(person, AT.date())) == {first, second}
    assert CoachAssignment.objects.count() == 2


def test_an_assignment_ends_with_a_note_for_the_next_coach():
    team = make_team()
    person = coach(team)
    assignment = team.coach_assignments.get()

    with pytest.raises(ValidationError):
        end_assignment(assignment, note=" ", by=person, at=AT)
    assert end_assignment(assignment, note="Ask about the bus.", by=person, at=AT) is True

    assignment.refresh_from_db()
    assert assignment.handover_note == "Ask about the bus."
    assert not CoachAssignment.objects.held(person, AT.date()).exists()
