"""Files that people send in: received as they come, made safe by a job, then ready and never changed.

A request only copies bytes to `MEDIA_ROOT/incoming/` and looks at the first few; what opens them runs in a
process of its own (accounts.kinds names which), owed as a job. Who may see a file is asked of the rooms each
time: they register readers.
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

from accounts.events import record
from accounts.kinds import ENDINGS, KINDS_WORDS, REASONS, START_BYTES, ending_of, fits, is_known, most_bytes
from accounts.models import File, FileState, User
from jobs.services import owe

logger = logging.getLogger(__name__)

INCOMING = "incoming"
LEAVING = "leaving"  # marks of when a stored file was first seen without a row
CHILD_SECONDS = 30
MEGABYTE = 1024 * 1024
GRACE = timedelta(hours=24)  # a backup takes the database first and the files after it

type Reader = Callable[[Any, File], bool]
_readers: list[Reader] = []


class FileRefused(Exception):
    """The file is not taken; the message says why in words for the person."""


class ChildStopped(Exception):
    """The child that makes a file safe was stopped from outside: it may be tried again."""


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
    name = shown_name(upload.name)
    left = settings.MAX_PERSON_BYTES - used_bytes(by)
    key = uuid.uuid4()
    target = path_of(f"{INCOMING}/{key}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        size = _copy(upload, target, ending_of(name), left)
        return note(key, by=by, name=name, size=size, at=at)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def shown_name(given: str | None) -> str:
    """The name of a file without its folders, as long as is shown."""
    return PurePosixPath((given or "").replace("\\", "/")).name[-200:] or "file"


def used_bytes(person: User) -> int:
    """How much a person has stored here."""
    return File.objects.filter(uploaded_by=person).aggregate(total=Sum("size"))["total"] or 0


def _copy(upload: UploadedFile, target: Path, ending: str, left: int) -> int:
    """Copy `upload` to `target`, checking while it comes; return its size. On disk when this returns."""
    size, most = 0, most_bytes(ending)
    with target.open("xb") as out:
        for chunk in upload.chunks():
            if size == 0:
                check_start(bytes(chunk[:START_BYTES]), ending)
            size += len(chunk)
            check_size(size, most, left)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size == 0:
        raise FileRefused(_("The file is empty."))
    return size


def check_size(size: int, most: int, left: int) -> None:
    """Refuse what is larger than its kind may be, or than what is left of the person's share."""
    if size > most:
        raise FileRefused(_("The file is larger than %(most)s MB.") % {"most": most // MEGABYTE})
    if size > left:
        raise FileRefused(
            _("You have reached the %(most)s MB that each person may store here.")
            % {"most": settings.MAX_PERSON_BYTES // MEGABYTE}
        )


def check_start(start: bytes, ending: str) -> None:
    """Refuse at once what plainly is of no kind that we take; the child looks closer."""
    if not is_known(start):
        raise FileRefused(KINDS_WORDS)
    if ending not in ENDINGS or not fits(start, ending):
        raise FileRefused(_(REASONS["name"]))


@transaction.atomic
def note(key: uuid.UUID, *, by: User, name: str, size: int, at: datetime) -> File:
    """Write the row of what lies whole under incoming/, and owe its making safe."""
    # The lock makes two uploads at once count one after the other.
    User.objects.select_for_update().get(pk=by.pk)
    check_size(size, size, settings.MAX_PERSON_BYTES - used_bytes(by))
    file = File.objects.create(
        key=key,
        uploaded_by=by,
        name=name,
        kind=ENDINGS[ending_of(name)].kind,
        size=size,
        stored=f"{INCOMING}/{key}",
        received_at=at,
    )
    owe("accounts.prepare_file", key=f"file:{key}", payload={"file_id": file.pk})
    record(by=by, act="accounts.file_received", target=file, at=at)
    return file


def claim(file: File, scope: str) -> None:
    """Count `file` against the share of `scope` ("team:12"), which the caller holds locked.

    Raises FileRefused, in words for the person, where the share is used up.
    """
    used = File.objects.filter(scope=scope).exclude(pk=file.pk).aggregate(total=Sum("size"))["total"] or 0
    if used + file.size > settings.MAX_SCOPE_BYTES:
        most = settings.MAX_SCOPE_BYTES // MEGABYTE
        raise FileRefused(_("Your team has reached the %(most)s MB that it may store here.") % {"most": most})
    file.scope = scope
    file.save(update_fields=["scope"])


# --- made safe, by a job ---------------------------------------------------------------------------


def prepare(file: File) -> dict[str, Any]:
    """Make `file` safe on disk; return the fields that its row gets, once the job is known to be ours.

    Leaves the original where it is. The same original gives the same names, so this may run twice, or
    be killed anywhere. Raises ChildStopped.
    """
    source = path_of(file.stored)
    if not source.exists():
        return _refusal("lost")
    made, preview = (source.with_suffix(f".{os.getpid()}.{part}") for part in ("made", "preview"))
    try:
        ending = ending_of(file.name)
        said = _run_child(ENDINGS[ending].child, source, made, preview, ending)
        if "refused" in said:
            return _refusal(said["refused"])
        digest, stored = _shelve(made, said["ending"])
        return {
            "state": FileState.READY,
            "kind": said["kind"],
            "digest": digest,
            "stored": stored,
            "preview": _shelve(preview, ".jpg")[1] if preview.exists() else "",
            "content_type": said["type"],
            "size": path_of(stored).stat().st_size,
            "width": said.get("width", 0),
            "height": said.get("height", 0),
            "seconds": said.get("seconds", 0),
        }
    finally:
        made.unlink(missing_ok=True)
        preview.unlink(missing_ok=True)


def _refusal(why: str) -> dict[str, Any]:
    return {"state": FileState.REFUSED, "reason": REASONS[why], "size": 0}


def _run_child(child_name: str, source: Path, made: Path, preview: Path, ending: str) -> dict[str, Any]:
    command = [sys.executable, "-m", child_name, str(source), str(made), str(preview), ending]
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


def _shelve(made: Path, ending: str) -> tuple[str, str]:
    """Give a finished file the name of its content; return digest and stored name."""
    with made.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    name = f"{digest[:2]}/{digest}{ending}"
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
