"""What the platform puts into a report by itself."""

from datetime import UTC, date, datetime

import pytest

from reports.compose import check_ins_table
from tests.factories.progress import make_check_in, make_due
from tests.factories.teams import make_team

pytestmark = pytest.mark.django_db


def test_a_date_that_was_caught_up_with_counts_as_filed_and_late():
    team = make_team()
    missed = make_due(team, date(2026, 5, 8))
    in_time = make_due(team, date(2026, 5, 22))
    make_due(team, date(2026, 6, 5))
    make_due(team, date(2026, 6, 19), is_excused=True)
    filed = make_check_in(in_time, filed_on=date(2026, 5, 22), filed_at=datetime(2026, 5, 22, 12, tzinfo=UTC))
    missed.caught_up_by = filed
    missed.save()

    table = check_ins_table(team.series, [team], date(2026, 7, 1))

    assert table is not None
    assert table.rows[-1][1:] == ("4", "2", "1", "1", "1")  # due, filed, of these late, excused, missing
