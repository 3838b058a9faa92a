"""Serving files after a check each time, and keeping drafts."""

import re
import uuid
from datetime import datetime
from typing import IO, Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import drafts, files
from accounts.kinds import INLINE, ending_of
from accounts.models import File, FileState
from accounts.permissions import policy
from core import clock

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
LARGEST_SEQ = 2**31 - 2


@policy(see="file")
@require_safe
def file(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Serve a file; while it is being made safe, or if it was refused, a page says so."""
    found = _find(request, key)
    if found.state != FileState.READY:
        status = 202 if found.state == FileState.RECEIVED else 410
        return render(request, "accounts/file_state.html", {"file": found}, status=status)
    return _serve(request, found, found.stored, found.content_type)


@policy(see="file")
@require_safe
def file_preview(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """Serve the small picture of a photo; 404 while there is none."""
    found = _find(request, key)
    if not found.preview:
        raise Http404
    return _serve(request, found, found.preview, "image/jpeg")


def _find(request: HttpRequest, key: uuid.UUID) -> File:
    found = files.find_file(request.user, key)
    if found is None:
        raise Http404
    return found


def _serve(request: HttpRequest, found: File, stored: str, content_type: str) -> HttpResponseBase:
    """The bytes of a file that was made safe, whole or one range of them. A document never opens here."""
    path = files.path_of(stored)
    try:
        content = path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    size = path.stat().st_size
    span = _range(request.headers.get("Range", ""), size)
    response: HttpResponseBase
    if span is None:
        response = FileResponse(content, content_type=content_type)
    elif span == (0, 0):
        content.close()
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        start, end = span
        content.seek(start)
        response = FileResponse(_Part(content, end - start), status=206, content_type=content_type)
        response.headers["Content-Length"] = str(end - start)
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    name = f"{found.name.rpartition('.')[0] or found.name}{ending_of(stored)}"
    is_attachment = "download" in request.GET or found.kind not in INLINE
    response.headers["Content-Disposition"] = content_disposition_header(is_attachment, name) or "attachment"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _range(asked: str, size: int) -> tuple[int, int] | None:
    """The half-open stretch that a Range header asks for; None for all of it, (0, 0) for none that exists."""
    match = RANGE.fullmatch(asked.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    return (start, end) if start < end else (0, 0)


class _Part:
    """The next `left` bytes of an open file."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self.file, self.left = file, left

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.file.close()


@policy(see="person")
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, form: str, target: str) -> JsonResponse:
    """Give a person their own draft of a form, or keep it.

    POST `{"data": {field: [values]}, "seq": n}` answers `{"seq": n + 1}`. 409 means that another device
    wrote meanwhile: this text is kept beside it, and the answer's `seq` and `url` say where to go on.
    """
    person: Any = request.user
    try:
        copy = int(request.GET.get("copy", "0") or 0)
    except ValueError as error:
        raise Http404 from error
    if request.method == "GET":
        found = drafts.drafts_of(person, form, target)
        return JsonResponse({"drafts": [_told(d.data, d.seq, d.copy, d.saved_at) for d in found]})
    body = getattr(request, "json", None)
    seq = body.get("seq", 0) if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(seq, int) or not 0 <= seq <= LARGEST_SEQ:
        return JsonResponse({"detail": gettext("This is no draft.")}, status=400)
    if not 0 <= copy <= drafts.MAX_DRAFTS or len(form) > 40 or len(target) > 60:
        return JsonResponse({"detail": gettext("This is no draft.")}, status=400)
    try:
        kept, is_conflict = drafts.save_draft(
            person, form, target, body.get("data"), seq, at=clock.now(), copy=copy
        )
    except drafts.DraftRefused:
        return JsonResponse({"detail": gettext("This draft is too large to keep.")}, status=413)
    answer = {
        "seq": kept.seq,
        "saved_at": kept.saved_at.isoformat(),
        "url": drafts.draft_url(form, target, kept.copy),
    }
    return JsonResponse(answer, status=409 if is_conflict else 200)


def _told(data: drafts.Fields, seq: int, copy: int, saved_at: datetime) -> dict[str, Any]:
    return {"data": data, "seq": seq, "copy": copy, "saved_at": saved_at.isoformat()}
