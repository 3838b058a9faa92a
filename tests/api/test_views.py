"""What programs read and log: as much as the pages let their person, and not a word more."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from accounts.drafts import drafts_of
from accounts.models import Draft, Event
from core import clock
from progress.models import CheckIn, DueDate, PlanItem
from series.models import SeriesStatus
from storymaps.models import Audience, Comment, StoryEntry, Visibility
from tests.factories.accounts import make_person
from tests.factories.progress import first_period
from tests.factories.storymaps import add_photo, make_comment, make_entry, make_item
from tests.factories.teams import make_team

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def problem(response, status):
    """The body of a problem of that status."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == PROBLEM
    assert response.json()["status"] == status
    return response.json()


# --- the door ------------------------------------------------------------------------------------------


def test_who_is_not_signed_in_gets_a_401_and_no_page(place):
    for method in ("get", "post"):
        response = getattr(Client(), method)(f"/api/v1/{place.path}entries/")

        assert "sign in" in problem(response, 401)["detail"]


def test_foreign_and_unknown_are_the_same_404(place, as_program):
    stranger = as_program(make_person())

    foreign = stranger.ask(f"{place.path}entries/{place.entry.pk}/")
    unknown = stranger.ask("series/none/teams/none/entries/1/")
    nowhere = stranger.ask("nothing/here/")

    assert problem(foreign, 404) == problem(unknown, 404) == problem(nowhere, 404)


def test_a_write_without_a_csrf_token_is_refused(place, as_program):
    program = as_program(place.member, enforce_csrf_checks=True)

    assert "CSRF" in problem(program.send(f"{place.path}entries/", {"text": "It moved."}), 403)["detail"]

    program.get(f"/series/{place.series.slug}/teams/{place.team.slug}/")
    token = program.cookies["csrf"].value
    assert (
        program.send(f"{place.path}entries/", {"text": "It moved."}, **{"X-CSRFToken": token}).status_code
        == 201
    )


def test_answers_are_kept_by_no_cache_and_are_json_whatever_is_asked_for(place, as_program):
    response = as_program(place.member).get("/api/v1/series/", headers={"Accept": "text/html"})

    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_form_is_no_json(place, as_program):
    response = as_program(place.member).post(f"/api/v1/{place.path}entries/", {"text": "It moved."})

    problem(response, 415)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"text": "a\\u0000"}',
        b'{"text": "a\\ud800"}',
        b'{"text": NaN}',
        b'{"drivers": [1e999]}',
        b'{"text": ' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"text": ' + b"[" * 900 + b"]" * 900 + b"}",
        b"[" * 100_000,
    ],
)
def test_what_cannot_be_kept_is_a_400(place, as_program, body):
    response = as_program(place.member).generic(
        "POST", f"/api/v1/{place.path}entries/", body, content_type="application/json"
    )

    problem(response, 400)


def test_a_body_beyond_bounds_is_a_413(place, as_program):
    response = as_program(place.member).send(f"{place.path}entries/", {"text": "a" * 2_200_000})

    problem(response, 413)


def test_a_body_that_is_no_object_is_a_422(place, as_program):
    problem(as_program(place.member).send(f"{place.path}entries/", ["It moved."]), 422)


# --- reading -------------------------------------------------------------------------------------------


def test_a_person_finds_their_series_with_its_calendar(place, as_program):
    make_team()  # in a series of others

    found = as_program(place.peer).ask("series/").json()

    assert [series["slug"] for series in found["results"]] == [place.series.slug]
    series = found["results"][0]
    assert series["question"]["text"].startswith("How do young people")
    assert [driver["name"] for driver in series["drivers"]] == [d.name for d in place.series.drivers.all()]
    assert [session["letter"] for session in series["sessions"]] == ["A", "B", "C"]
    assert series["periods"][0]["number"] == 1


def test_a_team_says_what_one_may_do_with_it(place, as_program):
    assert "log_story" in as_program(place.member).ask(place.path).json()["may"]
    assert as_program(place.peer).ask(place.path).json()["may"] == []


def test_peers_read_what_is_shared_and_nothing_of_what_it_grew_out_of_in_private(place, as_program):
    hidden = make_entry(place.team, place.member)
    shared = make_entry(
        place.team, place.member, visibility=Visibility.SERIES, items=[place.item], entries=[hidden]
    )
    path = f"{place.path}entries/"

    seen = as_program(place.peer).ask(path).json()
    assert [entry["id"] for entry in seen["results"]] == [shared.pk]
    assert seen["results"][0]["grew_out_of_items"] == seen["results"][0]["grew_out_of_entries"] == []
    full = as_program(place.member).ask(f"{path}{shared.pk}/").json()
    assert full["grew_out_of_items"] == [place.item.pk]
    assert full["grew_out_of_entries"] == [hidden.pk]


