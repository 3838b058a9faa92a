"""Reactions and connections."""

import uuid
from datetime import date
from typing import Any

from accounts.models import User
from commons.models import Connection, Reaction, ReactionKind
from commons.reactions import of_thing
from teams.models import Team
from tests.factories.storymaps import AT


def make_reaction(thing: Any, person: User, kind: str = ReactionKind.THANKS, **fields: Any) -> Reaction:
    return Reaction.objects.create(person=person, kind=kind, at=AT, **of_thing(thing), **fields)


def make_connection(team: Team, **fields: Any) -> Connection:
    values = {
        "from_whom": "two storytellers",
        "to_whom": "the clerk of the board",
        "to_kind": "official",
        "sphere": "vertical",
        "exchanged": "A list of dates.",
        "on": date(2026, 5, 11),
        "logged_by": team.series.created_by,
        "logged_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    return Connection.objects.create(team=team, **values)
