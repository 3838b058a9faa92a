"""The count of what is unread, for the frame of every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.people import person
from core import clock
from notices.unread import mark_read, unread_of


def unread(request: HttpRequest) -> dict[str, Any]:
    """How much the reader has not opened, asked by pages that show it. Opening a page clears its own."""
    return {"unread_count": SimpleLazyObject(lambda: _count(request))}


def _count(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    told = unread_of(person(request))
    here = [each.notice.pk for each in told if each.path == request.path]
    if here and request.method == "GET":
        mark_read(person(request), here, at=clock.now())
        return len(told) - len(here)
    return len(told)
