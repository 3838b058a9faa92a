from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from jobs.claims import claim
from jobs.models import Job, State, Tick
from jobs.registry import Lane, Outcome
from jobs.services import LeaseLost, PayloadGone, note_tick, owe, progress, retry, tick_age
from tests.jobs.conftest import AT, KIND, lose_worker, owe_one, register

pytestmark = pytest.mark.django_db
SOMEBODY = SimpleNamespace(pk=7)


@pytest.fixture(autouse=True)
def kind(own_registry):
    return register(lambda *, at: Outcome.done(), lane=Lane.MAIL, max_attempts=3)


def test_a_key_gives_the_first_row_back():
    first = owe_one("mail:1", payload={"person_id": 1})

    again = owe_one("mail:1", payload={"person_id": 2})

    assert again.pk == first.pk
    assert again.payload == {"person_id": 1}
    assert Job.objects.count() == 1


def test_lane_lease_and_attempts_come_from_the_kind(kind):
    job = owe_one()

    assert (job.lane, job.max_attempts) == (Lane.MAIL, 3)
    assert job.lease_seconds == kind.lease.total_seconds()


def test_a_job_is_due_now_unless_said_otherwise():
    with time_machine.travel(AT, tick=False):
        job = owe(KIND, key="now", payload={})

    assert job.due_at == AT


def test_a_cause_that_is_rolled_back_owes_nothing():
    with transaction.atomic():
        owe_one()
        transaction.set_rollback(True)

    assert not Job.objects.exists()


def test_a_kind_that_nobody_registered_needs_a_lane():
    with pytest.raises(ImproperlyConfigured, match=r"tests\.typo"):
        owe_one(kind="tests.typo")

    assert owe_one(kind="tests.to_come", lane=Lane.SLOW).lane == Lane.SLOW


@pytest.mark.parametrize("name", ["at", "job"])
def test_a_payload_leaves_the_names_of_the_drain_alone(name):
    with pytest.raises(ValueError, match=name):
        owe_one(payload={name: 1})


def test_progress_renews_the_lease_and_counts_steps():
    owe_one()
    job = claim(Lane.MAIL, at=AT)
    lose_worker(job)

    progress(job, 2, 5)

    job.refresh_from_db()
    assert (job.done_steps, job.total_steps) == (2, 5)
    assert not Job.objects.lapsed().exists()


def test_progress_of_a_lost_lease_stops_the_handler():
    owe_one()
    first = claim(Lane.MAIL, at=AT)
    lose_worker(first)
    claim(Lane.MAIL, at=AT)

    with pytest.raises(LeaseLost):
        progress(first, 1, 2)


def test_a_failed_job_can_be_tried_again():
    job = owe_one()
    Job.objects.filter(pk=job.pk).update(state=State.FAILED, attempts=3)

    assert retry(job, by=SOMEBODY, at=AT + timedelta(days=1))

    assert (job.state, job.attempts, job.due_at) == (State.PENDING, 0, AT + timedelta(days=1))


def test_only_a_failed_job_is_tried_again():
    job = owe_one()

    assert not retry(job, by=SOMEBODY, at=AT + timedelta(days=1))

    job.refresh_from_db()
    assert job.due_at == AT


def test_what_was_wiped_is_not_tried_again():
    job = owe_one(expires_at=AT)
    Job.objects.filter(pk=job.pk).update(state=State.FAILED)

    with pytest.raises(PayloadGone):
        retry(job, by=SOMEBODY, at=AT)


def test_the_age_of_the_tick_is_that_of_the_lane_neglected_most():
    assert tick_age(AT) is None
    note_tick("now", at=AT)
    note_tick("mail", at=AT + timedelta(seconds=50))
    assert tick_age(AT) is None
    note_tick("slow", at=AT + timedelta(seconds=60))

    assert tick_age(AT + timedelta(seconds=90)) == timedelta(seconds=90)


def test_a_tick_is_not_written_more_often_than_every_ten_seconds():
    note_tick("now", at=AT)
    note_tick("now", at=AT + timedelta(seconds=9))
    assert Tick.objects.get().at == AT

    note_tick("now", at=AT + timedelta(seconds=11))
    assert Tick.objects.get().at == AT + timedelta(seconds=11)


def test_a_clock_that_was_set_back_is_noted():
    note_tick("now", at=AT + timedelta(days=1))

    note_tick("now", at=AT)

    assert Tick.objects.get().at == AT
