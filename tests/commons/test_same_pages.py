"""The pages of teams who met the same: from what one may read, in words, in a constant number of queries."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from commons.models import ReactionKind
from storymaps.models import Visibility
from tests.commons.test_feed import make_call
from tests.factories.commons import make_reaction
from tests.factories.library import make_resource, make_use
from tests.factories.storymaps import AT, make_entry, make_item
from tests.factories.teams import coach, join, make_team, person_as

pytestmark = pytest.mark.django_db
SHARED = Visibility.SERIES


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def other(team):
    return make_team(team.series, name="Onion River", focus_area="Lunch menus and cooks")


def page_of(team) -> str:
    return f"{reverse('commons:same', args=[team.series.slug])}?team={team.slug}"


def stuck(team, title="The superintendent tabled it", **fields):
    values = {"drivers": ["Policy"], "result": "not", "began_on": date(2026, 3, 4)} | fields
    return make_entry(team, title=title, text="Nothing more.", **values)


def story_page(entry) -> str:
    return reverse("storymaps:entry", args=[entry.team.series.slug, entry.team.slug, entry.pk])


def test_the_page_of_a_story_says_who_met_the_same_and_why(team, other, signed_in):
    mine = stuck(team)
    theirs = stuck(other, "Tabled again by the superintendent", visibility=SHARED)

    text = signed_in(join(team)).get(story_page(mine)).text

    assert "Teams who met the same" in text
    assert story_page(theirs) in text
    assert "Also under Policy, it did not work, March 2026." in text
    assert "Both speak of “tabled”, “superintendent”." in text


def test_what_a_team_keeps_to_itself_is_nobodys_match(team, other, signed_in):
    stuck(team)
    stuck(other)
    make_item(other, "Ask the superintendent about the tabled motion")

    for role in ("lead", "peer", "observer", "expert"):
        text = signed_in(person_as(role, team)).get(page_of(team)).text
        assert "Nothing in common yet" in text, role


def test_who_reads_both_teams_finds_plan_items_too(team, other, signed_in):
    luz = coach(team)
    coach(other, luz)
    make_item(team, "Ask the superintendent about the calendar")
    make_item(other, "Bring the calendar to the superintendent")

    text = signed_in(luz).get(page_of(team)).text

    assert "Bring the calendar to the superintendent" in text
    assert "In its plan, " in text


def test_what_a_team_said_did_or_asks_is_told(team, other, signed_in):
    policy = team.series.drivers.first()
    mine = stuck(team, visibility=SHARED)
    make_reaction(mine, join(other), ReactionKind.MET, team=other)
    make_use(mine, other)
    make_call(other, driver=policy)

    text = signed_in(join(team)).get(page_of(team)).text

    for words in ("Said: we met this too.", "Is trying this too.", "Asks all teams for help under Policy."):
        assert words in text


def test_a_change_that_two_teams_took_over_brings_them_together(team, other, signed_in):
    letter = make_resource(team.series, title="The letter")
    item = make_item(team, "Try: The letter")
    make_use(letter, team, item=item)
    make_use(letter, other)

    text = signed_in(join(team)).get(page_of(team)).text

    assert "Took over the same: The letter." in text
    letter.withdrawn_at, letter.withdrawn_by = AT, team.series.created_by
    letter.save()
    assert "Took over the same" not in signed_in(join(team)).get(page_of(team)).text


def test_what_a_team_looks_at_counts(team, other, signed_in):
    make_entry(team, title="The cooks let us write the menus", visibility=SHARED)

    assert "Lunch menus and cooks" in signed_in(join(team)).get(page_of(team)).text


def test_one_sees_it_from_ones_own_team_and_from_any_other(team, other, signed_in):
    stuck(team, visibility=SHARED)
    stuck(other, visibility=SHARED)
    browser = signed_in(join(team, Role.LEAD))
    here = reverse("commons:same", args=[team.series.slug])

    assert f'<option value="{team.slug}" selected>' in browser.get(here).text
    assert f'<option value="{other.slug}" selected>' in browser.get(page_of(other)).text
    assert browser.get(f"{here}?team=nobody").status_code == 404


@pytest.mark.parametrize("role", ["lead", "coach", "facilitator", "observer"])
def test_the_number_of_queries_is_the_same_for_any_number_of_stories(team, role, signed_in):
    browser, counts = signed_in(person_as(role, team)), []
    for more in (1, 6):
        for _ in range(more):
            mine = stuck(team, visibility=SHARED)
            another = make_team(team.series)
            stuck(another, visibility=SHARED)
            make_item(another, "The superintendent tabled it")
            item = make_item(team, "The superintendent tabled it")
            letter = make_resource(team.series)
            make_use(letter, team, item=item)
            make_use(letter, another)
            make_reaction(mine, join(another), ReactionKind.MET, team=another)
        found = []
        for page in (page_of(team), story_page(mine)):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(page).status_code == 200
            found.append(len(captured))
        counts.append(found)

    assert counts[0] == counts[1]
    assert counts[0][0] < 40
