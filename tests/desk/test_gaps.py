"""Where coach and team differ: in words, since when, for coaches and facilitators (rule R5)."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from progress.models import ScoreBy
from progress.scores import gap_over_time
from tests.factories.accounts import make_person
from tests.factories.progress import make_score
from tests.factories.series import give_role, make_series
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 20, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team(make_series(), name="Porch")


@pytest.fixture
def luz(team):
    return coach(team, make_person("Luz Ortega"))


def say(team, by, side, half_steps, month, **fields):
    on = date(2026, month, 2)
    at = datetime(2026, month, 2, 12, tzinfo=UTC)
    return make_score(team, by=by, side=side, half_steps=half_steps, scored_on=on, scored_at=at, **fields)


def page(series) -> str:
    return reverse("desk:gaps", args=[series.slug])


def test_a_gap_is_dated_from_the_score_that_opened_it_and_anew_when_it_closed(team, luz):
    lead = join(team, Role.LEAD)
    rows = [say(team, luz, ScoreBy.COACH, 3, 1, reason="Why")]
    assert gap_over_time(rows) is None
    rows.append(say(team, lead, ScoreBy.TEAM, 5, 2))
    assert gap_over_time(rows).since == date(2026, 2, 2)
    rows.append(say(team, lead, ScoreBy.TEAM, 6, 3))
    assert gap_over_time(rows).since == date(2026, 2, 2)
    rows.append(say(team, luz, ScoreBy.COACH, 5, 4, reason="Why"))
    assert gap_over_time(rows).since is None
    rows.append(say(team, lead, ScoreBy.TEAM, 8, 5))

    gap = gap_over_time(reversed(rows))
    assert (gap.since, gap.coach.half_steps, gap.team.half_steps) == (date(2026, 5, 2), 5, 8)


def test_the_page_says_it_in_words_by_the_teams_names(team, luz, signed_in):
    say(team, luz, ScoreBy.COACH, 3, 3, reason="No change is tried yet.")
    say(team, join(team, Role.LEAD), ScoreBy.TEAM, 6, 3)
    alike = make_team(team.series, name="Radio")
    say(alike, luz, ScoreBy.COACH, 5, 3, reason="Why")
    say(alike, join(alike), ScoreBy.TEAM, 6, 3)
    make_team(team.series, name="Zinnia")

    text = signed_in(give_role(team.series, Role.FACILITATOR)).get(page(team.series)).text

    assert "The team says 3.0, the coach 1.5, since 2 Mar 2026." in text
    assert "No change is tried yet." in text
    assert "the team says 3.0, the coach 2.5" in text
    assert text.index("Porch") < text.index("Radio") < text.index("Zinnia")


def test_coaches_see_their_own_teams_and_others_nothing(team, luz, signed_in):
    make_team(team.series, name="Radio")

    text = signed_in(luz).get(page(team.series)).text

    assert "Porch" in text
    assert "Radio" not in text
    assert signed_in(join(team, Role.LEAD)).get(page(team.series)).status_code == 403


def test_a_series_without_scores_has_no_such_page(team, luz, signed_in):
    team.series.has_scores = False
    team.series.save(update_fields=["has_scores"])

    assert signed_in(luz).get(page(team.series)).status_code == 404
    assert page(team.series) not in signed_in(luz).get("/coaching/").text


def test_the_page_takes_the_same_queries_at_one_team_and_at_many(team, luz, signed_in):
    browser = signed_in(give_role(team.series, Role.FACILITATOR))
    lead = join(team, Role.LEAD)

    def count() -> int:
        browser.get(page(team.series))
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(page(team.series)).status_code == 200
        return len(seen)

    say(team, luz, ScoreBy.COACH, 3, 3, reason="Why")
    say(team, lead, ScoreBy.TEAM, 6, 3)
    one = count()
    for _number in range(3):
        other = make_team(team.series)
        say(other, luz, ScoreBy.COACH, 3, 3, reason="Why")
        say(other, lead, ScoreBy.TEAM, 6, 3)

    assert count() == one <= 15
