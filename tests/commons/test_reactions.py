"""Reactions: said once, unsaid in a tap, told by team, silent in every mailbox."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from commons import reactions
from commons.models import Reaction, ReactionKind
from commons.reactions import react, take_back
from jobs.models import Job, State
from notices.models import Notice
from storymaps.models import Visibility
from tests.factories.accounts import make_person
from tests.factories.commons import make_reaction
from tests.factories.library import make_resource
from tests.factories.storymaps import AT, make_entry
from tests.factories.teams import coach, join, make_team, person_as
from tests.factories.told import make_outcome

pytestmark = pytest.mark.django_db
MET = ReactionKind.MET


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def story(team):
    return make_entry(team, visibility=Visibility.SERIES)


@pytest.fixture
def peer(team):
    return join(make_team(team.series))


def url(thing, kind="met") -> str:
    word, pk = reactions.key_of(thing)
    return reverse("commons:react", args=[reactions.series_of(thing).slug, word, pk, kind])


def test_said_twice_is_said_once_and_unsaid_twice_is_unsaid(team, story, peer, signed_in):
    browser = signed_in(peer)

    browser.post(url(story), {"say": "yes"})
    answer = browser.post(url(story), {"say": "yes"})

    assert answer.url == f"{reverse('commons:feed', args=[team.series.slug])}#story-{story.pk}"
    assert Reaction.objects.count() == Event.objects.filter(act="commons.reacted").count() == 1
    browser.post(url(story), {"say": "no"})
    browser.post(url(story), {"say": "no"})
    assert not Reaction.objects.exists()
    assert Event.objects.filter(act="commons.reaction_taken_back").count() == 1


def test_each_of_the_three_stands_by_itself_at_each_kind_of_thing(team, story, peer):
    things = [story, make_outcome(story, visibility=Visibility.SERIES), make_resource(team.series)]
    for thing in things:
        for kind in ReactionKind:
            react(thing, kind, by=peer, at=AT)

    assert Reaction.objects.count() == 9
    found = reactions.on_things(things, peer)
    assert all(one.count == 1 and one.is_mine for thing in found.values() for one in thing.said)


def test_a_tap_answers_a_script_with_the_buttons_alone(story, peer, signed_in):
    answer = signed_in(peer).post(url(story), {"say": "yes"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'aria-pressed="true"' in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_others_read_the_team_and_of_who_is_in_none_the_name(team, story):
    other = make_team(team.series, name="Onion River")
    halima = join(other, is_under_18=True)
    react(story, MET, by=halima, at=AT)
    react(story, MET, by=join(other), at=AT)
    luz = coach(make_team(team.series), make_person("Luz"))
    react(story, MET, by=luz, at=AT)

    said = reactions.on_things([story], join(team))["story", story.pk].said

    assert [(one.kind, one.count, one.who) for one in said if one.count] == [("met", 3, "Onion River, Luz")]


def test_a_young_person_without_a_team_here_is_counted_and_not_named(team, story):
    young = coach(make_team(team.series), make_person("Nia"))
    join(make_team(), person=young, is_under_18=True)

    made = react(story, MET, by=young, at=AT)

    assert made.who == ""


def test_many_names_are_told_to_six_and_counted_beyond(team, story):
    for number in range(8):
        react(story, MET, by=join(make_team(team.series, name=f"Team {number}")), at=AT)

    said = reactions.on_things([story], join(team))["story", story.pk].said

    assert next(one.who for one in said if one.count).endswith("Team 5 and 2 more")


def test_nobody_reacts_to_their_own_or_to_what_is_shared_no_more(team, story, peer):
    ada = coach(team)
    mine = make_resource(team.series, ada)
    withdrawn = make_resource(team.series, withdrawn_at=AT, withdrawn_by=ada)
    for thing, who in (
        (story, join(team)),
        (mine, ada),
        (withdrawn, team.series.created_by),
        (make_entry(team), ada),
    ):
        with pytest.raises((ValidationError, PermissionDenied)):
            react(thing, MET, by=who, at=AT)
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("role", ["lead", "coach", "facilitator", "peer", "expert"])
def test_a_teams_own_story_is_found_by_no_address(team, role, signed_in):
    answer = signed_in(person_as(role, team)).post(url(make_entry(team)), {"say": "yes"})

    assert answer.status_code == 404


def test_an_observer_reads_and_says_nothing(story, signed_in, team):
    bram = person_as("observer", team)
    make_reaction(story, join(make_team(team.series)), kind="met")
    page = signed_in(bram).get(reverse("commons:feed", args=[team.series.slug])).text

    assert "We met this too" in page
    assert '<button class="react"' not in page
    assert signed_in(bram).post(url(story), {"say": "yes"}).status_code == 403


@pytest.mark.parametrize("kind", ["like", "hate"])
def test_there_is_no_other_reaction(story, peer, signed_in, kind):
    assert signed_in(peer).post(url(story, kind), {"say": "yes"}).status_code == 404


def test_it_stands_on_the_page_of_the_story_and_leads_back_there(story, peer, signed_in):
    browser = signed_in(peer)
    page = reverse("storymaps:entry", args=[story.team.series.slug, story.team.slug, story.pk])

    answer = browser.post(url(story, "more"), {"say": "yes", "back": "story"})

    assert answer.url == f"{page}#reactions"
    assert "We would like to know more" in browser.get(page).text


def test_a_reaction_to_what_is_closed_again_is_read_by_nobody(team, story, peer):
    react(story, MET, by=peer, at=AT)
    assert Reaction.objects.visible_to(peer).count() == 1
    story.visibility = Visibility.TEAM
    story.save()

    assert not Reaction.objects.visible_to(peer).exists()
    assert not Reaction.objects.visible_to(join(team, Role.LEAD)).exists()


def test_the_table_holds_one_of_a_kind_to_one_thing(team, story, peer):
    make_reaction(story, peer)
    resource = make_resource(team.series)
    for fields in (
        {"entry": story, "kind": "thanks"},
        {"entry": story, "resource": resource, "kind": "met"},
        {"kind": "met"},
        {"entry": story, "kind": "like"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reaction.objects.create(person=peer, at=AT, **fields)


def test_nobody_taps_without_end(story, peer, monkeypatch):
    monkeypatch.setattr(reactions, "MOST_A_DAY", 2)
    react(story, MET, by=peer, at=AT)
    take_back(story, MET, by=peer, at=AT)

    with pytest.raises(ValidationError):
        react(story, MET, by=peer, at=AT)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_it_sends_no_mail_and_makes_no_notice(story, peer, mailoutbox):
    react(story, MET, by=peer, at=AT)
    take_back(story, MET, by=peer, at=AT)
    react(story, ReactionKind.THANKS, by=peer, at=AT)
    call_command("drain", "--once", verbosity=0)

    assert Job.objects.filter(kind="notices.consider", state=State.DONE).count() == 3  # and nobody was told
    assert not Notice.objects.exists()
    assert not mailoutbox
