"""Where a browser sends a large file in pieces. The words of a refusal are shown at the field."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import uploads
from accounts.files import FileRefused
from accounts.models import File, Upload
from accounts.permissions import policy
from core import clock


@policy(see="person")
@require_POST
def upload_new(request: HttpRequest) -> JsonResponse:
    """Announce a file: POST `{"name", "size"}` answers 201 `{"url", "offset"}`; 422 says why not."""
    person: Any = request.user
    body = getattr(request, "json", None)
    name, size = (body.get("name"), body.get("size")) if isinstance(body, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool) or size < 1:
        return JsonResponse({"detail": gettext("The file is empty.")}, status=422)
    try:
        upload = uploads.announce(name, size, by=person, at=clock.now())
    except FileRefused as refused:
        return JsonResponse({"detail": str(refused)}, status=422)
    url = reverse("accounts:upload", args=[upload.key])
    return JsonResponse({"url": url, "offset": 0}, status=201, headers={"Location": url})


@policy(see="person")
@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far an upload has come, its next piece, or its end.

    PATCH sends bytes with `Upload-Offset`, where they begin; the answer says where the upload ends now, and
    names the file once it is whole. 409 tells the right offset.
    """
    person: Any = request.user
    found = uploads.find(key, by=person)
    if found is None:
        raise Http404
    if isinstance(found, File):
        return _told(found.size, found)
    try:
        if request.method == "DELETE":
            uploads.drop(found)
            return HttpResponse(status=204)
        if request.method == "PATCH":
            return _take(request, found)
        return _told(uploads.offset_of(found))
    except FileNotFoundError as error:
        uploads.drop(found)
        raise Http404 from error


def _take(request: HttpRequest, found: Upload) -> HttpResponse:
    person: Any = request.user
    given = request.headers.get("Upload-Offset", "")
    if not (given.isascii() and given.isdigit() and len(given) < 16):
        return JsonResponse({"detail": "Upload-Offset"}, status=400)
    try:
        offset = uploads.take(found, int(given), request.read)
        if offset < found.size:
            return _told(offset)
        return _told(offset, uploads.finish(found, by=person, at=clock.now()))
    except uploads.WrongOffset as wrong:
        return _told(wrong.offset, status=409)
    except FileRefused as refused:
        uploads.drop(found)
        return JsonResponse({"detail": str(refused)}, status=422)


def _told(offset: int, file: File | None = None, status: int = 200) -> JsonResponse:
    body = {"offset": offset} | ({"file": str(file.key)} if file else {})
    return JsonResponse(body, status=status, headers={"Upload-Offset": str(offset)})
