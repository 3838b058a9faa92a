"""How the API speaks: who is let in, JSON in and out, pages. Read by DRF while it is being imported."""

import json
import math
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.middleware import cleaned, is_broken

DEEPEST = 8  # levels of a body; ours have two


class Nobody(BasePermission):
    """What holds for a view that says nothing: it is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class SignedIn(BasePermission):
    """A person; what they may see and do is asked on the object."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.is_active)


class AlwaysJSON(BaseContentNegotiation):
    """JSON comes back, whatever was asked for; what comes in must say that it is JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Pages(PageNumberPagination):
    """Lists come in pages of 50, or of as many as asked for, up to 100."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 100


class CleanJSON(BaseParser):
    """Reads a body, cleaned like what comes from a form; NaN, Infinity and deep nests are no JSON of ours."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = json.loads(stream.read(), parse_float=_finite, parse_constant=_finite)
            return _clean(data, DEEPEST)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON that we can read.")) from error


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        if is_broken(value):
            raise ValueError("a character that cannot be kept")
        return cleaned(value)
    if isinstance(value, list | dict) and not depth:
        raise ValueError("too deep")
    if isinstance(value, list):
        return [_clean(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_clean(name, depth): _clean(item, depth - 1) for name, item in value.items()}
    return value
