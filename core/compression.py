"""Pages go over a thin line: text is compressed, files are not."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = ("text/", "image/svg+xml", "application/json", "application/problem+json")


class PageCompression(GZipMiddleware):
    """Compresses pages, and pads each by a random length; see docs/decisions/0004-compressed-pages.md.

    Streams and parts stay as they are: files are compressed already, and answer to ranges of bytes.
    """

    max_random_bytes = 100

    def process_response(self, request: HttpRequest, response: Any) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if response.streaming or response.status_code == 206 or not kind.startswith(TEXT):
            return response
        return super().process_response(request, response)
