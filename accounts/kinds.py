"""Which files are taken in: by their first bytes and by the ending of their name, and how large each may be.

What a file really is, is found by the child that makes it safe; here only what plainly does not fit is
refused while it comes.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

START_BYTES = 16  # enough to tell the kind


class FileKind(models.TextChoices):
    PHOTO = "photo", _("Photo")
    SOUND = "sound", _("Recording")
    VIDEO = "video", _("Video")
    PDF = "pdf", _("PDF")
    DOCUMENT = "document", _("Document")
    SHEET = "sheet", _("Spreadsheet")


@dataclass(frozen=True)
class Taken:
    """An ending that is taken, what it is usually, and which child makes it safe."""

    kind: FileKind
    child: str


_PHOTO = Taken(FileKind.PHOTO, "accounts.image_child")
_SOUND = Taken(FileKind.SOUND, "accounts.media_child")
_VIDEO = Taken(FileKind.VIDEO, "accounts.media_child")
ENDINGS: dict[str, Taken] = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp"), _PHOTO),
    **dict.fromkeys((".mp3", ".m4a", ".weba"), _SOUND),
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".webm"), _VIDEO),  # with sound alone it is a recording
    ".pdf": Taken(FileKind.PDF, "accounts.pdf_child"),
    ".docx": Taken(FileKind.DOCUMENT, "accounts.office_child"),
    ".xlsx": Taken(FileKind.SHEET, "accounts.office_child"),
}
ACCEPT = ",".join(ENDINGS)
ACCEPT_SOUND = "audio/*,.mp3,.m4a,.weba,.webm,.mp4"
INLINE = frozenset({FileKind.PHOTO, FileKind.SOUND, FileKind.VIDEO})

KINDS_WORDS = _(
    "We cannot take this kind of file. Please choose a photo (JPEG, PNG, WebP), a sound (MP3, M4A), "
    "a video (MP4, WebM), a PDF, or a Word or Excel file (DOCX, XLSX)."
)
# The child's one word, as a sentence for the person.
REASONS = {
    "type": gettext_noop("This is no file that we can read. Please send it in another form."),
    "name": gettext_noop("The ending of the file’s name does not fit what is in it."),
    "pixels": gettext_noop("The photo has more than 40 megapixels. Please send a smaller one."),
    "broken": gettext_noop("The file is damaged or incomplete. Please send it again."),
    "lost": gettext_noop("The file did not reach us whole. Please send it again."),
    "codec": gettext_noop("The sound or picture is kept in a way that we cannot take. Please send an MP4."),
    "long": gettext_noop("It is too long: a recording may last 5 minutes, a video 10 minutes."),
    "locked": gettext_noop("The file is locked with a password. Please send it without one."),
    "macros": gettext_noop("The file holds a program (macros). Please save it without macros, or as a PDF."),
    "holds": gettext_noop("The file holds other files or programs. Please save it as a PDF and send that."),
    "fetches": gettext_noop("The file loads something from elsewhere. Please save it as a PDF."),
    "unpacks": gettext_noop("The file unpacks to far too much. Please send a smaller one."),
}


def ending_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def fits(start: bytes, ending: str) -> bool:
    """Whether the first bytes are such as a file with this ending has."""
    return ending in _endings_of(start)


def is_known(start: bytes) -> bool:
    return bool(_endings_of(start))


def _endings_of(start: bytes) -> frozenset[str]:
    if start.startswith(b"\xff\xd8\xff"):
        return frozenset({".jpg", ".jpeg", ".jpe", ".jfif"})
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return frozenset({".webp"})
    if start[4:8] == b"ftyp":
        return frozenset({".mp4", ".m4v", ".m4a", ".mov"})
    if start.startswith(b"ID3") or (start[:1] == b"\xff" and start[1:2] in b"\xfb\xfa\xf3\xf2\xe3\xe2"):
        return frozenset({".mp3"}) if len(start) > 1 else frozenset()
    for sign, endings in (
        (b"\x89PNG\r\n\x1a\n", {".png"}),
        (b"%PDF-", {".pdf"}),
        (b"PK\x03\x04", {".docx", ".xlsx"}),
        (b"\x1aE\xdf\xa3", {".webm", ".weba"}),
    ):
        if start.startswith(sign):
            return frozenset(endings)
    return frozenset()


def most_bytes(ending: str) -> int:
    """How large a file with this ending may be."""
    taken = ENDINGS.get(ending)
    is_video = taken is not None and taken.kind == FileKind.VIDEO
    return int(settings.MAX_VIDEO_BYTES if is_video else settings.MAX_UPLOAD_BYTES)
