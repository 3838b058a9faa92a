"""Reactions."""

from typing import Any

from accounts.models import User
from commons.models import Reaction, ReactionKind
from commons.reactions import of_thing
from tests.factories.storymaps import AT


def make_reaction(thing: Any, person: User, kind: str = ReactionKind.THANKS, **fields: Any) -> Reaction:
    return Reaction.objects.create(person=person, kind=kind, at=AT, **of_thing(thing), **fields)