def test_people_are_names_and_nothing_else(place, as_program):
    make_comment(place.entry, place.coach)
    program = as_program(place.member)

    for path in ("entries/", f"entries/{place.entry.pk}/comments/", "check-ins/", "", "items/"):
        assert b"example.org" not in program.ask(f"{place.path}{path}").content
    entry = program.ask(f"{place.path}entries/{place.entry.pk}/").json()
    assert entry["author"] == place.member.name
    assert "author_is_under_18" not in entry
    note = program.ask(f"{place.path}entries/{place.entry.pk}/comments/").json()["results"][0]
    assert (note["author"], note["role"]) == (place.coach.name, "coach")


def test_a_photo_is_told_with_its_address(place, as_program):
    photo = add_photo(place.entry)

    entry = as_program(place.member).ask(f"{place.path}entries/{place.entry.pk}/").json()

    (shown,) = entry["evidence"]
    assert (shown["kind"], shown["alt_text"], shown["state"]) == ("photo", photo.alt_text, "ready")
    assert shown["file"] == f"/files/{photo.file.key}/"


def test_lists_come_in_pages_of_at_most_100(place, as_program):
    for _ in range(101):
        make_entry(place.team, place.member)
    program = as_program(place.member)

    assert len(program.ask(f"{place.path}entries/").json()["results"]) == 50
    assert len(program.ask(f"{place.path}entries/", page_size=1000).json()["results"]) == 100
    problem(program.ask(f"{place.path}entries/", page=99), 404)


@pytest.mark.parametrize("path", ["", "entries/", "check-ins/", "plans/", "plans/1/items/"])
def test_the_queries_of_a_list_do_not_grow(place, as_program, django_assert_max_num_queries, path):
    program = as_program(place.member)
    address = f"series/{place.series.slug}/teams/" if not path else f"{place.path}{path}"

    def add(days: int) -> None:
        entry = make_entry(place.team, place.member, drivers=["Policy"], items=[make_item(place.team)])
        add_photo(entry)
        day = place.due.due_on - timedelta(days=days)
        DueDate.objects.create(team=place.team, period=first_period(place.team), due_on=day)
        make_team(place.series)

    def count() -> int:
        with django_assert_max_num_queries(40) as queries:
            program.ask(address)
        return len(queries)

    add(1)
    program.ask(address)
    before = count()
    add(2)
    add(3)

    assert count() == before


# --- stories -------------------------------------------------------------------------------------------


def test_a_story_is_logged_with_one_field_and_the_usual_else(place, as_program):
    Draft.objects.create(
        person=place.member, form="log", target=f"team:{place.team.pk}", data={}, saved_at=clock.now()
    )

    response = as_program(place.member).send(f"{place.path}entries/", {"text": "It\u202e moved.\x07"})

    assert response.status_code == 201
    entry = StoryEntry.objects.get(pk=response.json()["id"])
    assert (entry.text, entry.author, entry.visibility) == ("It moved.", place.member, Visibility.TEAM)
    assert entry.began_on == clock.today(place.team.time_zone)
    assert response.headers["ETag"] == '"1"'
    assert Event.objects.filter(act="storymaps.story_logged", target_id=entry.pk).count() == 1
    assert drafts_of(place.member, "log", f"team:{place.team.pk}"), "what is being typed elsewhere stays"


def test_the_same_key_is_the_same_story(place, as_program):
    program = as_program(place.member)

    first = program.send(f"{place.path}entries/", {"text": "It moved."}, key=place.key)
    again = program.send(f"{place.path}entries/", {"text": "It moved again."}, key=place.key)

    assert first.json() == again.json()
    assert StoryEntry.objects.filter(submission_id=place.key).count() == 1


def test_a_key_that_somebody_else_used_is_told_nothing(place, as_program):
    as_program(place.lead).send(f"{place.path}entries/", {"text": "It moved."}, key=place.key)
    program = as_program(place.member)

    assert "moved" not in str(
        problem(program.send(f"{place.path}entries/", {"text": "x"}, key=place.key), 422)
    )
    as_program(place.lead).send(f"{place.path}plans/1/items/", {"what": "Ask"}, key=place.key)
    problem(program.send(f"{place.path}plans/1/items/", {"what": "x"}, key=place.key), 409)
    problem(program.send(f"{place.path}entries/", {"text": "x"}, key="1"), 422)


