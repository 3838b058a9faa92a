"""What a team owes and files."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from accounts.models import User
from progress.models import CheckIn, DueDate, Going, Plan, PlanItem, ProgressScore, ScoreBy, TestCycle
from series.models import ActionPeriod
from teams.models import Team
from tests.factories.teams import join, make_team

AT = datetime(2026, 5, 20, 15, tzinfo=UTC)  # in the first Action Period of `make_series`


def first_period(team: Team) -> ActionPeriod:
    return team.series.periods.get(number=1)


def make_due(team: Team | None = None, due_on: date = date(2026, 5, 31), **fields: Any) -> DueDate:
    """A due date in the team's first Action Period."""
    team = team or make_team()
    return DueDate.objects.create(team=team, period=first_period(team), due_on=due_on, **fields)


def make_check_in(due: DueDate | None = None, *, by: User | None = None, **fields: Any) -> CheckIn:
    """A check-in that went well, filed on its day."""
    due = due or make_due()
    values = {
        "going": Going.WELL,
        "filed_at": datetime.combine(due.due_on, datetime.min.time(), UTC).replace(hour=15),
        "filed_on": due.due_on,
        "submission_id": uuid.uuid4(),
    } | fields
    return CheckIn.objects.create(due=due, filed_by=by or join(due.team), **values)


def make_item(team: Team | None = None, *, by: User | None = None, **fields: Any) -> PlanItem:
    """An item of the plan for the team's first Action Period."""
    team = team or make_team()
    plan, _made = Plan.objects.get_or_create(team=team, period=first_period(team))
    values = {"what": "Feedback circles in two rooms", "added_at": AT, "submission_id": uuid.uuid4()} | fields
    return PlanItem.objects.create(plan=plan, added_by=by or join(team), **values)


def make_cycle(item: PlanItem | None = None, *, by: User | None = None, **fields: Any) -> TestCycle:
    """A test of a plan item that has been predicted and not begun."""
    item = item or make_item()
    values = {
        "number": item.cycles.count() + 1,
        "prediction": "Half of them will come.",
        "added_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    return TestCycle.objects.create(item=item, added_by=by or join(item.team), **values)


def make_score(team: Team, *, by: User, side: ScoreBy, half_steps: int, **fields: Any) -> ProgressScore:
    """A score of a team, with a reason."""
    values = {
        "reason": "Two rooms run it.",
        "scored_at": AT,
        "scored_on": AT.date(),
        "submission_id": uuid.uuid4(),
    } | fields
    return ProgressScore.objects.create(team=team, scored_by=by, side=side, half_steps=half_steps, **values)
