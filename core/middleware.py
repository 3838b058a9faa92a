"""The edge: what no view should ever have to think about."""

import json
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.problems import is_of_program, problem

Next = Callable[[HttpRequest], HttpResponse]
BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
CONTROLS = dict.fromkeys([c for c in range(0x20) if c not in (0x09, 0x0A, 0x0D)] + [*range(0x7F, 0xA0)])


def is_broken(text: str) -> bool:
    """True where `text` holds NUL or a lone surrogate, which no database of ours can keep."""
    return "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text)


def cleaned(text: str) -> str:
    """NFC, without control characters and bidirectional overrides. Line ends become a plain newline."""
    return unicodedata.normalize("NFC", text.translate(CONTROLS).translate(BIDI)).replace("\r\n", "\n")


def clean_query(query: QueryDict) -> tuple[QueryDict, str | None]:
    """A cleaned copy of `query`, and the name of the first field that cannot be kept, if there is one."""
    result = QueryDict(mutable=True, encoding=query.encoding)
    for name, values in query.lists():
        if is_broken(name) or any(is_broken(value) for value in values):
            return result, name.encode("ascii", "replace").decode().replace("\x00", "?")[:60]
        result.setlist(cleaned(name), [cleaned(value) for value in values])
    result._mutable = False
    return result, None


def broken_json(value: Any, path: str = "") -> str | None:
    """The path of the first text in a decoded JSON value that cannot be kept, if there is one."""
    if isinstance(value, str):
        return (path or "body") if is_broken(value) else None
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        if any(is_broken(key) for key in value):
            return path or "body"
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    return next(
        (found for key, item in items if (found := broken_json(item, f"{path}.{key}".lstrip(".")))), None
    )


def is_too_large(request: HttpRequest) -> bool:
    """True where the announced body is more than an upload and its form may be."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return True
    return length > settings.MAX_UPLOAD_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def refused(request: HttpRequest, status: int, field: str = "") -> HttpResponse:
    """The answer to what is too large, or damaged in `field`: a page, or a problem to a program."""
    if not is_of_program(request):
        return render(request, f"{status}.html", {"field": field}, status=status)
    if status == 413:
        return problem(status, _("That is too large"))
    return problem(
        status,
        _("It is in the field “%(field)s”.") % {"field": field},
        errors={field: [_("It holds something that cannot be kept.")]},
    )


class EdgeMiddleware:
    """Refuses what cannot be stored, cleans the rest, and keeps signed-in pages out of every cache.

    Bad bytes in path, query, form, file name or JSON are a 400 that names the field, never a 500.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_too_large(request):
            return refused(request, 413)
        try:
            bad = self.clean(request)
        except (RequestDataTooBig, TooManyFieldsSent):
            return refused(request, 413)
        except (MultiPartParserError, UnicodeDecodeError):
            bad = "body"
        if bad is not None:
            return refused(request, 400, bad)
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    def clean(self, request: HttpRequest) -> str | None:
        """Clean `request` in place; return the name of a field that cannot be kept."""
        if is_broken(request.path) or is_broken(request.path_info):
            return "address"
        request.GET, bad = clean_query(request.GET)  # type: ignore[assignment]
        if bad is not None:
            return bad
        if request.method in ("POST", "PUT", "PATCH"):
            kind = request.content_type or ""
            if kind == "application/json":
                try:
                    request.json = json.loads(request.body or b"null")  # type: ignore[attr-defined]
                    return broken_json(request.json)  # type: ignore[attr-defined]
                except (ValueError, RecursionError):  # deeper than anything that somebody means
                    return "body"
            if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
                clean, bad = clean_query(request.POST)
                if bad is not None:
                    return bad
                request._post = clean  # type: ignore[attr-defined]
                for name, files in request.FILES.lists():
                    for file in files:
                        if is_broken(name) or is_broken(file.name or ""):
                            return "file"
                        file.name = cleaned(file.name or "file")
        return None
