"""Rule R9: four words, each with its reason, in the order in which help should go out."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching.models import HelpCall
from coaching.services import call_of_check_in, settle_call
from desk.standing import headline, standings
from progress.models import CheckIn, DueDate
from series.models import Series
from storymaps.models import StoryEntry
from teams.models import Team, TeamStatus, TeamStatusChange
from tests.factories.accounts import make_person
from tests.factories.series import make_series
from tests.factories.storymaps import make_entry
from tests.factories.teams import coach, make_team

pytestmark = pytest.mark.django_db
# Action Period 1 opens on 8 April 2026; check-ins are monthly on the last day.
AT = datetime(2026, 7, 10, 15, tzinfo=UTC)


@pytest.fixture
def series() -> Series:
    return make_series(date(2026, 4, 6))


def story(team: Team, at: datetime) -> None:
    StoryEntry.objects.create(
        team=team,
        author=make_person(),
        text="It moved.",
        began_on=at.date(),
        logged_at=at,
        submission_id=uuid.uuid4(),
    )


def owe(team: Team, due_on: date, **fields) -> DueDate:
    return DueDate.objects.create(team=team, period=team.series.periods.first(), due_on=due_on, **fields)


def file(due: DueDate, on: date, help_from: str = "") -> None:
    filed = CheckIn.objects.create(
        due=due,
        going="steady",
        help_from=help_from,
        filed_by=make_person(),
        filed_at=datetime(on.year, on.month, on.day, 18, tzinfo=UTC),
        filed_on=on,
        submission_id=uuid.uuid4(),
    )
    call_of_check_in(filed, team=due.team, by=filed.filed_by, at=filed.filed_at)


def only(series: Series):
    (found,) = standings(series.teams.select_related("series"), at=AT)
    return found


def test_steady_says_when_it_last_filed(series):
    team = make_team(series)
    story(team, datetime(2026, 7, 1, 12, tzinfo=UTC))

    assert (only(series).word, only(series).reason) == ("steady", "last filed on 1 July")


def test_a_missed_date_needs_a_nudge(series):
    team = make_team(series)
    owe(team, date(2026, 6, 30))
    story(team, datetime(2026, 7, 1, 12, tzinfo=UTC))

    assert (only(series).word, only(series).reason) == ("nudge", "the check-in of 30 June is missing")


@pytest.mark.parametrize("settle", ["filed", "excused"])
def test_a_settled_date_needs_none(series, settle):
    team = make_team(series)
    due = owe(team, date(2026, 6, 30), is_excused=settle == "excused")
    if settle == "filed":
        file(due, date(2026, 7, 4))
    story(team, datetime(2026, 7, 1, 12, tzinfo=UTC))

    assert only(series).word == "steady"


def test_only_the_latest_date_counts(series):
    team = make_team(series)
    owe(team, date(2026, 5, 31))
    file(owe(team, date(2026, 6, 30)), date(2026, 6, 30))

    assert only(series).word == "steady"


def test_a_date_is_missed_when_the_teams_day_is_over(series):
    team = make_team(series, time_zone="Pacific/Kiritimati")  # already 11 July there
    owe(team, date(2026, 7, 10))
    story(team, datetime(2026, 7, 1, 12, tzinfo=UTC))
    here = make_team(series, time_zone="America/Chicago")
    owe(here, date(2026, 7, 10))
    story(here, datetime(2026, 7, 1, 12, tzinfo=UTC))

    words = {s.team.pk: s.word for s in standings(series.teams.select_related("series"), at=AT)}

    assert words == {team.pk: "nudge", here.pk: "steady"}


@pytest.mark.parametrize(("last", "word"), [(date(2026, 5, 26), "steady"), (date(2026, 5, 25), "quiet")])
def test_more_than_one_and_a_half_rhythms_is_quiet(series, last, word):
    team = make_team(series)
    story(team, datetime(last.year, last.month, last.day, 15, tzinfo=UTC))

    assert only(series).word == word


def test_quiet_says_since_when(series):
    story(make_team(series), datetime(2026, 5, 9, 15, tzinfo=UTC))

    assert only(series).reason == "nothing since 9 May"


def test_a_team_that_never_filed_counts_from_joining(series):
    make_team(series, joined_on=date(2026, 6, 25))

    assert only(series).word == "steady"


def test_a_pause_does_not_count(series):
    team = make_team(series)
    story(team, datetime(2026, 5, 9, 15, tzinfo=UTC))
    TeamStatusChange.objects.create(
        team=team, status=TeamStatus.PAUSED, on=date(2026, 5, 20), ends_on=date(2026, 6, 20)
    )

    assert only(series).word == "steady"


def test_an_open_call_is_help_wanted(series):
    team = make_team(series)
    file(owe(team, date(2026, 5, 31)), date(2026, 5, 31))
    file(owe(team, date(2026, 6, 30)), date(2026, 6, 29), help_from="coach")

    assert (only(series).word, only(series).reason) == ("help", "asked for help from our coach on 29 June")


def test_a_call_stands_open_until_it_is_settled(series):
    team = make_team(series)
    file(owe(team, date(2026, 5, 31)), date(2026, 5, 31), help_from="coach")
    file(owe(team, date(2026, 6, 30)), date(2026, 6, 29))
    assert (only(series).word, only(series).since) == ("help", date(2026, 5, 31))

    settle_call(HelpCall.objects.get(), by=coach(team), at=AT)

    assert only(series).word == "steady"


@pytest.mark.parametrize("status", [TeamStatus.MERGED, TeamStatus.WITHDRAWN, TeamStatus.COMPLETED])
def test_teams_that_left_have_no_standing(series, status):
    make_team(series, status=status)

    assert standings(series.teams.select_related("series"), at=AT) == []


def test_the_order_is_help_quiet_nudge_steady_then_age_then_name(series):
    names = ["steady b", "steady a", "nudge", "quiet new", "quiet old", "help new", "help old"]
    teams = {name: make_team(series, name=name) for name in names}
    for name in ("steady b", "steady a", "nudge"):
        story(teams[name], datetime(2026, 7, 1, 12, tzinfo=UTC))
    owe(teams["nudge"], date(2026, 6, 30))
    story(teams["quiet new"], datetime(2026, 5, 12, 12, tzinfo=UTC))
    story(teams["quiet old"], datetime(2026, 4, 12, 12, tzinfo=UTC))
    file(owe(teams["help new"], date(2026, 6, 30)), date(2026, 6, 30), help_from="peers")
    file(owe(teams["help old"], date(2026, 5, 31)), date(2026, 5, 31), help_from="coach")

    found = [s.team.name for s in standings(series.teams.select_related("series"), at=AT)]

    assert found == ["help old", "help new", "quiet old", "quiet new", "nudge", "steady a", "steady b"]


def test_the_headline_is_made_from_the_counts(series):
    for name in ("Jackson", "Minnesota"):
        story(make_team(series, name=name), datetime(2026, 7, 1, 12, tzinfo=UTC))
    story(make_team(series, name="Oregon"), datetime(2026, 5, 1, 12, tzinfo=UTC))

    found = standings(series.teams.select_related("series"), at=AT)

    assert headline(found) == "2 of 3 teams are moving. Oregon has gone quiet."
    assert headline(found[1:]) == "Every team is moving."
    assert headline([]) == "No team has joined yet."


def test_queries_do_not_grow_with_teams(series):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            standings(list(Team.objects.filter(series=series).select_related("series")), at=AT)
        return len(seen)

    make_team(series)
    one = count()
    for _ in range(5):
        owe(make_team(series), date(2026, 6, 30))

    assert count() == one <= 8


def test_a_paused_team_neither_moves_nor_needs_a_nudge(series):
    moving, resting = make_team(series, name="Elm"), make_team(series, name="Oak", status="paused")
    for team in (moving, resting):
        make_entry(team, logged_at=AT)

    found = standings(series.teams.all(), at=AT)

    assert {s.team.name: s.word for s in found} == {"Elm": "steady", "Oak": "paused"}
    assert headline(found) == "1 of 2 teams are moving. Oak is paused."
