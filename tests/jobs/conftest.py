from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.models import Job
from jobs.registry import KINDS, SWEEPS, Kind, Lane, Outcome, handles
from jobs.services import owe

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KIND = "tests.act"


@pytest.fixture(autouse=True)
def own_registry() -> Iterator[None]:
    """Each test starts without kinds and sweeps, and leaves the rooms' own as they were."""
    kinds, sweeps = KINDS.copy(), SWEEPS.copy()
    KINDS.clear()
    SWEEPS.clear()
    yield
    for table, before in ((KINDS, kinds), (SWEEPS, sweeps)):
        table.clear()
        table.update(before)


def register(fn: Callable[..., Outcome], *, name: str = KIND, lane: Lane = Lane.NOW, **kw: Any) -> Kind:
    """Register `fn` as the handler of the kind `name`."""
    handles(name, lane=lane, **{"time_limit": timedelta(seconds=20), **kw})(fn)
    return KINDS[name]


def owe_one(key: str = "one", **kw: Any) -> Job:
    """Owe a job of the kind under test, due at AT."""
    return owe(kw.pop("kind", KIND), **{"key": key, "payload": {}, "due_at": AT, **kw})


def lose_worker(job: Job) -> None:
    """Let the lease of `job` lapse, as when its worker was killed."""
    Job.objects.filter(pk=job.pk).update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))
