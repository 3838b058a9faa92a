"""A large file comes in pieces, goes on after a cut line, and is its sender's alone."""

import json
import socket
import time
import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings as django_settings
from django.test import TestCase
from PIL import Image

from accounts import files, uploads
from accounts.models import File, Upload
from accounts.tasks import clear_away
from core import clock
from tests.factories.accounts import make_person

KIND = "application/offset+octet-stream"


def photo(size=(60, 40)):
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return out.getvalue()


def announce(browser, name="a.jpg", size=0):
    return browser.post(
        "/uploads/", json.dumps({"name": name, "size": size}), content_type="application/json"
    )


def send(browser, url, offset, piece):
    return browser.generic("PATCH", url, piece, content_type=KIND, headers={"Upload-Offset": str(offset)})


@pytest.fixture
def browser(db, signed_in):
    return signed_in(make_person())


def test_pieces_become_a_file(browser):
    content = photo()
    url = announce(browser, size=len(content)).json()["url"]

    assert send(browser, url, 0, content[:5]).json() == {"offset": 5}
    assert browser.head(url).headers["Upload-Offset"] == "5"
    assert send(browser, url, 5, content[5:100]).json() == {"offset": 100}
    last = send(browser, url, 100, content[100:]).json()

    file = File.objects.get(key=last["file"])
    assert files.path_of(file.stored).read_bytes() == content
    assert not Upload.objects.exists()
    again = browser.get(url).json()  # the answer was lost: asked again, it is the same
    assert again == {"offset": len(content), "file": str(file.key)}
    assert File.objects.count() == 1


def test_piece_at_another_place_is_told_the_right_one(browser):
    content = photo()
    url = announce(browser, size=len(content)).json()["url"]
    send(browser, url, 0, content[:100])

    for offset in (0, 50, 101):
        answer = send(browser, url, offset, content[100:])
        assert (answer.status_code, answer.json()) == (409, {"offset": 100})
    assert send(browser, url, "x", b"x").status_code == 400


def test_it_is_its_senders_alone(browser, signed_in, client):
    content = photo()
    url = announce(browser, size=len(content)).json()["url"]
    other = signed_in(make_person())

    for act in (other.get, other.head, other.delete):
        assert act(url).status_code == 404
    assert send(other, url, 0, content).status_code == 404
    assert client.get(url, headers={"Accept": "application/json"}).status_code == 401
    assert browser.get(f"/uploads/{uuid.uuid4()}/").status_code == 404
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert browser.delete(url).status_code == 204
    assert browser.get(url).status_code == 404
    assert not list(files.path_of(files.INCOMING).iterdir())


def test_another_site_sends_nothing(db):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_person(), backend="accounts.backends.AccountBackend")

    assert announce(strict, size=10).status_code == 403


@pytest.mark.parametrize(
    ("name", "size", "word"),
    [
        ("a.exe", 10, "kind of file"),
        ("a", 10, "kind of file"),
        ("a.jpg", 16 * 1024 * 1024, "larger than 15 MB"),
        ("a.mp4", 201 * 1024 * 1024, "larger than 200 MB"),
        ("a.jpg", 0, "empty"),
        ("a.jpg", True, "empty"),
        ("a.jpg", "x", "empty"),
        (5, 5, "empty"),
    ],
)
def test_what_would_be_refused_is_refused_before_it_comes(browser, name, size, word):
    answer = announce(browser, name, size)

    assert answer.status_code == 422
    assert word in answer.json()["detail"]
    assert not Upload.objects.exists()


def test_what_comes_counts_against_the_share(browser, settings):
    settings.MAX_PERSON_BYTES = 1000
    assert announce(browser, size=600).status_code == 201

    assert "each person" in announce(browser, size=600).json()["detail"]


