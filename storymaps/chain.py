"""The chain, walked both ways: what a thing grew out of, and what became of it.

A registry: each room says of its own things, and a room to the right adds what it makes of things to
its left. What the reader may not see is counted, never named.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from progress.models import PlanItem, TestCycle
from storymaps.models import Finding, OutcomeStatement, StoryEntry


@dataclass(frozen=True)
class Link:
    """One step of the chain: the word for its kind, and where it leads."""

    kind: Any
    title: str
    url: str
    team: str = ""
    when: date | None = None
    object: Any = None
    language: str = ""
    is_hidden: bool = False  # there is something, but not for this reader


HIDDEN = Link(kind="", title="", url="", is_hidden=True)
Walk = Callable[[Any, Any], list[Link]]
_grew: dict[type[Model], list[Walk]] = {}
_became: dict[type[Model], list[Walk]] = {}


@dataclass(frozen=True)
class Side:
    """The links on one side of a thing, and how many more there are that the reader may not see."""

    shown: tuple[Link, ...] = ()
    hidden: int = 0

    def __bool__(self) -> bool:
        return bool(self.shown or self.hidden)


@dataclass(frozen=True)
class Chain:
    """A thing's place in the chain."""

    grew_out_of: Side
    became: Side


def register[M: Model](
    model: type[M],
    *,
    grew_out_of: "Callable[[M, Any], list[Link]] | None" = None,
    became: "Callable[[M, Any], list[Link]] | None" = None,
) -> None:
    """Let `grew_out_of(obj, user)` and `became(obj, user)` add links to what `model` has already.

    Each is one query a kind of link; what `user` may not see is given back as `HIDDEN`.
    """
    if grew_out_of:
        _grew.setdefault(model, []).append(grew_out_of)
    if became:
        _became.setdefault(model, []).append(became)


def chain_of(obj: Model, user: Any) -> Chain:
    """Both sides of `obj` as `user` may see them."""
    return Chain(_side(_grew, obj, user), _side(_became, obj, user))


def _side(walks: dict[type[Model], list[Walk]], obj: Model, user: Any) -> Side:
    links = [link for walk in walks.get(type(obj), []) for link in walk(obj, user)]
    shown = tuple(link for link in links if not link.is_hidden)
    return Side(shown, len(links) - len(shown))


def entry_links(entries: QuerySet[StoryEntry], user: Any) -> list[Link]:
    """A link for each of `entries`, in the order of their days; hidden where `user` may not read it."""
    readable = StoryEntry.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = (
        entries.annotate(is_readable=Exists(readable))
        .select_related("team__series")
        .order_by("began_on", "pk")
    )
    return [link_to_entry(entry) if entry.is_readable else HIDDEN for entry in rows]


def link_to_entry(entry: StoryEntry) -> Link:
    return Link(
        kind=_("story"),
        title=entry.headline,
        url=reverse("storymaps:entry", args=[entry.team.series.slug, entry.team.slug, entry.pk]),
        team=entry.team.name,
        when=entry.began_on,
        object=entry,
        language=entry.language,
    )


def item_links(items: QuerySet[PlanItem], user: Any) -> list[Link]:
    """A link for each plan item; hidden where `user` does not read its team in full."""
    readable = PlanItem.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = items.annotate(is_readable=Exists(readable)).select_related("plan__team__series", "plan__period")
    return [link_to_item(item) if item.is_readable else HIDDEN for item in rows]


def link_to_item(item: PlanItem) -> Link:
    team = item.plan.team
    return Link(
        kind=_("plan item"),
        title=item.what,
        url=reverse("storymaps:chain-item", args=[team.series.slug, team.slug, item.pk]),
        team=team.name,
        when=item.plan.period.starts_on,
        object=item,
    )


