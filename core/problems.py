"""What went wrong, told to a program: `application/problem+json` (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

CONTENT_TYPE = "application/problem+json"


def is_of_program(request: HttpRequest) -> bool:
    """Whether `request` is to the API, whose every answer is JSON."""
    return request.path_info.startswith(settings.API_PREFIX)


def problem_data(status: int, detail: object, **more: Any) -> dict[str, Any]:
    """The body of a problem: a title a status, `detail` in words for a person, and what `more` there is."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": str(detail), **more}


def problem(status: int, detail: object, **more: Any) -> JsonResponse:
    """The answer that says so."""
    return JsonResponse(problem_data(status, detail, **more), status=status, content_type=CONTENT_TYPE)
