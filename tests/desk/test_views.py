"""Pages that show several rooms: what they say, to whom, and with how many queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Role
from core import clock
from jobs.models import Job, State, Tick
from jobs.registry import Lane
from progress.models import DueDate
from storymaps.models import Audience, ReadMark, Visibility
from teams.models import TeamStatus
from tests.factories.accounts import make_administrator, make_person
from tests.factories.series import give_role, make_series
from tests.factories.storymaps import make_comment, make_entry
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db(databases="__all__")


def text_of(response) -> str:
    return response.content.decode()


def count_queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


# --- where to begin ---------------------------------------------------------------------------------


def test_a_member_of_one_team_begins_at_its_home(signed_in):
    team = make_team()

    response = signed_in(join(team)).get("/start/")

    assert response.headers["Location"] == f"/series/{team.series.slug}/teams/{team.slug}/"


def test_a_coach_begins_at_the_inbox(signed_in):
    assert signed_in(coach(make_team())).get("/start/").headers["Location"] == "/coaching/"


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.OBSERVER])
def test_everybody_else_begins_at_their_places(signed_in, role):
    assert signed_in(give_role(make_series(), role)).get("/start/").headers["Location"] == "/me/"


def test_my_places_lists_what_i_belong_to_and_nothing_else(signed_in):
    team, other = make_team(), make_team()
    person = join(team, Role.STORYTELLER)
    give_role(other.series, Role.OBSERVER, person, ends_on=date(2021, 1, 1))

    page = text_of(signed_in(person).get("/me/"))

    assert team.name in page
    assert other.series.name not in page


def test_somebody_without_a_place_is_told_what_to_do(signed_in):
    assert "You belong to no series yet" in text_of(signed_in(make_person()).get("/me/"))


# --- a series' home ----------------------------------------------------------------------------------


def test_the_home_of_a_series_asks_its_question_and_names_its_teams(signed_in):
    team = make_team()
    gone = make_team(team.series, status=TeamStatus.WITHDRAWN)

    page = text_of(signed_in(join(team)).get(f"/series/{team.series.slug}/"))

    assert "How do young people come to sit where plans are written?" in page
    assert team.name in page
    assert f"{gone.name} (withdrawn)" in page


def test_the_home_shows_what_was_shared_and_not_what_is_a_teams_own(signed_in):
    team = make_team()
    make_entry(team, text="Shared with all.", visibility=Visibility.SERIES)
    make_entry(team, text="For us alone.")

    page = text_of(signed_in(give_role(team.series, Role.OBSERVER)).get(f"/series/{team.series.slug}/"))

    assert "Shared with all." in page
    assert "For us alone." not in page


def test_the_home_takes_the_same_queries_at_one_team_and_at_many(signed_in):
    team = make_team()
    client, url = signed_in(join(team)), f"/series/{team.series.slug}/"
    make_entry(team, visibility=Visibility.SERIES, drivers=["Policy"])
    one = count_queries(client, url)
    for _number in range(3):
        make_entry(make_team(team.series), visibility=Visibility.SERIES, drivers=["Policy", "Practice"])

    assert count_queries(client, url) == one <= 20


# --- the team grid -----------------------------------------------------------------------------------


def test_the_grid_says_who_wants_help_and_why(signed_in):
    team = make_team(make_series(clock.today("UTC") - timedelta(days=100)))
    DueDate.objects.create(
        team=team, period=team.series.periods.first(), due_on=clock.today("UTC") - timedelta(days=3)
    )
    make_entry(team, logged_at=clock.now())

    page = text_of(
        signed_in(give_role(team.series, Role.FACILITATOR)).get(f"/series/{team.series.slug}/teams/")
    )

    assert f"{team.name} needs a nudge." in page
    assert "is missing" in page
    assert "duegrid__missing" in page


def test_the_grid_takes_the_same_queries_at_one_team_and_at_many(signed_in):
    series = make_series()
    client, url = signed_in(give_role(series, Role.FACILITATOR)), f"/series/{series.slug}/teams/"
    make_entry(make_team(series), drivers=["Policy"])
    one = count_queries(client, url)
    for _number in range(3):
        team = make_team(series)
        coach(team)
        make_entry(team, drivers=["Policy", "Strategy"])

    assert count_queries(client, url) == one <= 30


# --- a coach's inbox -----------------------------------------------------------------------------------


def test_the_inbox_shows_what_is_new_until_it_is_read(signed_in):
    team = make_team()
    luz = coach(team)
    entry = make_entry(team, text="They asked for it.")
    client = signed_in(luz)
    assert "They asked for it." in text_of(client.get("/coaching/"))

    ReadMark.objects.create(person=luz, entry=entry, read_at=clock.now())

    assert "They asked for it." not in text_of(client.get("/coaching/"))


def test_the_inbox_holds_coached_teams_only(signed_in):
    team = make_team()
    other = make_entry(make_team(team.series), text="Not hers.", visibility=Visibility.SERIES)

    page = text_of(signed_in(coach(team)).get("/coaching/"))

    assert "Not hers." not in page
    assert other.team.name not in page


def test_the_inbox_shows_answers_to_the_coachs_notes(signed_in):
    team = make_team()
    luz = coach(team)
    entry = make_entry(team)
    note = make_comment(entry, luz)
    make_comment(entry, entry.author, text="Two of them had never spoken.", parent=note)

    assert "Two of them had never spoken." in text_of(signed_in(luz).get("/coaching/"))


def test_the_inbox_takes_the_same_queries_at_one_team_and_at_many(signed_in):
    team = make_team()
    luz = coach(team)
    entry = make_entry(team, drivers=["Policy"])
    make_comment(entry, entry.author, parent=make_comment(entry, luz))
    client = signed_in(luz)
    one = count_queries(client, "/coaching/")
    for _number in range(3):
        other = make_team(team.series)
        coach(other, luz)
        entry = make_entry(other, drivers=["Policy", "Practice"])
        make_comment(entry, entry.author, parent=make_comment(entry, luz))

    assert count_queries(client, "/coaching/") == one <= 20


def test_a_coaches_note_is_in_no_page_of_the_team(signed_in):
    team = make_team()
    lead = join(team, Role.LEAD)
    entry = make_entry(team, lead)
    make_comment(entry, coach(team), text="Between us coaches.", audience=Audience.COACHES)
    client, place = signed_in(lead), f"/series/{team.series.slug}/teams/{team.slug}/"

    for url in (
        place,
        f"{place}story/",
        f"{place}story/?view=list",
        f"{place}story/{entry.pk}/",
        f"{place}plan/",
    ):
        assert "Between us coaches." not in text_of(client.get(url))


# --- how the platform is ------------------------------------------------------------------------------


def failed_job(**fields) -> Job:
    values = {
        "kind": "notices.consider",
        "key": "event:0",
        "lane": Lane.NOW,
        "due_at": clock.now(),
        "state": State.FAILED,
        "lease_seconds": 60,
        "max_attempts": 6,
        "attempts": 6,
        "last_error": "The worker was lost each time.",
    } | fields
    return Job.objects.create(**values)


def test_the_administrator_sees_what_failed_and_tries_it_again(signed_in):
    job = failed_job()
    client = signed_in(make_administrator())
    assert "The worker was lost each time." in text_of(client.get("/me/jobs/"))

    client.post(f"/me/jobs/{job.pk}/retry/")

    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.PENDING, 0)


def test_ready_names_what_is_degraded_and_nothing_else(client):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "degraded": ["tick"]}


def test_ready_when_a_worker_has_looked(client):
    for lane in Lane:
        Tick.objects.create(name=lane, at=clock.now())

    assert client.get("/readyz").json() == {"ready": True, "degraded": []}


def test_alive_needs_nothing(client):
    assert client.get("/healthz").json() == {"alive": True}


def test_late_ticks_are_told_to_who_runs_the_series_and_to_nobody_else(signed_in):
    team = make_team()
    url = f"/series/{team.series.slug}/"

    assert "running late" in text_of(signed_in(give_role(team.series, Role.FACILITATOR)).get(url))
    assert "running late" not in text_of(signed_in(join(team)).get(url))
