"""Team home, story map, series home and public page against their floors, at 2, 40 and 100 teams."""

import sys
import uuid
from datetime import UTC, datetime, timedelta

from _floor import LIMIT, Report, database, install, prepare, ratio

install()

from _many import tell

from accounts.permissions import Role
from core import clock
from progress.models import DueDate, Plan, PlanItem
from storymaps.models import Comment, StoryEntry, Visibility
from tests.factories.reports import make_edition, make_story
from tests.factories.series import make_series
from tests.factories.teams import coach, join, make_team

MOST_QUERIES = 20
ENTRIES = 20
MANY_TEAMS, MANY_ENTRIES = 100, 400
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def world(teams: int):
    """A running series of `teams` teams with 20 entries each; gives the first team, its lead, its slug."""
    today = clock.today("UTC")
    series = make_series(today - timedelta(days=70), slug=f"bench-{teams}")
    drivers = list(series.drivers.all())
    period = series.periods.first()
    made = []
    for number in range(teams):
        team = make_team(series, name=f"Team {number}", slug=f"team-{number}")
        lead = join(team, Role.LEAD)
        helper = coach(team)
        plan = Plan.objects.create(team=team, period=period)
        items = [
            PlanItem.objects.create(
                plan=plan,
                what=f"Ask the board, part {n}",
                added_by=lead,
                added_at=AT,
                submission_id=uuid.uuid4(),
            )
            for n in range(4)
        ]
        for item, driver in zip(items, drivers, strict=True):
            item.drivers.add(driver)
        for days in (-20, 10, 40):
            DueDate.objects.create(team=team, period=period, due_on=today + timedelta(days=days))
        for n in range(ENTRIES):
            entry = StoryEntry.objects.create(
                team=team,
                author=lead,
                text=f"Ninth graders ran circle {n} on their own. Two of them had never spoken in one.",
                began_on=today - timedelta(days=3 * n),
                strand=("research", "story", "improvement")[n % 3],
                visibility=Visibility.SERIES if n % 4 == 0 else Visibility.TEAM,
                logged_at=clock.now() - timedelta(days=3 * n),
                submission_id=uuid.uuid4(),
            )
            entry.drivers.add(drivers[n % 4])
            entry.grew_out_of_items.add(items[n % 4])
            if n % 5 == 0:
                Comment.objects.create(
                    team=entry.team,
                    entry=entry,
                    author=helper,
                    text="Who chose the six?",
                    written_at=AT,
                    submission_id=uuid.uuid4(),
                )
        made.append((team, lead))
    return series, *made[0]


def large():
    """A series of 100 teams with 400 entries each, written in bulk; gives it, the first team, its lead."""
    today = clock.today("UTC")
    series = make_series(today - timedelta(days=290), slug="bench-large")
    made = []
    for number in range(MANY_TEAMS):
        team = make_team(series, name=f"Team {number}", slug=f"team-{number}")
        lead = join(team, Role.LEAD)
        coach(team)
        tell(team, lead, MANY_ENTRIES, today, seed=number)
        made.append((team, lead))
    return series, *made[0]


def pages_of(series, team, lead):
    """The pages that are looked at, with who looks."""
    return {
        "team-home": (f"/series/{series.slug}/teams/{team.slug}/", lead),
        "story-map": (f"/series/{series.slug}/teams/{team.slug}/story/", lead),
        "series-home": (f"/series/{series.slug}/", lead),
        "public-page": (published(series, team), None),
    }


def main() -> int:
    report = Report()
    with database():
        counts: dict[str, list[int]] = {}
        for teams in (2, 40):
            series, team, lead = world(teams)
            for name, (url, person) in pages_of(series, team, lead).items():
                browser, count = prepare(f"{name}-{teams}", url, person)
                counts.setdefault(name, []).append(count)
                if teams == 2:
                    report.line(f"{name}-by-floor", ratio(f"{name}-{teams}", url, browser), LIMIT)
        for name, (few, many) in counts.items():
            report.line(f"{name}-queries-at-40-teams", many, MOST_QUERIES)
            report.line(f"{name}-queries-more-than-at-2", abs(many - few), 0)
        for name, (url, person) in pages_of(*large()).items():
            browser, count = prepare(f"{name}-large", url, person)
            report.line(f"{name}-at-100x400-by-floor", ratio(f"{name}-large", url, browser, 15), LIMIT)
            report.line(f"{name}-at-100x400-queries", count, MOST_QUERIES)
    return int(report.is_short)


def published(series, team) -> str:
    """The address of a published edition with five stories of the team."""
    stories = [make_story(team, is_cleared=True, title=f"Reading the record, part {n}") for n in range(5)]
    edition = make_edition(*stories, is_published=True)
    return f"/summit/{series.slug}/{edition.number}/"


if __name__ == "__main__":
    sys.exit(main())
