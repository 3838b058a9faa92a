"""What pages show of resources, of who uses them, and of the change package."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from coaching.models import HelpAnswer, HelpCall
from core import clock
from library.models import PackageItem, Resource, Use
from library.permissions import own_teams
from progress.models import PlanItem, PlanItemStatus
from series.models import Driver, Series
from series.services import is_closed
from storymaps.models import StoryEntry, Visibility
from teams.models import Team

MOST_WORDS = 8
type Thing = Resource | StoryEntry


def kind_of(thing: Thing) -> str:
    """The word for a thing in addresses."""
    return "resource" if isinstance(thing, Resource) else "story"


def key_of(thing: Thing) -> tuple[str, int]:
    return kind_of(thing), thing.pk


def address_of(thing: Thing) -> str:
    """The page of a thing. Wants `series` or `team__series` selected."""
    if isinstance(thing, Resource):
        return reverse("library:resource", args=[thing.series.slug, thing.pk])
    return reverse("storymaps:entry", args=[thing.team.series.slug, thing.team.slug, thing.pk])


# --- used by -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TeamMark:
    """How a thing stands with one of the reader's own teams, and what they may do about it."""

    team: Team
    kind: str
    pk: int
    use: Use | None = None
    may_plan: bool = False

    def _url(self, act: str) -> str:
        return reverse(f"library:use-{act}", args=[self.team.series.slug, self.team.slug, self.kind, self.pk])

    @property
    def mark_url(self) -> str:
        return self._url("mark")

    @property
    def undo_url(self) -> str:
        return self._url("undo")

    @property
    def tell_url(self) -> str:
        return self._url("tell")

    @property
    def plan_url(self) -> str:
        """Where a tap takes it over into the plan; blank where it stands there, or may not."""
        return self._url("take-over") if self.may_plan and not self.item else ""

    @property
    def item(self) -> PlanItem | None:
        return self.use.item if self.use else None

    @property
    def item_url(self) -> str:
        """Where the team finds it in its plan."""
        address = [self.team.series.slug, self.team.slug]
        return reverse("storymaps:chain-item", args=[*address, self.item.pk]) if self.item else ""

    @property
    def out_url(self) -> str:
        """Where a tap takes it out of the plan again, as long as nobody seems to have worked with it."""
        item = self.item
        is_fresh = item is not None and item.version == 1 and item.status == PlanItemStatus.NOT_STARTED
        return self._url("take-over-undo") if is_fresh and self.may_plan else ""


@dataclass
class Marks:
    """Who uses a thing, and what the reader's teams may say of it."""

    title: str
    language: str
    used_by: list[Use] = field(default_factory=list)
    mine: list[TeamMark] = field(default_factory=list)
    is_story: bool = False

    @property
    def count(self) -> int:
        return len(self.used_by)


def marks_on(things: Collection[Thing], user: Any, series: Series) -> dict[tuple[str, int], Marks]:
    """The marks on each of `things`, which `user` may read. Two queries, whatever their number.

    The line that a team wrote stands for all in the series; what it planned or told, for those who read it.
    """
    resources = [thing.pk for thing in things if isinstance(thing, Resource)]
    stories = [thing.pk for thing in things if isinstance(thing, StoryEntry)]
    found = Use.objects.filter(Q(resource__in=resources) | Q(entry__in=stories), team__series=series)
    by_thing: dict[tuple[str, int], list[Use]] = defaultdict(list)
    for use in found.select_related("team", "item"):
        key = ("resource", use.resource_id) if use.resource_id else ("story", use.entry_id)
        by_thing[key].append(use)  # type: ignore[index]
    teams = own_teams(user, series) if things else []
    is_over = is_closed(series, clock.today(series.time_zone)) if teams else True
    return {key_of(thing): _marks(thing, by_thing[key_of(thing)], teams, is_over) for thing in things}


def _marks(thing: Thing, uses: list[Use], teams: Iterable[Team], is_over: bool) -> Marks:
    is_story = isinstance(thing, StoryEntry)
    title = thing.headline if isinstance(thing, StoryEntry) else thing.title
    marks = Marks(title, thing.language, uses, is_story=is_story)
    kind, pk = key_of(thing)
    for team in teams:
        use = next((use for use in uses if use.team_id == team.pk), None)
        if use is not None or _is_offered(thing, team):
            may_plan = team.is_own and not is_over  # type: ignore[attr-defined]
            marks.mine.append(TeamMark(team, kind, pk, use, may_plan))
    return marks


def _is_offered(thing: Thing, team: Team) -> bool:
    """As `services.may_be_used` decides, of what the reader reads."""
    if thing.team_id == team.pk:
        return False
    if isinstance(thing, Resource):
        return not thing.is_withdrawn
    return thing.visibility != Visibility.TEAM and not thing.is_intended


# --- the shelf ---------------------------------------------------------------------------------------


def resources_in(user: Any, series: Series) -> QuerySet[Resource]:
    """What stands on the shelf of `series`, with what a list shows of it."""
    found = Resource.objects.visible_to(user).standing().filter(series=series)
    return found.select_related("series", "shared_by", "team", "file").prefetch_related("drivers")


def answers_to(user: Any, series: Series) -> QuerySet[HelpAnswer]:
    """The answers to calls for help that `user` reads in `series`."""
    calls = HelpCall.objects.visible_to(user).filter(team__series=series)
    return (
        HelpAnswer.objects.standing()
        .filter(call__in=calls)
        .select_related("call__driver", "call__team__series")
    )


def search(found: QuerySet[Resource], words: str) -> QuerySet[Resource]:
    """Those that hold every word, in the title, the text, why it is useful, or the team's name."""
    for word in words.split()[:MOST_WORDS]:
        found = found.filter(
            Q(title__icontains=word)
            | Q(why__icontains=word)
            | Q(text__icontains=word)
            | Q(team__name__icontains=word)
        )
    return found


# --- the change package ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One line of a change package."""

    item: PackageItem
    thing: Thing
    kind: str
    title: str
    language: str
    url: str
    team: Team | None
    line: str
    marks: Marks


def package_of(user: Any, series: Series, drivers: Collection[Driver]) -> list[tuple[Driver, list[Change]]]:
    """The changes under each of `drivers` that `user` may read today. A constant number of queries."""
    rows = PackageItem.objects.visible_to(user).filter(series=series, driver__in=drivers)
    rows = rows.select_related("resource__series", "resource__team", "entry__team__series")
    items = list(rows.order_by("position", "pk"))
    things = [item.resource or item.entry for item in items]
    marks = marks_on([thing for thing in things if thing is not None], user, series)
    by_driver: dict[int, list[Change]] = defaultdict(list)
    for item, thing in zip(items, things, strict=True):
        if thing is not None:
            by_driver[item.driver_id].append(_change(item, thing, marks[key_of(thing)]))
    return [(driver, by_driver[driver.pk]) for driver in drivers]


def _change(item: PackageItem, thing: Thing, marks: Marks) -> Change:
    line = item.line or (thing.why if isinstance(thing, Resource) else "")
    return Change(
        item,
        thing,
        str(thing.get_kind_display()) if isinstance(thing, Resource) else "",
        marks.title,
        marks.language,
        address_of(thing),
        thing.team,
        line,
        marks,
    )
