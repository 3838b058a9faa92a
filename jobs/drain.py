"""The drain: claim what is due, do it, say what became of it. Celery only tells it when to look."""

import logging
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from jobs.claims import claim
from jobs.models import Job, State
from jobs.registry import KINDS, LANE_RULES, Lane, Outcome
from jobs.services import LeaseLost, note_tick

logger = logging.getLogger(__name__)

TOO_LATE = gettext_noop("It was too late.")
UNKNOWN = gettext_noop("Nothing here can do this kind of job.")
TIMED_OUT = gettext_noop("It took too long.")
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


class JobFailed(Exception):
    """A handler could not do it this time. Its text is shown to people, and names nobody."""


class TimeLimitReached(Exception):
    """The handler took longer than its kind allows."""


def drain(lane: Lane, *, at: datetime, limit: int = 500, budget_seconds: float | None = None) -> int:
    """Do the jobs of `lane` that are due, one after another; return how many were taken.

    `at` is the moment at which this begins; jobs later in the row see the moment at which theirs does.
    No new job is taken after `budget_seconds`, so that other lanes get their turn.
    """
    started = time.monotonic()
    budget = LANE_RULES[lane].budget.total_seconds() if budget_seconds is None else budget_seconds
    note_tick(lane.value, at=at)
    for count in range(limit):
        elapsed = time.monotonic() - started
        if count and elapsed >= budget:
            return count
        moment = at + timedelta(seconds=elapsed)
        job = claim(lane, at=moment)
        if job is None:
            return count
        do(job, at=moment)
    return limit


def do(job: Job, *, at: datetime) -> bool:
    """Do one claimed job; False if the lease was lost meanwhile and the result dropped.

    No transaction is open while the handler works. Whatever it raises is a failed attempt.
    """
    started = time.monotonic()

    def moment() -> datetime:
        return at + timedelta(seconds=time.monotonic() - started)

    try:
        outcome = _ask_handler(job, at=at)
        held = _finish(job, outcome, at=moment())
    except LeaseLost:
        held = False
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is a failed attempt
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        logger.warning(
            "job %s %s failed, attempt %s of %s: %s",
            *(job.pk, job.kind, job.attempts, job.max_attempts, where(error)),
        )
        held = _fail(job, _told(error), at=moment())
    if not held:
        logger.warning("job %s %s has a newer holder: this result is dropped", job.pk, job.kind)
    return held


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4 … minutes, an hour at most."""
    return min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)


def where(error: Exception) -> str:
    """Say for the log what broke and where, without its text, which may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)[::-1][:6]
    return f"{type(error).__name__} at " + " < ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)


def _ask_handler(job: Job, *, at: datetime) -> Outcome:
    if job.expires_at and job.expires_at <= at:
        return Outcome.skipped(TOO_LATE, wipe=True)
    kind = KINDS.get(job.kind)
    if kind is None:
        raise JobFailed(UNKNOWN)
    own = {"job": job} if kind.wants_job else {}
    with _time_limit(kind.time_limit):
        return kind.handler(**job.payload, **own, at=at)


def _finish(job: Job, outcome: Outcome, *, at: datetime) -> bool:
    """Write down the outcome if the token still holds, together with what `then` does."""
    change: dict[str, object] = {"lease_token": None, "lease_until": None, "reason": outcome.reason[:200]}
    if outcome.verdict == "later":
        # No attempt is lost by waiting; and never at once again, or a drain would not end.
        due_at = max(outcome.due_at or at, at + timedelta(seconds=1))
        change |= {"state": State.PENDING, "due_at": due_at, "attempts": job.attempts - 1}
    else:
        state = State.DONE if outcome.verdict == "done" else State.SKIPPED
        change |= {"state": state, "done_at": at, "last_error": ""}
    if outcome.wipe:
        change["payload"] = {}
    with transaction.atomic():
        if not Job.objects.held(job).update(**change):
            return False
        if outcome.then:
            outcome.then()
    return True


def _fail(job: Job, told: str, *, at: datetime) -> bool:
    change: dict[str, object] = {"lease_token": None, "lease_until": None, "last_error": told[:200]}
    if job.attempts >= job.max_attempts:
        change["state"] = State.FAILED
    else:
        change |= {"state": State.PENDING, "due_at": at + pause_after(job.attempts)}
    return bool(Job.objects.held(job).update(**change))


def _told(error: Exception) -> str:
    """What people may read of an error: texts of foreign exceptions hold addresses and values."""
    if isinstance(error, JobFailed):
        return str(error)
    if isinstance(error, TimeLimitReached):
        return TIMED_OUT
    return type(error).__name__


@contextmanager
def _time_limit(limit: timedelta) -> Iterator[None]:
    """Interrupt what runs longer than `limit`. Only a main thread can; elsewhere the lease must do."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum: int, frame: FrameType | None) -> None:
        raise TimeLimitReached

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit.total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
