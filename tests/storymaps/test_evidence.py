"""What a story rests on, and a story that is spoken: added, read, written down, taken away."""

import json
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.urls import reverse

from accounts.kinds import FileKind
from accounts.models import File, FileState
from core import clock
from jobs.drain import drain
from jobs.registry import Lane
from storymaps import evidence, services
from storymaps.models import ClearanceState, Evidence, EvidenceKind, StoryEntry, Visibility
from storymaps.sources import plain_captions, source_words, to_write_down
from tests.factories.accounts import make_person
from tests.factories.media import make_media, make_pdf
from tests.factories.storymaps import AT, add_photo, ask, make_entry, make_file

VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\nWe asked the board.\n"


def of(entry, name, *more):
    return reverse(f"storymaps:{name}", args=[entry.team.series.slug, entry.team.slug, entry.pk, *more])


def speak_url(team):
    return reverse("storymaps:speak", args=[team.series.slug, team.slug])


def work():
    with TestCase.captureOnCommitCallbacks(execute=True):
        drain(Lane.SLOW, at=clock.now())


def add_sound(entry, **fields):
    file = make_file(
        entry.author, name="told.mp3", kind=FileKind.SOUND, preview="", content_type="audio/mpeg"
    )
    return Evidence.objects.create(entry=entry, file=file, **fields)


@pytest.fixture
def entry(team, teller):
    return make_entry(team, teller)


# --- adding ------------------------------------------------------------------------------------------


def test_link_number_and_file_are_added_and_shown(signed_in, entry, teller):
    browser = signed_in(teller)
    given = [
        {"url": "https://example.org/minutes", "alt_text": "Minutes of the board"},
        {"number": "42 of 60 students", "alt_text": "Who took part"},
        {"file": SimpleUploadedFile("minutes.pdf", make_pdf()), "alt_text": "The minutes"},
    ]

    for fields in given:
        assert browser.post(of(entry, "evidence-add"), fields).status_code == 302
    work()

    page = browser.get(of(entry, "entry")).text
    assert "https://example.org/minutes" in page
    assert 'rel="noopener noreferrer nofollow"' in page
    assert "42 of 60 students" in page
    assert "minutes.pdf" in page
    assert "3 sources" in page
    assert [one.position for one in entry.evidence.all()] == [1, 2, 3]
    assert File.objects.get(evidence__entry=entry).scope == f"team:{entry.team_id}"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"url": "https://example.org/", "number": "42"},
        {"url": "javascript:alert(1)"},
        {"url": "ftp://example.org/"},
        {"url": "file:///etc/passwd"},
        {"number": "x" * 121},
    ],
)
def test_what_is_not_one_of_the_three_is_refused_and_kept_in_the_form(signed_in, entry, teller, fields):
    answer = signed_in(teller).post(of(entry, "evidence-add"), fields | {"alt_text": "Half typed"})

    assert answer.status_code == 422
    assert "Half typed" in answer.text
    assert not entry.evidence.exists()


def test_photo_without_words_is_refused_and_kept(signed_in, entry, teller):
    import tests.accounts.test_files as photos

    browser = signed_in(teller)
    photo = SimpleUploadedFile("ring.jpg", photos.image_bytes())
    first = browser.post(of(entry, "evidence-add"), {"file": photo})
    key = File.objects.get().key
    again = browser.post(of(entry, "evidence-add"), {"file_key": key, "alt_text": "A ring"})

    assert (first.status_code, again.status_code) == (422, 302)
    assert str(key) in first.text
    assert entry.evidence.get().file.key == key


def test_refused_file_says_why_at_the_field(signed_in, entry, teller):
    bad = SimpleUploadedFile("a.exe", b"MZ" * 100)

    answer = signed_in(teller).post(of(entry, "evidence-add"), {"file": bad, "alt_text": "Typed"})

    assert answer.status_code == 422
    assert "We cannot take this kind of file" in answer.text
    assert "Typed" in answer.text


