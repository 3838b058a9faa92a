"""Files that people send in: received as they come, made safe by a job, then ready and never changed.

A request only copies bytes to `MEDIA_ROOT/incoming/` and looks at the first few; what decodes them runs
in a process of its own (accounts.image_child), owed as a job. Who may see a file is asked of the rooms
each time: they register readers.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ProtectedError, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.events import record
from accounts.models import File, FileState, User
from jobs.services import owe

logger = logging.getLogger(__name__)

INCOMING = "incoming"
LEAVING = "leaving"  # marks of when a stored file was first seen without a row
STARTS = {
    b"\xff\xd8\xff": {".jpg", ".jpeg", ".jpe", ".jfif"},
    b"\x89PNG\r\n\x1a\n": {".png"},
    b"RIFF": {".webp"},
}
KINDS_WORDS = _("Please choose a photo that is a JPEG, PNG or WebP file.")
CHILD_SECONDS = 30
GRACE = timedelta(hours=24)  # a backup takes the database first and the files after it

REASONS = {
    "type": gettext_noop("This is no photo that we can read. Please send a JPEG, PNG or WebP file."),
    "name": gettext_noop("The ending of the file’s name does not fit what is in it."),
    "pixels": gettext_noop("The photo has more than 40 megapixels. Please send a smaller one."),
    "broken": gettext_noop("The photo is damaged or incomplete. Please send it again."),
    "lost": gettext_noop("The photo did not reach us whole. Please send it again."),
}

type Reader = Callable[[Any, File], bool]
_readers: list[Reader] = []


class FileRefused(Exception):
    """The file is not taken; the message says why in words for the person."""


class ChildStopped(Exception):
    """The child that makes a photo safe was stopped from outside: it may be tried again."""


def register_reader(may_read: Reader) -> None:
    """Let `may_read(user, file)` say that a person may see a file because of where it stands in a room."""
    _readers.append(may_read)


def find_file(user: Any, key: uuid.UUID) -> File | None:
    """The file `key` if `user` may see it: their own, or one that a room shows them."""
    file = File.objects.filter(key=key).first()
    if file is None or not user.is_authenticated or not user.is_active:
        return None
    if file.uploaded_by_id == user.pk or any(may_read(user, file) for may_read in _readers):
        return file
    return None


def path_of(name: str) -> Path:
    """Where a stored name lies on disk."""
    return Path(settings.MEDIA_ROOT) / name


def receive(upload: UploadedFile, *, by: User, at: datetime) -> File:
    """Take in an upload and owe its making safe. Call it before any transaction opens.

    Raises FileRefused, in words for the person, for what is too large, of another kind or over the
    person's share. The file can be shown when its state is ready.
    """
    name = PurePosixPath((upload.name or "").replace("\\", "/")).name[-200:] or "photo"
    extension = PurePosixPath(name).suffix.lower()
    left = settings.MAX_PERSON_BYTES - used_bytes(by)
    key = uuid.uuid4()
    target = path_of(f"{INCOMING}/{key}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        size = _copy(upload, target, extension, left)
        return _note(key, by, name, size, at)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def used_bytes(person: User) -> int:
    """How much a person has stored here."""
    return File.objects.filter(uploaded_by=person).aggregate(total=Sum("size"))["total"] or 0


def _copy(upload: UploadedFile, target: Path, extension: str, left: int) -> int:
    """Copy `upload` to `target`, checking while it comes; return its size. On disk when this returns."""
    size = 0
    with target.open("xb") as out:
        for chunk in upload.chunks():
            if size == 0:
                _check_start(bytes(chunk[:12]), extension)
            size += len(chunk)
            if size > settings.MAX_UPLOAD_BYTES:
                most = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
                raise FileRefused(_("The file is larger than %(most)s MB.") % {"most": most})
            if size > left:
                raise FileRefused(_full())
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size == 0:
        raise FileRefused(_("The file is empty."))
    return size


def _full() -> str:
    most = settings.MAX_PERSON_BYTES // (1024 * 1024)
    return _("You have reached the %(most)s MB that each person may store here.") % {"most": most}


def _check_start(start: bytes, extension: str) -> None:
    """Refuse at once what is plainly no photo; the child looks closer."""
    fitting = next((endings for sign, endings in STARTS.items() if start.startswith(sign)), None)
    if fitting is None or (start.startswith(b"RIFF") and start[8:12] != b"WEBP"):
        raise FileRefused(KINDS_WORDS)
    if extension not in fitting:
        raise FileRefused(_(REASONS["name"]))


@transaction.atomic
def _note(key: uuid.UUID, by: User, name: str, size: int, at: datetime) -> File:
    # The lock makes two uploads at once count one after the other.
    User.objects.select_for_update().get(pk=by.pk)
    if used_bytes(by) + size > settings.MAX_PERSON_BYTES:
        raise FileRefused(_full())
    file = File.objects.create(
        key=key, uploaded_by=by, name=name, size=size, stored=f"{INCOMING}/{key}", received_at=at
    )
    owe("accounts.prepare_file", key=f"file:{key}", payload={"file_id": file.pk})
    record(by=by, act="accounts.file_received", target=file, at=at)
    return file


# --- made safe, by a job ---------------------------------------------------------------------------


def prepare(file: File) -> dict[str, Any]:
    """Make `file` safe on disk; return the fields that its row gets, once the job is known to be ours.

    Leaves the original where it is. The same original gives the same names, so this may run twice, or
    be killed anywhere. Raises ChildStopped.
    """
    source = path_of(file.stored)
    if not source.exists():
        return _refusal("lost")
    photo, preview = (source.with_suffix(f".{os.getpid()}.{part}") for part in ("photo", "preview"))
    try:
        said = _run_child(source, photo, preview, PurePosixPath(file.name).suffix.lower())
        if "refused" in said:
            return _refusal(said["refused"])
        digest, stored = _shelve(photo)
        _digest, small = _shelve(preview)
        return {
            "state": FileState.READY,
            "digest": digest,
            "stored": stored,
            "preview": small,
            "content_type": "image/jpeg",
            "size": path_of(stored).stat().st_size,
            "width": said["width"],
            "height": said["height"],
        }
    finally:
        photo.unlink(missing_ok=True)
        preview.unlink(missing_ok=True)


def _refusal(why: str) -> dict[str, Any]:
    return {"state": FileState.REFUSED, "reason": REASONS[why], "size": 0}


def _run_child(source: Path, photo: Path, preview: Path, extension: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "accounts.image_child", str(source), str(photo), str(preview), extension]
    # Nothing of our environment (keys, addresses of databases) goes with it.
    child = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        output, _errors = child.communicate(timeout=CHILD_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ChildStopped("too slow") from error
    finally:
        child.kill()
        child.wait()
    if child.returncode == 0:
        said: dict[str, Any] = json.loads(output)
        return said
    if child.returncode < 0 and -child.returncode not in (9, 15):
        return {"refused": "broken"}  # it hit its own limits, or the decoder crashed on this file
    raise ChildStopped(f"exit status {child.returncode}")


def _shelve(made: Path) -> tuple[str, str]:
    """Give a finished file the name of its content; return digest and stored name."""
    with made.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    name = f"{digest[:2]}/{digest}.jpg"
    shelf = path_of(name)
    shelf.parent.mkdir(parents=True, exist_ok=True)
    made.replace(shelf)  # over an equal one: its date is new, so that no sweep is after it
    for folder in (shelf.parent, shelf.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return digest, name


def conclude(file_id: int, fields: dict[str, Any]) -> None:
    """Write the row, if nobody else has; the original goes once that is committed."""
    file = File.objects.select_for_update().filter(pk=file_id, state=FileState.RECEIVED).first()
    if file is None:
        return
    original = path_of(file.stored)
    for name, value in fields.items():
        setattr(file, name, value)
    file.save(update_fields=list(fields))
    transaction.on_commit(lambda: original.unlink(missing_ok=True))


# --- what nobody needs any more --------------------------------------------------------------------


def forget_unused(*, at: datetime) -> int:
    """Delete rows a day old that no room points to: the form they came with was never saved."""
    pointers = {relation.field.related_query_name(): None for relation in File._meta.related_objects}
    count = 0
    for file in File.objects.filter(received_at__lt=at - GRACE, **pointers):
        # Somebody may have come to point to it meanwhile.
        with contextlib.suppress(ProtectedError):
            file.delete()
            count += 1
    return count


def remove_orphans(*, at: datetime) -> int:
    """Remove files that no row names, a day after that was first seen; return how many."""
    root = Path(settings.MEDIA_ROOT)
    if not root.exists():
        return 0
    named = {name for pair in File.objects.values_list("stored", "preview") for name in pair if name}
    marks = root / LEAVING
    marks.mkdir(exist_ok=True)
    removed = 0
    for path in root.glob("*/*"):
        name = path.relative_to(root).as_posix()
        mark = marks / name.replace("/", "-")
        if path.parent == marks or not path.is_file():
            continue
        if name in named:
            mark.unlink(missing_ok=True)
        elif not _is_older(path, at):
            continue
        elif name.startswith(f"{INCOMING}/") or (mark.exists() and _is_older(mark, at)):
            path.unlink(missing_ok=True)
            mark.unlink(missing_ok=True)
            removed += 1
        elif not mark.exists():
            mark.touch()
            os.utime(mark, (at.timestamp(), at.timestamp()))
    return removed


def _is_older(path: Path, at: datetime) -> bool:
    return path.stat().st_mtime < (at - GRACE).timestamp()
