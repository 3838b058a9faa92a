"""Versions of an entry, and what changed between them."""

import uuid
from datetime import date, timedelta
from time import perf_counter

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.permissions import Role
from progress.models import Channel
from storymaps.models import StoryEntry, Visibility
from storymaps.services import StaleEntry, amend_story, ask_clearance, decide_clearance, log_story
from storymaps.versions import GRACE, changes, snapshot_of, word_diff
from tests.factories.storymaps import AT, make_entry
from tests.factories.teams import coach, join, make_team, person_as
from tests.factories.told import make_partner, make_version


def log(team, by, **fields) -> StoryEntry:
    values = {"text": "Two students asked.", "began_on": date(2026, 5, 12), "submission_id": uuid.uuid4()}
    return log_story(StoryEntry(team=team, **(values | fields)), by=by, at=AT)


def amend(entry, by, at, **fields) -> StoryEntry:
    fresh = StoryEntry.objects.get(pk=entry.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    return amend_story(fresh, version=fresh.version, by=by, at=at)


@given(st.text(max_size=60), st.text(max_size=60))
def test_diff_holds_both_texts(older, newer):
    pieces = word_diff(older, newer)

    assert "".join(piece.words for piece in pieces if piece.kind != "new") == older
    assert "".join(piece.words for piece in pieces if piece.kind != "old") == newer


def test_diff_takes_whole_words():
    pieces = [(piece.kind, piece.words) for piece in word_diff("Two boys asked.", "Two girls asked.")]

    assert pieces == [("same", "Two "), ("old", "boys"), ("new", "girls"), ("same", " asked.")]


@pytest.mark.parametrize("text", ["a " * 2000, "ab " * 1300, " ".join(str(n % 97) for n in range(1400))])
def test_diff_of_long_texts_is_quick(text):
    began = perf_counter()
    word_diff(text, text[::-1])

    assert perf_counter() - began < 5


def test_submitting_makes_a_version(team, teller):
    entry = log(team, teller)

    version = entry.versions.get()
    assert (version.number, version.by, version.at) == (1, teller, AT)
    assert version.snapshot["text"] == "Two students asked."


def test_slip_mended_in_grace_replaces_the_version(team, teller):
    entry = log(team, teller)

    amend(entry, teller, AT + GRACE - timedelta(seconds=1), text="Two pupils asked.")

    assert [v.snapshot["text"] for v in entry.versions.all()] == ["Two pupils asked."]


def test_grace_ends_and_is_the_authors_alone(team, teller, lead):
    entry = log(team, teller)

    amend(entry, lead, AT + timedelta(minutes=1), text="Two pupils asked.")
    amend(entry, teller, AT + timedelta(minutes=2), text="Three pupils asked.")
    amend(entry, teller, AT + timedelta(minutes=2) + GRACE, text="Four pupils asked.")

    assert [v.number for v in entry.versions.all()] == [1, 2, 3, 4]


def test_what_was_cleared_is_never_replaced(team, teller, lead):
    entry = log(team, teller)
    clearance = ask_clearance(entry, by=teller, at=AT)
    decide_clearance(
        clearance, approved=True, states_nobody_recognisable=True, version=entry.version, by=lead, at=AT
    )

    amend(entry, teller, AT + timedelta(minutes=1), text="Somebody else asked.")

    assert [v.snapshot["text"] for v in entry.versions.all()] == [
        "Two students asked.",
        "Somebody else asked.",
    ]


def test_saving_the_same_words_is_no_version(team, teller):
    entry = log(team, teller)

    amend(entry, teller, AT + timedelta(days=1))

    assert entry.versions.count() == 1


def test_entry_told_before_versions_begins_with_what_it_said(team, teller):
    entry = make_entry(team, teller, text="Before.")

    amend(entry, teller, AT + timedelta(days=1), text="After.")

    assert [v.snapshot["text"] for v in entry.versions.all()] == ["Before.", "After."]


def test_stale_change_makes_no_version(team, teller):
    entry = log(team, teller)
    entry.text = "Mine"

    with pytest.raises(StaleEntry):
        amend_story(entry, version=entry.version - 1, by=teller, at=AT)
    assert entry.versions.count() == 1


def test_changes_name_fields_and_values(team, teller):
    entry = make_entry(team, teller, text="One.", is_intended=True)
    older = snapshot_of(entry)
    newer = older | {"text": "Two.", "result": "not", "is_intended": False, "began_on": "2026-05-13"}

    found = {str(change.label): (str(change.older), str(change.newer)) for change in changes(older, newer)}

    assert found["How did it go?"] == ("", "it did not work")
    assert found["When"] == ("2026-05-12", "2026-05-13")
    assert found["Not yet tried"] == ("yes", "")
    assert "What happened?" in found


def page(entry, name="history", **more):
    address = [entry.team.series.slug, entry.team.slug, entry.pk]
    return reverse(f"storymaps:{name}", args=address)


@pytest.mark.parametrize(
    ("role", "status"),
    [("lead", 200), ("coach", 200), ("expert", 403), ("peer", 403), ("stranger", 404)],
)
def test_history_is_for_those_who_read_in_full(client, signed_in, team, role, status):
    entry = make_entry(team, visibility=Visibility.SERIES)
    make_version(entry, text="With a name in it.")
    make_version(entry, 2)

    answer = signed_in(person_as(role, team)).get(page(entry))

    assert answer.status_code == status
    assert ("With" in answer.text) == (status == 200)


def test_history_shows_words_taken_out_and_put_in(signed_in, team, lead):
    entry = make_entry(team, lead, text="Two girls asked.")
    make_version(entry, text="Two boys asked.")
    make_version(entry, 2)
    browser = signed_in(lead)

    shown = browser.get(page(entry)).text

    assert "<del><span" in shown
    assert "boys" in shown
    assert "girls" in shown
    assert "As it was told" in browser.get(page(entry) + "?version=1").text
    assert browser.get(page(entry) + "?version=9").status_code == 404
    assert "As it was told" in browser.get(page(make_entry(team, lead))).text


@pytest.mark.parametrize("count", [1, 12])
def test_history_queries(signed_in, team, lead, count, django_assert_max_num_queries):
    entry = make_entry(team, lead)
    for number in range(1, count + 1):
        make_version(entry, number, text=f"Version {number}")
    browser = signed_in(lead)

    with django_assert_max_num_queries(17):
        browser.get(page(entry))


def test_both_texts_and_their_difference_when_somebody_was_quicker(signed_in, team, lead):
    entry = make_entry(team, lead, text="Two boys asked.")
    opened = entry.version
    amend(entry, lead, AT, text="Two girls asked.")

    answer = signed_in(lead).post(page(entry, "entry-edit"), {"text": "Two cats asked.", "version": opened})

    assert answer.status_code == 409
    assert "girls" in answer.text
    assert "cats" in answer.text
    assert "<ins>" in answer.text


def test_coach_files_for_the_team_with_its_channel(signed_in, team):
    luz = coach(team)
    url = reverse("storymaps:log", args=[team.series.slug, team.slug])

    signed_in(luz).post(
        url, {"text": "They told me.", "channel": "visit", "language": "es", "submission_id": uuid.uuid4()}
    )

    entry = StoryEntry.objects.get()
    assert (entry.is_on_behalf, entry.channel, entry.language) == (True, Channel.VISIT, "es")


def test_partner_is_of_the_own_team(signed_in, team, lead):
    team.series.uses_boundary_partners = True
    team.series.save()
    mine, theirs = make_partner(team), make_partner(make_team(team.series))
    browser = signed_in(lead)
    url = reverse("storymaps:log", args=[team.series.slug, team.slug])

    assert browser.post(url, {"text": "One.", "partner": theirs.pk}).status_code == 422
    assert browser.post(url, {"text": "One.", "partner": mine.pk, "sphere": "vertical"}).status_code == 302
    assert StoryEntry.objects.get().partner == mine


def test_we_tried_it_opens_the_form_growing_out_of_the_intention(signed_in, team, lead):
    entry = make_entry(team, lead, is_intended=True, title="Ask the bus driver", drivers=["Practice"])
    browser = signed_in(lead)

    shown = browser.get(page(entry, "entry")).text
    url = reverse("storymaps:log", args=[team.series.slug, team.slug]) + f"?from={entry.pk}"
    form = browser.get(url).text

    assert url in shown
    assert f'name="grew_out_of_entries" value="{entry.pk}" checked' in form


def test_form_never_grows_out_of_what_one_may_not_read(signed_in, team, lead):
    hidden = make_entry(make_team(team.series), title="Not yours")
    url = reverse("storymaps:log", args=[team.series.slug, team.slug]) + f"?from={hidden.pk}"

    assert "Not yours" not in signed_in(lead).get(url).text


def test_shelf_holds_what_did_not_work(signed_in, team, lead):
    make_entry(team, lead, title="It failed", result="not", now_think="We asked too late.")
    make_entry(team, lead, title="It moved", result="moved")
    url = reverse("storymaps:shelf", args=[team.series.slug, team.slug])

    shown = signed_in(lead).get(url).text

    assert "It failed" in shown
    assert "We asked too late." in shown
    assert "It moved" not in shown
    peer = signed_in(join(make_team(team.series), Role.LEAD)).get(url).text
    assert "It failed" not in peer


@pytest.mark.parametrize("count", [1, 10])
def test_shelf_queries(signed_in, team, lead, count, django_assert_max_num_queries):
    for _ in range(count):
        make_entry(team, lead, result="not", drivers=["Practice"])
    browser = signed_in(lead)

    with django_assert_max_num_queries(17):
        browser.get(reverse("storymaps:shelf", args=[team.series.slug, team.slug]))


def test_search_reaches_other_teams_and_nothing_hidden(signed_in, team, lead):
    other = make_team(team.series)
    make_entry(other, title="The bus waits", visibility=Visibility.SERIES)
    make_entry(other, title="The bus is theirs")
    mine = make_entry(team, lead, title="A chosen one")
    url = reverse("storymaps:search", args=[team.series.slug, team.slug])
    browser = signed_in(lead)

    whole = browser.get(url, {"find": "bus"})
    part = browser.get(
        url, {"find": "BUS waits", "grew_out_of_entries": [mine.pk, "x"]}, headers={"HX-Request": "true"}
    )

    assert "The bus waits" in whole.text
    assert "theirs" not in whole.text
    assert f'value="{mine.pk}" checked' in part.text
    assert "The bus waits" in part.text
    assert "<html" not in part.text


@pytest.mark.parametrize("sent", [{"look": "1", "find": "bus"}, {"find": "bus", "found": ""}])
def test_looking_in_the_form_saves_nothing_and_keeps_the_text(signed_in, team, lead, sent):
    make_entry(team, lead, title="The bus waits")
    url = reverse("storymaps:log", args=[team.series.slug, team.slug])

    answer = signed_in(lead).post(url, {"text": "Half a sentence", **sent})

    assert answer.status_code == 200
    assert "Half a sentence" in answer.text
    assert "The bus waits" in answer.text
    assert StoryEntry.objects.count() == 1
