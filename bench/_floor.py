"""What a page costs at least, measured beside it in the same run.

The floor of a page is a Django view behind the same middleware that loads the same rows with the same
queries and renders the same markup with one `format_html_join`, without includes, tags or translation.
It is made by watching the page once: every queryset that the page evaluates is evaluated again by the
floor, models and prefetches included; every other query is sent again; the markup is cut into tags and
texts, and the texts are escaped again.
"""

import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["LBS_MODE"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lbs.settings")
os.environ["LBS_VAR"] = tempfile.mkdtemp(prefix="bench-")
os.environ["LOG_LEVEL"] = "ERROR"

import django

Path(os.environ["LBS_VAR"], "static").mkdir()
django.setup()

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models.query import QuerySet
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.permissions import policy

LIMIT = 4.5
TAG = re.compile(r"(<[^>]*>)")


@dataclass
class Recording:
    """What a page asked of the database, in order: querysets to evaluate again, and bare queries."""

    steps: list[QuerySet[Any] | tuple[str, Any]] = field(default_factory=list)
    depth: int = 0

    def replay(self) -> None:
        for step in self.steps:
            if isinstance(step, tuple):
                with connection.cursor() as cursor:
                    cursor.execute(*step)
                    cursor.fetchall()
            else:
                list(step._chain())


@contextmanager
def recorded() -> Iterator[Recording]:
    """Watch every query of this block."""
    seen = Recording()
    fetch_all = QuerySet._fetch_all

    def watched(self: QuerySet[Any]) -> None:
        if self._result_cache is None and seen.depth == 0:
            seen.steps.append(self._chain())
        seen.depth += 1
        try:
            fetch_all(self)
        finally:
            seen.depth -= 1

    def sql(execute: Callable[..., Any], query: str, params: Any, many: bool, context: Any) -> Any:
        if seen.depth == 0 and query.lstrip().upper().startswith("SELECT"):
            seen.steps.append((query, params))
        return execute(query, params, many, context)

    QuerySet._fetch_all = watched  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(sql):
            yield seen
    finally:
        QuerySet._fetch_all = fetch_all  # type: ignore[method-assign]


FLOORS: dict[str, tuple[Recording, list[tuple[SafeString, str]]]] = {}
recording_of: list[Recording] = []


class Watch:
    """The innermost middleware: records what the view asks, not what the middleware around it asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.headers.get("X-Watch"):
            return self.get_response(request)
        with recorded() as seen:
            response = self.get_response(request)
        recording_of.append(seen)
        return response


@policy(see="public")
def floor(request: HttpRequest, name: str) -> HttpResponse:
    """The same rows, the same queries, the same markup, and nothing else."""
    seen, pieces = FLOORS[name]
    seen.replay()
    return HttpResponse(format_html_join("", "{}{}", pieces))


def install() -> None:
    """Put the watching middleware and the floor's route into this process."""
    from lbs import urls  # noqa: PLC0415 - after django.setup

    urls.urlpatterns.append(path("floor/<slug:name>/", floor, name="floor"))
    settings.MIDDLEWARE.append("_floor.Watch")
    sys.path.insert(0, str(Path(__file__).resolve().parent))


class Browser:
    """Calls the platform as granian does: WSGI in, bytes out; signed in as `person` where there is one."""

    def __init__(self, person: Any = None) -> None:
        client = Client()
        if person is not None:
            client.force_login(person, backend="accounts.backends.AccountBackend")
        self.cookies = "; ".join(f"{m.key}={m.value}" for m in client.cookies.values())
        self.application = WSGIHandler()

    def get(self, url: str, *, watch: bool = False) -> tuple[int, bytes]:
        address, _, query = url.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000",
            "HTTP_COOKIE": self.cookies,
            "HTTP_ACCEPT": "text/html",
            "HTTP_ACCEPT_LANGUAGE": "en",
            "wsgi.input": BytesIO(b""),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
        }
        if watch:
            environ["HTTP_X_WATCH"] = "1"
        status: list[int] = []
        response = self.application(environ, lambda line, headers, *_: status.append(int(line.split()[0])))
        body = b"".join(response)
        response.close()
        return status[0], body


def prepare(name: str, url: str, person: Any = None) -> tuple[Browser, int]:
    """Watch the page `url` once, make its floor; return the browser and the page's number of queries."""
    browser = Browser(person)
    browser.get(url)  # whatever is cached, is
    recording_of.clear()
    with connection.execute_wrapper(counter := Counter()):
        status, body = browser.get(url, watch=True)
    assert status == 200, f"{url}: {status}"
    pieces = TAG.split(body.decode())
    FLOORS[name] = (recording_of[-1], list(rows_of(pieces)))
    browser.get(f"/floor/{name}/")
    return browser, counter.count


def rows_of(pieces: list[str], tags_a_row: int = 12) -> Iterator[tuple[SafeString, str]]:
    """The markup as rows of about a dozen tags, each with one text that is escaped again.

    A bare view formats a row at a time; a row a tag would make the floor dearer than it is.
    """
    markup = ""
    for i, piece in enumerate(pieces):
        is_text = i % 2 == 0
        if is_text and piece.strip() and i >= 2 * tags_a_row and markup.count("<") >= tags_a_row:
            yield SafeString(markup), unescape(piece)
            markup = ""
        else:
            markup += piece
    yield SafeString(markup), ""


class Counter:
    """Counts queries."""

    count = 0

    def __call__(self, execute: Callable[..., Any], query: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(query, params, many, context)


def ratio(name: str, url: str, browser: Browser, rounds: int = 40) -> float:
    """How many times the floor's time the page takes: page and floor in turn, the median of the pairs."""
    found = []
    for _round in range(rounds):
        begin = time.perf_counter()
        browser.get(url)
        middle = time.perf_counter()
        browser.get(f"/floor/{name}/")
        found.append((middle - begin) / (time.perf_counter() - middle))
    return statistics.median(found)


class Report:
    """Prints a line a figure, `name value limit ok|short`, and knows whether any falls short."""

    def __init__(self) -> None:
        self.is_short = False

    def line(self, name: str, value: float, limit: float) -> None:
        verdict = "ok" if value <= limit else "short"
        self.is_short |= value > limit
        print(f"{name} {value:.2f} {limit:g} {verdict}", flush=True)


@contextmanager
def database() -> Iterator[None]:
    """A database of this run's own, filled by the caller, gone afterwards."""
    from django.test.runner import DiscoverRunner  # noqa: PLC0415 - after django.setup

    runner = DiscoverRunner(verbosity=0, interactive=False)
    names = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(names)