def test_a_key_of_another_team_is_a_conflict(place, as_program):
    other = make_team(place.series)
    StoryEntry.objects.create(
        team=other,
        author=place.member,
        text="There.",
        began_on=place.due.due_on,
        logged_at=clock.now(),
        submission_id=place.key,
    )

    problem(as_program(place.member).send(f"{place.path}entries/", {"text": "Here."}, key=place.key), 409)


def test_who_wrote_it_and_where_is_never_taken_from_a_body(place, as_program):
    other = make_team(place.series)
    body = {
        "text": "It moved.",
        "author": place.lead.pk,
        "team": other.slug,
        "version": 9,
        "is_on_behalf": True,
        "channel": "phone",
        "author_is_under_18": True,
        "is_sample": True,
        "logged_at": "2020-01-01T00:00:00Z",
    }

    response = as_program(place.member).send(f"{place.path}entries/", body)

    entry = StoryEntry.objects.get(pk=response.json()["id"])
    assert (entry.author, entry.team, entry.version, entry.channel) == (place.member, place.team, 1, "web")
    assert [entry.is_on_behalf, entry.author_is_under_18, entry.is_sample] == [False] * 3
    assert entry.logged_at.year != 2020


def test_a_coach_logs_on_behalf_with_its_channel(place, as_program):
    body = {"text": "They told me.", "channel": "phone"}

    entry = as_program(place.coach).send(f"{place.path}entries/", body).json()

    assert (entry["is_on_behalf"], entry["channel"]) == (True, "phone")


def test_links_reach_no_further_than_the_writer(place, as_program):
    foreign = make_team()
    bad = {
        "drivers": [foreign.series.drivers.first().pk],
        "grew_out_of_items": [make_item(foreign).pk],
        "grew_out_of_entries": [make_entry(foreign).pk],
    }
    program = as_program(place.member)

    refused = problem(program.send(f"{place.path}entries/", {"text": "It moved."} | bad), 422)
    unknown = problem(
        program.send(f"{place.path}entries/", {"text": "It moved."} | {name: [2**62] for name in bad}), 422
    )
    assert set(refused["errors"]) == set(bad)
    assert refused == unknown
    good = {
        "drivers": [place.driver.pk],
        "grew_out_of_items": [place.item.pk],
        "grew_out_of_entries": [place.entry.pk],
    }
    entry = program.send(f"{place.path}entries/", {"text": "It moved."} | good).json()
    assert {name: entry[name] for name in good} == good


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": " "}, "text"),
        ({"text": "a" * 4001}, "text"),
        ({"text": "x", "strand": "none"}, "strand"),
        ({"text": "x", "visibility": "public"}, "visibility"),
        ({"text": "x", "began_on": "2026-02-30"}, "began_on"),
        ({"text": "x", "drivers": "1"}, "drivers"),
        ({"text": "x", "drivers": [1] * 7}, "drivers"),
    ],
)
def test_what_is_wrong_stands_at_its_field(place, as_program, body, field):
    found = problem(as_program(place.member).send(f"{place.path}entries/", body), 422)

    assert list(found["errors"]) == [field]


def test_a_rule_of_the_model_is_told_in_words(place, as_program):
    body = {"text": "x", "began_on": "2026-05-02", "ended_on": "2026-05-01"}

    found = problem(as_program(place.member).send(f"{place.path}entries/", body), 422)

    assert found["detail"] == "It cannot end before it begins."


def test_a_change_needs_the_version(place, as_program):
    path = f"{place.path}entries/{place.entry.pk}/"
    program = as_program(place.member)

    problem(program.change(path, {"title": "New"}), 428)
    changed = program.change(path, {"title": "New"}, **{"If-Match": program.ask(path).headers["ETag"]})

    assert changed.status_code == 200
    assert (changed.json()["title"], changed.headers["ETag"]) == ("New", '"2"')
    place.entry.refresh_from_db()
    assert (place.entry.title, place.entry.version) == ("New", 2)


@pytest.mark.parametrize("tag", ['"1"', "1", 'W/"2"', "nonsense"])
def test_a_stale_change_gets_both_texts_and_changes_nothing(place, as_program, tag):
    path = f"{place.path}entries/{place.entry.pk}/"
    program = as_program(place.member)
    program.change(path, {"text": "Theirs."}, **{"If-Match": '"1"'})

    found = problem(program.change(path, {"text": "Mine."}, **{"If-Match": tag}), 412)

    assert found["yours"] == {"text": "Mine."}
    assert found["current"]["text"] == "Theirs."
    place.entry.refresh_from_db()
    assert place.entry.text == "Theirs."


