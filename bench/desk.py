"""A coach's inbox over 14 teams and 600 entries, and the grid of 160 teams by 24 dates, by their floors."""

import sys
import uuid
from datetime import timedelta

from _floor import LIMIT, Report, database, install, prepare, ratio

install()

from _many import annotate, tell

from accounts.permissions import Role
from core import clock
from progress.models import CheckIn, DueDate
from storymaps.models import StoryEntry
from tests.factories.measures import make_measure, make_points
from tests.factories.series import give_role, make_series
from tests.factories.teams import coach, join, make_team

COACHED, ENTRIES = 14, 600
TEAMS, DATES = 160, 24
MOST_QUERIES = 30


def inbox():
    """A coach of 14 teams with 600 stories, none of them read; the address of the inbox."""
    today = clock.today("UTC")
    series = make_series(today - timedelta(days=70), slug="bench-inbox")
    helper = None
    for number in range(COACHED):
        team = make_team(series, name=f"Team {number}", slug=f"team-{number}")
        helper = coach(team, helper)
        lead = join(team, Role.LEAD)
        rows = tell(team, lead, ENTRIES // COACHED + 1, today, seed=number)
        annotate(rows, lead, helper)
        DueDate.objects.create(
            team=team, period=series.periods.first(), due_on=today - timedelta(days=number % 5)
        )
    return "/coaching/", helper


def grid():
    """A facilitator of 160 teams that owed 24 check-ins each; the address of the grid."""
    today = clock.today("UTC")
    series = make_series(today - timedelta(days=170), slug="bench-grid")
    period, facilitator = series.periods.first(), give_role(series, Role.FACILITATOR)
    measure = make_measure(series=series)
    for number in range(TEAMS):
        team = make_team(series, name=f"Team {number:03}", slug=f"team-{number:03}")
        lead, _helper = join(team, Role.LEAD), coach(team)
        dues = DueDate.objects.bulk_create(
            DueDate(team=team, period=period, due_on=period.starts_on + timedelta(days=6 * n))
            for n in range(DATES)
        )
        CheckIn.objects.bulk_create(
            CheckIn(
                due=due,
                going="steady",
                filed_by=lead,
                filed_at=clock.now(),
                filed_on=due.due_on + timedelta(days=place % 3),
                submission_id=uuid.uuid4(),
            )
            for place, due in enumerate(dues)
            if (place + number) % 5 and due.due_on < today
        )
        StoryEntry.objects.bulk_create(
            StoryEntry(
                team=team,
                author=lead,
                text="It moved.",
                began_on=today,
                logged_at=clock.now() - timedelta(days=9 * n),
                submission_id=uuid.uuid4(),
            )
            for n in range(4)
        )
        make_points(measure, range(12), team=team)
    return f"/series/{series.slug}/teams/", facilitator


def main() -> int:
    report = Report()
    with database():
        for name, (url, person) in {"inbox": inbox(), "grid": grid()}.items():
            browser, count = prepare(name, url, person)
            report.line(f"{name}-by-floor", ratio(name, url, browser, 15), LIMIT)
            report.line(f"{name}-queries", count, MOST_QUERIES)
    return int(report.is_short)


if __name__ == "__main__":
    sys.exit(main())
