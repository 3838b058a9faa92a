"""What the API refuses, and in which words; the key of a submission and the version of a text."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import NOTHING_HERE
from core.problems import CONTENT_TYPE, problem_data
from progress.services import NotYetOpen, SeriesClosed

KEY, VERSION = "Idempotency-Key", "If-Match"
_VERSION = re.compile(r'"([0-9]{1,9})"')
USED_BEFORE = _("This key was used for something else. Send a new one.")


class Refused(exceptions.APIException):
    """An answer with a status of its own, words for a person, and more for the program."""

    def __init__(self, status: int, detail: Any, **more: Any) -> None:
        super().__init__(detail)
        self.status_code, self.more = status, more


def answer_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as a problem. What nobody foresaw goes on, to be logged and answered with 500."""
    refusal = told(error)
    response = exception_handler(refusal, context)
    if response is None:
        return None
    status, data, more = response.status_code, response.data, getattr(refusal, "more", {})
    detail = data.get("detail", "") if isinstance(data, dict) else ""
    response.data = problem_data(status, NOTHING_HERE if status == 404 else detail, **more)
    response.content_type = CONTENT_TYPE
    return response


def told(error: Exception) -> Exception:
    """What a service or serializer raised, as the refusal that it means here."""
    match error:
        case exceptions.ValidationError():
            return not_valid(dict(flat(error.detail)))
        case ValidationError():
            by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            return not_valid(by_field)
        case NotYetOpen():
            return Refused(409, _("This check-in is not open yet."), opens_on=error.opens_on.isoformat())
        case SeriesClosed():
            return Refused(409, _("This series is over. It can be read and no longer changed."))
    return error


def not_valid(by_field: dict[str, list[Any]]) -> Refused:
    """422, with what is wrong at each field; what is wrong with the whole stands in the detail."""
    general = ("", "__all__", "non_field_errors")
    whole = [str(word) for name in general for word in by_field.get(name, [])]
    fields = {name: [str(word) for word in words] for name, words in by_field.items() if name not in general}
    return Refused(422, " ".join(whole) or _("Look at the fields named in errors."), errors=fields)


def flat(errors: Any, name: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Nested errors as (`field.0`, words)."""
    if isinstance(errors, dict):
        for key, inner in errors.items():
            yield from flat(inner, f"{name}.{key}".lstrip("."))
    else:
        yield name, list(errors)


# --- what stands in headers ----------------------------------------------------------------------------


def key_of(request: Request) -> uuid.UUID:
    """The id of this submission: the same key from the same person is the same record."""
    given = request.headers.get(KEY)
    if given is None:
        return uuid.uuid4()
    try:
        return uuid.UUID(given)
    except ValueError:
        raise not_valid({KEY: [_("It must be a UUID.")]}) from None


def version_of(request: Request) -> int:
    """The version that a change is made of, from If-Match; -1, which none has, for what is none of ours."""
    given = request.headers.get(VERSION, "").strip()
    if given in ("", "*"):
        raise Refused(428, _("Say in If-Match which version you changed: the ETag with which you got it."))
    found = _VERSION.fullmatch(given)
    return int(found[1]) if found else -1


def version_tag(version: int) -> str:
    return f'"{version}"'


@contextmanager
def once() -> Iterator[None]:
    """A key that is taken by somebody else's record is a conflict, and no more is told."""
    try:
        yield
    except IntegrityError:
        raise Refused(409, USED_BEFORE) from None
