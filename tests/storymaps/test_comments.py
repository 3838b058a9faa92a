"""Notes in the margin: for whom they are, where they stand, and how they change."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from storymaps import comments
from storymaps.models import Audience, Comment, CommentVersion, Mention, ReadMark, Visibility
from storymaps.targets import beside, note_url, of_target, target_of
from tests.factories.accounts import make_person
from tests.factories.measures import make_measure
from tests.factories.progress import make_check_in, make_cycle, make_due
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_comment, make_entry, make_item
from tests.factories.teams import join, person_as
from tests.factories.told import make_outcome


def comment(beside, by, team=None, **fields) -> Comment:
    draft = comments.new_comment(
        target_of(beside, team or beside.team), fields.pop("submission_id", uuid.uuid4())
    )
    for name, value in ({"text": "Who was there?"} | fields).items():
        setattr(draft, name, value)
    return comments.write_comment(draft, by=by, at=AT)


def test_comment_once_with_its_event(team, luz):
    entry, sid = make_entry(team), uuid.uuid4()

    first = comment(entry, luz, submission_id=sid)
    second = comment(entry, luz, submission_id=sid)

    assert first == second
    event = Event.objects.get(act="storymaps.comment_written")
    assert (event.target_id, event.team_id) == (first.pk, team.pk)


@pytest.mark.parametrize(
    ("role", "visibility", "allowed"),
    [
        ("member", "team", {"team"}),
        ("member", "series", {"team", "series"}),
        ("coach", "team", {"team", "coaches"}),
        ("facilitator", "series", {"team", "series", "coaches"}),
        ("expert", "series", {"series"}),
        ("expert", "team", set()),
        ("observer", "series", set()),
        ("peer", "series", {"series"}),
        ("peer", "team", set()),
        ("stranger", "series", set()),
    ],
)
def test_audiences_one_may_write_for(team, role, visibility, allowed):
    entry = make_entry(team, visibility=visibility)

    assert set(comments.audiences(person_as(role, team), target_of(entry, team))) == allowed


def test_answer_is_never_wider_than_its_note(team, luz, lead):
    entry = make_entry(team, visibility=Visibility.SERIES)
    note = comment(entry, luz, audience=Audience.TEAM)
    secret = comment(entry, luz, audience=Audience.COACHES)

    for parent, audience in ((note, Audience.SERIES), (secret, Audience.TEAM)):
        with pytest.raises(ValidationError):
            comment(entry, luz, parent=parent, audience=audience)
    with pytest.raises(ValidationError):  # a note that the lead may not read cannot be answered
        comment(entry, lead, parent=secret, audience=Audience.TEAM)
    with pytest.raises(ValidationError):  # nor one of another entry
        comment(make_entry(team), luz, parent=note)


def test_answer_to_an_answer_stands_in_the_same_thread(team, luz, teller):
    entry = make_entry(team)
    note = comment(entry, luz)
    answer = comment(entry, teller, parent=note)

    assert comment(entry, luz, parent=answer).parent == note


def test_settle_once(team, luz, teller):
    note = make_comment(make_entry(team), luz)

    comments.settle_comment(note, by=teller, at=AT)
    comments.settle_comment(note, by=luz, at=AT)

    assert note.settled_by == teller
    assert Event.objects.filter(act="storymaps.comment_settled").count() == 1


def test_mark_read_keeps_the_first_time(team, luz):
    entry = make_entry(team)

    comments.mark_read(entry, by=luz, at=AT)
    comments.mark_read(entry, by=luz, at=AT.replace(hour=20))

    assert ReadMark.objects.get().read_at == AT


# --- wherever it stands ------------------------------------------------------------------------------


def things(team, by):
    """One thing of each kind that a note can stand beside, by the word in its address."""
    item = make_item(team)
    return {
        "story": make_entry(team),
        "outcome": make_outcome(make_entry(team)),
        "plan-item": item,
        "test": make_cycle(item, by=by),
        "check-in": make_check_in(make_due(team), by=by),
        "measure": make_measure(team),
        "map": team,
    }


def test_a_note_stands_beside_any_link_and_leads_back_to_it(team, teller, luz):
    for kind, thing in things(team, teller).items():
        note = comment(thing, luz, team)

        read = Comment.objects.with_targets().get(pk=note.pk)
        assert beside(read).kind == kind
        assert beside(read).object == thing
        assert note_url(read).endswith(f"#note-{note.pk}")
        assert note in Comment.objects.filter(**of_target(target_of(thing, team)))


def test_each_page_shows_its_notes_and_takes_one(team, teller, luz, signed_in):
    browser = signed_in(luz)
    for kind, thing in things(team, teller).items():
        target = target_of(thing, team)
        given = {"text": f"About this {kind}", "audience": "team", "kind": "noticing"}

        answer = browser.post(target.url_of("note-add"), given, follow=True)

        assert answer.status_code == 200, kind
        assert f"About this {kind}" in answer.text, kind
        refused = browser.post(target.url_of("note-add"), given | {"text": "", "kind": "question"})
        assert refused.status_code == 422
        assert "This field is required" in refused.text


def test_notes_on_what_the_team_keeps_are_read_by_who_reads_it_in_full(team, teller, luz):
    readers = {
        role: person_as(role, team) for role in ("lead", "coach", "facilitator", "expert", "peer", "observer")
    }
    for kind, thing in things(team, teller).items():
        note = comment(thing, luz, team)
        secret = comment(thing, luz, team, audience=Audience.COACHES)
        for role, person in readers.items():
            seen = set(Comment.objects.visible_to(person).filter(pk__in=[note.pk, secret.pk]))
            wanted = {"coach": {note, secret}, "facilitator": {note, secret}, "lead": {note}}.get(role, set())
            assert seen == wanted, (kind, role)


def test_a_note_for_the_series_goes_with_what_it_stands_beside(team, luz):
    entry = make_entry(team, visibility=Visibility.SERIES)
    note = comment(entry, luz, audience=Audience.SERIES)
    peer = person_as("peer", team)
    assert note in Comment.objects.visible_to(peer)

    entry.visibility = Visibility.TEAM
    entry.save()

    assert note not in Comment.objects.visible_to(peer)


def test_the_database_holds_one_target_and_an_empty_deleted_note(team, luz):
    entry, item = make_entry(team), make_item(team)
    for fields in ({"item": item}, {"deleted_at": AT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_comment(entry, luz, **fields)


# --- called by name ----------------------------------------------------------------------------------


def test_a_note_calls_those_who_can_read_it(team, luz):
    ana, other = join(team, person=make_person("Ana María Ruiz")), make_person("Zoe")
    note = comment(
        make_entry(team), luz, text="@anamaria-ruiz, @AnaMaríaRuiz and @zoe: look. mail@ana.example"
    )

    assert [mention.person for mention in note.mentions.all()] == [ana]
    secret = comment(make_entry(team), luz, text="@ana?", audience=Audience.COACHES)
    assert not Mention.objects.filter(comment=secret).exists()
    assert not Mention.objects.filter(person=other).exists()


def test_a_name_that_two_people_have_calls_nobody_and_says_so(team, luz, signed_in):
    join(team, person=make_person("Sam Oak")), join(team, person=make_person("Sam Elm"))
    target = target_of(make_entry(team), team)
    given = {"text": "@sam and @samelm, look", "audience": "team", "kind": "noticing"}

    answer = signed_in(luz).post(target.url_of("note-add"), given, follow=True)

    assert "@sam" in answer.text
    assert "Nobody, or more than one person" in answer.text
    assert [mention.person.name for mention in Mention.objects.all()] == ["Sam Elm"]


# --- changed and deleted -----------------------------------------------------------------------------


def test_change_keeps_what_stood_there_and_tells_nobody(team, luz):
    note = comment(make_entry(team), luz)
    later = AT + timedelta(hours=1)

    comments.change_comment(note, "Who was in the room?", seen=None, by=luz, at=later)
    comments.change_comment(note, "Who was in the room?", seen=later, by=luz, at=later)

    assert [(v.text, v.until) for v in note.versions.all()] == [("Who was there?", later)]
    assert Event.objects.filter(act="storymaps.comment_written").count() == 1
    with pytest.raises(PermissionDenied):
        comments.change_comment(note, "Mine now", seen=later, by=join(team), at=later)
    with pytest.raises(comments.StaleComment):
        comments.change_comment(note, "From an old page", seen=None, by=luz, at=later)


def test_delete_leaves_a_mark_and_no_word(team, luz, teller, signed_in):
    entry = make_entry(team)
    note = comment(entry, luz, text="Fourscore words", asks_reply=True)
    comments.change_comment(note, "Fourscore others", seen=None, by=luz, at=AT)
    comment(entry, teller, parent=note, text="We were six.")

    comments.delete_comment(note, by=luz, at=AT)
    comments.delete_comment(note, by=luz, at=AT)

    page = signed_in(teller).get(note_url(note)).text
    assert "This note was deleted." in page
    assert "We were six." in page
    assert "Fourscore" not in page
    assert not CommentVersion.objects.exists()
    assert Event.objects.filter(act="storymaps.comment_deleted").count() == 1


def test_who_runs_the_series_may_delete_and_nobody_else(team, luz, lead):
    facilitator = give_role(team.series, Role.FACILITATOR)
    first, second = (comment(make_entry(team), luz) for _ in range(2))

    with pytest.raises(PermissionDenied):
        comments.delete_comment(first, by=lead, at=AT)
    comments.delete_comment(second, by=facilitator, at=AT)

    assert list(Comment.objects.standing()) == [first]


def test_change_by_page_with_history(team, luz, lead, signed_in):
    note = comment(make_entry(team), luz)
    browser = signed_in(luz)
    where = reverse("storymaps:note-change", args=[team.series.slug, team.slug, note.pk])

    assert "Who was there?" in browser.get(where).text
    assert browser.post(where, {"text": "", "seen": ""}).status_code == 422
    assert browser.post(where, {"text": "Who came?", "seen": ""}).status_code == 302
    stale = browser.post(where, {"text": "Typed on another device", "seen": ""})

    assert stale.status_code == 409
    assert "Typed on another device" in stale.text
    assert "Who came?" in stale.text
    history = reverse("storymaps:note-history", args=[team.series.slug, team.slug, note.pk])
    assert "Who was there?" in signed_in(lead).get(history).text


# --- about a passage ---------------------------------------------------------------------------------


def test_a_passage_is_marked_followed_and_never_lost(team, luz, teller, signed_in):
    entry = make_entry(team, text="Nine rooms, **one chart**. Eleven chairs stood in a circle all morning.")
    note = comment(entry, luz, quote="one chart. Eleven chairs stood in a circle")
    assert note.quote_before == "Nine rooms, **"
    browser = signed_in(teller)
    page = browser.get(target_of(entry, team).url).text
    assert '<mark data-pair="a">one chart</mark>' in page

    entry.text = "Nine rooms, **one chart**. Twelve chairs stood in a big circle all morning."
    entry.save()
    assert "These words were changed since." in browser.get(target_of(entry, team).url).text

    entry.text = "We wrote it anew."
    entry.save()
    page = browser.get(target_of(entry, team).url).text
    assert "These words no longer stand in the text." in page
    assert "one chart. Eleven chairs" in page


def test_words_that_do_not_stand_there_are_refused(team, luz):
    with pytest.raises(ValidationError) as refused:
        comment(make_entry(team, text="We sat in a circle."), luz, quote="They stood in a line.")

    assert "quote" in refused.value.error_dict


def test_nobody_writes_without_end(team, luz, monkeypatch):
    monkeypatch.setattr(comments, "MOST_A_DAY", 2)
    entry = make_entry(team)
    for _ in range(2):
        comment(entry, luz)

    with pytest.raises(ValidationError):
        comment(entry, luz)


def test_the_number_of_queries_is_the_same_for_any_number_of_notes(team, luz, teller, signed_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser, counts = signed_in(teller), []
    for kind, thing in things(team, teller).items():
        target, found = target_of(thing, team), []
        for notes in (1, 12):
            for _ in range(notes):
                comment(thing, luz, team, parent=comment(thing, luz, team, text="@nobody, look"))
            browser.get(target.url_of("notes"))
            with CaptureQueriesContext(connection) as captured:
                browser.get(target.url_of("notes"))
            found.append(len(captured))
        counts.append((kind, found))

    assert all(one == many for _kind, (one, many) in counts), counts


def test_letters_go_on_after_z():
    assert [comments.letter(n) for n in (0, 25, 26, 27)] == ["a", "z", "aa", "ab"]