def test_a_change_keeps_the_links_that_it_does_not_name(place, as_program):
    entry = make_entry(
        place.team, place.member, drivers=["Policy"], items=[place.item], entries=[place.entry]
    )

    as_program(place.member).change(
        f"{place.path}entries/{entry.pk}/", {"drivers": []}, **{"If-Match": '"1"'}
    )

    assert list(entry.drivers.all()) == []
    assert list(entry.grew_out_of_items.all()) == [place.item]
    assert list(entry.grew_out_of_entries.all()) == [place.entry]


def test_a_coach_does_not_change_what_the_team_wrote(place, as_program):
    path = f"{place.path}entries/{place.entry.pk}/"

    found = problem(as_program(place.coach).change(path, {"text": "x"}, **{"If-Match": '"1"'}), 403)

    assert "margin" in found["detail"]


def test_who_reads_a_cleared_story_is_not_changed_here(place, as_program):
    entry = make_entry(place.team, place.member, visibility=Visibility.PUBLIC)
    path = f"{place.path}entries/{entry.pk}/"

    found = problem(as_program(place.member).change(path, {"visibility": "team"}, **{"If-Match": '"1"'}), 422)

    assert list(found["errors"]) == ["visibility"]


# --- notes ---------------------------------------------------------------------------------------------


def test_a_coaches_note_is_in_no_output_of_the_team(place, as_program):
    make_comment(place.entry, place.coach, audience=Audience.COACHES, text="Between us")
    path = f"{place.path}entries/{place.entry.pk}/comments/"

    assert as_program(place.lead).ask(path).json()["results"] == []
    assert [note["text"] for note in as_program(place.coach).ask(path).json()["results"]] == ["Between us"]


def test_a_note_is_for_readers_that_the_writer_may_choose(place, as_program):
    path = f"{place.path}entries/{place.entry.pk}/comments/"

    usual = as_program(place.member).send(path, {"text": "Who chose?", "kind": "question"})
    refused = as_program(place.member).send(path, {"text": "x", "audience": "coaches"})
    secret = as_program(place.coach).send(path, {"text": "x", "audience": "coaches"})

    assert (usual.status_code, usual.json()["audience"], usual.json()["kind"]) == (201, "team", "question")
    assert list(problem(refused, 422)["errors"]) == ["audience"]
    assert secret.status_code == 201


def test_an_answer_is_read_by_no_more_people_than_its_note(place, as_program):
    path = f"{place.path}entries/{place.entry.pk}/comments/"
    secret = make_comment(place.entry, place.coach, audience=Audience.COACHES)
    program = as_program(place.coach)

    wider = program.send(path, {"text": "x", "parent": secret.pk, "audience": "team"})
    answer = program.send(path, {"text": "x", "parent": secret.pk})
    unseen = as_program(place.member).send(path, {"text": "x", "parent": secret.pk})
    unknown = as_program(place.member).send(path, {"text": "x", "parent": 2**62})

    problem(wider, 422)
    assert (answer.json()["parent"], answer.json()["audience"]) == (secret.pk, "coaches")
    assert problem(unseen, 422) == problem(unknown, 422)
    assert Comment.objects.filter(parent=secret).count() == 1


def test_a_note_is_settled(place, as_program):
    note = make_comment(place.entry, place.coach)

    settled = as_program(place.member).send(
        f"{place.path}entries/{place.entry.pk}/comments/{note.pk}/settle/"
    )

    assert settled.json()["is_settled"]
    note.refresh_from_db()
    assert note.settled_by == place.member


# --- plans ---------------------------------------------------------------------------------------------


def test_an_item_is_put_on_the_plan_once(place, as_program):
    body = {"what": "Ask the board", "drivers": [place.driver.pk], "due_on": "2026-10-01"}
    program = as_program(place.member)

    first = program.send(f"{place.path}plans/1/items/", body, key=place.key)
    again = program.send(f"{place.path}plans/1/items/", body, key=place.key)

    assert first.status_code == 201
    assert first.json() == again.json()
    item = PlanItem.objects.get(submission_id=place.key)
    assert (item.what, item.added_by, list(item.drivers.all())) == (
        "Ask the board",
        place.member,
        [place.driver],
    )
    listed = program.ask(f"{place.path}plans/1/items/").json()["results"]
    assert [row["id"] for row in listed] == [place.item.pk, item.pk]


