import uuid

import pytest
from django.db import IntegrityError, transaction

from jobs.models import Job
from tests.jobs.conftest import AT

pytestmark = pytest.mark.django_db
VALID = {"kind": "tests.act", "lane": "now", "key": "k", "due_at": AT, "lease_seconds": 60, "max_attempts": 3}


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "lost"},
        {"lane": "fast"},
        {"attempts": 4},
        {"max_attempts": 0},
        {"state": "leased"},
        {"state": "leased", "lease_until": AT},
        {"lease_token": uuid.uuid4()},
        {"state": "done"},
        {"state": "failed", "done_at": AT},
        {"done_steps": 2, "total_steps": 1},
    ],
)
def test_the_table_refuses(broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(**(VALID | broken))


def test_a_key_is_owed_once():
    Job.objects.create(**VALID)

    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(**VALID)


def test_a_scope_has_its_own_failures():
    mine = Job.objects.create(**(VALID | {"state": "failed", "scope": "series:1"}))
    Job.objects.create(**(VALID | {"key": "other", "state": "failed", "scope": "series:12"}))
    Job.objects.create(**(VALID | {"key": "fine", "scope": "series:1"}))

    assert list(Job.objects.in_scope("series:1").failed()) == [mine]
