"""Plans, their items, tests and check-ins, as the search finds them. All are the team's and its coach's."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.text import plain
from progress.models import CheckIn, Plan, PlanItem, TestCycle
from search.models import Level, SearchRow
from search.registry import Kind, Words, register
from teams.models import Team


def of_team(team: Team, on: date, title: str, text: Iterable[str], **address: Any) -> Words:
    said = "\n".join(words for words in map(plain, text) if words)
    return Words(title, said, team.series_id, team.pk, Level.TEAM, on, address=address)


def in_team(route: str, row: SearchRow, *more: Any) -> str:
    """The address of a page of the row's team."""
    return reverse(route, args=[row.series.slug, row.team.slug if row.team else "", *more])


def says_nothing(*names: str) -> Q:
    return Q(**dict.fromkeys(names, ""))


PLAN = ("question", "outcomes", "risks", "support_wanted", "used_to_think", "now_think", "what_became")
CHECK_IN = ("moved", "hindered", "next_step")


def plans() -> QuerySet[Plan]:
    return Plan.objects.exclude(says_nothing(*PLAN)).select_related("team", "period")


def words_of_plan(plan: Plan) -> Words:
    text = [getattr(plan, name) for name in PLAN[1:]]
    return of_team(plan.team, plan.period.starts_on, plan.question, text, number=plan.period.number)


def items() -> QuerySet[PlanItem]:
    return PlanItem.objects.select_related("plan__team")


def words_of_item(item: PlanItem) -> Words:
    text = [item.first_step, item.who, item.boundary_partner]
    return of_team(item.plan.team, item.added_at.date(), item.what, text)


def tests() -> QuerySet[TestCycle]:
    return TestCycle.objects.select_related("item__plan__team")


def words_of_test(test: TestCycle) -> Words:
    text = [test.prediction, test.how_known, test.tasks, test.observations, test.learning]
    on = test.starts_on or test.added_at.date()
    title = test.question or test.prediction
    return of_team(test.item.plan.team, on, title, text, item=test.item_id, number=test.number)


def check_ins() -> QuerySet[CheckIn]:
    return CheckIn.objects.exclude(says_nothing(*CHECK_IN)).select_related("due__team")


def words_of_check_in(check_in: CheckIn) -> Words:
    text = [getattr(check_in, name) for name in CHECK_IN]
    return of_team(check_in.due.team, check_in.filed_on, "", text, due_on=check_in.due.due_on.isoformat())


register(
    Kind(
        "plan",
        label=_("Plans"),
        noun=_("plan"),
        rows=plans,
        words=words_of_plan,
        url=lambda row: in_team("progress:plan-period", row, row.address["number"]),
        readable=Plan.objects.visible_to,
    )
)
register(
    Kind(
        "item",
        label=_("Plan items"),
        noun=_("plan item"),
        rows=items,
        words=words_of_item,
        url=lambda row: in_team("storymaps:chain-item", row, row.object_id),
        readable=PlanItem.objects.visible_to,
    )
)
register(
    Kind(
        "test",
        label=_("Tests"),
        noun=_("test"),
        rows=tests,
        words=words_of_test,
        url=lambda row: in_team("progress:cycle", row, row.address["item"], row.address["number"]),
        readable=TestCycle.objects.visible_to,
    )
)
register(
    Kind(
        "checkin",
        label=_("Check-ins"),
        noun=_("check-in"),
        rows=check_ins,
        words=words_of_check_in,
        url=lambda row: in_team("progress:check-in", row, row.address["due_on"]),
        readable=CheckIn.objects.visible_to,
    )
)
