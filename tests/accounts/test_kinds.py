"""Each kind on its whole way: taken in, made safe by a job, served to whom may see it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from accounts import files
from accounts.models import File, FileState
from core import clock
from jobs.drain import drain
from jobs.registry import Lane
from tests.factories.accounts import make_person
from tests.factories.media import WHO, make_media, make_office, make_pdf

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 20, 15, tzinfo=UTC)
KINDS = {
    ".mp3": ("sound", "audio/mpeg", "inline", lambda: make_media("mp3")),
    ".m4a": ("sound", "audio/mp4", "inline", lambda: make_media("mp4")),
    ".mp4": ("video", "video/mp4", "inline", lambda: make_media("mp4", video="libx264")),
    ".webm": ("video", "video/webm", "inline", lambda: make_media("webm", video="libvpx")),
    ".pdf": ("pdf", "application/pdf", "attachment", make_pdf),
    ".docx": ("document", "application/vnd.openxmlformats-officedocument", "attachment", make_office),
    ".xlsx": (
        "sheet", "application/vnd.openxmlformats-officedocument", "attachment", lambda: make_office("xlsx"),
    ),
}  # fmt: skip


def send(content, name, by=None):
    return files.receive(SimpleUploadedFile(name, content), by=by or make_person(), at=AT)


def work(at=None):
    with TestCase.captureOnCommitCallbacks(execute=True):
        drain(Lane.SLOW, at=at or clock.now())


@pytest.mark.parametrize("ending", KINDS)
def test_each_kind_is_made_safe_and_served(signed_in, ending):
    kind, content_type, how, make = KINDS[ending]
    file = send(make(), f"ours{ending}")
    assert file.state == FileState.RECEIVED
    work()

    file.refresh_from_db()
    assert (file.state, file.kind, file.reason) == (FileState.READY, kind, "")
    assert file.content_type.startswith(content_type)
    assert file.preview == ""
    browser = signed_in(file.uploaded_by)
    answer = browser.get(f"/files/{file.key}/")
    body = b"".join(answer.streaming_content)
    assert WHO.encode() not in body
    assert len(body) == file.size
    assert answer.headers["Content-Disposition"].startswith(f'{how}; filename="ours{ending}')
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get(f"/files/{file.key}/preview/").status_code == 404
    part = browser.get(f"/files/{file.key}/", headers={"Range": "bytes=0-1"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, body[:2])
    assert signed_in(make_person()).get(f"/files/{file.key}/").status_code == 404


def test_webm_without_a_picture_is_a_recording(signed_in):
    file = send(make_media("webm", seconds=2), "spoken.webm")
    work()

    file.refresh_from_db()
    assert (file.kind, file.seconds, file.content_type) == ("sound", 2, "audio/webm")
    assert file.stored.endswith(".weba")


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (lambda: make_pdf(password="x"), "a.pdf", "password"),
        (lambda: make_office(texts={"word/vbaProject.bin": "x"}), "a.docx", "macros"),
        (lambda: make_media("mp4")[:900], "a.m4a", "damaged"),
    ],
)
def test_refusal_says_why(content, name, word):
    file = send(content(), name)
    work()

    file.refresh_from_db()
    assert file.state == FileState.REFUSED
    assert word in file.reason
    assert file.size == 0


def test_made_twice_or_killed_in_between_it_is_the_same(tmp_path):
    file = send(make_media("mp4", video="libx264"), "a.mp4")
    first, second = files.prepare(file), files.prepare(file)

    assert first == second
    work()
    work(clock.now() + timedelta(hours=1))
    file.refresh_from_db()
    assert file.state == FileState.READY


def test_stopped_child_is_tried_again(monkeypatch):
    monkeypatch.setattr(files, "CHILD_SECONDS", 0)
    file = send(make_pdf(), "a.pdf")
    work()
    file.refresh_from_db()
    assert file.state == FileState.RECEIVED

    monkeypatch.undo()
    work(clock.now() + timedelta(hours=1))
    file.refresh_from_db()
    assert file.state == FileState.READY


def test_each_team_has_a_share(settings):
    person = make_person()
    first, second = send(make_pdf(), "a.pdf", person), send(make_pdf(), "b.pdf", person)
    settings.MAX_SCOPE_BYTES = first.size + 10
    files.claim(first, "team:1")

    with pytest.raises(files.FileRefused, match="Your team"):
        files.claim(second, "team:1")
    files.claim(second, "team:2")
    files.claim(first, "team:1")  # once more is not twice
    assert sorted(File.objects.values_list("scope", flat=True)) == ["team:1", "team:2"]