def test_false_start_and_too_much_are_refused(browser):
    url = announce(browser, size=1000).json()["url"]
    answer = send(browser, url, 0, b"<svg onload=alert(1)>" * 10)
    assert (answer.status_code, "kind of file" in answer.json()["detail"]) == (422, True)
    assert browser.get(url).status_code == 404

    url = announce(browser, size=50).json()["url"]
    assert send(browser, url, 0, photo()[:60]).status_code == 422
    assert not File.objects.exists()


def test_old_connection_that_still_hangs_does_no_harm(browser):
    content = photo()
    url = announce(browser, size=len(content)).json()["url"]
    upload = Upload.objects.get()
    pieces = [content[:50], None]

    def hangs(_size):
        piece = pieces.pop(0)
        if piece is None:  # while it hung, the new connection went on
            send(browser, url, 50, content[50:200])
            return content[50:100]
        return piece

    with pytest.raises(uploads.WrongOffset):
        uploads.take(upload, 0, hangs)
    assert uploads.offset_of(upload) == 200
    assert uploads.path_of(upload).read_bytes() == content[:200]


def test_cut_line_keeps_what_came(browser):
    content = photo()
    announce(browser, size=len(content))
    upload = Upload.objects.get()
    pieces = [content[:50]]

    def cut(_size):
        if not pieces:
            raise OSError("cut")
        return pieces.pop()

    assert uploads.take(upload, 0, cut) == 50
    assert uploads.offset_of(upload) == 50


def test_uploads_that_never_end_are_swept(browser):
    content = photo()
    url = announce(browser, size=len(content)).json()["url"]
    send(browser, url, 0, content[:20])
    at = clock.now()

    clear_away(since=at, until=at, at=at + timedelta(hours=23))
    assert Upload.objects.exists()
    clear_away(since=at, until=at, at=at + timedelta(hours=25))
    assert not Upload.objects.exists()


def test_twenty_at_once_are_enough(browser):
    for _number in range(uploads.MOST_OPEN + 3):
        announce(browser, size=100)

    assert Upload.objects.count() == uploads.MOST_OPEN


# --- a real server and a real line -------------------------------------------------------------------


def speak(live_server, head, body, *, cut_at=None):
    """Send a request over a bare socket, and cut the line after `cut_at` bytes of the body."""
    host, port = live_server.thread.host, live_server.thread.port
    with socket.create_connection((host, port), timeout=20) as line:
        line.sendall(head.encode())
        line.sendall(body[:cut_at] if cut_at is not None else body)
        if cut_at is not None:
            return b""
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer


@pytest.mark.django_db(transaction=True)
def test_photo_of_8_mb_survives_three_cuts(live_server, signed_in):
    person = make_person()
    browser = signed_in(person)
    content = photo() + bytes(range(256)) * 4 * 1024 * 8  # 8 MB
    url = announce(browser, size=len(content)).json()["url"]
    browser.get("/account/password/change/")  # a form: with it comes the token
    cookies = {name: one.value for name, one in browser.cookies.items()}
    token = "a" * 32
    cookies[django_settings.CSRF_COOKIE_NAME] = token
    line = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def piece(offset, cut_at=None):
        body = content[offset:]
        head = (
            f"PATCH {url} HTTP/1.1\r\nHost: localhost\r\nCookie: {line}\r\nX-CSRFToken: {token}\r\n"
            f"Accept: application/json\r\nContent-Type: {KIND}\r\nUpload-Offset: {offset}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return speak(live_server, head, body, cut_at=cut_at)

    def offset_after(least):
        for _try in range(200):  # the server writes down what came when it notices the cut
            there = int(browser.head(url).headers["Upload-Offset"])
            if there >= least:
                return there
            time.sleep(0.05)
        raise AssertionError(f"{there} of {least} bytes were kept")

    offset = 0
    for megabytes in (2, 3, 1):
        cut = megabytes * 1024 * 1024
        piece(offset, cut_at=cut)
        offset = offset_after(offset + cut - uploads.PIECE)
    answer = piece(offset)

    assert b" 200 " in answer.splitlines()[0], answer
    file = File.objects.get(uploaded_by=person)
    assert files.path_of(file.stored).read_bytes() == content
