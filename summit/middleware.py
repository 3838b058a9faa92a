"""Public pages are the same for everybody: they read no cookie and set none."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

Next = Callable[[HttpRequest], HttpResponse]
PUBLIC = re.compile(r"/(?:summit/.*)?")


class PublicPagesMiddleware:
    """Takes the cookies off a request for a public page: no session is loaded, no theme remembered.

    What such a page answers may then stand in a shared cache: it does not vary with who asks.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not PUBLIC.fullmatch(request.path_info):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        response = self.get_response(request)
        response.cookies.clear()
        names = [name.strip() for name in response.headers.get("Vary", "").split(",")]
        response.headers.pop("Vary", None)
        if kept := [name for name in names if name and name.lower() != "cookie"]:
            patch_vary_headers(response, kept)
        return response
