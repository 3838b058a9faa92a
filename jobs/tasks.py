"""Beat's ticks. Each looks at one lane; a lost, doubled or late one is harmless, for the row stays."""

from datetime import timedelta

from celery import shared_task

from core import clock
from jobs.drain import drain
from jobs.registry import LANE_RULES, Lane
from jobs.sweep import SWEEP_LEASE, sweep_all


def _hard_limit(lane: Lane) -> float:
    """When a child is killed: later than a job begun in the last moment may take."""
    rule = LANE_RULES[lane]
    return (rule.budget + rule.longest + timedelta(seconds=30)).total_seconds()


@shared_task(name="jobs.tasks.drain_now", time_limit=_hard_limit(Lane.NOW))
def drain_now() -> None:
    """Send sign-in codes and what else a person waits for."""
    drain(Lane.NOW, at=clock.now())


@shared_task(name="jobs.tasks.drain_mail", time_limit=_hard_limit(Lane.MAIL))
def drain_mail() -> None:
    """Send check-in reminders and all other mail."""
    drain(Lane.MAIL, at=clock.now())


@shared_task(name="jobs.tasks.drain_slow", time_limit=_hard_limit(Lane.SLOW))
def drain_slow() -> None:
    """Make Summit reports and prepare files."""
    drain(Lane.SLOW, at=clock.now())


@shared_task(name="jobs.tasks.sweep", time_limit=SWEEP_LEASE.total_seconds())
def sweep() -> None:
    """Plan the reminders and what else falls due, from where the last sweep ended."""
    sweep_all(at=clock.now())
