from datetime import timedelta

import pytest

from jobs.claims import claim
from jobs.drain import TOO_LATE
from jobs.models import Job, State, SweepMark
from jobs.registry import Lane, Outcome, sweeps
from jobs.sweep import LOST, sweep_all, tidy
from tests.jobs.conftest import AT, lose_worker, owe_one, register

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def stretches():
    """The stretches of time that the sweep `tests.plan` was asked for."""
    seen = []

    @sweeps("tests.plan", every=MINUTE)
    def plan(*, since, until, at):
        seen.append((since, until))
        assert at == until

    return seen


def test_a_sweep_goes_on_where_it_ended_however_long_ago(stretches):
    for moment in (AT, AT + MINUTE, AT + timedelta(days=9)):
        assert sweep_all(at=moment) == ["tests.plan"]

    assert stretches == [
        (AT - MINUTE, AT),
        (AT, AT + MINUTE),
        (AT + MINUTE, AT + timedelta(days=9)),
    ]


def test_a_sweep_runs_no_more_often_than_it_should(stretches):
    sweep_all(at=AT)

    assert sweep_all(at=AT + timedelta(seconds=59)) == []
    assert sweep_all(at=AT - timedelta(hours=1)) == []
    assert len(stretches) == 1


def test_a_sweep_that_another_worker_runs_is_left_to_it(stretches):
    @sweeps("tests.inner", every=MINUTE)
    def again(*, since, until, at):
        assert sweep_all(at=at) == []

    assert sweep_all(at=AT) == ["tests.plan", "tests.inner"]
    assert len(stretches) == 1


def test_a_sweep_whose_worker_was_lost_is_taken_over(stretches):
    sweep_all(at=AT)
    SweepMark.objects.update(lease_until=AT - timedelta(days=999))

    assert sweep_all(at=AT + MINUTE) == ["tests.plan"]
    assert SweepMark.objects.get().lease_until is None


def test_a_broken_sweep_keeps_its_mark_and_stops_no_other(stretches, caplog):
    broken = True

    @sweeps("tests.broken", every=MINUTE)
    def break_once(*, since, until, at):
        if broken:
            raise ValueError("ana@example.org")
        stretches.append(("made up", since))

    assert sweep_all(at=AT) == ["tests.plan"]
    mark = SweepMark.objects.get(name="tests.broken")
    assert (mark.last_error, mark.finished_until, mark.lease_until) == ("ValueError", AT - MINUTE, None)
    assert "ana@" not in caplog.text

    broken = False
    assert sweep_all(at=AT + timedelta(days=2)) == ["tests.plan", "tests.broken"]
    assert stretches[-1] == ("made up", AT - MINUTE)


def test_a_job_that_lost_its_worker_at_every_attempt_is_failed():
    register(lambda *, at: Outcome.done(), max_attempts=2)
    job = owe_one()
    for _ in range(2):
        lose_worker(claim(Lane.NOW, at=AT))
    assert claim(Lane.NOW, at=AT) is None

    tidy(at=AT)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.last_error) == (State.FAILED, 2, LOST)


def test_a_job_that_is_being_done_is_not_tidied():
    register(lambda *, at: Outcome.done(), max_attempts=1)
    job = owe_one(payload={"x": 1}, expires_at=AT)
    claim(Lane.NOW, at=AT)

    tidy(at=AT + timedelta(days=1))

    job.refresh_from_db()
    assert (job.state, job.payload) == (State.LEASED, {"x": 1})


@pytest.mark.parametrize("state", [State.PENDING, State.LEASED, State.FAILED])
def test_what_has_expired_is_wiped(state):
    register(lambda text, *, at: Outcome.done())
    job = owe_one(payload={"text": "sealed"}, expires_at=AT)
    if state == State.LEASED:
        lose_worker(claim(Lane.NOW, at=AT))
    Job.objects.filter(pk=job.pk).update(state=state)

    tidy(at=AT)

    job.refresh_from_db()
    assert job.payload == {}
    expected = (State.FAILED, "") if state == State.FAILED else (State.SKIPPED, TOO_LATE)
    assert (job.state, job.reason) == expected
