"""Small tests of a plan item: the prediction first, then what was seen, then what is decided."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.events import record
from core import clock
from progress.models import PlanItem, TestCycle
from progress.services import require_open

if TYPE_CHECKING:
    from accounts.models import User

WORDS = ("question", "prediction", "how_known", "tasks", "starts_on", "target_on")
RESULT = ("as_planned", "observations", "matched", "learning", "decision")


class StaleCycle(Exception):
    """Somebody changed the test since it was opened; `current` is what stands now."""

    def __init__(self, current: TestCycle) -> None:
        super().__init__(current.pk)
        self.current = current


class PredictionStands(Exception):
    """The test has begun: what was predicted is not written anew."""


class PredictFirst(Exception):
    """The test has not begun: there is nothing to tell of it yet."""


def plan_cycle(
    cycle: TestCycle, *, item: PlanItem, previous: TestCycle | None = None, by: "User", at: datetime
) -> TestCycle:
    """Write down the next test of `item`, as the step after `previous` if there is one.

    The same `submission_id` from the same person gives the first one back. Raises SeriesClosed, and
    ValidationError where the prediction is missing or `previous` has a next step already.
    """
    mine = TestCycle.objects.filter(added_by=by, submission_id=cycle.submission_id)
    if earlier := mine.first():
        return earlier
    try:
        return _plan(cycle, item, previous, by, at)
    except IntegrityError:
        if earlier := mine.first():
            return earlier
        raise


@transaction.atomic
def _plan(
    cycle: TestCycle, item: PlanItem, previous: TestCycle | None, by: "User", at: datetime
) -> TestCycle:
    require_open(item.plan.team, at)
    # Two who add at once wait for each other here, and get two numbers.
    PlanItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if earlier := TestCycle.objects.filter(added_by=by, submission_id=cycle.submission_id).first():
        return earlier
    if previous is not None:
        if previous.item_id != item.pk:
            raise ValidationError(_("That belongs to another plan item."))
        if TestCycle.objects.filter(previous=previous).exists():
            raise ValidationError(_("This test has a next one already."))
    last = item.cycles.aggregate(last=Max("number"))["last"] or 0
    cycle.item, cycle.previous, cycle.number = item, previous, last + 1
    cycle.added_by, cycle.added_at = by, at
    cycle.full_clean(validate_unique=False)
    cycle.save()
    record(by=by, act="progress.test_planned", target=cycle, at=at)
    return cycle


@transaction.atomic
def word_cycle(
    cycle: TestCycle, words: Mapping[str, Any], *, version: int, by: "User", at: datetime
) -> TestCycle:
    """Write a test anew that has not begun. Raises PredictionStands, StaleCycle, SeriesClosed."""
    current = _locked(cycle, at)
    if current.begun_at is not None:
        raise PredictionStands
    return _change(current, {name: words[name] for name in WORDS}, version, by, at, "progress.test_worded")


@transaction.atomic
def begin(cycle: TestCycle, *, by: "User", at: datetime) -> bool:
    """Begin the test: the prediction stands from now on; False if it had begun already."""
    current = _locked(cycle, at)
    if current.begun_at is not None:
        return False
    today = clock.day_in(current.team.time_zone, at)
    starts_on = current.starts_on or (min(today, current.target_on) if current.target_on else today)
    TestCycle.objects.filter(pk=current.pk).update(begun_at=at, starts_on=starts_on, version=F("version") + 1)
    record(by=by, act="progress.test_begun", target=current, at=at)
    return True


@transaction.atomic
def tell(cycle: TestCycle, result: Mapping[str, Any], *, version: int, by: "User", at: datetime) -> TestCycle:
    """Say what was seen and learned; with a decision the test has ended.

    Raises PredictFirst, StaleCycle, SeriesClosed.
    """
    current = _locked(cycle, at)
    if current.begun_at is None:
        raise PredictFirst
    fields = {name: result[name] for name in RESULT}
    fields["ended_at"] = (current.ended_at or at) if fields["decision"] else None
    return _change(current, fields, version, by, at, "progress.test_told")


def _locked(cycle: TestCycle, at: datetime) -> TestCycle:
    found = TestCycle.objects.select_for_update(of=("self",)).select_related(
        "item__plan__team__series__summit"
    )
    current = found.get(pk=cycle.pk)
    require_open(current.team, at)
    return current


def _change(
    cycle: TestCycle, fields: dict[str, Any], version: int, by: "User", at: datetime, act: str
) -> TestCycle:
    if cycle.version != version:
        raise StaleCycle(cycle)
    for name, value in fields.items():
        setattr(cycle, name, value)
    cycle.version = version + 1
    cycle.full_clean(validate_unique=False)
    cycle.save(update_fields=[*fields, "version"])
    record(by=by, act=act, target=cycle, at=at)
    return cycle


def ramps(cycles: Iterable[TestCycle]) -> list[list[TestCycle]]:
    """The tests of one item as ramps: each begins with a test that follows none, and climbs to its last."""
    rows = sorted(cycles, key=lambda cycle: cycle.number)
    following = {cycle.previous_id: cycle for cycle in rows if cycle.previous_id is not None}
    known = {cycle.pk for cycle in rows}
    found = []
    for cycle in rows:
        if cycle.previous_id in known:
            continue
        steps = [cycle]
        while (step := following.get(steps[-1].pk)) is not None:
            steps.append(step)
        found.append(steps)
    return found
