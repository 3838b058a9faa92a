"""A team with its people, at a day in Action Period 1."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.permissions import Role
from tests.factories.storymaps import AT
from tests.factories.teams import coach, join, make_team


@pytest.fixture(autouse=True)
def _in_period_1() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team(db):
    return make_team()


@pytest.fixture
def lead(team):
    return join(team, Role.LEAD)


@pytest.fixture
def teller(team):
    return join(team, Role.STORYTELLER)


@pytest.fixture
def luz(team):
    return coach(team)