def test_an_item_with_a_mistyped_year_or_a_foreign_driver_is_refused(place, as_program):
    foreign = make_team().series.drivers.first()
    program = as_program(place.member)
    path = f"{place.path}plans/1/items/"

    assert list(problem(program.send(path, {"what": "x", "due_on": "0026-10-01"}), 422)["errors"]) == [
        "due_on"
    ]
    assert list(problem(program.send(path, {"what": "x", "drivers": [foreign.pk]}), 422)["errors"]) == [
        "drivers"
    ]
    problem(program.send(f"{place.path}plans/9/items/", {"what": "x"}), 404)


def test_the_status_of_an_item_is_said(place, as_program):
    path = f"{place.path}items/{place.item.pk}/status/"

    assert as_program(place.member).send(path, {"status": "done"}).json()["status"] == "done"
    problem(as_program(place.member).send(path, {"status": "lost"}), 422)
    problem(as_program(place.coach).send(path, {"status": "going"}), 403)
    place.item.refresh_from_db()
    assert place.item.status == "done"


def test_a_series_that_is_over_takes_no_more(place, as_program):
    place.series.status = SeriesStatus.ARCHIVED
    place.series.save()
    program = as_program(place.member)

    problem(program.send(f"{place.path}plans/1/items/", {"what": "x"}), 409)
    problem(program.send(f"{place.path}items/{place.item.pk}/status/", {"status": "done"}), 409)
    problem(program.send(f"{place.path}check-ins/{place.due.due_on}/", {"going": "well"}), 409)


# --- check-ins -----------------------------------------------------------------------------------------


def test_a_check_in_is_filed_once(place, as_program):
    path = f"{place.path}check-ins/{place.due.due_on}/"
    program = as_program(place.member)

    first = program.send(path, {"going": "stuck", "help_from": "coach"}, key=place.key)
    again = program.send(path, {"going": "well"}, key=place.key)

    assert first.status_code == 201
    assert first.json() == again.json()
    assert first.json()["check_in"]["going"] == "stuck"
    check_in = CheckIn.objects.get(due=place.due)
    assert (check_in.filed_by, check_in.is_on_behalf, check_in.help_from) == (place.member, False, "coach")


def test_who_comes_second_sees_what_stands(place, as_program):
    path = f"{place.path}check-ins/{place.due.due_on}/"
    as_program(place.lead).send(path, {"going": "well"})

    found = problem(as_program(place.member).send(path, {"going": "stuck"}), 409)

    assert found["current"]["going"] == "well"
    assert found["current"]["filed_by"] == place.lead.name


def test_a_date_that_is_not_open_says_when_it_opens(place, as_program):
    later = DueDate.objects.create(
        team=place.team, period=first_period(place.team), due_on=place.due.due_on + timedelta(days=14)
    )

    found = problem(
        as_program(place.member).send(f"{place.path}check-ins/{later.due_on}/", {"going": "well"}), 409
    )

    assert found["opens_on"] == (place.due.due_on + timedelta(days=1)).isoformat()


def test_a_key_of_another_date_is_a_conflict(place, as_program):
    earlier = DueDate.objects.create(
        team=place.team, period=first_period(place.team), due_on=place.due.due_on - timedelta(days=14)
    )
    program = as_program(place.member)
    program.send(f"{place.path}check-ins/{earlier.due_on}/", {"going": "well"}, key=place.key)

    problem(program.send(f"{place.path}check-ins/{place.due.due_on}/", {"going": "well"}, key=place.key), 409)
    assert not CheckIn.objects.filter(due=place.due).exists()


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "1999-01-01", "today"])
def test_a_day_that_is_none_is_not_there(place, as_program, day):
    problem(as_program(place.member).ask(f"{place.path}check-ins/{day}/"), 404)


def test_large_numbers_in_an_address_are_not_there(place, as_program):
    program = as_program(place.member)

    for path in (f"entries/{10**30}/", f"items/{10**30}/", f"plans/{10**30}/items/"):
        problem(program.ask(f"{place.path}{path}"), 404)
    problem(program.ask(f"{place.path}entries/", page=10**30), 404)


def test_a_key_is_free_for_another_kind_of_thing(place, as_program):
    key = uuid.uuid4()
    program = as_program(place.member)

    assert program.send(f"{place.path}entries/", {"text": "x"}, key=key).status_code == 201
    assert program.send(f"{place.path}plans/1/items/", {"what": "x"}, key=key).status_code == 201
