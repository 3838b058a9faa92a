"""Teams and the people in them."""

import uuid
from datetime import date
from itertools import count
from typing import Any

from accounts.models import User
from accounts.permissions import Role
from series.models import Series
from teams.models import CoachAssignment, Membership, Team
from tests.factories.accounts import make_person
from tests.factories.series import give_role, make_series

_numbers = count(1)


def make_team(series: Series | None = None, **fields: Any) -> Team:
    number = next(_numbers)
    values = {
        "name": f"Pearl River {number}",
        "slug": f"pearl-river-{number}",
        "code": "JXN",
        "place": "Jackson, Mississippi",
        "time_zone": "America/Chicago",
        "joined_on": date(2026, 1, 5),
        "submission_id": uuid.uuid4(),
    } | fields
    return Team.objects.create(series=series or make_series(), **values)


def join(team: Team, role: Role = Role.MEMBER, person: User | None = None, **fields: Any) -> User:
    """Put `person` (a new one) into `team`; give the person back."""
    person = person or make_person(role.value.title())
    Membership.objects.create(
        team=team, person=person, role=role, **({"starts_on": date(2020, 1, 1)} | fields)
    )
    return person


def coach(team: Team, person: User | None = None, **fields: Any) -> User:
    """Let `person` (a new one) coach `team`; give the person back."""
    person = person or make_person("Luz")
    CoachAssignment.objects.create(team=team, coach=person, **({"starts_on": date(2020, 1, 1)} | fields))
    return person


def person_as(role: str | None, team: Team) -> User | None:
    """Somebody who is `role` to `team`: a role's value, "stranger", or None for nobody signed in."""
    if role is None:
        return None
    if role == "stranger":
        return make_person("Sam")
    if role == "administrator":
        return make_person("Ada", is_superuser=True)
    if role == "coach":
        return coach(team)
    if role == "peer":  # of another team of the series
        return join(make_team(team.series))
    found = Role(role)
    in_team = (Role.LEAD, Role.STORYTELLER, Role.MEMBER, Role.DATA_CONTACT)
    return join(team, found) if found in in_team else give_role(team.series, found)
