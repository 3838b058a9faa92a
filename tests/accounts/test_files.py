"""A photo comes in, is made safe in a process of its own, and is shown only to whom may see it."""

import os
import struct
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from PIL import ExifTags, Image, ImageCms

from accounts import files, kinds
from accounts.models import File, FileState
from accounts.tasks import clear_away
from core import clock
from jobs.drain import drain
from jobs.models import Job, State
from jobs.registry import Lane
from tests.factories.accounts import make_person

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 20, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def image_bytes(kind="JPEG", size=(60, 40), mode="RGB", colour="teal", **options):
    out = BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def send(content, name="photo.jpg", by=None):
    return files.receive(SimpleUploadedFile(name, content), by=by or make_person(), at=AT)


def work(at=None):
    with TestCase.captureOnCommitCallbacks(execute=True):
        drain(Lane.SLOW, at=at or clock.now())


def shown(file):
    """The stored photo and its preview, opened."""
    file.refresh_from_db()
    assert file.state == FileState.READY, file.reason
    return [Image.open(files.path_of(name)) for name in (file.stored, file.preview)]


def png(width, height, data=b""):
    """A PNG whose header says what it likes."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


# --- taken in ---------------------------------------------------------------------------------------


def test_photo_waits_until_a_worker_has_made_it_safe():
    file = send(image_bytes())

    assert file.state == FileState.RECEIVED
    assert files.path_of(file.stored).read_bytes() == image_bytes()
    work()
    photo, preview = shown(file)
    assert (photo.format, photo.size, preview.format) == ("JPEG", (60, 40), "JPEG")
    assert (file.width, file.height, file.content_type) == (60, 40, "image/jpeg")
    assert file.size == files.path_of(file.stored).stat().st_size
    assert list((files.path_of(files.INCOMING)).iterdir()) == []
    assert file.digest in file.stored
    assert "photo" not in file.stored


@pytest.mark.parametrize(("kind", "name"), [("PNG", "a.png"), ("WEBP", "a.WEBP"), ("JPEG", "a.jpeg")])
def test_each_kind_becomes_a_jpeg(kind, name):
    file = send(image_bytes(kind), name)
    work()

    assert shown(file)[0].format == "JPEG"


def test_large_photo_is_made_smaller():
    file = send(image_bytes(size=(3000, 1500)))
    work()

    assert [picture.size for picture in shown(file)] == [(2048, 1024), (640, 320)]


def test_place_and_every_other_metadata_are_gone_and_the_picture_is_upright():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # turned by 90 degrees
    exif[ExifTags.Base.Make] = "Phone of Kiara"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (32.0, 17.0, 55.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = image_bytes(exif=exif, comment=b"Kiara was here", icc_profile=profile, size=(60, 40))
    assert b"Kiara" in content

    file = send(content)
    work()

    for picture in shown(file):
        assert picture.size == (40, 60)
        assert not picture.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp", "photoshop"} & set(picture.info)
    for name in (file.stored, file.preview):
        assert b"Kiara" not in files.path_of(name).read_bytes()


def test_metadata_of_png_and_webp_are_gone_too():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "Kiara")
    file = send(image_bytes("PNG", pnginfo=info), "a.png")
    webp = send(image_bytes("WEBP", xmp=b"<x>Kiara</x>"), "a.webp")
    work()

    for one in (file, webp):
        shown(one)
        assert b"Kiara" not in files.path_of(one.stored).read_bytes()


def test_transparent_picture_stands_on_white():
    file = send(image_bytes("PNG", mode="RGBA", colour=(0, 0, 0, 0)), "a.png")
    work()

    assert shown(file)[0].getpixel((5, 5)) == (255, 255, 255)


# --- refused at once --------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (SVG, "a.svg"), (SVG, "a.jpg"), (b"<!doctype html><script>1</script>", "a.png"),
        (b"GIF89a....", "a.gif"), (image_bytes(), "a.png"), (image_bytes("PNG"), "a.jpg"),
        (image_bytes(), "a.html"), (image_bytes(), "a"), (b"RIFF0000WAVEfmt ", "a.webp"), (b"", "a.jpg"),
        (b"%PDF-1.7", "a.docx"), (b"PK\x03\x04", "a.zip"), (b"PK\x03\x04", "a.docm"), (b"\xff", "a.mp3"),
            (image_bytes(), "a.jpg.exe"),
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused_at_once(content, name):
    with pytest.raises(files.FileRefused) as refused:
        send(content, name)

    assert str(refused.value)
    assert not File.objects.exists()
    assert not Job.objects.exists()
    assert not list(files.path_of(files.INCOMING).iterdir())


def test_too_large_a_file_is_refused_while_it_comes(settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024

    with pytest.raises(files.FileRefused, match="larger than 1 MB"):
        send(image_bytes() + b"\0" * 1024 * 1024)

    assert not list(files.path_of(files.INCOMING).iterdir())


def test_each_person_has_a_share(settings):
    settings.MAX_PERSON_BYTES = len(image_bytes()) + 10
    person = make_person()
    send(image_bytes(), by=person)

    with pytest.raises(files.FileRefused, match="each person"):
        send(image_bytes(), by=person)
    assert send(image_bytes(), by=make_person())


def test_name_of_the_file_is_only_shown():
    file = send(image_bytes(), "../../etc/Kiara and Devon.jpg")

    assert file.name == "Kiara and Devon.jpg"
    assert "Kiara" not in file.stored


# --- refused by the child -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (png(20000, 20000), "bomb.png", "megapixels"),
        (png(60000, 60000, b"\0" * 1000), "bomb.png", "megapixels"),
        (png(7000, 7000, b"\0" * 7000 * 3), "bomb.png", "megapixels"),
        (png(6000, 6000), "empty.png", "damaged"),
        (image_bytes(size=(400, 400))[:600], "cut.jpg", "damaged"),
        (b"\xff\xd8\xff" + SVG, "polyglot.jpg", "no file"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 20, "a.webp", "damaged|no file"),
    ],
    ids=["header", "larger", "real", "empty", "cut", "polyglot", "webp"],
)
def test_hostile_pictures_are_refused_in_words(content, name, why):
    file = send(content, name)
    work()

    file.refresh_from_db()
    assert file.state == FileState.REFUSED
    assert any(word in file.reason for word in why.split("|")), file.reason
    assert file.size == 0
    assert not list(files.path_of(files.INCOMING).iterdir())
    assert Job.objects.get(kind="accounts.prepare_file").state == State.DONE


def test_what_hides_behind_a_picture_does_not_come_along():
    file = send(image_bytes() + b"PK\x03\x04<script>alert(1)</script>")
    work()

    shown(file)
    assert b"script" not in files.path_of(file.stored).read_bytes()


def test_child_has_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    monkeypatch.setenv("PYTHONPATH", "/nonexistent")
    file = send(image_bytes())
    work()

    assert shown(file)


# --- twice, late, killed --------------------------------------------------------------------------------


def test_preparing_twice_is_harmless():
    file = send(image_bytes())
    first, second = files.prepare(file), files.prepare(file)

    assert first == second
    files.conclude(file.pk, first)
    files.conclude(file.pk, second | {"width": 1})
    file.refresh_from_db()
    assert file.width == 60


def test_killed_between_writing_and_finishing_it_is_done_again():
    file = send(image_bytes())
    files.prepare(file)  # and the worker is gone: the pictures lie there, the row says received

    work()

    shown(file)
    job = Job.objects.get(kind="accounts.prepare_file")
    job.state, job.done_at = State.PENDING, None
    job.save()
    work()  # a second run finds nothing to do
    job.refresh_from_db()
    assert job.state == State.SKIPPED
    assert len(list(files.path_of(file.stored).parent.iterdir())) >= 1


def test_lost_original_is_said(media):
    file = send(image_bytes())
    files.path_of(file.stored).unlink()
    work()

    file.refresh_from_db()
    assert (file.state, file.reason) == (FileState.REFUSED, kinds.REASONS["lost"])


def test_stopped_child_is_tried_again_then_given_up(monkeypatch):
    monkeypatch.setattr(files, "CHILD_SECONDS", 0)
    file = send(image_bytes())
    work()
    job = Job.objects.get(kind="accounts.prepare_file")
    assert (job.state, job.attempts) == (State.PENDING, 1)
    assert "stopped" in job.last_error

    for day in range(1, 4):
        work(clock.now() + timedelta(days=day))

    file.refresh_from_db()
    assert file.state == FileState.REFUSED


# --- what nobody needs -----------------------------------------------------------------------------------


def old(path):
    before = (AT - timedelta(hours=25)).timestamp()
    os.utime(path, (before, before))


def sweep(at=AT):
    clear_away(since=at, until=at, at=at)


def test_orphans_go_a_day_after_they_were_seen():
    file = send(image_bytes())
    work()
    file.refresh_from_db()
    for name in (file.stored, file.preview):
        old(files.path_of(name))
    stray = files.path_of(f"{files.INCOMING}/stray")
    stray.write_bytes(b"x")
    old(stray)
    fresh = files.path_of(f"{files.INCOMING}/fresh")
    fresh.write_bytes(b"x")

    sweep()
    assert files.path_of(file.stored).exists()
    assert (stray.exists(), fresh.exists()) == (False, True)

    file.delete()
    sweep()
    assert files.path_of(file.stored).exists()  # a backup may just be under way
    sweep(AT + timedelta(hours=23))
    assert files.path_of(file.stored).exists()
    sweep(AT + timedelta(hours=25))
    assert not files.path_of(file.stored).exists()


def test_file_of_two_rows_stays_while_one_needs_it():
    first, second = send(image_bytes()), send(image_bytes())
    work()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.stored == second.stored
    old(files.path_of(first.stored))

    first.delete()
    files.remove_orphans(at=AT)
    files.remove_orphans(at=AT + timedelta(hours=25))

    assert files.path_of(second.stored).exists()


def test_rows_that_nothing_points_to_go_after_a_day():
    send(image_bytes())

    sweep(AT + timedelta(hours=23))
    assert File.objects.exists()
    sweep(AT + timedelta(hours=25))

    assert not File.objects.exists()


# --- shown -------------------------------------------------------------------------------------------------


@pytest.fixture
def ready():
    file = send(image_bytes(size=(300, 300)), "Kiara’s room.png.jpg")
    work()
    file.refresh_from_db()
    return file


def test_uploader_gets_the_photo_with_headers_that_hold_it(signed_in, ready):
    answer = signed_in(ready.uploaded_by).get(f"/files/{ready.key}/")

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == files.path_of(ready.stored).read_bytes()
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Content-Disposition"].startswith("inline; filename*=utf-8''Kiara%E2%80%99s%20room")
    download = signed_in(ready.uploaded_by).get(f"/files/{ready.key}/?download")
    assert download.headers["Content-Disposition"].startswith("attachment")


def test_preview_is_served(signed_in, ready):
    answer = signed_in(ready.uploaded_by).get(f"/files/{ready.key}/preview/")

    assert b"".join(answer.streaming_content) == files.path_of(ready.preview).read_bytes()


@pytest.mark.parametrize("path", ["", "preview/"])
def test_strangers_find_nothing(signed_in, client, ready, path):
    url = f"/files/{ready.key}/{path}"

    assert signed_in(make_person()).get(url).status_code == 404
    assert client.get(url).status_code == 302
    assert signed_in(ready.uploaded_by).post(url).status_code == 405


def test_a_room_may_show_it(signed_in, ready, monkeypatch):
    friend = make_person()
    monkeypatch.setattr(files, "_readers", [lambda user, file: user == friend and file == ready])

    assert signed_in(friend).get(f"/files/{ready.key}/").status_code == 200
    assert signed_in(make_person()).get(f"/files/{ready.key}/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=5-", (5, None)),
        ("bytes=-7", (-7, None)),
        ("bytes=0-99999999", (0, None)),
    ],
)
def test_single_range_is_206(signed_in, ready, asked, span):
    whole = files.path_of(ready.stored).read_bytes()

    answer = signed_in(ready.uploaded_by).get(f"/files/{ready.key}/", headers={"Range": asked})

    body = b"".join(answer.streaming_content)
    assert answer.status_code == 206
    assert body == whole[slice(*span)]
    assert answer.headers["Content-Length"] == str(len(body))
    assert answer.headers["Content-Range"].endswith(f"/{len(whole)}")


@pytest.mark.parametrize(
    ("asked", "status"), [("bytes=9999999-", 416), ("bytes=9-3", 416), ("bytes=0-1,4-5", 200), ("x", 200)]
)
def test_other_ranges(signed_in, ready, asked, status):
    answer = signed_in(ready.uploaded_by).get(f"/files/{ready.key}/", headers={"Range": asked})

    assert answer.status_code == status


def test_waiting_and_refused_say_so(signed_in):
    file = send(image_bytes(size=(400, 400))[:600])
    client = signed_in(file.uploaded_by)

    waiting = client.get(f"/files/{file.key}/")
    assert (waiting.status_code, b"being prepared" in waiting.content) == (202, True)
    assert client.get(f"/files/{file.key}/preview/").status_code == 404

    work()
    refused = client.get(f"/files/{file.key}/")
    assert (refused.status_code, b"damaged" in refused.content) == (410, True)


def test_file_that_is_gone_from_disk_is_404(signed_in, ready):
    files.path_of(ready.stored).unlink()

    assert signed_in(ready.uploaded_by).get(f"/files/{ready.key}/").status_code == 404
