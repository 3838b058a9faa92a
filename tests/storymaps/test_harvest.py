"""The harvest desk: paste, mark, and the team's nod."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Event
from progress.models import Channel
from storymaps import harvest
from storymaps.models import HarvestPassage, HarvestSource, PassageState, StoryEntry
from tests.factories.storymaps import AT
from tests.factories.teams import coach, make_team
from tests.factories.told import MAIL, make_passage, make_source


def url(team, name="harvest", *more):
    return reverse(f"storymaps:{name}", args=[team.series.slug, team.slug, *more])


@pytest.fixture
def source(team, luz):
    return make_source(team, luz, is_on_behalf=True)


@given(st.text(alphabet="ab. \n\r\t", max_size=200))
def test_paragraphs_lose_no_word(text):
    found = harvest.paragraphs(text)

    assert " ".join(" ".join(found).split()) == " ".join(text.split())
    assert all(piece.strip() for piece in found) or not text.strip()


def test_chat_is_cut_at_its_lines_and_a_long_text_after_a_sentence():
    assert harvest.paragraphs("9:01 Ana: hi\n9:02 Luz: hello") == ["9:01 Ana: hi", "9:02 Luz: hello"]
    long = "One sentence more. " * 500
    assert all(len(piece) <= harvest.LONGEST and piece.endswith(".") for piece in harvest.paragraphs(long))


def test_pasting_keeps_the_text_and_is_no_story(signed_in, team, luz):
    sent = {
        "kind": "call",
        "text": MAIL,
        "said_on": "2026-05-11",
        "language": "en",
        "submission_id": uuid.uuid4(),
    }
    browser = signed_in(luz)

    first, second = browser.post(url(team), sent), browser.post(url(team), sent)

    kept = HarvestSource.objects.get()
    assert first.url == second.url == url(team, "harvest-source", kept.pk)
    assert (kept.is_on_behalf, kept.channel) == (True, Channel.PHONE)
    assert not StoryEntry.objects.exists()
    assert Event.objects.filter(act="storymaps.source_pasted").count() == 1


def test_day_to_come_is_refused(signed_in, team, luz):
    sent = {"kind": "mail", "text": MAIL, "said_on": "2026-05-25", "language": "en"}

    assert signed_in(luz).post(url(team), sent).status_code == 422


def test_marking_by_tick_and_by_selection(signed_in, team, luz, source):
    sent = {"paragraph": ["1", "99"], "passage": ["The bus  came\nlate"]}
    page = url(team, "harvest-source", source.pk)

    answer = signed_in(luz).post(page, sent)

    assert answer.status_code == 302
    texts = list(HarvestPassage.objects.values_list("text", flat=True))
    assert texts == ["Two students asked to lead the next meeting.", "The bus  came\nlate"]
    assert not StoryEntry.objects.exists()


def test_same_passage_is_marked_once(source, luz):
    harvest.mark(source, ["The bus came late again."], by=luz, at=AT)

    assert harvest.mark(source, ["The bus  came late again."], by=luz, at=AT) == []
    assert source.passages.count() == 1


@pytest.mark.parametrize("texts", [[], [" "], ["Words that nobody wrote"]])
def test_only_what_stands_in_the_text_is_marked(signed_in, team, luz, source, texts):
    page = url(team, "harvest-source", source.pk)

    assert signed_in(luz).post(page, {"passage": texts}).status_code == 422
    assert not source.passages.exists()


def test_waiting_passage_is_nowhere_but_on_the_desk(signed_in, team, lead, source):
    make_passage(source)
    browser = signed_in(lead)

    assert "The bus came late again." in browser.get(url(team)).text
    for page in (url(team, "map"), url(team, "map") + "?view=list", url(team, "search") + "?find=bus"):
        assert "came late" not in browser.get(page).text
    assert HarvestPassage.objects.visible_to(lead).filter(source__team=team).waiting().count() == 1


def test_nod_puts_it_on_the_map_for_who_pasted_it(team, lead, luz, source):
    passage = make_passage(source)

    entry = harvest.accept(passage, text="The bus came late.", began_on=source.said_on, by=lead, at=AT)
    again = harvest.accept(passage, text="Other", began_on=source.said_on, by=lead, at=AT)

    assert again == entry
    assert (entry.author, entry.is_on_behalf, entry.channel) == (luz, True, Channel.MAIL)
    assert entry.versions.get().by == lead
    passage.refresh_from_db()
    assert (passage.state, passage.entry, passage.decided_by) == (PassageState.ACCEPTED, entry, lead)
    assert passage.text == "The bus came late again."
    assert HarvestPassage.objects.visible_to(lead).filter(source__team=team).waiting().count() == 0
    assert Event.objects.filter(act="storymaps.story_logged").count() == 1


def test_declined_stays_off_the_map(team, lead, source):
    passage = make_passage(source)

    assert harvest.decline(passage, by=lead, at=AT)
    assert not harvest.decline(passage, by=lead, at=AT)
    with pytest.raises(ValidationError):
        harvest.accept(passage, text="x", began_on=source.said_on, by=lead, at=AT)
    assert not StoryEntry.objects.exists()


def test_coach_does_not_nod_for_the_team(signed_in, team, luz, source):
    passage = make_passage(source)

    with pytest.raises(PermissionDenied):
        harvest.accept(passage, text="x", began_on=source.said_on, by=luz, at=AT)
    answer = signed_in(luz).post(url(team, "harvest-nod", passage.pk), {"answer": "accept", "text": "x"})
    assert answer.status_code == 403


def test_nod_by_page_with_changed_words(signed_in, team, lead, source):
    passage = make_passage(source)
    nod = url(team, "harvest-nod", passage.pk)
    browser = signed_in(lead)

    assert browser.post(nod, {"answer": "accept", "text": " ", "began_on": "2026-05-11"}).status_code == 422
    answer = browser.post(nod, {"answer": "accept", "text": "Late, again.", "began_on": "2026-05-10"})

    entry = StoryEntry.objects.get()
    assert answer.status_code == 302
    assert str(entry.pk) in answer.url
    assert entry.text == "Late, again."


def test_passage_of_another_team_is_not_there(signed_in, team, lead):
    other = make_team(team.series)
    passage = make_passage(make_source(other, coach(other)))
    browser = signed_in(lead)

    assert browser.post(url(team, "harvest-nod", passage.pk), {"answer": "decline"}).status_code == 404
    assert browser.get(url(team, "harvest-source", passage.source.pk)).status_code == 404
    assert browser.get(url(other, "harvest-source", passage.source.pk)).status_code == 404


def test_coach_who_left_reads_it_no_more(team, luz, source):
    team.coach_assignments.all().delete()

    assert not HarvestSource.objects.visible_to(luz).exists()


def test_accepted_without_an_entry_cannot_be_stored(source):
    with pytest.raises(IntegrityError):
        make_passage(source, state=PassageState.ACCEPTED)


@pytest.mark.parametrize("count", [1, 8])
def test_desk_queries(signed_in, team, lead, luz, count, django_assert_max_num_queries):
    for number in range(count):
        make_passage(make_source(team, luz), text=f"Passage {number}")
    browser = signed_in(lead)

    with django_assert_max_num_queries(19):
        browser.get(url(team))


def test_a_pasted_text_is_deleted_and_what_became_a_story_stays(signed_in, team, lead, luz, source):
    told = make_passage(source)
    entry = harvest.accept(told, by=lead, at=AT, text=told.text, began_on=source.said_on)
    make_passage(source, text="Another one that waits.")
    page = reverse("storymaps:harvest-forget", args=[team.series.slug, team.slug, source.pk])
    assert "Delete this text?" in signed_in(luz).get(page).text

    signed_in(luz).post(page)

    assert not HarvestSource.objects.exists()
    assert not HarvestPassage.objects.exists()
    assert StoryEntry.objects.get() == entry
    assert Event.objects.filter(act="storymaps.source_forgotten").exists()
