"""What can be done with a job from outside: owe it, report on it, try it again."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models.functions import Now

from core import clock
from jobs.models import Job, State, Tick
from jobs.registry import KINDS, Lane

logger = logging.getLogger(__name__)

DEFAULT_LEASE = timedelta(minutes=2)
DEFAULT_ATTEMPTS = 6
RESERVED = {"at", "job"}  # what the drain itself gives to a handler
TICK_EVERY = timedelta(seconds=10)  # a tick is noted no oftener: each note is a write
TICK_LATE = timedelta(minutes=2)  # older than this, somebody should be told


class LeaseLost(Exception):
    """The lease ended and another worker holds the job: stop, and leave no result."""


class PayloadGone(Exception):
    """The job is too late: what it would have done was wiped, and cannot be tried again."""


def owe(
    kind: str,
    *,
    key: str,
    payload: dict[str, Any],
    lane: Lane | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    scope: str = "",
) -> Job:
    """Write down that an effect is owed, in the caller's transaction; nothing is published.

    The same `key` gives the first row back, whatever became of it. `payload` is the keyword arguments
    of the handler: ids. After `expires_at` the job is skipped and its payload wiped. A kind that no
    room has registered needs a `lane`, else ImproperlyConfigured is raised.
    """
    known = KINDS.get(kind)
    if known is None and lane is None:
        raise ImproperlyConfigured(f"No room has registered {kind}.")
    if taken := RESERVED & payload.keys():
        raise ValueError(f"The drain itself gives {', '.join(sorted(taken))} to a handler.")
    job = Job(
        kind=kind,
        lane=lane or (known.lane if known else Lane.SLOW),
        scope=scope,
        key=key,
        payload=payload,
        due_at=due_at or clock.now(),
        expires_at=expires_at,
        lease_seconds=max(1, round((known.lease if known else DEFAULT_LEASE).total_seconds())),
        max_attempts=known.max_attempts if known else DEFAULT_ATTEMPTS,
    )
    Job.objects.bulk_create([job], ignore_conflicts=True)
    return Job.objects.get(key=key)


def progress(job: Job, done: int, total: int) -> None:
    """Renew the lease of the job at hand, and note how much of it is done.

    Raises LeaseLost if a newer holder exists; let it through, the drain knows what to do.
    """
    job.done_steps, job.total_steps = min(done, total), total
    changed = Job.objects.held(job).update(
        done_steps=job.done_steps,
        total_steps=job.total_steps,
        lease_until=Now() + timedelta(seconds=job.lease_seconds),
    )
    if not changed:
        raise LeaseLost(job.kind)


@transaction.atomic
def retry(job: Job, *, by: Any, at: datetime) -> bool:
    """Make a failed job due again, with all its attempts; False if it is not a failed one.

    The caller records the event: this room stands left of people. Raises PayloadGone if it expired.
    """
    if job.expires_at and job.expires_at <= at:
        raise PayloadGone(job.kind)
    changed = Job.objects.filter(pk=job.pk, state=State.FAILED).update(
        state=State.PENDING, attempts=0, due_at=at
    )
    if changed:
        logger.info("job %s %s is tried again by person %s", job.pk, job.kind, by.pk)
        job.refresh_from_db()
    return bool(changed)


def note_tick(name: str, *, at: datetime) -> None:
    """Note that somebody looked at `name`, a lane or `sweep`."""
    if not Tick.objects.filter(name=name, at__gt=at - TICK_EVERY, at__lte=at).exists():
        Tick.objects.update_or_create(name=name, defaults={"at": at})


def tick_age(at: datetime) -> timedelta | None:
    """How long the lane that was neglected most has not been looked at; None if one never was.

    Older than TICK_LATE means: no worker, no beat, or no broker.
    """
    ticks = dict(Tick.objects.filter(name__in=Lane.values).values_list("name", "at"))
    if len(ticks) < len(Lane):
        return None
    return max(at - min(ticks.values()), timedelta(0))