def outcome_links(outcomes: QuerySet[OutcomeStatement], user: Any) -> list[Link]:
    """A link for each of `outcomes`; hidden where `user` may not read it."""
    readable = OutcomeStatement.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = outcomes.annotate(is_readable=Exists(readable)).select_related("team__series").order_by("pk")
    return [link_to_outcome(outcome) if outcome.is_readable else HIDDEN for outcome in rows]


def link_to_outcome(outcome: OutcomeStatement) -> Link:
    team = outcome.team
    return Link(
        kind=_("outcome"),
        title=outcome.headline,
        url=reverse("storymaps:outcome", args=[team.series.slug, team.slug, outcome.pk]),
        team=team.name,
        when=outcome.changed_on,
        object=outcome,
        language=outcome.language,
    )


def finding_links(findings: QuerySet[Finding], user: Any) -> list[Link]:
    """A link for each of `findings` that stands; hidden where `user` may not read it."""
    readable = Finding.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = (
        findings.filter(withdrawn_at=None)
        .annotate(is_readable=Exists(readable))
        .select_related("team__series")
        .order_by("pk")
    )
    return [link_to_finding(finding) if finding.is_readable else HIDDEN for finding in rows]


def link_to_finding(finding: Finding) -> Link:
    team = finding.team
    return Link(
        kind=_("finding"),
        title=finding.headline,
        url=reverse("storymaps:finding", args=[team.series.slug, team.slug, finding.pk]),
        team=team.name,
        when=finding.written_at.date(),
        object=finding,
        language=finding.language,
    )


def test_links(tests: QuerySet[TestCycle], user: Any) -> list[Link]:
    """A link for each test; hidden where `user` does not read its team in full."""
    readable = TestCycle.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = tests.annotate(is_readable=Exists(readable)).select_related("item__plan__team__series")
    return [link_to_test(test) if test.is_readable else HIDDEN for test in rows]


def link_to_test(test: TestCycle) -> Link:
    team = test.item.plan.team
    return Link(
        kind=_("test"),
        title=f"{test}: {test.question or test.prediction}",
        url=reverse("progress:cycle", args=[team.series.slug, team.slug, test.item_id, test.number]),
        team=team.name,
        when=test.starts_on,
        object=test,
    )


def _out_of(entry: StoryEntry, user: Any) -> Iterable[Link]:
    yield from item_links(entry.grew_out_of_items.all(), user)
    yield from test_links(entry.grew_out_of_tests.all(), user)
    yield from entry_links(entry.grew_out_of_entries.all(), user)


register(
    StoryEntry,
    grew_out_of=lambda entry, user: list(_out_of(entry, user)),
    became=lambda entry, user: entry_links(entry.became_entries.all(), user),
)
register(StoryEntry, became=lambda entry, user: outcome_links(entry.outcomes.all(), user))
register(
    OutcomeStatement,
    grew_out_of=lambda outcome, user: entry_links(outcome.sources.all(), user),
    became=lambda outcome, user: finding_links(outcome.findings.all(), user),
)
register(StoryEntry, became=lambda entry, user: finding_links(entry.findings.all(), user))
register(
    Finding,
    grew_out_of=lambda finding, user: [
        *outcome_links(finding.outcomes.all(), user),
        *entry_links(finding.entries.all(), user),
    ],
)
register(
    PlanItem,
    grew_out_of=lambda item, user: item_links(PlanItem.objects.filter(carried_to=item), user),
    became=lambda item, user: [
        *item_links(item.carried_to.all(), user),
        *test_links(item.cycles.all(), user),
        *entry_links(item.became_entries.all(), user),
    ],
)
register(
    TestCycle,
    grew_out_of=lambda test, user: [
        *item_links(PlanItem.objects.filter(pk=test.item_id), user),
        *test_links(TestCycle.objects.filter(following=test), user),
    ],
    became=lambda test, user: [
        *test_links(TestCycle.objects.filter(previous=test), user),
        *entry_links(test.became_entries.all(), user),
    ],
)
