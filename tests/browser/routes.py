"""Which addresses are pages, by the resolver, and where people come across them, by following links."""

import functools
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.http import HttpResponseNotAllowed
from django.test import RequestFactory
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

HREF = re.compile(r"""<a\b[^>]*?\shref="([^"#]+)""")
HUBS = {
    "desk:me",
    "desk:series-home",
    "desk:team-home",
    "desk:teams",
    "coaching:call",
    "coaching:calls",
    "coaching:help",
    "exchange:post",
    "exchange:round",
    "exchange:rounds",
    "commons:connection",
    "commons:connections",
    "commons:directory",
    "library:package",
    "library:resource",
    "storymaps:map",
    "storymaps:entry",
    "storymaps:finding",
    "storymaps:findings",
    "progress:cycles",
    "measures:measure",
    "measures:series",
    "reports:list",
    "summit:front",
}
# Of each route so many addresses are looked at: the pilot and the sample series show different states, and
# so do these pages to those who write in them, to those who coach, and to those who only read.
MOST = 2
SEEN_DIFFERENTLY = {
    "measures:list": 3,
    "desk:team-home": 4,
    "storymaps:entry": 3,
    "storymaps:map": 3,
    "progress:check-in": 3,
}

NO_PAGE = {
    "accounts:again": "answers a script with JSON",
    "accounts:draft": "answers a script with JSON",
    "accounts:file": "is a file",
    "accounts:file-preview": "is a file",
    "accounts:upload": "answers a script with JSON",
    "storymaps:captions": "is a file",
    "desk:healthz": "answers a machine",
    "desk:readyz": "answers a machine",
    "desk:start": "leads on to a person's own place",
    "measures:svg": "is a picture of a page",
    "measures:png": "is a picture of a page",
    "measures:csv": "is a file",
    "reports:edition-pdf": "is a file",
    "storymaps:poster-file": "is a file",
    "summit:edition-pdf": "is a file",
    "set_language": "a form posts to it",
    "account_logout": "the forms of the pages post to it; its own page is for a link that we do not set",
    "account_reauthenticate": "is asked before the address or the password is changed",
    "account_email": "is linked from the settings, and asks for a new sign-in first",
    "account_set_password": "leads on where there is a password, and codes need none",
    "account_change_password": "is linked from the settings, and leads on where there is no password",
    "account_complete_password_reset": "stands behind a code that only the person's mail has",
    "accounts:first-person": "is there before anybody is; the journey looks at it",
    "teams:invitation": "works for one mail; the journey looks at it",
    "notices:stop": "works for one mail; tests/notices/test_stopping.py looks at it",
    "progress:check-in-link": "works for one mail; test_check_in_mail looks at it",
    "progress:catch-up": "is there while several dates are missed, and leads on otherwise",
    "account_signup": "is open for the invited; the journey looks at it",
    "account_email_verification_sent": "comes after sign-up; the journey looks at it",
    "account_confirm_login_code": "comes after asking for a code; the journey looks at it",
}
BY_ADDRESS = {  # pages of strangers that nothing links to in a demo
    "account_inactive": "/account/inactive/",
    "account_request_login_code": "/account/login/code/",
    "account_reset_password": "/account/password/reset/",
    "account_confirm_password_reset_code": "/account/password/reset/confirm/",
    "account_password_reset_completed": "/account/password/reset/done/",
}


def walk(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route by its name with its namespace."""
    for found in patterns:
        if isinstance(found, URLResolver):
            yield from walk(found.url_patterns, f"{space}{found.namespace}:" if found.namespace else space)
        else:
            yield f"{space}{found.name}", found


def is_for_posts_alone(route: URLPattern) -> bool:
    """Whether a view refuses a GET before it looks at anything else."""
    blanks = dict.fromkeys(route.pattern.converters, 1)
    try:
        return isinstance(route.callback(RequestFactory().get("/"), **blanks), HttpResponseNotAllowed)
    except Exception:  # noqa: BLE001 - it went on, so it answers a GET; this request has no person
        return False


def routes() -> dict[str, URLPattern]:
    return dict(walk(get_resolver().url_patterns))


@functools.cache
def pages() -> list[str]:
    """The names of all routes that answer a GET, but for those that are no page."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # each refusal below is a warning there
    for_people = {name: route for name, route in routes().items() if not name.startswith("api:")}
    found = [n for n, route in for_people.items() if n not in NO_PAGE and not is_for_posts_alone(route)]
    logger.setLevel(level)
    return found


def name_of(path: str) -> str:
    """The route of a path, or nothing."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


@dataclass(frozen=True)
class Place:
    """An address, and the person who came across it."""

    person: str
    path: str


def follow(page: Page, person: str, found: dict[str, list[Place]]) -> list[str]:
    """Follow the links of this person's pages; add to `found` where each route was seen to answer.

    Returns the links that led nowhere, in words.
    """
    dead: list[str] = []
    waiting = [("/me/" if person else "/", "")]
    seen: set[str] = set()
    mine: dict[str, int] = {}
    while waiting:
        path, came_from = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        name = name_of(path)
        limit = 9 if name in HUBS else MOST
        if not name or mine.get(name, 0) >= limit:
            continue
        most = SEEN_DIFFERENTLY.get(name, MOST)
        is_new = is_another(Place(person, path), found.get(name, []), by_person=name in SEEN_DIFFERENTLY)
        if name not in HUBS and (len(found.get(name, ())) >= most or not is_new):
            continue
        answer = page.request.get(path, max_redirects=0)
        if answer.status >= 400:
            dead.append(f"{answer.status} {path}, from {came_from}, as {person or 'a stranger'}")
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        mine[name] = mine.get(name, 0) + 1
        places = found.setdefault(name, [])
        if len(places) < most and is_new:
            places.append(Place(person, path))
        for link in HREF.findall(answer.text()):
            target = urlsplit(urljoin(answer.url, link.replace("&amp;", "&")))
            if target.netloc == urlsplit(answer.url).netloc:
                waiting.append((target.path, path))
    return dead


def is_another(new: Place, places: list[Place], *, by_person: bool) -> bool:
    """Whether a place shows something that those so far do not: another series, or another view of it."""

    def kind(place: Place) -> tuple[str, ...]:
        return (*place.path.split("/")[:3], place.person if by_person else "")

    return kind(new) not in {kind(place) for place in places}
