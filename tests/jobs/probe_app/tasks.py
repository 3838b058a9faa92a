import os
import time
from datetime import datetime, timedelta

from jobs.registry import Lane, Outcome, handles
from tests.jobs.probe_app.models import Trace

LIMITS = {"time_limit": timedelta(seconds=10), "lease": timedelta(seconds=3)}


def work(name: str, seconds: float) -> Outcome:
    Trace.objects.create(name=name, stage="began", pid=os.getpid())
    time.sleep(seconds)
    return Outcome.done(then=lambda: Trace.objects.create(name=name, stage="done", pid=os.getpid()))


@handles("probe.quick", lane=Lane.NOW, **LIMITS)
def quick(name: str, seconds: float, *, at: datetime) -> Outcome:
    return work(name, seconds)


@handles("probe.slow", lane=Lane.SLOW, **LIMITS)
def slow(name: str, seconds: float, *, at: datetime) -> Outcome:
    return work(name, seconds)
