"""The sample numbers: two measures of the first team, one that every team follows."""

from datetime import datetime

from desk.samples.living import Living
from desk.samples.rows import known_id
from measures import periods
from measures.models import Annotation, Audience, DataPoint, Frequency, How, Measure

# Students who say that an idea of theirs changed a decision: so many of so many, the newest last.
YES = (34, 31, 37, 33, 40, 52, 61, 80, 99, 113, 128)
OF_ALL = (288, 279, 301, 290, 305, 298, 310, 305, 311, 308, 312)
SEATS = {"JXN": (0, 0, 1, 1, 2, 2, 2, 4), "NYC": (2, 2, 2, 3, 3, 3, 3, 3), "MN": (1, 0, 0, 2, 2, 3, 2, 3)}


def load_numbers(living: Living, *, at: datetime) -> None:
    """Write measures and numbers up to the month before the day of loading; all of it is sample content."""
    lead = living.leads["JXN"]
    months = len(YES)
    newest = periods.step(Frequency.MONTHLY, periods.start_of(Frequency.MONTHLY, living.on), -1)
    days = [periods.step(Frequency.MONTHLY, newest, -back) for back in reversed(range(months))]
    common = {
        "series": living.series,
        "frequency": Frequency.MONTHLY,
        "starts_on": days[0],
        "visibility": Audience.SERIES,
        "defined_at": at,
        "defined_by": lead,
        "is_sample": True,
    }
    asked = Measure.objects.create(
        team=living.teams["JXN"],
        name="Students who say an idea of theirs changed a decision",
        how=How.RATIO,
        definition="Of those who answered the pulse survey that month, at three schools.",
        numerator_label="students who say yes",
        denominator_label="students who answered",
        target=50,
        submission_id=known_id("measure:asked"),
        **common,
    )
    seats = Measure.objects.create(
        name="Young people in decision roles",
        how=How.COUNT,
        unit="people",
        definition="Young people with a vote, or a seat at the table, where plans are written.",
        submission_id=known_id("measure:seats"),
        **common,
    )
    who = {"entered_by": lead, "entered_at": at, "is_sample": True}
    points = [
        DataPoint(
            measure=asked, team=living.teams["JXN"], period_on=day, numerator=yes, denominator=of_all, **who
        )
        for day, yes, of_all in zip(days, YES, OF_ALL, strict=True)
    ]
    for code, values in SEATS.items():
        points += [
            DataPoint(measure=seats, team=living.teams[code], period_on=day, value=value, **who)
            for day, value in zip(days[-len(values) :], values, strict=True)
        ]
    DataPoint.objects.bulk_create(points)
    Annotation.objects.create(
        measure=asked,
        team=living.teams["JXN"],
        on=periods.step(Frequency.MONTHLY, newest, -4),
        text="Feedback circles begin in three rooms",
        by=lead,
        at=at,
        submission_id=known_id("note:circles"),
    )
