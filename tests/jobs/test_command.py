from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from core import clock
from jobs.models import Job
from jobs.registry import Lane, Outcome, sweeps
from jobs.services import owe, tick_age
from tests.jobs.conftest import register

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    """A sweep that owes a mail, which owes a report when it is sent."""
    register(lambda *, at: Outcome.done(), name="tests.report", lane=Lane.SLOW)

    def send(*, at):
        return Outcome.done(then=lambda: owe("tests.report", key="report", payload={}, due_at=at))

    register(send, name="tests.mail", lane=Lane.MAIL)

    @sweeps("tests.plan", every=timedelta(minutes=1))
    def plan(*, since, until, at):
        owe("tests.mail", key="mail", payload={}, due_at=at)


def run(*args):
    out = StringIO()
    call_command("drain", "--once", *args, stdout=out)
    return out.getvalue().strip()


@pytest.mark.usefixtures("chain")
def test_drain_once_goes_on_until_nothing_is_due():
    assert run() == "2 jobs taken"
    assert run() == "0 jobs taken"
    assert set(Job.objects.values_list("key", "state")) == {("mail", "done"), ("report", "done")}
    assert tick_age(clock.now()) < timedelta(minutes=1)


@pytest.mark.usefixtures("chain")
def test_drain_of_one_lane_leaves_the_others():
    owe("tests.mail", key="m", payload={})
    owe("tests.report", key="r", payload={})

    assert run("--lane", "slow") == "1 jobs taken"
    assert Job.objects.get(key="m").state == "pending"
