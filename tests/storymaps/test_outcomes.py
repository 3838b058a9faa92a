"""Outcome statements: promoted from stories, confirmed by somebody, read by whom they are for."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from storymaps.chain import chain_of
from storymaps.models import OutcomeStatement, Visibility
from storymaps.outcomes import StaleOutcome, amend_outcome, state_outcome
from tests.factories.storymaps import AT, make_entry
from tests.factories.teams import join, make_team, person_as
from tests.factories.told import make_outcome


def url(team, name="outcomes", *more):
    return reverse(f"storymaps:{name}", args=[team.series.slug, team.slug, *more])


def sent(*sources, **more):
    return {
        "who_changed": "Two board members",
        "what_differs": "They ask a student first.",
        "sources": [source.pk for source in sources],
        "direction": "positive",
        "visibility": "team",
        "language": "en",
        "submission_id": uuid.uuid4(),
    } | more


def test_promoting_a_story(signed_in, team, lead):
    story = make_entry(team, lead)
    browser, form = signed_in(lead), sent(story)

    first, second = browser.post(url(team, "outcome-add"), form), browser.post(url(team, "outcome-add"), form)

    outcome = OutcomeStatement.objects.get()
    assert first.url == second.url == url(team, "outcome", outcome.pk)
    assert (outcome.author, list(outcome.sources.all())) == (lead, [story])
    assert Event.objects.filter(act="storymaps.outcome_stated").count() == 1


def test_form_begins_with_the_story_that_led_here(signed_in, team, lead):
    story = make_entry(team, lead)

    shown = signed_in(lead).get(url(team, "outcome-add") + f"?from={story.pk}&from=x").text

    assert f'name="sources" value="{story.pk}" checked' in shown


def test_it_needs_a_story_that_one_may_read(signed_in, team, lead):
    hidden = make_entry(make_team(team.series))
    elsewhere = make_entry(make_team())
    browser = signed_in(lead)

    for sources in ([], [hidden], [elsewhere]):
        assert browser.post(url(team, "outcome-add"), sent(*sources)).status_code == 422
    assert not OutcomeStatement.objects.exists()


def test_service_checks_sources_and_days(team, lead):
    hidden, mine = make_entry(make_team(team.series)), make_entry(team, lead)

    def draft(**more):
        values = {"who_changed": "A", "what_differs": "B", "submission_id": uuid.uuid4()} | more
        return OutcomeStatement(team=team, **values)

    with pytest.raises(ValidationError):
        state_outcome(draft(), [hidden], by=lead, at=AT)
    with pytest.raises(ValidationError):
        state_outcome(draft(changed_on=date(2026, 5, 25)), [mine], by=lead, at=AT)


def test_verdict_needs_somebody_who_was_asked(signed_in, team, lead):
    story = make_entry(team, lead)
    browser = signed_in(lead)

    assert browser.post(url(team, "outcome-add"), sent(story, verdict="fully")).status_code == 422
    asked = {"verdict": "partly", "verifier_role": "School secretary", "asked_on": "2026-05-19"}
    assert browser.post(url(team, "outcome-add"), sent(story, **asked)).status_code == 302
    with pytest.raises(IntegrityError):
        make_outcome(story, verdict="silent")


@pytest.mark.parametrize(
    ("role", "team_level", "shared"),
    [
        ("lead", 200, 200),
        ("coach", 200, 200),
        ("expert", 404, 200),
        ("peer", 404, 200),
        ("stranger", 404, 404),
    ],
)
def test_who_reads_an_outcome(signed_in, team, lead, role, team_level, shared):
    story = make_entry(team, lead, title="Only ours")
    ours = make_outcome(story)
    told = make_outcome(story, visibility=Visibility.SERIES)
    browser = signed_in(person_as(role, team))

    assert browser.get(url(team, "outcome", ours.pk)).status_code == team_level
    answer = browser.get(url(team, "outcome", told.pk))
    assert answer.status_code == shared
    # a shared outcome does not open the stories that it rests on
    assert ("Only ours" in answer.text) == (team_level == 200)


def test_chain_runs_both_ways(team, lead):
    story = make_entry(team, lead)
    outcome = make_outcome(story)
    peer = join(make_team(team.series), Role.LEAD)

    assert [link.object for link in chain_of(story, lead).became.shown] == [outcome]
    assert [link.object for link in chain_of(outcome, lead).grew_out_of.shown] == [story]
    assert chain_of(outcome, peer).grew_out_of.hidden == 1
    assert chain_of(story, peer).became.hidden == 1


def test_two_at_once_lose_neither_text(signed_in, team, lead):
    outcome = make_outcome(make_entry(team, lead))
    outcome.what_differs = "Theirs"
    amend_outcome(outcome, list(outcome.sources.all()), version=1, by=lead, at=AT)
    with pytest.raises(StaleOutcome):
        amend_outcome(outcome, list(outcome.sources.all()), version=1, by=lead, at=AT)

    form = sent(*outcome.sources.all(), what_differs="Mine", version=1)
    answer = signed_in(lead).post(url(team, "outcome-edit", outcome.pk), form)

    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    outcome.refresh_from_db()
    assert outcome.what_differs == "Theirs"


def test_sources_that_one_may_not_read_stay(team, lead):
    other = make_team(team.series)
    mine, theirs = make_entry(team, lead), make_entry(other)
    outcome = make_outcome(mine, theirs)

    amend_outcome(outcome, [mine], version=1, by=lead, at=AT)

    assert set(outcome.sources.all()) == {mine, theirs}


def test_coach_changes_only_what_they_stated(signed_in, team, lead, luz):
    theirs = make_outcome(make_entry(team, lead))
    browser = signed_in(luz)

    answer = browser.get(url(team, "outcome-edit", theirs.pk))

    assert (answer.status_code, answer.url) == (302, url(team, "outcome", theirs.pk))


@pytest.mark.parametrize("count", [1, 9])
@pytest.mark.parametrize("name", ["outcomes", "outcome"])
def test_queries(signed_in, team, lead, count, name, django_assert_max_num_queries):
    stories = [make_entry(team, lead) for _ in range(count)]
    outcomes = [make_outcome(*stories) for _ in range(count)]
    page = url(team) if name == "outcomes" else url(team, "outcome", outcomes[0].pk)
    browser = signed_in(lead)

    with django_assert_max_num_queries(18):
        assert browser.get(page).status_code == 200
