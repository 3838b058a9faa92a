import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import override_settings

from jobs.claims import claim
from jobs.drain import TIMED_OUT, TOO_LATE, UNKNOWN, JobFailed, do, drain, pause_after
from jobs.models import Job, State
from jobs.registry import KINDS, Lane, Outcome
from tests.jobs.conftest import AT, lose_worker, owe_one, register

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def seen():
    """What the handler under test was called with."""
    return []


def test_a_due_job_is_done_once(seen):
    register(lambda person_id, *, at: seen.append((person_id, at)) or Outcome.done())
    job = owe_one(payload={"person_id": 4})

    assert [drain(Lane.NOW, at=AT), drain(Lane.NOW, at=AT)] == [1, 0]

    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_token, job.lease_until) == (State.DONE, 1, None, None)
    assert AT <= job.done_at < AT + SECOND
    [(person_id, at)] = seen
    assert person_id == 4
    assert AT <= at < AT + SECOND


def test_a_job_waits_until_it_is_due_and_for_its_lane(seen):
    register(lambda *, at: seen.append(at) or Outcome.done())
    owe_one(due_at=AT + timedelta(minutes=1))

    assert drain(Lane.NOW, at=AT) == 0
    assert drain(Lane.MAIL, at=AT + timedelta(minutes=1)) == 0
    assert drain(Lane.NOW, at=AT + timedelta(minutes=1)) == 1


def test_the_job_that_was_due_first_is_done_first(seen):
    register(lambda name, *, at: seen.append(name) or Outcome.done())
    for name, minutes in (("c", 2), ("a", 0), ("b", 1)):
        owe_one(name, payload={"name": name}, due_at=AT + timedelta(minutes=minutes))

    drain(Lane.NOW, at=AT + timedelta(hours=1))

    assert seen == ["a", "b", "c"]


def test_a_live_lease_is_left_alone_and_a_lapsed_one_is_taken_over():
    register(lambda *, at: Outcome.done())
    owe_one()
    first = claim(Lane.NOW, at=AT)
    assert claim(Lane.NOW, at=AT) is None
    lose_worker(first)

    second = claim(Lane.NOW, at=AT)

    assert second.pk == first.pk
    assert second.attempts == 2
    assert second.lease_token != first.lease_token


def test_a_result_whose_lease_was_lost_is_dropped(seen):
    register(lambda *, at: Outcome.done(then=lambda: seen.append("effect")))
    owe_one()
    first = claim(Lane.NOW, at=AT)
    lose_worker(first)
    second = claim(Lane.NOW, at=AT)

    assert not do(first, at=AT)
    assert seen == []
    assert do(second, at=AT)
    assert seen == ["effect"]


def test_a_failure_whose_lease_was_lost_is_dropped():
    register(lambda *, at: 1 / 0)
    owe_one()
    first = claim(Lane.NOW, at=AT)
    lose_worker(first)
    second = claim(Lane.NOW, at=AT)

    assert not do(first, at=AT)

    second.refresh_from_db()
    assert (second.state, second.last_error) == (State.LEASED, "")


def test_what_follows_and_the_end_of_the_job_are_one_transaction():
    def broken():
        owe_one("effect")
        raise RuntimeError

    register(lambda *, at: Outcome.done(then=broken))
    job = owe_one()

    drain(Lane.NOW, at=AT)

    job.refresh_from_db()
    assert (job.state, job.last_error) == (State.PENDING, "RuntimeError")
    assert not Job.objects.filter(key="effect").exists()


def test_a_job_that_is_not_wanted_says_why():
    register(lambda *, at: Outcome.skipped("The team has filed."))
    job = owe_one()

    drain(Lane.NOW, at=AT)

    job.refresh_from_db()
    assert (job.state, job.reason) == (State.SKIPPED, "The team has filed.")


def test_a_job_that_is_put_off_loses_no_attempt():
    register(lambda *, at: Outcome.later(AT + timedelta(hours=2), "The file is not ready."), max_attempts=1)
    job = owe_one()

    drain(Lane.NOW, at=AT)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.due_at) == (State.PENDING, 0, AT + timedelta(hours=2))
    assert job.reason == "The file is not ready."


def test_a_job_that_is_put_off_into_the_past_does_not_hold_the_drain():
    register(lambda *, at: Outcome.later(AT - timedelta(days=1), "?"))
    owe_one()

    assert drain(Lane.NOW, at=AT) == 1


