"""Role × audience × outlet: what is said for some readers leaves by no outlet for others.

Every page, fragment, file and answer of the API that the matrix knows is asked for by each role, and every
mail that the acts owe is read. A word that only its rightful readers may see stands in each text, and in what
they say of it. A route that is added later is an outlet at once: nobody has to think of it.
"""

import itertools
import uuid
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from core import clock
from storymaps.comments import new_comment, write_comment
from storymaps.models import Audience, Visibility
from storymaps.targets import Target, target_of
from tests.factories.storymaps import make_entry
from tests.factories.teams import person_as
from tests.factories.told import make_outcome
from tests.matrix import ROLES, ROWS, make_world
from tests.matrix.basics import IN_FULL, RUN, SERIES

COACHES = RUN | {"coach"}
READERS = {Audience.COACHES: COACHES, Audience.TEAM: IN_FULL, Audience.SERIES: SERIES}
HTMX = {"HX-Request": "true"}
# One of those who read the same; tests/test_matrix.py tells them apart by what they may do.
READING = [role for role in ROLES if role not in ("data_contact", "storyteller", "lead")]


def secret(audience: str, kind: str) -> str:
    """A word that stands nowhere else, in a form that no page breaks or shortens."""
    return f"zq{audience}{kind.replace('-', '')}qz"


@pytest.fixture
def told(db) -> SimpleNamespace:
    """The matrix's world with somebody of each role, and notes for all audiences beside everything."""
    world = make_world()
    world.people = {role: person_as(role, world.team) for role in ROLES}
    world.secrets = {}
    team = world.team
    shared = make_entry(
        team, world.people["lead"], text=f"{secret('series', 'story')} moved.", visibility=Visibility.SERIES
    )
    own = make_entry(team, world.people["lead"], text=f"{secret('team', 'story')} moved.")
    world.secrets |= {secret("series", "story"): SERIES, secret("team", "story"): IN_FULL}
    world.entry, world.outcome = shared, make_outcome(shared, visibility=Visibility.SERIES)
    things = [
        shared,
        own,
        world.outcome,
        world.finding,
        world.item,
        world.item.cycles.get(),
        world.measure,
        team,
    ]
    for number, thing in enumerate(things):
        target = target_of(thing, team)
        for audience in Audience.values:
            if audience != Audience.SERIES or target.is_open:
                _note(world, target, audience, f"{target.kind}{number}")
    return world


def _note(world: SimpleNamespace, target: Target, audience: str, name: str) -> None:
    """A note of the facilitator for `audience`, and an answer of the coach to it."""
    draft = new_comment(target, uuid.uuid4())
    draft.audience, draft.asks_reply = audience, True
    # for coaches alone it calls the lead by name, who must not hear of it
    draft.text = f"@{world.people['lead'].name} {secret(audience, name)}"
    note = write_comment(draft, by=world.people["facilitator"], at=clock.now())
    answer = new_comment(target, uuid.uuid4(), note)
    answer.audience, answer.text = audience, secret(audience, f"{name}answer")
    write_comment(answer, by=world.people["coach"], at=clock.now())
    for word in (draft.text.split()[-1], answer.text):
        world.secrets[word] = READERS[Audience(audience)]


def ask(client: Client, name: str, world: SimpleNamespace, headers: dict[str, str]) -> Iterator[str]:
    """What the outlet `name` says, and what it answers to a form that is sent empty; rolled back."""
    url = reverse(name, kwargs=ROWS[name].kwargs(world))
    cookies = dict(client.cookies)
    for method in (client.get, client.post):
        with transaction.atomic():
            response = method(url, headers=headers)
            body = b"".join(response) if response.streaming else response.content
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.update(cookies)
        yield body.decode("utf-8", "replace")


@pytest.mark.parametrize("role", READING, ids=str)
def test_no_page_fragment_file_or_api_tells_what_is_for_others(told, role):
    client = Client()
    if (person := told.people[role]) is not None:
        client.force_login(person, backend="accounts.backends.AccountBackend")
    forbidden = [word for word, readers in told.secrets.items() if role not in readers]
    leaks, seen = [], set()
    for name, headers in itertools.product(ROWS, ({}, HTMX)):
        for body in ask(client, name, told, headers):
            leaks += [f"{name}: {word}" for word in forbidden if word in body]
            seen |= {word for word in told.secrets if word in body}

    assert leaks == []
    # the walk can fail: what is theirs to read, they come across
    for audience, readers in READERS.items():
        if role in readers:
            assert secret(audience, "story0") in seen, audience
            assert secret(audience, "story0answer") in seen, audience


@pytest.mark.django_db(transaction=True)
def test_no_mail_tells_what_is_for_others(told):
    call_command("drain", "--once", verbosity=0)
    roles = {person.email: role for role, person in told.people.items() if person is not None}
    leaks = []
    for message in mail.outbox:
        role = roles.get(message.to[0], "lead")  # the others of the world are its team's
        parts = [message.subject, message.body, *(str(part) for part in message.alternatives)]
        text = "".join(parts)
        leaks += [f"{role}: {w}" for w, readers in told.secrets.items() if w in text and role not in readers]

    assert leaks == []
    # the calls by name reached the lead where the note was for the team
    told_lead = [m.body for m in mail.outbox if m.to == [told.people["lead"].email]]
    assert any(secret("team", "story1") in body for body in told_lead)
