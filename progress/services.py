"""What a team can do in an Action Period."""

from progress.due import Rhythm
from series.models import RhythmKind, Series


def rhythm_of(series: Series) -> Rhythm:
    """How often teams of `series` check in."""
    if series.rhythm == RhythmKind.MONTHLY:
        return Rhythm.monthly(series.rhythm_month_day)
    return Rhythm.weekly(series.rhythm_weekday, series.rhythm_weeks)
