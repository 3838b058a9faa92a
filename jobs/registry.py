"""What the rooms can do when it is due: handlers of job kinds, and sweeps.

A room registers in its `tasks.py`, which is imported at start-up. Nothing here touches the database.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from django.core.exceptions import ImproperlyConfigured
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Lane(TextChoices):
    """The three lanes. Each has its own tick and queue, so that a slow job delays no mail."""

    NOW = "now", _("at once")
    MAIL = "mail", _("mail")
    SLOW = "slow", _("in the background")


class LaneRule(NamedTuple):
    """How long a tick of a lane may go on claiming, and the longest that one of its jobs may take."""

    budget: timedelta
    longest: timedelta


# A mail tick is short: with two workers, `now` may have to wait for its end.
LANE_RULES = {
    Lane.NOW: LaneRule(budget=timedelta(seconds=10), longest=timedelta(minutes=1)),
    Lane.MAIL: LaneRule(budget=timedelta(seconds=3), longest=timedelta(minutes=2)),
    Lane.SLOW: LaneRule(budget=timedelta(seconds=10), longest=timedelta(minutes=20)),
}


@dataclass(frozen=True)
class Outcome:
    """What became of a job, as its handler tells it. Made by `done`, `skipped` and `later`."""

    verdict: str
    reason: str = ""
    due_at: datetime | None = None
    then: Callable[[], object] | None = None
    wipe: bool = False

    @classmethod
    def done(cls, then: Callable[[], object] | None = None, *, wipe: bool = False) -> Self:
        """It is done. `then` runs in the transaction that says so, only if the lease still holds.

        With `wipe` the payload is emptied in the same transaction.
        """
        return cls("done", then=then, wipe=wipe)

    @classmethod
    def skipped(cls, reason: str, *, wipe: bool = False) -> Self:
        """It is not wanted any more. `reason` is shown to people and names nobody."""
        return cls("skipped", reason=reason, wipe=wipe)

    @classmethod
    def later(cls, at: datetime, reason: str) -> Self:
        """It cannot be done yet: due again at `at`. This is no failed attempt."""
        return cls("later", reason=reason, due_at=at)


@dataclass(frozen=True)
class Kind:
    """A kind of job. `lease` outlasts `time_limit`, or its handler renews it with `progress`."""

    name: str
    handler: Callable[..., Outcome]
    lane: Lane
    time_limit: timedelta
    lease: timedelta
    max_attempts: int
    wants_job: bool


@dataclass(frozen=True)
class Sweep:
    """What looks for owed effects in a stretch of time, at most once in `every`."""

    name: str
    handler: Callable[..., object]
    every: timedelta


KINDS: dict[str, Kind] = {}
SWEEPS: dict[str, Sweep] = {}
MARGIN = timedelta(seconds=30)  # between the end of the time limit and the end of the lease


def handles[F: Callable[..., Outcome]](
    name: str,
    *,
    lane: Lane,
    time_limit: timedelta,
    lease: timedelta | None = None,
    max_attempts: int = 6,
) -> Callable[[F], F]:
    """Register `fn(**payload, at)` as what does jobs of the kind `name`, a `room.verb`.

    A handler that names a parameter `job` is given its row too, for `progress`. It may run twice, or
    late. Without `lease` the lease outlasts the time limit; a shorter one must be renewed.
    Raises ImproperlyConfigured for a second handler, or a time limit longer than the lane allows.
    """
    if time_limit > LANE_RULES[lane].longest:
        raise ImproperlyConfigured(f"{name} takes longer than the lane {lane} allows.")

    def register(fn: F) -> F:
        wants_job = "job" in inspect.signature(fn).parameters
        kind = Kind(name, fn, lane, time_limit, lease or time_limit + MARGIN, max_attempts, wants_job)
        _add(KINDS, name, kind)
        return fn

    return register


def sweeps[F: Callable[..., object]](name: str, *, every: timedelta) -> Callable[[F], F]:
    """Register `fn(since, until, at)` to owe what falls due, over and over.

    `since` is where its last finished run ended, however long ago, so downtime is made up. It may see
    a stretch twice: keys of jobs make that harmless. What lies ahead of `until` is its own business.
    """

    def register(fn: F) -> F:
        _add(SWEEPS, name, Sweep(name, fn, every))
        return fn

    return register


def _add[V: (Kind, Sweep)](table: dict[str, V], name: str, entry: V) -> None:
    earlier = table.get(name)
    if earlier and earlier.handler.__qualname__ != entry.handler.__qualname__:
        raise ImproperlyConfigured(f"{name} is registered twice.")
    table[name] = entry
