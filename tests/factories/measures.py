"""Measures and their numbers."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from measures import periods
from measures.models import DataPoint, Measure
from series.models import Series
from teams.models import Team
from tests.factories.accounts import make_person

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def make_measure(team: Team | None = None, series: Series | None = None, **fields: Any) -> Measure:
    """A count, every month; of `team`, or of the whole `series`."""
    values = {
        "name": "Young people in decision roles",
        "starts_on": date(2026, 1, 1),
        "defined_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    owner = series if series is not None else team.series if team else None
    values.setdefault("defined_by", None)
    if values["defined_by"] is None:
        values["defined_by"] = make_person("Devon")
    return Measure.objects.create(series=owner, team=team, **values)


def make_points(
    measure: Measure,
    values: Sequence[float | None],
    *,
    team: Team | None = None,
    first: date = date(2025, 1, 1),
    **fields: Any,
) -> list[DataPoint]:
    """A number a period from `first` on; None leaves a gap."""
    by = fields.pop("entered_by", None) or measure.defined_by
    start = periods.start_of(measure.frequency, first)
    return DataPoint.objects.bulk_create(
        [
            DataPoint(
                measure=measure,
                team=team or measure.team,
                period_on=periods.step(measure.frequency, start, place),
                value=value,
                entered_by=by,
                entered_at=AT,
                **fields,
            )
            for place, value in enumerate(values)
            if value is not None
        ]
    )
