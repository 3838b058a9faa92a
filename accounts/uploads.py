"""Uploads that go on after a cut line: announced, sent in pieces of any size, asked how far they came.

What lies under incoming/ is the truth about how far an upload has come. A piece is written as it arrives, so
that a cut loses nothing that reached us. Two connections of one upload (the old one may hang long after the
line was cut) do no harm: each writes only where the file ends, and steps back as soon as it ends elsewhere.
"""

import fcntl
import os
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from accounts import files
from accounts.files import FileRefused
from accounts.kinds import ENDINGS, KINDS_WORDS, START_BYTES, ending_of, most_bytes
from accounts.models import File, Upload, User

PIECE = 64 * 1024
MOST_OPEN = 20  # uploads of one person at once; a further one ends the oldest


class WrongOffset(Exception):
    """The piece does not begin where the upload ends; `offset` says where that is."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def announce(name: str, size: int, *, by: User, at: datetime) -> Upload:
    """Begin an upload of `size` bytes. Raises FileRefused, in words, where it would be refused anyway."""
    name = files.shown_name(name)
    ending = ending_of(name)
    if ending not in ENDINGS:
        raise FileRefused(KINDS_WORDS)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # two at once count one after the other
        mine = Upload.objects.filter(uploaded_by=by, began_at__gt=at - files.GRACE)
        for old in mine.order_by("-began_at", "-pk")[MOST_OPEN - 1 :]:
            drop(old)
        waiting = mine.aggregate(total=Sum("size"))["total"] or 0
        left = settings.MAX_PERSON_BYTES - files.used_bytes(by) - waiting
        files.check_size(size, most_bytes(ending), left)
        upload = Upload.objects.create(uploaded_by=by, name=name, size=size, began_at=at)
    path = path_of(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return upload


def path_of(upload: Upload) -> Path:
    return files.path_of(f"{files.INCOMING}/{upload.key}")


def offset_of(upload: Upload) -> int:
    """How many bytes are there. Raises FileNotFoundError for an upload that was swept away."""
    return path_of(upload).stat().st_size


def find(key: uuid.UUID, *, by: User) -> Upload | File | None:
    """The upload of this person, or the file that it has become."""
    upload = Upload.objects.filter(key=key, uploaded_by=by).first()
    return upload or File.objects.filter(key=key, uploaded_by=by).first()


def take(upload: Upload, offset: int, read: Callable[[int], bytes]) -> int:
    """Write what `read` gives at the end of `upload`; return where it ends now.

    Ends quietly where the line is cut: what came is kept. Raises WrongOffset, and FileRefused for more than
    was announced or for what plainly is of no kind that we take.
    """
    path = path_of(upload)
    if offset != (there := offset_of(upload)):
        raise WrongOffset(there)
    while True:
        try:
            piece = read(PIECE)
        except OSError:  # the line is cut
            return offset
        if not piece:
            return offset
        if offset + len(piece) > upload.size:
            raise FileRefused(KINDS_WORDS)
        _append(path, offset, piece)
        offset += len(piece)
        if offset >= START_BYTES > offset - len(piece) or offset == upload.size <= START_BYTES:
            with path.open("rb") as begun:
                files.check_start(begun.read(START_BYTES), ending_of(upload.name))


def _append(path: Path, offset: int, piece: bytes) -> None:
    with path.open("r+b") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        end = out.seek(0, os.SEEK_END)
        if end != offset:
            raise WrongOffset(end)
        out.write(piece)


def finish(upload: Upload, *, by: User, at: datetime) -> File:
    """Make a file of an upload that is whole. Asked twice, it gives the same file. Raises FileRefused."""
    with path_of(upload).open("r+b") as whole:
        os.fsync(whole.fileno())
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        if not Upload.objects.filter(pk=upload.pk).delete()[0]:
            return File.objects.get(key=upload.key, uploaded_by=by)
        return files.note(upload.key, by=by, name=upload.name, size=upload.size, at=at)


def drop(upload: Upload) -> None:
    """Forget an upload and what came of it."""
    path = path_of(upload)
    Upload.objects.filter(pk=upload.pk).delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def forget_old(*, at: datetime) -> int:
    """Drop what was begun a day ago and never came to an end; return how many."""
    old = Upload.objects.filter(began_at__lt=at - files.GRACE)
    for upload in old:
        drop(upload)
    return len(old)