def test_failures_are_tried_again_ever_later_and_then_shown(seen):
    register(lambda *, at: seen.append(at) or 1 / 0, max_attempts=3)
    job = owe_one()
    moment = AT

    for attempt in (1, 2):
        drain(Lane.NOW, at=moment)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (State.PENDING, attempt)
        pause = job.due_at - moment
        assert pause_after(attempt) <= pause < pause_after(attempt) + SECOND
        moment = job.due_at
    drain(Lane.NOW, at=moment)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.last_error) == (State.FAILED, 3, "ZeroDivisionError")
    assert len(seen) == 3
    assert drain(Lane.NOW, at=moment + timedelta(days=1)) == 0


def test_pauses_double_from_a_minute_to_an_hour():
    assert [pause_after(n).total_seconds() / 60 for n in (1, 2, 3, 6, 7, 30)] == [1, 2, 4, 32, 60, 60]


def test_an_error_shows_no_personal_data(caplog):
    def refused(*, at):
        raise OSError("550 unknown ana@example.org")

    register(refused)
    job = owe_one()

    drain(Lane.NOW, at=AT)

    job.refresh_from_db()
    assert job.last_error == "OSError"
    assert "ana@" not in caplog.text
    assert "test_drain.py" in caplog.text


def test_a_handler_may_say_what_failed():
    def refused(*, at):
        raise JobFailed("The mail server did not answer.")

    register(refused)
    job = owe_one()

    drain(Lane.NOW, at=AT)

    job.refresh_from_db()
    assert job.last_error == "The mail server did not answer."


def test_a_handler_that_takes_too_long_is_stopped():
    register(lambda *, at: time.sleep(5), time_limit=timedelta(seconds=0.1))
    job = owe_one()
    started = time.monotonic()

    drain(Lane.NOW, at=AT)

    job.refresh_from_db()
    assert (job.state, job.last_error) == (State.PENDING, TIMED_OUT)
    assert time.monotonic() - started < 2


def test_a_kind_that_nothing_can_do_is_no_silence():
    register(lambda *, at: Outcome.done(), max_attempts=1)
    job = owe_one()
    KINDS.clear()

    drain(Lane.NOW, at=AT)

    job.refresh_from_db()
    assert (job.state, job.last_error) == (State.FAILED, UNKNOWN)


def test_a_payload_is_wiped_when_the_handler_says_so():
    register(lambda text, *, at: Outcome.done(wipe=True))
    job = owe_one(payload={"text": "sealed"})

    drain(Lane.NOW, at=AT)

    job.refresh_from_db()
    assert (job.state, job.payload) == (State.DONE, {})


def test_a_job_that_expired_is_skipped_and_wiped(seen):
    register(lambda text, *, at: seen.append(text) or Outcome.done())
    job = owe_one(payload={"text": "sealed"}, expires_at=AT + timedelta(minutes=10))

    drain(Lane.NOW, at=AT + timedelta(minutes=10))

    job.refresh_from_db()
    assert (job.state, job.reason, job.payload) == (State.SKIPPED, TOO_LATE, {})
    assert seen == []


def test_a_long_handler_is_given_its_job():
    register(lambda *, at, job: Outcome.skipped(job.key))
    job = owe_one("the-key")

    drain(Lane.NOW, at=AT)

    job.refresh_from_db()
    assert job.reason == "the-key"


def test_a_drain_takes_no_new_job_after_its_budget_or_limit():
    register(lambda *, at: time.sleep(0.05) or Outcome.done())
    for number in range(6):
        owe_one(str(number))

    assert drain(Lane.NOW, at=AT, budget_seconds=0.01) == 1
    assert drain(Lane.NOW, at=AT, limit=2) == 2
    assert drain(Lane.NOW, at=AT) == 3


@pytest.mark.parametrize(("allowed", "taken"), [(1, 1), (2, 2)])
def test_the_slow_lane_holds_no_more_leases_than_it_may(allowed, taken):
    register(lambda *, at: Outcome.done(), lane=Lane.SLOW)
    for number in range(3):
        owe_one(str(number))

    with override_settings(SLOW_LIMIT=allowed):
        claimed = [claim(Lane.SLOW, at=AT) for _ in range(3)]

        assert len([job for job in claimed if job]) == taken
        lose_worker(claimed[0])
        assert claim(Lane.SLOW, at=AT) is not None


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_handler_works(seen):
    register(lambda *, at: seen.append(connection.in_atomic_block) or Outcome.done())
    owe_one()

    drain(Lane.NOW, at=AT)

    assert seen == [False]


@pytest.mark.django_db(transaction=True)
def test_a_drain_refuses_to_work_inside_a_transaction():
    register(lambda *, at: Outcome.done())
    owe_one()

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        drain(Lane.NOW, at=AT)
