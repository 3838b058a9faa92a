"""The event log: every service calls `record` in its own transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from accounts.models import Event
from core import clock
from jobs.services import owe

if TYPE_CHECKING:
    from accounts.models import User

# Functions (event, target) of rooms to the right, called in the act's own transaction. What they do is short.
listeners: list[Callable[[Event, Model], None]] = []


def record(*, by: "User | None", act: str, target: Model, at: datetime | None = None, **data: Any) -> Event:
    """Write that `by` did `act` ("room.thing_done") to `target`, and owe its telling, in this transaction.

    `data` is ids and choices, never free text. Series and team are taken from the target where it has
    them, so that feeds need no joins. Who is told, when and in which language is decided by the job.
    """
    event = Event.objects.create(
        at=at or clock.now(),
        by=by,
        act=act,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        series_id=_found(target, "series"),
        team_id=_found(target, "team"),
        data=data,
    )
    for listen in listeners:
        listen(event, target)
    owe("notices.consider", key=f"event:{event.pk}", payload={"event_id": event.pk})
    return event


def _found(target: Model, name: str) -> int | None:
    """The id of the series or team that `target` belongs to, or is."""
    if target._meta.model_name == name:
        return target.pk
    direct: int | None = getattr(target, f"{name}_id", None)
    if direct is None and name == "series":
        team = getattr(target, "team", None)
        return getattr(team, "series_id", None)
    return direct
