"""Coverage: which team has a coach, until when, and who covers. Of teams by name; nobody is ranked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, policy, require
from core import clock
from core.templatetags.marks import short_day
from series.frame import find_series, frame
from teams.models import CoachAssignment, Team
from teams.reading import assignments_by_team, living_teams

SOON = timedelta(days=30)


@dataclass
class Line:
    """One team: who coaches it today, who covers now or soon, who begins, since when nobody does."""

    team: Team
    coaches: list[CoachAssignment] = field(default_factory=list)
    covers: list[CoachAssignment] = field(default_factory=list)
    coming: list[CoachAssignment] = field(default_factory=list)
    alone_since: date | None = None  # the first day without a coach; None while there is one
    never: bool = False

    @property
    def last_on(self) -> date | None:
        """The last day on which one of today's coaches coaches it; None if one goes on without an end."""
        days = [row.ends_on for row in self.coaches]
        return None if None in days else max((day for day in days if day is not None), default=None)

    @property
    def next(self) -> CoachAssignment | None:
        """Who begins by the day after the last one, so that no day is empty."""
        last = self.last_on
        if last is None:
            return None
        return next((row for row in self.coming if row.starts_on <= last + timedelta(days=1)), None)

    def ends_soon(self, today: date) -> bool:
        return self.last_on is not None and self.last_on <= today + SOON


def line_of(team: Team, rows: Sequence[CoachAssignment], today: date) -> Line:
    """The line of `team` from all that its `rows` ever were."""
    line = Line(team)
    own = [row for row in rows if row.covers_for_id is None]
    line.coaches = [row for row in own if row.starts_on <= today and not is_over(row, today)]
    line.coming = [row for row in own if row.starts_on > today]
    line.covers = [row for row in rows if row.covers_for_id is not None and not is_over(row, today)]
    if not line.coaches:
        past = [row.ends_on for row in own if row.ends_on is not None and row.starts_on <= today]
        line.never = not past
        line.alone_since = max(past) + timedelta(days=1) if past else team.joined_on
    return line


def is_over(row: CoachAssignment, today: date) -> bool:
    return row.ends_on is not None and row.ends_on < today


def said(lines: Sequence[Line]) -> str:
    """One sentence: how many of the teams have a coach today."""
    count, whole = sum(bool(line.coaches) for line in lines), len(lines)
    if not whole:
        return _("No team has joined yet.")
    if count == whole:
        return ngettext("The team has a coach today.", "All %(n)s teams have a coach today.", whole) % {
            "n": whole
        }
    return ngettext(
        "%(count)s of %(n)s team has a coach today.", "%(count)s of %(n)s teams have a coach today.", whole
    ) % {"count": count, "n": whole}


def ending_words(line: Line) -> str:
    """Until when a team is coached, and who comes then."""
    words = {"team": line.team.name, "day": short_day(line.last_on)}
    if line.next is None:
        return _("%(team)s has a coach until %(day)s; nobody is named yet for after.") % words
    words |= {"person": line.next.coach.name, "since": short_day(line.next.starts_on)}
    return _("%(team)s has its coach until %(day)s; %(person)s begins on %(since)s.") % words


@policy(see="series", act=Permission.SEE_ALL_TEAMS)
@require_safe
def coverage(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Show which team has a coach, by the teams' names."""
    series = find_series(request, series_slug)
    require(request.user, Permission.SEE_ALL_TEAMS, series)
    today = clock.today("UTC")
    held = assignments_by_team(series)
    teams = sorted(living_teams(series), key=lambda team: team.name.casefold())
    lines = [line_of(team, held.get(team.pk, []), today) for team in teams]
    context = {
        "sentence": said(lines),
        "lines": lines,
        "alone": [line for line in lines if not line.coaches],
        "ending": [(line, ending_words(line)) for line in lines if line.ends_soon(today)],
        "today": today,
    }
    return render(request, "desk/coverage.html", frame(request, series, here="teams") | context)
