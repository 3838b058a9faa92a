"""Several processes claim from one table: nothing is taken twice, nothing is left."""

import multiprocessing
from collections import Counter
from multiprocessing.connection import Connection

import pytest
from django.db import connections

from jobs.claims import claim
from jobs.registry import Lane, Outcome
from tests.jobs.conftest import AT, owe_one, register

PROCESSES, JOBS = 4, 60


def take_all(lane: Lane, pipe: Connection) -> None:
    """Claim until nothing is left, and send the keys of what was taken."""
    taken = []
    while job := claim(lane, at=AT):
        taken.append(job.key)
    pipe.send(taken)
    connections.close_all()


def race(lane: Lane) -> list[list[str]]:
    """Let processes that share no connection claim from `lane`; return what each took."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ends = []
    for _ in range(PROCESSES):
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=take_all, args=(lane, theirs))
        process.start()
        ends.append((mine, process))
    taken = [mine.recv() for mine, _ in ends]
    for _, process in ends:
        process.join(10)
        assert process.exitcode == 0
    return taken


@pytest.mark.django_db(transaction=True)
def test_no_job_is_claimed_twice_and_none_is_left():
    register(lambda *, at: Outcome.done())
    keys = {owe_one(str(number)).key for number in range(JOBS)}

    taken = Counter(key for part in race(Lane.NOW) for key in part)

    assert set(taken) == keys
    assert set(taken.values()) == {1}


@pytest.mark.django_db(transaction=True)
def test_processes_together_keep_the_limit_of_the_slow_lane():
    register(lambda *, at: Outcome.done(), lane=Lane.SLOW)
    for number in range(JOBS):
        owe_one(str(number))

    taken = race(Lane.SLOW)

    assert sum(len(part) for part in taken) == 1
