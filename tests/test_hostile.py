"""What people type is inert wherever it stands: hostile Markdown and HTML on every page, and in every mail.

All prose in the matrix's world is replaced by it, whatever room holds it, and every page is read as a browser
reads it. A room that is added later is in it at once.
"""

import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from core import clock
from storymaps.comments import new_comment, write_comment
from storymaps.targets import target_of
from tests.factories.teams import person_as
from tests.matrix import ROWS, make_world

MARK = "zqhostileqz"
HOSTILE = (
    f"{MARK}</title><script>alert(1)</script><img src=x onerror=alert(1)>[a](javascript:alert(1)) "
    "[b](data:text/html;base64,PHN=) <a href='vbscript:x'>c</a> [d](&#106;avascript:alert(1)) "
    '"onmouseover="alert(1)" </textarea><svg onload=alert(1)> <!-- {{ x }} {% url %}'
)
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "poster", "data"}
SCHEMES = ("javascript:", "data:text", "vbscript:")
NO_PROSE = {"source", "captions", "address", "secret", "error"}  # made by the platform, or by a file
LONG = 120  # letters from which a field of one line holds prose


class Reader(HTMLParser):
    """Notes what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append("a script in the page")
        if tag in ("iframe", "object", "embed", "base"):
            self.found.append(tag)
        for name, value in given.items():
            if name.startswith("on") or name == "srcdoc":
                self.found.append(f"{tag} {name}")
            if name in ADDRESSES and value.strip().lower().startswith(SCHEMES):
                self.found.append(f"{tag} {name}={value}")


def runs(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def prose(model: type[models.Model]) -> Iterator[models.Field]:
    """The fields of `model` in which somebody writes."""
    for field in model._meta.get_fields():
        if not isinstance(field, models.CharField | models.TextField) or field.choices:
            continue
        is_long = type(field) is models.TextField or (
            type(field) is models.CharField and (field.max_length or 0) >= LONG
        )
        if is_long and field.name not in NO_PROSE and not field.unique and field.editable:
            yield field


@pytest.fixture
def world(db) -> SimpleNamespace:
    """The matrix's world, in which everybody who wrote anything wrote something hostile."""
    made = make_world()
    rooms = {path.partition(":")[0] for path in ROWS} | {"series", "progress", "measures"}
    for model in apps.get_models():
        if model._meta.app_label not in rooms - {"accounts", "search", "notices"} or not model._meta.managed:
            continue
        for field in prose(model):
            rows = model._default_manager.exclude(**{field.name: ""})
            for pk in rows.values_list("pk", flat=True):
                words = f"{pk} {HOSTILE}"[: field.max_length]  # names are told apart
                model._default_manager.filter(pk=pk).update(**{field.name: words})
    return made


def test_the_reader_finds_what_runs():
    assert runs(HOSTILE) != []
    assert runs("<p>&lt;script&gt;</p><a href='/x/'>y</a>") == []


@pytest.mark.parametrize("role", ["organizer", "coach", "lead"])
def test_every_page_shows_hostile_words_and_runs_none(world, role):
    client = Client()
    client.force_login(person_as(role, world.team), backend="accounts.backends.AccountBackend")
    wrong, shown = [], set()
    for name, row in ROWS.items():
        with transaction.atomic():
            answer = client.get(reverse(name, kwargs=row.kwargs(world)))
            kind = answer.headers.get("Content-Type", "")
            text = "" if answer.streaming or "html" not in kind else answer.text
            transaction.set_rollback(True)
        assert answer.status_code != 500, name
        wrong += [f"{name}: {what}" for what in runs(text)]
        if MARK in text:
            shown.add(name.partition(":")[0])

    assert wrong == []
    assert {"storymaps", "progress", "coaching", "exchange", "desk", "library", "commons"} <= shown


@pytest.mark.django_db(transaction=True)
def test_no_mail_carries_what_runs(world):
    lead, helper = person_as("lead", world.team), person_as("coach", world.team)
    world.entry.author = lead
    world.entry.save(update_fields=["author"])
    draft = new_comment(target_of(world.entry, world.team), uuid.uuid4())
    draft.text = HOSTILE
    write_comment(draft, by=helper, at=clock.now())

    call_command("drain", "--once", verbosity=0)

    parts = [str(part.content) for letter in mail.outbox for part in letter.alternatives]
    assert any(MARK in html for html in parts)
    assert [what for html in parts for what in runs(html)] == []
    assert not any("\n" in letter.subject for letter in mail.outbox)
