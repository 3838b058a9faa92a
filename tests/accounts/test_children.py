"""Sounds, videos and documents of strangers: made safe without what they tell, or refused in a word."""

import json
import struct
import subprocess
import sys
from io import BytesIO
from zipfile import ZipFile, ZipInfo

import av
import pikepdf
import pytest
from PIL import ExifTags, Image

from accounts.kinds import ENDINGS, REASONS
from tests.factories.media import PLACE, WHO, make_media, make_office, make_pdf, relation, with_user_data

TOLD = [WHO.encode(), PLACE.encode(), WHO.encode("utf-16-le"), PLACE.strip("/").encode()]


@pytest.fixture
def child(tmp_path):
    """A function that runs the child for a file; gives what it said and what it made."""

    def run(content: bytes, ending: str):
        source, made = tmp_path / "source", tmp_path / "made"
        source.write_bytes(content)
        made.unlink(missing_ok=True)
        command = [sys.executable, "-m", ENDINGS[ending].child, source, made, tmp_path / "preview", ending]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)
        said = json.loads(done.stdout)
        assert "refused" not in said or said["refused"] in REASONS
        return said, made.read_bytes() if made.exists() else b""

    return run


def with_place(size=(60, 40)):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = WHO
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif, comment=PLACE)
    assert WHO.encode() in out.getvalue()
    return out.getvalue()


# --- sounds and videos -------------------------------------------------------------------------------

MEDIA = [
    ("mp3", "", ".mp3", "sound", "audio/mpeg"),
    ("mp4", "", ".m4a", "sound", "audio/mp4"),
    ("mp4", "libx264", ".mp4", "video", "video/mp4"),
    ("mp4", "libx264", ".mov", "video", "video/mp4"),
    ("webm", "", ".webm", "sound", "audio/webm"),
    ("webm", "libvpx", ".webm", "video", "video/webm"),
]


@pytest.mark.parametrize(("form", "video", "ending", "kind", "content_type"), MEDIA)
def test_sound_and_picture_stay_and_words_go(child, form, video, ending, kind, content_type):
    content = make_media(form, video=video)
    if form == "mp4":
        content = with_user_data(content)
    assert any(told in content for told in TOLD)

    said, made = child(content, ending)

    assert (said["kind"], said["type"]) == (kind, content_type)
    assert said["seconds"] == 1
    assert not any(told in made for told in TOLD)
    with av.open(BytesIO(content)) as before, av.open(BytesIO(made)) as after:
        assert {s.type for s in after.streams} == ({"video", "audio"} if video else {"audio"})
        assert not {"title", "artist", "location", "comment", "com.apple.quicktime.location"} & set(
            after.metadata
        )
        for stream in after.streams:
            first = next(s for s in before.streams if s.type == stream.type)
            assert stream.codec_context.name == first.codec_context.name, "nothing is encoded again"
        frames = sum(1 for _frame in after.decode(audio=0))
        assert frames > 20


def test_notes_between_the_pictures_go(child):
    content = make_media("mp4", video="libx264")
    assert b"x264 - core" in content  # the coder's own note, where cameras write places

    _said, made = child(content, ".mp4")

    assert b"x264 - core" not in made


@pytest.mark.parametrize(
    ("form", "video", "ending", "seconds"),
    [("mp3", "", ".mp3", 320), ("webm", "", ".weba", 320), ("mp4", "mpeg4", ".mp4", 1)],
)
def test_what_is_too_long_or_kept_otherwise_is_refused(child, form, video, ending, seconds):
    said, _made = child(make_media(form, video=video, seconds=seconds), ending)

    assert said == {"refused": "codec" if video else "long"}


