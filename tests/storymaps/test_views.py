"""The pages: who gets what, and what is kept when something goes wrong."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import File
from storymaps.models import (
    Audience,
    Clearance,
    ClearanceState,
    Comment,
    ReadMark,
    StoryEntry,
    Visibility,
)
from tests.factories.progress import make_cycle
from tests.factories.storymaps import add_photo, ask, make_comment, make_entry, make_item
from tests.factories.teams import coach, join, make_team, person_as

ROLES = (
    "lead", "storyteller", "member", "coach", "facilitator", "organizer", "expert", "observer", "peer",
    "stranger", None,
)  # fmt: skip
IN_FULL = {"lead", "storyteller", "member", "coach", "facilitator", "organizer"}
LOGS = IN_FULL
COMMENTS = IN_FULL | {"expert", "peer"}
PHOTO = b"\xff\xd8\xff\xe0" + b"0" * 64


@pytest.fixture
def entry(team):
    return make_entry(team, visibility=Visibility.SERIES)


def url(name, entry, *more) -> str:
    team = entry.team
    return reverse(f"storymaps:{name}", args=[team.series.slug, team.slug, *more])


def of(entry, name, *more) -> str:
    return url(name, entry, entry.pk, *more)


def beside(entry, name, *more) -> str:
    return url(name, entry, "story", entry.pk, *more)


def of_note(note, name) -> str:
    return reverse(f"storymaps:{name}", args=[note.team.series.slug, note.team.slug, note.pk])


@pytest.fixture
def as_role(signed_in, client, team):
    def sign_in(role):
        person = person_as(role, team)
        return client if person is None else signed_in(person)

    return sign_in


def expected(role, allowed, ok, readers=None):
    """404 to a stranger, sign-in for nobody, 403 for a reader without the right."""
    if role is None:
        return 302
    if role == "stranger" or (readers is not None and role not in readers):
        return 404
    return ok if role in allowed else 403


@pytest.mark.parametrize("role", ROLES)
def test_reading_pages(as_role, entry, role):
    browser = as_role(role)

    for page in (url("map", entry), url("map", entry) + "?view=list", of(entry, "entry")):
        assert browser.get(page).status_code == expected(role, ROLES, 200), page


@pytest.mark.parametrize("role", ROLES)
def test_team_entry_is_read_by_those_who_read_in_full(as_role, team, role):
    entry = make_entry(team, title="Only ours")
    browser = as_role(role)

    answer = browser.get(of(entry, "entry"))

    assert answer.status_code == expected(role, ROLES, 200, readers=IN_FULL)
    if role is not None and role != "stranger":
        assert ("Only ours" in browser.get(url("map", entry)).text) == (role in IN_FULL)


@pytest.mark.parametrize("role", ROLES)
def test_log_permissions(as_role, entry, role):
    browser, page = as_role(role), url("log", entry)

    assert browser.get(page).status_code == expected(role, LOGS, 200)
    answer = browser.post(page, {"text": "One sentence.", "submission_id": uuid.uuid4()})
    assert answer.status_code == expected(role, LOGS, 302)
    assert StoryEntry.objects.count() == 1 + (role in LOGS)


@pytest.mark.parametrize("role", ROLES)
def test_acts_on_an_entry(as_role, entry, role):
    browser = as_role(role)
    driver = entry.team.series.drivers.first()

    placed = browser.post(of(entry, "place"), {"driver": driver.pk})
    assert placed.status_code == expected(role, LOGS, 302)
    asked = browser.post(of(entry, "clearance-ask"))
    assert asked.status_code == expected(role, LOGS, 302)
    assert browser.get(of(entry, "entry-edit")).status_code in (
        {200, 302} if role in LOGS or role is None else {expected(role, LOGS, 200)}
    )
    entry.refresh_from_db()
    assert entry.drivers.exists() == Clearance.objects.exists() == (role in LOGS)


@pytest.mark.parametrize("role", ROLES)
def test_comment_and_settle(as_role, entry, role):
    browser = as_role(role)
    note = make_comment(entry, coach(entry.team), audience=Audience.SERIES)
    given = {"text": "A note", "audience": "series", "kind": "noticing", "submission_id": uuid.uuid4()}

    assert browser.post(beside(entry, "note-add"), given).status_code == expected(role, COMMENTS, 302)
    settled = browser.post(of_note(note, "note-settle"))
    assert settled.status_code == expected(role, COMMENTS, 302)
    note.refresh_from_db()
    assert Comment.objects.filter(text="A note").exists() == (role in COMMENTS)
    assert bool(note.settled_at) == (role in IN_FULL)  # an expert settles only what they wrote


@pytest.mark.parametrize("role", ROLES)
def test_decide_and_withdraw(as_role, entry, role):
    browser = as_role(role)
    ask(entry, entry.author)
    given = {"answer": "approve", "states_nobody_recognisable": "on", "version": entry.version}

    assert browser.post(of(entry, "clearance-decide"), given).status_code == expected(role, {"lead"}, 302)
    withdrawn = browser.post(of(entry, "clearance-withdraw"))
    assert withdrawn.status_code == expected(role, {"lead", "organizer"}, 302)
    entry.refresh_from_db()
    assert entry.visibility == Visibility.SERIES


@pytest.mark.parametrize("role", ROLES)
def test_chain_of_a_plan_item_is_the_teams(as_role, team, role):
    item = make_item(team)
    page = reverse("storymaps:chain-item", args=[team.series.slug, team.slug, item.pk])

    assert as_role(role).get(page).status_code == expected(role, ROLES, 200, readers=IN_FULL)


def test_acts_take_a_post(signed_in, entry, lead):
    browser = signed_in(lead)
    for name in ("place", "clearance-ask", "clearance-decide", "clearance-withdraw"):
        assert browser.get(of(entry, name)).status_code == 405


def test_entry_of_another_team_is_not_found_under_this_one(signed_in, team, lead):
    other = make_entry(make_team(team.series), visibility=Visibility.SERIES)

    page = reverse("storymaps:entry", args=[team.series.slug, team.slug, other.pk])

    assert signed_in(lead).get(page).status_code == 404


# --- notes -----------------------------------------------------------------------------------------


def test_coaches_note_is_in_no_page_of_the_team(signed_in, team, lead, teller, luz):
    entry = make_entry(team, drivers=["Policy"])
    make_comment(entry, luz, text="Only for coaches’ eyes", audience=Audience.COACHES)
    pages = [of(entry, "entry"), url("map", entry), url("map", entry) + "?view=list", of(entry, "entry-edit")]

    for person in (lead, teller):
        assert not any("coaches’ eyes" in signed_in(person).get(page).text for page in pages)
    assert "coaches’ eyes" in signed_in(luz).get(pages[0]).text
    assert "coaches’ eyes" in signed_in(luz).get(pages[1]).text


def test_note_has_the_same_letter_on_the_map_and_beside_the_entry(signed_in, team, teller, luz):
    first, second = make_entry(team, drivers=["Policy"]), make_entry(team, drivers=["Policy"])
    make_comment(first, luz)
    note = make_comment(second, luz)
    browser = signed_in(teller)

    assert (
        f'href="{of(second, "entry")}#note-{note.pk}" aria-label="Note b"'
        in browser.get(url("map", first)).text
    )
    assert 'aria-label="Note b, go to the entry"' in browser.get(of(second, "entry")).text


def test_empty_note_comes_back_with_its_error(signed_in, entry, luz):
    answer = signed_in(luz).post(
        beside(entry, "note-add"), {"text": "", "audience": "team", "kind": "noticing"}
    )

    assert answer.status_code == 422
    assert "This field is required" in answer.text


def test_answer_that_settles(signed_in, entry, luz, teller):
    note = make_comment(entry, luz)
    given = {"text": "We were six.", "audience": "team", "parent": note.pk, "settles": "1"}

    answer = signed_in(teller).post(beside(entry, "note-add"), given)

    note.refresh_from_db()
    reply = note.answers.get()
    assert answer.headers["Location"].endswith(f"#note-{reply.pk}")
    assert note.settled_by == teller


def test_reading_marks_a_coach_only(signed_in, entry, luz, teller):
    signed_in(teller).get(of(entry, "entry"))
    signed_in(luz).get(of(entry, "entry"))

    assert [mark.person for mark in ReadMark.objects.all()] == [luz]


# --- the forms -------------------------------------------------------------------------------------


def upload(name="circle.jpg", content=PHOTO):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, "image/jpeg")


def test_one_sentence_is_enough(signed_in, team, teller):
    signed_in(teller).post(url("log", make_entry(team)), {"text": "One sentence."})

    entry = StoryEntry.objects.get(text="One sentence.")
    assert (entry.began_on, entry.visibility, entry.language) == (date(2026, 5, 20), Visibility.TEAM, "en")


def test_double_tap_in_the_browser(signed_in, entry, teller):
    browser, given = signed_in(teller), {"text": "One sentence.", "submission_id": uuid.uuid4()}

    first, second = (browser.post(url("log", entry), given) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert StoryEntry.objects.filter(text="One sentence.").count() == 1


def test_plan_item_of_another_team_is_refused(signed_in, entry, teller):
    item = make_item(make_team(entry.team.series))

    answer = signed_in(teller).post(url("log", entry), {"text": "Mine", "grew_out_of_items": [item.pk]})

    assert answer.status_code == 422
    assert "Mine" in answer.text
    assert not StoryEntry.objects.filter(text="Mine").exists()


def test_earlier_story_must_be_readable(signed_in, entry, teller):
    peers = make_team(entry.team.series)
    hidden, shared = make_entry(peers), make_entry(peers, visibility=Visibility.SERIES)
    browser = signed_in(teller)

    assert (
        browser.post(url("log", entry), {"text": "No", "grew_out_of_entries": hidden.pk}).status_code == 422
    )
    assert (
        browser.post(url("log", entry), {"text": "Yes", "grew_out_of_entries": shared.pk}).status_code == 302
    )
    assert StoryEntry.objects.get(text="Yes").grew_out_of_entries.get() == shared


def test_photo_needs_its_words_and_is_not_lost(signed_in, entry, teller):
    browser, page, sid = signed_in(teller), url("log", entry), uuid.uuid4()

    first = browser.post(page, {"text": "A circle.", "photo": upload(), "submission_id": sid})
    key = File.objects.get().key
    again = {"text": "A circle.", "photo_key": key, "alt_text": "Chairs in a circle", "submission_id": sid}
    second = browser.post(page, again)

    assert first.status_code == 422
    assert str(key) in first.text
    assert "circle.jpg" in first.text
    assert second.status_code == 302
    evidence = StoryEntry.objects.get(text="A circle.").evidence.get()
    assert (evidence.file.key, evidence.alt_text) == (key, "Chairs in a circle")


def test_kept_photo_is_its_writers_alone(signed_in, entry, teller, lead):
    signed_in(teller).post(url("log", entry), {"text": "", "photo": upload()})
    key = File.objects.get().key

    signed_in(lead).post(url("log", entry), {"text": "Mine.", "photo_key": key, "alt_text": "x"})

    assert not StoryEntry.objects.get(text="Mine.").evidence.exists()


def test_what_is_no_photo_is_refused_in_words(signed_in, entry, teller):
    given = {"text": "A circle.", "photo": upload("evil.jpg", b"<svg/>"), "alt_text": "x"}

    answer = signed_in(teller).post(url("log", entry), given)

    assert answer.status_code == 422
    assert "We cannot take this kind of file" in answer.text


def test_draft_comes_back(signed_in, team, teller):
    from accounts.drafts import save_draft
    from storymaps.services import draft_target
    from tests.factories.storymaps import AT

    driver = team.series.drivers.first()
    data = {"text": ["Half a sentence"], "drivers": [str(driver.pk)], "strand": ["story"]}
    save_draft(teller, "log", draft_target(team), data, 0, at=AT)

    page = signed_in(teller).get(reverse("storymaps:log", args=[team.series.slug, team.slug])).text

    assert "Half a sentence" in page
    assert page.count("checked") >= 2
    assert f"/drafts/log/team:{team.pk}/" in page


def test_coach_is_asked_how_it_reached_them(signed_in, entry, luz, teller):
    assert 'name="channel"' in signed_in(luz).get(url("log", entry)).text
    assert 'name="channel"' not in signed_in(teller).get(url("log", entry)).text


def test_stale_edit_shows_both_texts(signed_in, team, teller):
    entry = make_entry(team, teller, text="As it was.")
    browser = signed_in(teller)
    browser.post(of(entry, "entry-edit"), {"text": "Theirs.", "version": 1})

    answer = browser.post(of(entry, "entry-edit"), {"text": "Mine.", "version": 1})
    assert answer.status_code == 409
    assert "Theirs." in answer.text
    assert "Mine." in answer.text

    browser.post(of(entry, "entry-edit"), {"text": "Mine.", "version": 2})
    assert StoryEntry.objects.get().text == "Mine."


def test_edit_of_a_cleared_entry_says_what_follows(signed_in, team, teller):
    entry = make_entry(team, teller, visibility=Visibility.PUBLIC)

    page = signed_in(teller).get(of(entry, "entry-edit")).text

    assert "the clearance is taken back" in page
    assert 'name="visibility"' not in page


def test_approval_without_the_statement_is_refused_at_its_field(signed_in, entry, lead):
    ask(entry, entry.author)

    answer = signed_in(lead).post(of(entry, "clearance-decide"), {"answer": "approve", "version": 1})

    assert answer.status_code == 422
    assert "nobody can be recognised" in answer.text
    assert Clearance.objects.get().state == ClearanceState.ASKED


def test_entry_with_a_photo_says_why_it_cannot_be_cleared(signed_in, entry, teller):
    add_photo(entry)

    answer = signed_in(teller).post(of(entry, "clearance-ask"))

    assert answer.status_code == 422
    assert "These can be cleared once" in answer.text


# --- the map ---------------------------------------------------------------------------------------


def test_map_has_lanes_banks_and_cards(signed_in, team, teller, luz):
    first = make_entry(team, title="First <b>", drivers=["Policy", "Strategy"], strand="research")
    second = make_entry(team, title="Second", drivers=["Policy"], entries=[first])
    add_photo(second)

    page = signed_in(teller).get(url("map", first)).text

    assert "First &lt;b&gt;" in page
    assert "First <b>" not in page
    assert page.count('class="knot"') == 4
    assert f'id="entry-{first.pk}"' in page
    assert f'id="entry-{first.pk}-4"' in page
    assert f'data-grew="{first.pk}"' in page
    assert "also in Strategy" in page
    assert "1 source" in page
    assert "entry--research" in page


def test_more_than_three_fold(signed_in, team, teller):
    for _ in range(5):
        made = make_entry(team, drivers=["Practice"])

    assert "2 more" in signed_in(teller).get(url("map", made)).text


def test_not_yet_placed_is_placed_in_one_tap(signed_in, team, teller):
    entry = make_entry(team, title="Somewhere")
    driver = team.series.drivers.get(name="Practice")
    browser = signed_in(teller)
    assert "Not yet placed" in browser.get(url("map", entry)).text

    answer = browser.post(of(entry, "place"), {"driver": driver.pk}, follow=True)

    assert 'id="strip-h"' not in answer.text
    assert entry.drivers.get() == driver


def test_driver_of_another_series_places_nothing(signed_in, entry, teller):
    other = make_team().series.drivers.first()

    signed_in(teller).post(of(entry, "place"), {"driver": other.pk})

    assert not entry.drivers.exists()


def test_list_can_be_filtered(signed_in, team, teller):
    make_entry(team, title="Found out", strand="research")
    lived = make_entry(team, title="Lived", strand="story")

    page = signed_in(teller).get(url("map", lived) + "?view=list&strand=story").text

    assert "Lived" in page
    assert "Found out" not in page


def fill(team, people, how_many):
    drivers = ["Policy", "Practice", "Public narrative", "Strategy"]
    earlier = None
    for number in range(how_many):
        links = {"entries": [earlier]} if earlier else {}
        earlier = make_entry(
            team,
            people[0],
            drivers=drivers[number % 4 : number % 4 + 2],
            began_on=date(2026, 5, 1) + timedelta(days=number),
            items=[make_item(team)],
            **links,
        )
        note = make_comment(earlier, people[1])
        make_comment(earlier, people[0], parent=note)
        make_entry(team, people[0])
    return earlier


def queries(browser, page) -> int:
    browser.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(page).status_code == 200
    return len(captured)


@pytest.mark.parametrize("role", ["storyteller", "coach", "facilitator"])
def test_queries_do_not_grow(db, signed_in, role):
    counts = []
    for how_many in (2, 40):
        team = make_team()
        people = [join(team), coach(team)]
        entry = fill(team, people, how_many)
        for note in range(how_many):
            make_comment(entry, people[1], text=f"Note {note}")
        browser = signed_in(person_as(role, team))
        pages = [url("map", entry), url("map", entry) + "?view=list", of(entry, "entry"), url("log", entry)]
        counts.append([queries(browser, page) for page in pages])

    assert counts[0] == counts[1]
    assert counts[0][0] <= 20, counts


def test_tests_are_offered_chosen_and_walked_from_both_ends(signed_in, team, teller):
    test = make_cycle(make_item(team, what="Ask for two seats"), by=teller)
    browser, page = signed_in(teller), reverse("storymaps:log", args=[team.series.slug, team.slug])
    assert "Ask for two seats: Test 1" in browser.get(page).text

    given = {"text": "They came.", "grew_out_of_tests": [test.pk], "submission_id": uuid.uuid4()}
    browser.post(page, given)

    entry = StoryEntry.objects.get()
    cycle = reverse("progress:cycle", args=[team.series.slug, team.slug, test.item_id, test.number])
    assert f'href="{of(entry, "entry")}"' in browser.get(cycle).text
    assert f'href="{cycle}"' in browser.get(of(entry, "entry")).text
    assert f'value="{test.pk}" id="id_grew_out_of_tests_0" checked' in " ".join(
        browser.get(of(entry, "entry-edit")).text.split()
    )
