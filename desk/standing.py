"""Rule R9: how a team is doing, in four words, each with its reason."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Max, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coaching.calls import last_called
from coaching.models import HelpCall
from core import clock
from progress.due import Interval, Pause, Rhythm, is_quiet, quiet_days
from progress.models import CheckIn, DueDate, HelpFrom
from progress.services import pauses_of as stretches_of
from progress.services import rhythm_of
from series.models import Series
from storymaps.models import StoryEntry
from teams.models import GONE, Team, TeamStatus, TeamStatusChange

ORDER = ("help", "quiet", "nudge", "steady", "paused")
IN_NO_NEED = ("steady", "paused")


@dataclass(frozen=True)
class Standing:
    """A team's word (help, quiet, nudge, steady, paused), why, and since when.

    `last_on` is its last filing, `missed_on` the latest due date that nobody answered for, whatever the word.
    """

    team: Team
    word: str
    reason: str
    since: date
    last_on: date | None
    quiet_days: int = 0
    missed_on: date | None = None

    @property
    def sort_key(self) -> tuple[int, int, date, str]:
        """Oldest call first, then longest quiet, then oldest missed date, then by name."""
        return (
            ORDER.index(self.word),
            -self.quiet_days if self.word == "quiet" else 0,
            self.since,
            self.team.name,
        )


@dataclass(frozen=True)
class Facts:
    """What rule R9 looks at, for one team."""

    last_filed_on: date | None
    help_from: str
    help_on: date | None
    missed_on: date | None
    periods: list[Interval]
    pauses: list[Pause]
    rhythm: Rhythm


def standings(teams: Iterable[Team], *, at: datetime) -> list[Standing]:
    """The standing of each team that is still in its series, in the order in which help should go out.

    Eight queries, however many teams. `teams` need `series` selected.
    """
    rows = [team for team in teams if team.status not in (*GONE, TeamStatus.COMPLETED)]
    facts = gather(rows, at=at)
    found = [judge(team, facts[team.pk], clock.day_in(team.time_zone, at)) for team in rows]
    return sorted(found, key=lambda standing: standing.sort_key)


def judge(team: Team, facts: Facts, today: date) -> Standing:
    """The word for one team on the day `today` of its zone."""
    return replace(_judge(team, facts, today), missed_on=facts.missed_on)


def _judge(team: Team, facts: Facts, today: date) -> Standing:
    last = facts.last_filed_on
    if facts.help_from and facts.help_on is not None:
        reason = _("asked for help from %(whom)s on %(day)s") % {
            "whom": HelpFrom(facts.help_from).label,
            "day": said(facts.help_on),
        }
        return Standing(team, "help", reason, facts.help_on, last)
    if team.status == TeamStatus.PAUSED:
        end = next((end for first, end in reversed(facts.pauses) if first <= today), None)
        reason = _("until %(day)s") % {"day": said(end)} if end else _("until it comes back")
        return Standing(team, "paused", reason, last or team.joined_on, last)
    days = quiet_days(last, team.joined_on, facts.periods, facts.pauses, today)
    if is_quiet(days, facts.rhythm):
        reason = _("nothing since %(day)s") % {"day": said(last)} if last else _("nothing filed yet")
        return Standing(team, "quiet", reason, last or team.joined_on, last, days)
    if facts.missed_on is not None:
        reason = _("the check-in of %(day)s is missing") % {"day": said(facts.missed_on)}
        return Standing(team, "nudge", reason, facts.missed_on, last)
    reason = _("last filed on %(day)s") % {"day": said(last)} if last else _("nothing is due yet")
    return Standing(team, "steady", reason, last or team.joined_on, last)


def said(day: date) -> str:
    return date_format(day, "MONTH_DAY_FORMAT")


def gather(teams: list[Team], *, at: datetime) -> dict[int, Facts]:
    """Read what rule R9 needs for all `teams` at once."""
    ids = [team.pk for team in teams]
    zones = {team.pk: team.time_zone for team in teams}
    series = {team.series_id: team.series for team in teams}
    entries = dict(
        StoryEntry.objects.filter(team__in=ids).order_by().values_list("team").annotate(last=Max("logged_at"))
    )
    checks = dict(
        CheckIn.objects.filter(due__team__in=ids)
        .order_by()
        .values_list("due__team")
        .annotate(last=Max("filed_on"))
    )
    called = last_called(ids)  # filed on the team's behalf, whoever reads its notes
    calls: dict[int, HelpCall] = {}
    for oldest in HelpCall.objects.filter(team__in=ids).open().oldest_first():
        calls.setdefault(oldest.team_id, oldest)
    periods, pauses, missed = periods_of(series.values()), pauses_of(ids), missed_of(teams, at=at)
    found = {}
    for team in teams:
        call = calls.get(team.pk)
        days = [clock.day_in(zones[team.pk], entries[team.pk])] if team.pk in entries else []
        days += [found_in[team.pk] for found_in in (checks, called) if team.pk in found_in]
        found[team.pk] = Facts(
            last_filed_on=max(days, default=None),
            help_from=call.asked_of if call else "",
            help_on=clock.day_in(team.time_zone, call.asked_at) if call else None,
            missed_on=missed.get(team.pk),
            periods=periods[team.series_id],
            pauses=pauses.get(team.pk, []),
            rhythm=rhythm_of(team.series),
        )
    return found


def missed_of(teams: list[Team], *, at: datetime) -> dict[int, date]:
    """The latest due date before today in the team's zone, by team, where nobody has answered for it.

    Filed, excused, caught up with, or promised for a day that is still ahead (rules R3, R9).
    """
    today = {team.pk: clock.day_in(team.time_zone, at) for team in teams}
    rows = DueDate.objects.filter(team__in=today, due_on__lte=max(today.values(), default=at.date()))
    latest: dict[int, tuple[date, bool]] = {}
    rows = rows.order_by("due_on").annotate(promised=Max("promises__later_on"))
    for team_id, due_on, is_excused, check_in, caught_up_by, promised in rows.values_list(
        "team", "due_on", "is_excused", "check_in", "caught_up_by", "promised"
    ):
        if due_on < today[team_id]:
            is_promised = promised is not None and promised >= today[team_id]
            is_open = not is_excused and check_in is None and caught_up_by is None and not is_promised
            latest[team_id] = (due_on, is_open)
    return {team_id: due_on for team_id, (due_on, is_open) in latest.items() if is_open}


def periods_of(series: Iterable[Series]) -> dict[int, list[Interval]]:
    """The Action Periods of each series, by its id. One query, none where they are fetched already."""
    found = list(series)
    prefetch_related_objects(found, "periods")
    return {each.pk: [(period.starts_on, period.ends_on) for period in each.periods.all()] for each in found}


def pauses_of(team_ids: list[int]) -> dict[int, list[Pause]]:
    """The stretches in which each team owed nothing, where there were any. One query."""
    changes: dict[int, list[TeamStatusChange]] = defaultdict(list)
    for change in TeamStatusChange.objects.filter(team__in=team_ids):
        changes[change.team_id].append(change)
    return {team_id: stretches_of(rows) for team_id, rows in changes.items()}


def headline(found: list[Standing]) -> str:
    """One sentence from the counts: who moves, who needs what. Up to two teams are named by place."""
    if not found:
        return _("No team has joined yet.")
    groups: dict[str, list[Standing]] = defaultdict(list)
    for standing in found:
        groups[standing.word].append(standing)
    if len(groups["steady"]) == len(found):
        return _("Every team is moving.")
    parts = []
    if groups["steady"]:
        parts.append(
            _("%(count)s of %(all)s teams are moving.") % {"count": len(groups["steady"]), "all": len(found)}
        )
    for word, one, many in (
        ("help", _("%(who)s wants help."), _("%(who)s want help.")),
        ("nudge", _("%(who)s needs a nudge."), _("%(who)s need a nudge.")),
        ("quiet", _("%(who)s has gone quiet."), _("%(who)s have gone quiet.")),
        ("paused", _("%(who)s is paused."), _("%(who)s are paused.")),
    ):
        names = [standing.team.name for standing in groups[word]]
        if len(names) == 1:
            parts.append(one % {"who": names[0]})
        elif len(names) == 2:
            parts.append(many % {"who": _("%(a)s and %(b)s") % {"a": names[0], "b": names[1]}})
        elif names:
            parts.append(many % {"who": _("%(count)s teams") % {"count": len(names)}})
    return " ".join(parts)