@pytest.mark.parametrize("ending", [".mp4", ".webm", ".mp3"])
def test_what_is_cut_or_no_media_is_refused(child, ending):
    form = ending[1:]
    content = make_media(form, video={"mp3": "", "mp4": "libx264", "webm": "libvpx"}[form], seconds=3)
    noise = content[:32] + bytes(range(256)) * 200
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"

    for hostile in (noise, playlist, b"ffconcat version 1.0\nfile /etc/passwd\n", content[:60], b""):
        assert child(hostile, ending)[0].get("refused") in ("broken", "type"), hostile[:30]
    if form == "mp4":  # its table of contents is at the end
        assert child(content[: len(content) // 2], ending)[0] == {"refused": "broken"}


def test_wrong_ending_is_refused(child):
    assert child(make_media("webm"), ".mp4")[0].get("refused")
    assert child(make_media("mp4"), ".webm")[0].get("refused")


def test_what_hangs_on_a_video_does_not_come_along(child):
    _said, made = child(make_media("mp4", video="libx264") + b"PK\x03\x04<script>alert(1)</script>", ".mp4")

    assert b"script" not in made


def test_cover_of_a_song_does_not_come_along(child):
    song = make_media("mp3")
    picture = with_place()
    frame = b"\0image/jpeg\0\x03\0" + picture
    size = len(frame)
    apic = b"APIC" + struct.pack(">I", size) + b"\0\0" + frame
    total = len(apic)
    head = b"ID3\x03\0\0" + bytes([total >> 21 & 127, total >> 14 & 127, total >> 7 & 127, total & 127])

    said, made = child(head + apic + song, ".mp3")

    assert said["kind"] == "sound"
    assert picture not in made
    assert not any(told in made for told in TOLD)


# --- PDF ---------------------------------------------------------------------------------------------


def test_pdf_keeps_its_pages_and_links_and_nothing_that_acts_or_tells(child):
    content = make_pdf(image=with_place())

    said, made = child(content, ".pdf")

    assert said == {"kind": "pdf", "type": "application/pdf", "ending": ".pdf"}
    with pikepdf.open(BytesIO(made)) as pdf:
        whole = BytesIO()
        pdf.save(whole, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        assert len(pdf.pages) == 1
        assert not dict(pdf.docinfo)
        assert not pdf.attachments
        links = [str(mark.A.URI) for mark in pdf.pages[0].Annots if "/A" in mark]
        assert links == ["https://example.org/minutes"]
    for gone in (
        b"JavaScript",
        b"Launch",
        b"alert",
        b"calc.exe",
        b"MZ-inside",
        b"AcroForm",
        b"OpenAction",
        *TOLD,
    ):
        assert gone not in whole.getvalue(), gone
    assert b"DCTDecode" in whole.getvalue()


def test_earlier_version_of_a_pdf_does_not_come_along(child):
    content = make_pdf().replace(b"%%EOF", b"%%EOF\n% " + WHO.encode())

    assert WHO.encode() not in child(content, ".pdf")[1]


def test_locked_cut_and_false_pdf_are_refused(child):
    assert child(make_pdf(password="let me in"), ".pdf")[0] == {"refused": "locked"}
    assert child(b"%PDF-1.7\n<script>alert(1)</script>", ".pdf")[0] == {"refused": "broken"}
    assert child(make_pdf()[:200], ".pdf")[0] == {"refused": "broken"}
    empty = BytesIO()
    pikepdf.new().save(empty)
    assert child(empty.getvalue(), ".pdf")[0] == {"refused": "broken"}


# --- Word and Excel ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_office_file_keeps_its_parts_and_loses_who_made_it(child, kind):
    photo = with_place()
    said, made = child(make_office(kind, texts={"word/media/image1.jpeg": photo}), f".{kind}")

    assert said["kind"] == ("document" if kind == "docx" else "sheet")
    with ZipFile(BytesIO(made)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in package.infolist())
    assert not any(told in part for told in TOLD for part in parts.values())
    assert b"https://example.org/" in parts["word/_rels/document.xml.rels"]
    assert Image.open(BytesIO(parts["word/media/image1.jpeg"])).size == (60, 40)


MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
HOSTILE = {
    "macros": {"word/vbaProject.bin": "x"},
    "macro type": {"[Content_Types].xml": f"<Types><Override ContentType='{MACROS}'/></Types>"},
    "object": {"word/embeddings/oleObject1.bin": "x"},
    "program": {"word/run.exe": "MZ"},
    "entity": {"word/document.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'},
    "laughs": {"word/document.xml": '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>'},
    "entity in utf-16": {"word/document.xml": '<!DOCTYPE a [<!ENTITY x "ha">]><a>&x;</a>'.encode("utf-16")},
    "remote template": {"word/_rels/a.xml.rels": relation("frame", "https://evil.example/x.dotm")},
    "remote picture": {"word/_rels/a.xml.rels": relation("image", "https://evil.example/x.png")},
    "file link": {"word/_rels/a.xml.rels": relation("hyperlink", "file://evil.example/share")},
    "path": {"../../etc/cron.d/x.xml": "<a/>"},
    "absolute": {"/etc/x.xml": "<a/>"},
    "bomb": {"word/media/big.xml": "<a>" + " " * 30_000_000 + "</a>"},
    "no xml": {"word/document.xml": "<a><b></a>"},
}  # fmt: skip


@pytest.mark.parametrize("texts", HOSTILE.values(), ids=HOSTILE)
def test_hostile_office_files_are_refused(child, texts):
    assert child(make_office(texts=texts), ".docx")[0].get("refused")


def test_odd_archives_are_refused(child):
    out = BytesIO(make_office())
    with ZipFile(out, "a") as package:
        link = ZipInfo("word/link.xml")
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")
    assert child(out.getvalue(), ".docx")[0] == {"refused": "broken"}
    many = BytesIO(make_office())
    with ZipFile(many, "a") as package:
        for number in range(2100):
            package.writestr(f"word/{number}.xml", "<a/>")
    assert child(many.getvalue(), ".docx")[0] == {"refused": "unpacks"}
    assert child(make_office("xlsx"), ".docx")[0] == {"refused": "name"}
    assert child(make_office()[:300], ".docx")[0] == {"refused": "broken"}
    plain = BytesIO()
    with ZipFile(plain, "w") as package:
        package.writestr("a.html", "<script>1</script>")
    assert child(plain.getvalue(), ".docx")[0] == {"refused": "type"}
    lying = bytearray(make_office())
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 10)  # says that the part is small
    assert child(bytes(lying), ".docx")[0].get("refused")