def test_share_of_the_team_is_said_at_the_field(signed_in, entry, teller, settings):
    settings.MAX_SCOPE_BYTES = 10

    answer = signed_in(teller).post(
        of(entry, "evidence-add"), {"file": SimpleUploadedFile("a.pdf", make_pdf())}
    )

    assert answer.status_code == 422
    assert "Your team has reached" in answer.text
    assert str(File.objects.get().key) in answer.text


def test_double_tap_is_one_piece(signed_in, entry, teller):
    fields = {"number": "42", "submission_id": uuid.uuid4()}

    for _tap in range(2):
        signed_in(teller).post(of(entry, "evidence-add"), fields)

    assert entry.evidence.count() == 1


def test_file_of_somebody_else_is_refused(entry, teller, lead):
    draft = Evidence(entry=entry, file=make_file(lead, kind=FileKind.PDF))

    with pytest.raises(ValidationError, match="somebody else"):
        evidence.add_evidence(draft, by=teller, at=AT)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": EvidenceKind.LINK},
        {"kind": EvidenceKind.NUMBER, "url": "https://example.org/"},
        {"kind": EvidenceKind.FILE},
    ],
)
def test_evidence_is_what_its_kind_says(entry, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.create(entry=entry, **fields)


def test_file_sent_in_pieces_is_taken_by_its_key(signed_in, entry, teller):
    browser, content = signed_in(teller), make_pdf()
    said = json.dumps({"name": "a.pdf", "size": len(content)})
    url = browser.post("/uploads/", said, content_type="application/json").json()["url"]
    key = browser.generic("PATCH", url, content, headers={"Upload-Offset": "0"}).json()["file"]

    answer = browser.post(of(entry, "evidence-add"), {"file_key": key})

    assert answer.status_code == 302
    assert str(entry.evidence.get().file.key) == key


# --- what it does to a clearance ---------------------------------------------------------------------


def test_what_is_added_to_a_cleared_entry_takes_the_clearance_back(team, teller):
    entry = make_entry(team, teller, visibility=Visibility.PUBLIC)
    live = ask(entry, teller)
    live.state, live.states_nobody_recognisable = ClearanceState.APPROVED, True
    live.save()

    draft = Evidence(entry=entry, kind=EvidenceKind.NUMBER, number="42")
    evidence.add_evidence(draft, by=teller, at=AT)

    entry.refresh_from_db()
    assert entry.visibility == Visibility.SERIES


def test_links_and_numbers_do_not_stand_in_the_way_of_the_public(entry, teller):
    evidence.add_evidence(Evidence(entry=entry, kind=EvidenceKind.NUMBER, number="42"), by=teller, at=AT)
    assert services.what_stands_in_the_way(entry) == []

    add_sound(entry)
    assert len(services.what_stands_in_the_way(entry)) == 1


# --- words -------------------------------------------------------------------------------------------


def test_recording_is_written_down_later(signed_in, entry, teller):
    one = add_sound(entry)
    assert to_write_down(entry.team, teller) == [one]
    browser = signed_in(teller)
    home = reverse("desk:team-home", args=[entry.team.series.slug, entry.team.slug])
    assert "To be written down" in browser.get(home).text
    assert "Not written down yet." in browser.get(of(entry, "entry")).text

    answer = browser.post(of(entry, "evidence-edit", one.pk), {"transcript": "We asked the board."})

    assert answer.status_code == 302
    assert to_write_down(entry.team, teller) == []
    assert "We asked the board." in browser.get(of(entry, "entry")).text
    assert "To be written down" not in browser.get(home).text


def test_captions_are_cleaned_and_served_with_the_video(signed_in, entry, teller):
    file = make_file(teller, name="a.mp4", kind=FileKind.VIDEO, preview="", width=64, height=48)
    one = Evidence.objects.create(entry=entry, file=file)
    hostile = (
        "WEBVTT by Kiara\n\nSTYLE\n::cue{}\n\n1\n00:01.000 --> 00:02.500 line:0\n<v Kiara>We <b>asked</b>.\n"
    )
    browser = signed_in(teller)
    given = {"captions_file": SimpleUploadedFile("a.vtt", hostile.encode())}

    assert browser.post(of(entry, "evidence-edit", one.pk), given).status_code == 302

    answer = browser.get(of(entry, "captions", one.pk))
    assert answer.text == "WEBVTT\n\n00:01.000 --> 00:02.500\nWe asked.\n"
    assert answer.headers["Content-Type"].startswith("text/vtt")
    assert f'src="{of(entry, "captions", one.pk)}"' in browser.get(of(entry, "entry")).text
    assert signed_in(make_person()).get(of(entry, "captions", one.pk)).status_code == 404


@pytest.mark.parametrize(
    "text", ["", "hello", "WEBVTT", "WEBVTTX\n\n00:01.000 --> 00:02.000\nx", "\0" * 300_000]
)
def test_what_is_no_caption_file_is_refused(text):
    with pytest.raises(ValidationError):
        plain_captions(text)


def test_captions_stay_as_they_are_when_plain():
    assert plain_captions(VTT) == VTT
    assert plain_captions("\ufeff" + VTT.replace("\n", "\r\n")) == VTT
    assert plain_captions(plain_captions(VTT)) == VTT


def test_words_of_a_photo_can_be_mended_but_not_emptied(signed_in, entry, teller):
    one = add_photo(entry)
    browser = signed_in(teller)

    assert browser.post(of(entry, "evidence-edit", one.pk), {"alt_text": ""}).status_code == 422
    assert browser.post(of(entry, "evidence-edit", one.pk), {"alt_text": "Twelve chairs"}).status_code == 302
    one.refresh_from_db()
    assert one.alt_text == "Twelve chairs"


def test_evidence_is_taken_away(signed_in, entry, teller):
    one = add_photo(entry)

    signed_in(teller).post(of(entry, "evidence-remove", one.pk))

    assert not entry.evidence.exists()


def test_evidence_of_another_entry_is_not_found_here(signed_in, entry, teller):
    other = add_photo(make_entry(entry.team, teller))

    assert signed_in(teller).get(of(entry, "evidence-edit", other.pk)).status_code == 404


def test_coach_does_not_change_what_the_team_brought(signed_in, entry, luz):
    one = add_photo(entry)
    browser = signed_in(luz)

    for name, more in (("evidence-add", ()), ("evidence-edit", (one.pk,)), ("evidence-remove", (one.pk,))):
        assert browser.post(of(entry, name, *more), {"number": "1", "alt_text": "x"}).status_code == 302
    assert list(entry.evidence.all()) == [one]
    one.refresh_from_db()
    assert one.alt_text != "x"


def test_strength_in_words(entry):
    assert source_words([]) == "No evidence yet"
    sound = add_sound(entry)
    assert source_words([sound]) == "Recording"
    assert source_words([sound, add_photo(entry)]) == "2 sources"


# --- speak it ----------------------------------------------------------------------------------------


def test_only_the_page_to_speak_on_may_ask_for_the_microphone(signed_in, team, teller):
    browser = signed_in(teller)

    assert "microphone=(self)" in browser.get(speak_url(team)).headers["Permissions-Policy"]
    other = reverse("storymaps:log", args=[team.series.slug, team.slug])
    assert "microphone=()" in browser.get(other).headers["Permissions-Policy"]


def test_spoken_story_is_on_the_map_and_waits_to_be_written_down(signed_in, team, teller):
    browser, sid = signed_in(teller), uuid.uuid4()
    spoken = make_media("webm", seconds=1)

    for _tap in range(2):
        given = {"file": SimpleUploadedFile("2026-05-20.webm", spoken), "submission_id": sid}
        assert browser.post(speak_url(team), given).status_code == 302
    work()

    entry = StoryEntry.objects.get(team=team)
    one = entry.evidence.get()
    assert entry.text == "Spoken, to be written down."
    assert (one.file.state, one.shown_kind, one.file.seconds) == (FileState.READY, "sound", 1)
    assert to_write_down(team, teller) == [one]
    assert "<audio controls" in browser.get(of(entry, "entry")).text


def test_nothing_spoken_is_said_and_words_stay(signed_in, team, teller):
    answer = signed_in(teller).post(speak_url(team), {"text": "My words"})

    assert answer.status_code == 422
    assert "Record something first" in answer.text
    assert "My words" in answer.text
    assert not StoryEntry.objects.exists()
