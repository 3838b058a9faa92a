from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from jobs.registry import KINDS, MARGIN, SWEEPS, Lane, Outcome, handles, sweeps
from tests.jobs.conftest import register


def test_a_lease_outlasts_the_time_limit_unless_said_otherwise():
    plain = register(lambda *, at: Outcome.done(), name="tests.plain")
    renewed = register(lambda *, at: Outcome.done(), name="tests.renewed", lease=timedelta(seconds=5))

    assert plain.lease == plain.time_limit + MARGIN
    assert renewed.lease == timedelta(seconds=5)


def test_a_kind_has_one_handler():
    @handles("tests.once", lane=Lane.NOW, time_limit=timedelta(seconds=1))
    def first(*, at):
        return Outcome.done()

    with pytest.raises(ImproperlyConfigured, match=r"tests\.once"):

        @handles("tests.once", lane=Lane.NOW, time_limit=timedelta(seconds=1))
        def second(*, at):
            return Outcome.done()

    assert KINDS["tests.once"].handler is first


def test_a_lane_bounds_the_time_of_its_jobs():
    with pytest.raises(ImproperlyConfigured, match="longer than the lane"):
        register(lambda *, at: Outcome.done(), lane=Lane.NOW, time_limit=timedelta(minutes=2))


def test_only_a_handler_that_names_it_is_given_its_job():
    assert not register(lambda *, at: Outcome.done(), name="tests.plain").wants_job
    assert register(lambda *, at, job: Outcome.done(), name="tests.long").wants_job


def test_a_sweep_is_registered_by_name():
    @sweeps("tests.plan", every=timedelta(minutes=5))
    def plan(*, since, until, at):
        """Do nothing."""

    assert SWEEPS["tests.plan"].handler is plan
    assert SWEEPS["tests.plan"].every == timedelta(minutes=5)
