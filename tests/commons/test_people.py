"""The directory and the lookbook: nothing without a choice, no young person to others, no address."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from commons import showing
from commons.models import Showing, TeamCard
from storymaps.models import Visibility
from tests.factories.accounts import make_person
from tests.factories.series import give_role
from tests.factories.storymaps import AT, add_photo, make_entry
from tests.factories.teams import coach, join, make_team, person_as
from tests.matrix.basics import SERIES

pytestmark = pytest.mark.django_db
FORM = {"shows_role": "on", "shows_team": "on", "line": "I bake at night.", "helps_with": "", "languages": ""}


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


def directory_of(team) -> str:
    return reverse("commons:directory", args=[team.series.slug])


def mine_of(team) -> str:
    return reverse("commons:showing", args=[team.series.slug])


def card_of(team) -> str:
    return reverse("commons:card", args=[team.series.slug, team.slug])


def show(person, team, **fields):
    return Showing.objects.create(series=team.series, person=person, at=AT, **fields)


def test_without_a_choice_nobody_stands_there(team, signed_in):
    join(team, person=make_person("Devon"))

    text = signed_in(person_as("peer", team)).get(directory_of(team)).text

    assert "Devon" not in text
    assert "Nobody shows themselves yet" in text


@pytest.mark.parametrize("role", sorted(SERIES))
def test_everybody_in_the_series_may_show_themselves_and_be_read(team, role, signed_in):
    who = person_as(role, team)
    browser = signed_in(who)

    assert browser.post(mine_of(team), FORM).url == f"{directory_of(team)}#people-h"

    text = signed_in(person_as("observer", team)).get(directory_of(team)).text
    assert who.name in text
    assert "I bake at night." in text
    assert who.email not in text


def test_one_shows_no_more_than_one_chose(team, signed_in):
    devon = join(team, Role.STORYTELLER, make_person("Devon"))
    show(devon, team, shows_role=False, shows_team=False, helps_with="Cutting sound")
    reader = person_as("peer", team)

    (found,) = showing.people_in(team.series, reader)
    assert (found.showing.person, found.roles) == (devon, [])

    Showing.objects.update(shows_role=True)
    assert showing.people_in(team.series, reader)[0].roles == ["storyteller"]
    Showing.objects.update(shows_team=True)
    assert showing.people_in(team.series, reader)[0].roles == [f"storyteller, {team.name}"]


def test_a_coach_is_told_with_the_teams(team):
    luz = coach(team, make_person("Luz"))
    show(luz, team)

    assert showing.people_in(team.series, join(team))[0].roles == [f"coach, {team.name}"]


@pytest.mark.parametrize(
    ("role", "is_read"),
    [
        ("lead", True), ("member", True), ("coach", True), ("facilitator", True), ("organizer", True),
        ("peer", False), ("expert", False), ("observer", False),
    ],
)  # fmt: skip
def test_a_young_person_is_shown_to_their_own_team_alone(team, role, is_read, signed_in):
    kiara = join(team, Role.STORYTELLER, make_person("Kiara"), is_under_18=True)
    show(kiara, team, line="I draw.")

    text = signed_in(person_as(role, team)).get(directory_of(team)).text

    assert ("Kiara" in text) is is_read
    assert ("I draw." in text) is is_read
    assert "under 18" not in text


def test_who_is_young_in_another_series_is_young_here(team, signed_in):
    nia = give_role(team.series, Role.EXPERT, make_person("Nia"))
    join(make_team(), person=nia, is_under_18=True)
    show(nia, team)

    assert "Nia" not in signed_in(join(team)).get(directory_of(team)).text


def test_a_young_person_is_told_who_reads_it(team, signed_in):
    kiara = join(team, is_under_18=True)

    assert "Read by your team, its coach and the facilitators." in signed_in(kiara).get(mine_of(team)).text
    assert "Read by everybody in the series." in signed_in(join(team)).get(mine_of(team)).text


def test_who_left_stands_there_no_more(team):
    gone = join(team, ends_on=date(2026, 1, 1))
    show(gone, team)

    assert showing.people_in(team.series, join(team)) == []


@pytest.mark.parametrize("field", ["line", "helps_with", "languages"])
@pytest.mark.parametrize(
    "text",
    [
        "devon@example.org",
        "at @devon",
        "https://example.org",
        "WWW.example.org",
        "601 555 0134",
        "+1 (601) 555-0134",
    ],
)
def test_no_address_and_no_number_is_taken_and_what_was_typed_stays(team, field, text, signed_in):
    answer = signed_in(join(team)).post(mine_of(team), FORM | {field: text})

    assert answer.status_code == 422
    assert "Leave out addresses" in answer.text
    assert text in answer.text
    assert not Showing.objects.exists()


def test_years_and_small_numbers_are_no_addresses(team, signed_in):
    line = "Since 2014, in 3 schools and 118 meetings."

    assert signed_in(join(team)).post(mine_of(team), FORM | {"line": line}).status_code == 302


def test_shown_again_is_changed_and_hidden_is_gone(team, signed_in):
    browser = signed_in(join(team))
    browser.post(mine_of(team), FORM)
    browser.post(mine_of(team), FORM | {"line": "I bake bread."})

    assert Showing.objects.get().line == "I bake bread."
    browser.post(mine_of(team), {"act": "hide"})
    browser.post(mine_of(team), {"act": "hide"})
    assert not Showing.objects.exists()
    assert Event.objects.filter(act="commons.hidden").count() == 1


def test_nobody_shows_somebody_else(team):
    with pytest.raises(PermissionDenied):
        showing.show_oneself(Showing(series=team.series, person=join(team)), by=join(team), at=AT)
    sam = make_person("Sam")
    with pytest.raises(PermissionDenied):
        showing.show_oneself(Showing(series=team.series, person=sam), by=sam, at=AT)


def test_people_are_found_by_words(team, signed_in):
    show(join(team, person=make_person("Devon")), team, helps_with="Reading a budget")
    show(join(team, person=make_person("Renée")), team, helps_with="Cutting sound")
    browser = signed_in(join(team))

    text = browser.get(directory_of(team), {"words": "budget"}).text

    assert "Devon" in text
    assert "Renée" not in text
    assert "Nobody fits" in browser.get(directory_of(team), {"words": "nothing of it"}).text


def test_the_lead_alone_makes_the_card(team, signed_in):
    story = make_entry(team, visibility=Visibility.SERIES, title="The porch")
    form = {"shows_aim": "on", "offers": "A visit", "story": story.pk}

    for role, status in (("lead", 302), ("member", 403), ("coach", 403), ("facilitator", 403), ("peer", 403)):
        assert signed_in(person_as(role, team)).post(card_of(team), form).status_code == status, role

    text = signed_in(person_as("peer", team)).get(directory_of(team)).text
    assert "A visit" in text
    assert "The porch" in text


def test_the_aim_and_the_story_are_shown_only_where_the_lead_chose(team, signed_in):
    team.aim = "A seat where plans are written"
    team.save()
    reader = signed_in(person_as("peer", team))
    assert team.aim not in reader.get(directory_of(team)).text
    TeamCard.objects.create(team=team, by=join(team, Role.LEAD), at=AT)

    assert team.aim in reader.get(directory_of(team)).text
    TeamCard.objects.update(shows_aim=False)
    assert team.aim not in reader.get(directory_of(team)).text


def test_a_story_that_is_closed_again_leaves_the_card(team, signed_in):
    story = make_entry(team, visibility=Visibility.SERIES, title="The porch")
    TeamCard.objects.create(team=team, story=story, by=join(team, Role.LEAD), at=AT)
    story.visibility = Visibility.TEAM
    story.save()

    for role in ("peer", "lead", "facilitator"):
        assert "The porch" not in signed_in(person_as(role, team)).get(directory_of(team)).text


def test_no_story_is_chosen_that_is_not_the_teams_own_and_shared(team, signed_in):
    lead = signed_in(join(team, Role.LEAD))
    for story in (
        make_entry(team),
        make_entry(make_team(team.series), visibility=Visibility.SERIES),
        make_entry(team, visibility=Visibility.SERIES, is_intended=True),
    ):
        assert lead.post(card_of(team), {"story": story.pk}).status_code == 422
    assert not TeamCard.objects.exists()


@pytest.mark.parametrize(
    ("fields", "shows", "is_seen"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"names_people": True}, True, False),
        ({"author_is_under_18": True}, True, False),
        ({"visibility": Visibility.TEAM}, True, False),
    ],
)
def test_a_photo_is_shown_only_where_it_shows_nobody(team, fields, shows, is_seen, signed_in):
    story = make_entry(team, **{"visibility": Visibility.SERIES} | fields)
    photo = add_photo(story)
    TeamCard.objects.create(team=team, story=story, shows_photo=shows, by=join(team, Role.LEAD), at=AT)

    text = signed_in(person_as("peer", team)).get(directory_of(team)).text

    assert (str(photo.file.key) in text) is is_seen


def test_a_card_is_taken_out(team, signed_in):
    lead = signed_in(join(team, Role.LEAD))
    lead.post(card_of(team), {"offers": "A visit"})
    lead.post(card_of(team), {"act": "hide"})

    assert not TeamCard.objects.exists()
    assert team.name in lead.get(directory_of(team)).text


def test_one_row_a_person_and_series(team):
    devon = join(team)
    show(devon, team)
    with pytest.raises(IntegrityError), transaction.atomic():
        show(devon, team)


@pytest.mark.parametrize("role", ["lead", "coach", "observer"])
def test_the_number_of_queries_is_the_same_for_any_number_of_people_and_teams(team, role, signed_in):
    browser, counts = signed_in(person_as(role, team)), []
    for more in (1, 8):
        for _ in range(more):
            another = make_team(team.series)
            show(join(another), team)
            show(coach(another), team)
            story = make_entry(another, visibility=Visibility.SERIES)
            add_photo(story)
            TeamCard.objects.create(team=another, story=story, shows_photo=True, by=story.author, at=AT)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(directory_of(team)).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] < 30
