"""The team grid: all teams by what was due, what they measure, and when somebody last answered them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef
from django.utils.translation import gettext as _

from coaching.calls import last_called
from coaching.models import HelpAnswer
from core import clock
from core.templatetags.marks import short_day
from desk.standing import Standing
from measures.models import Measure
from measures.reading import Sheet, multiples_of
from progress.models import DueDate
from series.models import ActionPeriod, Series
from storymaps.models import Comment, StoryEntry
from teams.models import CoachAssignment, Team

WEEKS = 4
MARKS = {"filed": "●", "late": "◐", "excused": "–", "promised": "◇", "missing": "○", "ahead": "·"}

# Functions (team ids) -> the day of each team's last nudge, filled by the room that sends it.
last_nudges: list[Callable[[Collection[int]], Mapping[int, date]]] = []


@dataclass(frozen=True)
class Cell:
    """What became of one due date: a key of MARKS, and the same in words."""

    on: date
    state: str

    @property
    def mark(self) -> str:
        return MARKS[self.state]

    @property
    def words(self) -> str:
        return f"{short_day(self.on)}: {states()[self.state]}"


def states() -> dict[str, str]:
    """The words of the marks, in the reader's language."""
    return {
        "filed": _("filed"),
        "late": _("late"),
        "excused": _("excused"),
        "promised": _("promised for later"),
        "missing": _("missing"),
        "ahead": _("ahead"),
    }


def key() -> list[tuple[str, str]]:
    """The marks of the grid with their words."""
    return [(MARKS[state], words) for state, words in states().items()]


def period_of(periods: Sequence[ActionPeriod], today: date, wanted: str = "") -> ActionPeriod | None:
    """Of `periods` in order the one asked for by number, else that of today or the last that has begun."""
    chosen = next((period for period in periods if str(period.number) == wanted), None)
    begun = [period for period in periods if period.starts_on <= today]
    return chosen or next(iter(reversed(begun)), periods[0] if periods else None)


def cells_of(period: ActionPeriod | None, teams: Collection[Team], *, at: datetime) -> dict[int, list[Cell]]:
    """Each team's due dates of `period` with what became of them. One query."""
    zones = {team.pk: clock.day_in(team.time_zone, at) for team in teams}
    rows = DueDate.objects.filter(period=period, team__in=zones).select_related("check_in", "caught_up_by")
    found: dict[int, list[Cell]] = {}
    for due in rows.annotate(promised=Max("promises__later_on")).order_by("due_on"):
        found.setdefault(due.team_id, []).append(Cell(due.due_on, _state(due, zones[due.team_id])))
    return found


def _state(due: DueDate, today: date) -> str:
    filed = getattr(due, "check_in", None)
    if filed is not None:
        return "late" if filed.is_late else "filed"
    if due.caught_up_by is not None:
        return "late"
    if due.is_excused:
        return "excused"
    promised: date | None = due.promised  # type: ignore[attr-defined]
    if promised is not None and promised >= today:
        return "promised"
    return "missing" if due.due_on < today else "ahead"


def missing_of(teams: Collection[Team], *, at: datetime) -> set[int]:
    """Teams that owe a check-in of any period and named no day ahead for it. One query."""
    zones = {team.pk: clock.day_in(team.time_zone, at) for team in teams}
    rows = DueDate.objects.open().filter(team__in=zones, due_on__lt=max(zones.values(), default=at.date()))
    owed = rows.annotate(promised=Max("promises__later_on")).values_list("team", "due_on", "promised")
    return {
        team_id
        for team_id, due_on, promised in owed.order_by()
        if due_on < zones[team_id] and (promised is None or promised < zones[team_id])
    }


def told_lately(teams: Collection[Team], *, at: datetime) -> dict[int, int]:
    """How many stories each team told in the last WEEKS weeks. One query."""
    rows = StoryEntry.objects.filter(team__in=teams, logged_at__gt=at - timedelta(weeks=WEEKS))
    return dict(rows.order_by().values_list("team").annotate(n=Count("pk")))


def last_contacts(teams: Collection[Team]) -> dict[int, date]:
    """When a coach of each team last spoke with it or wrote to it, by the team's day.

    A logged call, a note, or an answer to a call for help. Two queries.
    """
    zones = {team.pk: team.time_zone for team in teams}
    coached = CoachAssignment.objects.filter(team=OuterRef("team"), coach=OuterRef("author"))
    notes = Comment.objects.filter(Exists(coached), team__in=teams).exclude(audience="coaches")
    by_call = CoachAssignment.objects.filter(team=OuterRef("call__team"), coach=OuterRef("author"))
    answers = HelpAnswer.objects.filter(Exists(by_call), call__team__in=teams)
    found = last_called(zones)
    written = notes.order_by().values_list("team").annotate(last=Max("written_at"))
    answered = answers.order_by().values_list("call__team").annotate(last=Max("written_at"))
    for team_id, moment in written.union(answered, all=True).order_by():
        last = clock.day_in(zones[team_id], moment)
        found[team_id] = max(last, found.get(team_id, last))
    return found


def sheets_by_team(
    series: Series, teams: Collection[Team], user: object
) -> tuple[Measure | None, dict[int, Sheet]]:
    """The first measure of the whole series, and what it says for each team. Three queries."""
    measure = Measure.objects.filter(series=series, team=None).order_by("pk").first()
    if measure is None:
        return None, {}
    (found,) = multiples_of([measure], list(teams), user)
    return measure, {sheet.team.pk: sheet for sheet in found.sheets if sheet.latest is not None}


def nudged(team_ids: Collection[int]) -> dict[int, date]:
    """The day of the last nudge by hand of each team that ever had one."""
    found: dict[int, date] = {}
    for ask in last_nudges:
        found |= ask(team_ids)
    return found


def narrowed(
    found: list[Standing],
    coaches: Mapping[int, list[str]],
    counts: Mapping[int, Mapping[int, int]],
    asked: Mapping[str, str],
) -> list[Standing]:
    """Of the standings those of one word, coach or driver, in the order asked for; as they come if for none.

    A driver is asked for by its id, and with a minus before it for teams that told nothing of it.
    """
    word, coach, driver = (asked.get(name, "") for name in ("word", "coach", "driver"))
    wants, driver_id = not driver.startswith("-"), driver.removeprefix("-")

    def is_told(team_id: int) -> bool:
        return any(str(known) == driver_id and count for known, count in counts.get(team_id, {}).items())

    kept = [
        standing
        for standing in found
        if (not word or standing.word == word)
        and (not coach or coach in coaches.get(standing.team.pk, ()))
        and (not driver or is_told(standing.team.pk) is wants)
    ]
    if asked.get("by") == "name":
        return sorted(kept, key=lambda standing: standing.team.name)
    if asked.get("by") == "filed":
        return sorted(kept, key=lambda standing: (standing.last_on or date.min, standing.team.name))
    return kept
