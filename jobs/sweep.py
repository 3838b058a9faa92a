"""The sweep: end what nobody can end any more, then let each room owe what has fallen due."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from jobs.drain import TOO_LATE, where
from jobs.models import Job, State, SweepMark
from jobs.registry import SWEEPS, Sweep
from jobs.services import note_tick

logger = logging.getLogger(__name__)

LOST = gettext_noop("The worker was lost each time.")
SWEEP_LEASE = timedelta(minutes=10)
NO_LEASE = {"lease_token": None, "lease_until": None}


def sweep_all(*, at: datetime) -> list[str]:
    """Tidy up, then run each registered sweep that is due; return the names of those that finished."""
    note_tick("sweep", at=at)
    tidy(at=at)
    return [sweep.name for sweep in SWEEPS.values() if run_sweep(sweep, at=at)]


def tidy(*, at: datetime) -> None:
    """Skip and wipe what has expired; set to failed what lost its worker at its last attempt."""
    expired = Job.objects.filter(expires_at__lte=at)
    ended = {"state": State.SKIPPED, "reason": TOO_LATE, "done_at": at, "payload": {}}
    expired.filter(state=State.PENDING).update(**ended)
    expired.lapsed().update(**ended, **NO_LEASE)
    expired.filter(state=State.FAILED).exclude(payload={}).update(payload={})
    lost = Job.objects.lapsed().filter(attempts__gte=F("max_attempts"))
    if count := lost.update(state=State.FAILED, last_error=LOST, **NO_LEASE):
        logger.error("%s jobs failed: their workers were lost each time", count)


def run_sweep(sweep: Sweep, *, at: datetime) -> bool:
    """Run one sweep from its mark to `at`, and move the mark; False if it is not due, held, or broke.

    The mark moves only after the whole stretch was swept. One that never ran begins one `every` ago.
    """
    mark, _ = SweepMark.objects.get_or_create(name=sweep.name, defaults={"finished_until": at - sweep.every})
    since = mark.finished_until
    if at - since < sweep.every:
        return False
    mine = SweepMark.objects.filter(pk=mark.pk, finished_until=since)
    if not mine.filter(Q(lease_until=None) | Q(lease_until__lt=Now())).update(
        lease_until=Now() + SWEEP_LEASE
    ):
        return False
    try:
        sweep.handler(since=since, until=at, at=at)
    except Exception as error:  # noqa: BLE001 - one broken sweep must not keep the others from running
        logger.error("sweep %s broke: %s", sweep.name, where(error))
        mine.update(lease_until=None, last_error=type(error).__name__)
        return False
    mine.update(finished_until=at, lease_until=None, last_error="")
    return True
