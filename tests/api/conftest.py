"""A program that is signed in as somebody."""

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.permissions import Role
from core import clock
from progress.models import DueDate
from tests.factories.progress import first_period
from tests.factories.series import make_series
from tests.factories.storymaps import make_entry, make_item
from tests.factories.teams import coach, join, make_team


class Program(Client):
    """A signed-in client that speaks JSON to /api/v1/."""

    def ask(self, path: str, **query: Any) -> HttpResponse:
        return self.get(f"/api/v1/{path}", query)

    def send(self, path: str, body: Any = None, *, key: Any = None, **headers: str) -> HttpResponse:
        headers |= {"Idempotency-Key": str(key)} if key else {}
        return self.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    def change(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.patch(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


@pytest.fixture
def as_program():
    """A function that gives a program signed in as `person`."""

    def sign_in(person: Any, **more: Any) -> Program:
        program = Program(**more)
        program.force_login(person, backend="accounts.backends.AccountBackend")
        return program

    return sign_in


@pytest.fixture
def place(db):
    """A running series with a team, its people, a plan item, an entry of the team alone and a due date."""
    today = clock.today("UTC")
    series = make_series(today - timedelta(days=70))
    team = make_team(series, slug="pearl-river")
    lead, member, helper = join(team, Role.LEAD), join(team), coach(team)
    due = DueDate.objects.create(team=team, period=first_period(team), due_on=today)
    return SimpleNamespace(
        series=series,
        team=team,
        lead=lead,
        member=member,
        coach=helper,
        peer=join(make_team(series)),
        due=due,
        item=make_item(team),
        entry=make_entry(team, member),
        driver=series.drivers.first(),
        path=f"series/{series.slug}/teams/{team.slug}/",
        key=uuid.uuid4(),
    )
