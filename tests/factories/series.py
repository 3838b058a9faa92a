"""Series with a calendar."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from accounts.models import User
from accounts.permissions import Role
from series.calendar import lay_out, several_places
from series.models import (
    ActionPeriod,
    Driver,
    GuidingQuestion,
    LearningSession,
    Series,
    SeriesRole,
    SeriesStatus,
    Summit,
)
from tests.factories.accounts import make_person

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
DRIVERS = ("Policy", "Practice", "Public narrative", "Strategy")


def make_series(first_session_on: date = date(2026, 4, 6), **fields: Any) -> Series:
    """A running series of several places: three sessions, six months apart, four drivers."""
    layout = lay_out(several_places(), first_session_on)
    slug = fields.pop("slug", f"series-{uuid.uuid4().hex[:8]}")
    values = {
        "name": slug.title(),
        "slug": slug,
        "status": SeriesStatus.OPEN,
        "opens_on": layout.opens_on,
        "first_session_on": first_session_on,
        "time_zone": "America/New_York",
        "languages": ["en", "es"],
        "created_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    values.setdefault("created_by", None)
    if values["created_by"] is None:
        values["created_by"] = make_person("Olive")
    series = Series.objects.create(**values)
    GuidingQuestion.objects.create(
        series=series, text="How do young people come to sit where plans are written?"
    )
    for position, name in enumerate(DRIVERS):
        Driver.objects.create(series=series, name=name, slot=position + 1, position=position)
    for position, session in enumerate(layout.sessions):
        LearningSession.objects.create(
            series=series,
            position=position,
            starts_on=session.starts_on,
            ends_on=session.ends_on,
            place="Jackson",
        )
    for period in layout.periods:
        ActionPeriod.objects.create(
            series=series, number=period.number, starts_on=period.starts_on, ends_on=period.ends_on
        )
    Summit.objects.create(series=series, starts_on=layout.summit.starts_on, ends_on=layout.summit.ends_on)
    return series


def give_role(series: Series, role: Role, person: User | None = None, **fields: Any) -> User:
    """Make `person` (a new one) hold `role` in `series` since it opened; give the person back."""
    person = person or make_person(role.value.title())
    fields = {"starts_on": date(2020, 1, 1)} | fields
    SeriesRole.objects.create(series=series, person=person, role=role, **fields)
    return person
