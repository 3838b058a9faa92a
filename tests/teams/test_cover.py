"""Cover while a coach is away: who, from when until when, and what follows from it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Permission, Role, has_permission
from storymaps.models import Comment, StoryEntry
from teams.cover import end_cover, set_cover
from teams.models import CoachAssignment, Team, TeamStatus
from teams.services import assign_coach, end_assignment
from tests.factories.series import give_role, make_series
from tests.factories.storymaps import make_comment, make_entry
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 20, 15, tzinfo=UTC)
TODAY, LAST = date(2026, 6, 20), date(2026, 7, 3)


@pytest.fixture(autouse=True)
def _at():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team(make_series(), time_zone="UTC")


@pytest.fixture
def luz(team):
    return coach(team)


@pytest.fixture
def ruth(team):
    return coach(make_team(team.series))


def own(team) -> CoachAssignment:
    return CoachAssignment.objects.own().get(team=team)


def cover(team, person, *, by=None, starts_on=TODAY, ends_on=LAST, at=AT) -> CoachAssignment:
    held = own(team)
    (made,) = set_cover([held], person, starts_on=starts_on, ends_on=ends_on, by=by or held.coach, at=at)
    return made


# --- what follows ------------------------------------------------------------------------------------


def test_all_rights_follow_from_the_first_day_to_the_last_and_none_before_or_after(team, luz, ruth):
    entry = make_entry(team)
    make_comment(entry, luz, text="Only for us.", audience="coaches")
    cover(team, ruth, starts_on=TODAY + timedelta(days=1))

    for day, holds in (
        (TODAY, False), (TODAY + timedelta(days=1), True), (LAST, True), (LAST + timedelta(days=1), False)
    ):  # fmt: skip
        for hour in (0, 23):
            with time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), tick=False):
                assert Team.objects.coached_by(ruth).filter(pk=team.pk).exists() is holds, day
                assert has_permission(ruth, Permission.COMMENT_AS_COACH, team) is holds
                assert StoryEntry.objects.visible_to(ruth).filter(pk=entry.pk).exists() is holds
                assert Comment.objects.visible_to(ruth).exists() is holds
                assert Team.objects.coached_by(luz).filter(pk=team.pk).exists()


def test_a_cover_of_several_teams_is_all_or_none(team, luz, ruth):
    other = make_team(team.series)
    coach(other, luz)
    coach(other, ruth)  # she coaches it herself

    rows = list(CoachAssignment.objects.own().filter(coach=luz))
    with pytest.raises(ValidationError):
        set_cover(rows, ruth, starts_on=TODAY, ends_on=LAST, by=luz, at=AT)

    assert not CoachAssignment.objects.covers().exists()


def test_the_same_cover_twice_is_one_and_told_once(team, luz, ruth):
    first, again = cover(team, ruth), cover(team, ruth)

    assert first == again
    assert Event.objects.filter(act="teams.cover_set").count() == 1


# --- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [(-1, 5, "starts_on"), (5, 4, "ends_on"), (0, 367, "ends_on")],
)
def test_days_that_make_no_sense_are_refused(team, luz, ruth, starts, ends, field):
    with pytest.raises(ValidationError) as refused:
        cover(team, ruth, starts_on=TODAY + timedelta(days=starts), ends_on=TODAY + timedelta(days=ends))

    assert field in refused.value.error_dict


def test_only_another_coach_of_the_series_covers(team, luz, ruth):
    elsewhere, expert = coach(make_team()), give_role(team.series, Role.EXPERT)
    left = coach(make_team(team.series), ends_on=TODAY - timedelta(days=1))
    covering = coach(make_team(team.series))
    CoachAssignment.objects.filter(coach=covering).update(ends_on=LAST, covers_for=own(team))

    for person in (luz, elsewhere, expert, left, covering, join(team, Role.LEAD)):
        with pytest.raises(ValidationError) as refused:
            cover(team, person)
        assert "person" in refused.value.error_dict


def test_a_cover_ends_with_the_covered_assignment_and_meets_no_other(team, luz, ruth):
    CoachAssignment.objects.filter(coach=luz).update(ends_on=LAST)
    with pytest.raises(ValidationError) as refused:
        cover(team, ruth, ends_on=LAST + timedelta(days=1))
    assert "ends_on" in refused.value.error_dict

    cover(team, ruth, starts_on=TODAY + timedelta(days=3))
    for person in (ruth, coach(make_team(team.series))):
        with pytest.raises(ValidationError):
            cover(team, person, ends_on=TODAY + timedelta(days=3))
    assert cover(team, ruth, ends_on=TODAY).ends_on == TODAY


def test_the_database_holds_the_last_day(team, luz, ruth):
    row = CoachAssignment(team=team, coach=ruth, covers_for=own(team), starts_on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    declined = CoachAssignment.objects.filter(coach=luz)
    with pytest.raises(IntegrityError), transaction.atomic():
        declined.update(declined_at=AT)


# --- how it ends -------------------------------------------------------------------------------------


@pytest.mark.parametrize("starts", [0, 4])
def test_who_covers_declines_at_once_also_what_lies_ahead(team, luz, ruth, starts):
    held = cover(team, ruth, starts_on=TODAY + timedelta(days=starts))

    assert end_cover(held, by=ruth, at=AT) is True
    assert end_cover(held, by=ruth, at=AT) is False

    held.refresh_from_db()
    assert held.declined_at == AT
    assert not CoachAssignment.objects.covers().not_over(TODAY).exists()
    told = Event.objects.get(act="teams.cover_declined")
    assert told.data["until"] == LAST.isoformat()


def test_what_ends_the_assignment_ends_its_covers(team, luz, ruth):
    now = cover(team, ruth, ends_on=TODAY + timedelta(days=5))
    ahead = cover(team, ruth, starts_on=TODAY + timedelta(days=8), ends_on=TODAY + timedelta(days=9))

    end_assignment(own(team), note="All is well.", by=luz, at=AT, last_on=TODAY + timedelta(days=2))

    now.refresh_from_db()
    ahead.refresh_from_db()
    assert now.ends_on == TODAY + timedelta(days=2)
    assert ahead.ends_on < TODAY
    end_assignment(own(team), note="All is well.", by=luz, at=AT)
    assert not Team.objects.coached_by(ruth).filter(pk=team.pk).exists()


def test_who_is_given_the_team_for_good_covers_it_no_longer(team, luz, ruth):
    cover(team, ruth)

    assign_coach(team, ruth, by=luz, at=AT)

    assert [row.covers_for for row in CoachAssignment.objects.held(ruth, TODAY).filter(team=team)] == [None]


# --- the page ----------------------------------------------------------------------------------------


def page(team) -> str:
    return reverse("teams:cover", args=[team.series.slug])


def test_a_coach_names_who_covers_and_says_it_for_no_team_but_her_own(team, luz, ruth, signed_in):
    browser, other = signed_in(luz), CoachAssignment.objects.own().get(coach=ruth)
    shown = browser.get(page(team), {"team": team.slug}).text
    assert "checked" in shown
    given = {
        "assignments": [own(team).pk],
        "person": ruth.pk,
        "starts_on": "2026-06-20",
        "ends_on": "2026-07-03",
    }

    refused = browser.post(page(team), given | {"assignments": [other.pk]})
    assert refused.status_code == 422
    refused = browser.post(page(team), given | {"ends_on": "2026-06-01", "note": "Ask about the bus."})
    assert refused.status_code == 422
    assert "Ask about the bus." in refused.text
    assert browser.post(page(team), given | {"person": luz.pk}).status_code == 422
    assert browser.post(page(team), given).status_code == 302

    held = CoachAssignment.objects.covers().get()
    assert (held.team, held.coach, held.ends_on) == (team, ruth, LAST)
    assert "Luz" in signed_in(ruth).get(page(team)).text


def test_a_facilitator_names_it_for_everybody(team, luz, ruth, signed_in):
    browser = signed_in(give_role(team.series, Role.FACILITATOR))
    given = {
        "assignments": [own(team).pk],
        "person": ruth.pk,
        "starts_on": "2026-06-20",
        "ends_on": "2026-07-03",
    }

    assert browser.post(page(team), given).status_code == 302
    held = CoachAssignment.objects.covers().get()
    assert browser.post(reverse("teams:cover-end", args=[team.series.slug, held.pk])).status_code == 302
    assert not CoachAssignment.objects.covers().not_over(TODAY).exists()


@pytest.mark.parametrize(
    ("who", "status"), [("ruth", 200), ("luz", 200), ("third", 403), ("lead", 403), ("stranger", 404)]
)
def test_who_may_end_a_cover(team, luz, ruth, signed_in, who, status):
    held = cover(team, ruth)
    people = {"ruth": ruth, "luz": luz, "third": coach(make_team(team.series)), "lead": join(team, Role.LEAD)}
    person = people.get(who) or join(make_team())
    url = reverse("teams:cover-end", args=[team.series.slug, held.pk])

    assert signed_in(person).get(url).status_code == status
    assert signed_in(person).post(url).status_code == (302 if status == 200 else status)
    if who == "ruth":
        assert signed_in(person).get(url).status_code == 404  # it is over


def test_the_people_of_the_team_see_who_covers_and_the_team_home_says_whom_to_ask(team, luz, ruth, signed_in):
    cover(team, ruth)
    browser = signed_in(join(team, Role.LEAD))

    people = browser.get(reverse("teams:members", args=[team.series.slug, team.slug])).text
    home = browser.get(reverse("desk:team-home", args=[team.series.slug, team.slug])).text

    assert "covers for Luz until 3 Jul 2026" in people
    assert "name who covers" not in people
    assert "Luz is away: ask Luz until 3 Jul 2026." in home  # both are called Luz here
    assert (
        "name who covers"
        in signed_in(luz).get(reverse("teams:members", args=[team.series.slug, team.slug])).text
    )


def test_a_team_that_left_is_not_covered(team, luz, ruth, signed_in):
    Team.objects.filter(pk=team.pk).update(status=TeamStatus.WITHDRAWN)

    given = {
        "assignments": [own(team).pk],
        "person": ruth.pk,
        "starts_on": "2026-06-20",
        "ends_on": "2026-07-03",
    }
    answer = signed_in(give_role(team.series, Role.FACILITATOR)).post(page(team), given)

    assert answer.status_code == 422


def test_the_page_takes_the_same_queries_at_one_cover_and_at_many(team, luz, ruth, signed_in):
    browser = signed_in(give_role(team.series, Role.FACILITATOR))
    cover(team, ruth)

    def count() -> int:
        browser.get(page(team))
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(page(team)).status_code == 200
        return len(seen)

    one = count()
    for _number in range(3):
        other = make_team(team.series)
        coach(other)
        cover(other, ruth)

    assert count() == one <= 25
