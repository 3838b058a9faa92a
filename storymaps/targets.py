"""What a note can stand beside: how each is found, named and reached.

The words in addresses are those of the pages: story, outcome, finding, plan-item, test, check-in,
measure, map.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Measure
from progress.models import CheckIn, PlanItem, TestCycle
from storymaps.models import Comment, Finding, OutcomeStatement, StoryEntry, Visibility
from teams.models import Team


@dataclass(frozen=True)
class Target:
    """One thing that a note stands beside, in the margin of one team.

    `is_open` says that everybody in the series may read it; `quoted` are the texts on its page that a
    passage can be taken from, by the name of the field.
    """

    kind: str
    word: Any
    team: Team
    object: Any
    title: str
    url: str
    is_open: bool = False
    language: str = ""
    quoted: tuple[str, ...] = ()

    @property
    def holder(self) -> Model:
        """On what one holds the roles that count: what can be shared says so itself, else the team does."""
        return self.object if self.kind in ("story", "outcome", "finding") else self.team

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, self.object.pk

    def url_of(self, name: str, *more: Any) -> str:
        """The address of what one does with notes beside it."""
        address = [*_address(self.team), self.kind, self.object.pk, *more]
        return reverse(f"storymaps:{name}", args=address)

    def url_home(self) -> str:
        return reverse("desk:team-home", args=_address(self.team))

    def texts(self) -> list[str]:
        return [getattr(self.object, name) for name in self.quoted]


def _address(team: Team, *more: Any) -> list[Any]:
    return [team.series.slug, team.slug, *more]


def of_story(entry: StoryEntry, team: Team) -> Target:
    return Target(
        "story",
        gettext_lazy("story"),
        team,
        entry,
        entry.headline,
        reverse("storymaps:entry", args=_address(team, entry.pk)),
        is_open=entry.visibility != Visibility.TEAM,
        language=entry.language,
        quoted=("text", "why_it_matters", "how", "now_think"),
    )


def of_outcome(outcome: OutcomeStatement, team: Team) -> Target:
    return Target(
        "outcome",
        gettext_lazy("outcome"),
        team,
        outcome,
        outcome.headline,
        reverse("storymaps:outcome", args=_address(team, outcome.pk)),
        is_open=outcome.visibility != Visibility.TEAM,
        language=outcome.language,
        quoted=("what_differs", "significance", "contribution"),
    )


def of_finding(finding: Finding, team: Team) -> Target:
    """A finding, in the margin of the team that puts it forward; everybody in the series reads it."""
    return Target(
        "finding",
        gettext_lazy("finding"),
        team,
        finding,
        finding.headline,
        reverse("storymaps:finding", args=_address(team, finding.pk)),
        is_open=True,
        language=finding.language,
        quoted=("explanation", "limits"),
    )


def of_item(item: PlanItem, team: Team) -> Target:
    url = reverse("storymaps:chain-item", args=_address(team, item.pk))
    return Target("plan-item", gettext_lazy("plan item"), team, item, item.what, url)


def of_test(test: TestCycle, team: Team) -> Target:
    url = reverse("progress:cycle", args=_address(team, test.item_id, test.number))
    title = f"{test}: {test.question or test.prediction}"
    return Target("test", gettext_lazy("test"), team, test, title, url)


def of_check_in(check_in: CheckIn, team: Team) -> Target:
    day = check_in.due.due_on
    title = _("Check-in for %(day)s") % {"day": date_format(day, "MONTH_DAY_FORMAT")}
    url = reverse("progress:check-in", args=_address(team, day))
    return Target("check-in", gettext_lazy("check-in"), team, check_in, title, url)


def of_measure(measure: Measure, team: Team) -> Target:
    url = reverse("measures:measure", args=_address(team, measure.pk))
    return Target("measure", gettext_lazy("measure"), team, measure, measure.name, url)


def of_map(team: Team, _team: Team | None = None) -> Target:
    """The whole map of a team; everybody in the series may open it and sees what is shared there."""
    url = reverse("storymaps:notes", args=_address(team, "map", team.pk))
    title = _("The story map of %(team)s") % {"team": team.name}
    return Target("map", gettext_lazy("story map"), team, team, title, url, is_open=True)


@dataclass(frozen=True)
class Kind:
    """A kind of target: the field of Comment that holds it, and how it becomes a Target."""

    field: str
    find: Callable[[Any, Team], Any]  # what `user` may see of `team`
    of: Callable[[Any, Team], Target]


KINDS: dict[str, Kind] = {
    "story": Kind(
        "entry", lambda user, team: StoryEntry.objects.visible_to(user).filter(team=team), of_story
    ),
    "outcome": Kind(
        "outcome", lambda user, team: OutcomeStatement.objects.visible_to(user).filter(team=team), of_outcome
    ),
    "finding": Kind(
        "finding", lambda user, team: Finding.objects.visible_to(user).filter(team=team), of_finding
    ),
    "plan-item": Kind(
        "item", lambda user, team: PlanItem.objects.visible_to(user).filter(plan__team=team), of_item
    ),
    "test": Kind(
        "test", lambda user, team: TestCycle.objects.visible_to(user).filter(item__plan__team=team), of_test
    ),
    "check-in": Kind(
        "check_in",
        lambda user, team: CheckIn.objects.visible_to(user).filter(due__team=team).select_related("due"),
        of_check_in,
    ),
    "measure": Kind("measure", lambda user, team: Measure.objects.visible_to(user).of_team(team), of_measure),
    "map": Kind("", lambda user, team: Team.objects.visible_to(user).filter(pk=team.pk), of_map),
}
_BY_MODEL: dict[type[Model], str] = {
    StoryEntry: "story",
    OutcomeStatement: "outcome",
    Finding: "finding",
    PlanItem: "plan-item",
    TestCycle: "test",
    CheckIn: "check-in",
    Measure: "measure",
    Team: "map",
}


def target_of(obj: Model, team: Team) -> Target:
    """`obj` as something in the margin of `team`; `team` needs `series` selected."""
    return KINDS[_BY_MODEL[type(obj)]].of(obj, team)


def beside(comment: Comment) -> Target:
    """What `comment` stands beside. No query where it came `with_targets()`."""
    for kind in KINDS.values():
        if kind.field and getattr(comment, f"{kind.field}_id") is not None:
            return kind.of(getattr(comment, kind.field), comment.team)
    return of_map(comment.team)


def note_url(comment: Comment) -> str:
    """Where `comment` is read, in its place."""
    return f"{beside(comment).url}#note-{comment.pk}"


def of_target(target: Target) -> dict[str, Any]:
    """The fields of Comment that say that it stands beside `target`, for a filter or a new one."""
    field = KINDS[target.kind].field
    if field:
        return {"team": target.team, field: target.object}
    return {"team": target.team} | {f"{kind.field}": None for kind in KINDS.values() if kind.field}
