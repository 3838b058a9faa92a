"""Who met the same as a story or a plan item, of what one reader may read, in words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching.models import HelpCall
from commons.models import Reaction, ReactionKind
from commons.same import Match, Piece, Sign, Usage, teams_that_met, words_of
from core.text import first_sentence
from library.models import Resource, Use, shared_entries
from progress.models import HelpFrom, PlanItem, PlanItemStatus
from series.models import Series
from storymaps.models import Result, StoryEntry
from teams.models import GONE, Team

LOOKED_AT = 300  # stories of others, the newest; as many plan items where the reader reads them
LENGTH = 600  # letters of a story that are looked at
SUBJECTS = 8  # stories and plan items of a team on its page


@dataclass(frozen=True)
class Met:
    """A team that met the same: why, in words, and where to read it."""

    team: Team
    reasons: tuple[str, ...]
    title: str = ""
    url: str = ""
    language: str = ""


@dataclass
class Subject:
    """A story or plan item of a team, and who met the same."""

    title: str
    url: str
    language: str
    kind: str
    met: list[Met] = field(default_factory=list)


# --- what is compared --------------------------------------------------------------------------------


def _stories(rows: Any, most: int) -> list[StoryEntry]:
    found = rows.annotate(beginning=Substr("text", 1, LENGTH)).defer("text", "how", "now_think")
    return list(
        found.select_related("team__series").prefetch_related("drivers").order_by("-logged_at")[:most]
    )


def _items(rows: Any, most: int) -> list[PlanItem]:
    found = rows.exclude(status=PlanItemStatus.STOPPED).select_related("plan__team__series", "plan__period")
    return list(found.prefetch_related("drivers").order_by("-added_at", "-pk")[:most])


def beginning_of(story: StoryEntry) -> str:
    """The first letters of a story, of which no more may have been read."""
    read: str | None = getattr(story, "beginning", None)
    return story.text[:LENGTH] if read is None else read


def piece_of(row: StoryEntry | PlanItem | Team) -> Piece:
    """What matching looks at."""
    if isinstance(row, StoryEntry):
        text = beginning_of(row)
        drivers = frozenset(driver.pk for driver in row.drivers.all())
        words = words_of(row.title, text, row.partner_name)
        head = frozenset(words_of(row.title or words_at_the_head(row)))
        return Piece("story", row.pk, row.team_id, row.began_on, drivers, words, row.result, head)
    if isinstance(row, PlanItem):
        drivers = frozenset(driver.pk for driver in row.drivers.all())
        words = words_of(row.what, row.boundary_partner)
        on, head = row.plan.period.starts_on, frozenset(words)
        return Piece("item", row.pk, row.plan.team_id, on, drivers, words, head=head)
    words = words_of(row.focus_area)
    return Piece("focus", row.pk, row.pk, None, frozenset(), words, head=frozenset(words))


class Others:
    """What other teams told, plan and look at, read once for all subjects of a page."""

    def __init__(self, user: Any, series: Series, but: int, near: StoryEntry | None = None) -> None:
        """`but` is the team whose subjects they are; `near` narrows it to what stands under its drivers."""
        self.series = series
        self.drivers = {driver.pk: driver for driver in series.drivers.all()}
        teams = series.teams.exclude(status__in=GONE).exclude(pk=but)
        self.teams = {team.pk: team for team in teams}
        stories = shared_entries(user).filter(team__in=self.teams, is_intended=False)
        items = PlanItem.objects.visible_to(user).filter(plan__team__in=self.teams)
        if near is not None and (drivers := [driver.pk for driver in near.drivers.all()]):
            stories = stories.filter(
                pk__in=StoryEntry.drivers.through.objects.filter(driver__in=drivers).values("storyentry")
            )
            items = items.filter(
                pk__in=PlanItem.drivers.through.objects.filter(driver__in=drivers).values("planitem")
            )
        self.stories = {row.pk: row for row in _stories(stories, LOOKED_AT)}
        self.items = {row.pk: row for row in _items(items, LOOKED_AT)}
        rows: list[StoryEntry | PlanItem | Team] = [
            *self.stories.values(),
            *self.items.values(),
            *self.teams.values(),
        ]
        self.pieces = [piece_of(row) for row in rows]
        self.usage = Usage.of(self.pieces)
        self.calls = list(
            HelpCall.objects.visible_to(user)
            .open()
            .filter(team__in=self.teams, asked_of=HelpFrom.PEERS, driver__isnull=False)
            .values_list("team", "driver")
            .distinct()
            .order_by("team", "driver")
        )

    def met(self, mine: Piece, signs: dict[int, list[Sign]], most: int) -> list[Met]:
        """Who met the same as `mine`, in words."""
        told = {team: list(found) for team, found in signs.items() if team in self.teams}
        for team, driver in self.calls:
            if driver in mine.drivers:
                told.setdefault(team, []).append(Sign("asks", self.drivers[driver].name))
        found = teams_that_met(mine, self.pieces, told, usage=self.usage, most=most)
        return [self._in_words(match) for match in found]

    def _in_words(self, match: Match) -> Met:
        team = self.teams[match.team]
        reasons = (*_said(match.signs), *self._told(match))
        piece = match.piece
        if piece is None:
            return Met(team, reasons)
        address = [self.series.slug, team.slug]
        if piece.kind == "story":
            story = self.stories[piece.pk]
            url = reverse("storymaps:entry", args=[*address, piece.pk])
            return Met(team, reasons, story.title or words_at_the_head(story), url, story.language)
        if piece.kind == "item":
            url = reverse("storymaps:chain-item", args=[*address, piece.pk])
            return Met(team, reasons, self.items[piece.pk].what, url)
        return Met(team, reasons, team.focus_area, reverse("desk:team-home", args=address))

    def _told(self, match: Match) -> Iterable[str]:
        piece = match.piece
        if piece is None:
            return
        what = [str(Result(piece.result).label)] if piece.result else []
        if piece.kind == "item":
            what.append(_("in its plan"))
        if piece.kind == "focus":
            what.append(_("it is what the team looks at"))
        if piece.on is not None:
            what.append(date_format(piece.on, "YEAR_MONTH_FORMAT"))
        names = ", ".join(self.drivers[pk].name for pk in match.drivers if pk in self.drivers)
        if names:
            what.insert(0, _("also under %(drivers)s") % {"drivers": names})
        if what:
            yield ", ".join(what)
        if match.words:
            words = ", ".join(_("“%(word)s”") % {"word": word} for word in match.words)
            yield _("both speak of %(words)s") % {"words": words}


def words_at_the_head(story: StoryEntry) -> str:
    """The first sentence of a story of which only the beginning was read."""
    return first_sentence(beginning_of(story), 120)


def _said(signs: Iterable[Sign]) -> Iterable[str]:
    for sign in signs:
        if sign.kind == "met":
            yield _("said: we met this too")
        elif sign.kind == "tries":
            yield _("is trying this too")
        elif sign.kind == "uses":
            yield _("took over the same: %(title)s") % {"title": sign.about}
        else:
            yield _("asks all teams for help under %(driver)s") % {"driver": sign.about}


# --- what teams said or did about it -----------------------------------------------------------------

type Signs = dict[tuple[str, int], dict[int, list[Sign]]]


def signs_about(stories: Collection[int], items: Collection[int], user: Any) -> Signs:
    """What teams said or did about these stories and plan items, of what all in the series read.

    Three queries, whatever their number.
    """
    found: Signs = defaultdict(lambda: defaultdict(list))
    met = Reaction.objects.visible_to(user).filter(entry__in=stories, kind=ReactionKind.MET)
    for entry, team in (
        met.filter(team__isnull=False).values_list("entry", "team").distinct().order_by("team")
    ):
        found["story", entry][team].append(Sign("met"))
    shared = Use.objects.filter(
        Q(resource__in=Resource.objects.visible_to(user).standing()) | Q(entry__in=shared_entries(user))
    )
    for entry, team in shared.filter(entry__in=stories).values_list("entry", "team").order_by("at"):
        found["story", entry][team].append(Sign("tries"))
    if not items:
        return found
    mine = list(Use.objects.filter(item__in=items).values("item", "resource", "entry", "team"))
    same = shared.filter(
        Q(resource__in=[use["resource"] for use in mine if use["resource"]])
        | Q(entry__in=[use["entry"] for use in mine if use["entry"]])
    ).select_related("resource", "entry")
    for use in same.order_by("at"):
        title = use.resource.title if use.resource else str(use.thing)
        for own in mine:
            if own["team"] != use.team_id and (own["resource"], own["entry"]) == (
                use.resource_id,
                use.entry_id,
            ):
                found["item", own["item"]][use.team_id].append(Sign("uses", title))
    return found


# --- the two places ----------------------------------------------------------------------------------


def for_story(entry: StoryEntry, user: Any, most: int = 4) -> list[Met]:
    """Who met the same as one story, for its page."""
    others = Others(user, entry.team.series, entry.team_id, near=entry)
    signs = signs_about([entry.pk], [], user)
    return others.met(piece_of(entry), signs["story", entry.pk], most)


def for_team(team: Team, user: Any, most: int = 3) -> list[Subject]:
    """Who met the same as what a team told and plans lately, as far as `user` reads it."""
    told = StoryEntry.objects.visible_to(user).filter(team=team, is_intended=False)
    stories = _stories(told, SUBJECTS)
    items = _items(PlanItem.objects.visible_to(user).filter(plan__team=team), SUBJECTS)
    others = Others(user, team.series, team.pk)
    signs = signs_about([row.pk for row in stories], [row.pk for row in items], user)
    found = []
    rows: Sequence[StoryEntry | PlanItem] = [*stories, *items]
    for row in rows:
        piece = piece_of(row)
        met = others.met(piece, signs[piece.kind, row.pk], most)
        if met:
            found.append(_subject(row, team, met))
    return found


def _subject(row: StoryEntry | PlanItem, team: Team, met: list[Met]) -> Subject:
    address = [team.series.slug, team.slug, row.pk]
    if isinstance(row, PlanItem):
        url = reverse("storymaps:chain-item", args=address)
        return Subject(row.what, url, "", _("plan item"), met)
    title = row.title or words_at_the_head(row)
    return Subject(title, reverse("storymaps:entry", args=address), row.language, _("story"), met)
