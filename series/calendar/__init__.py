"""The calendar of a series, as pure rules over dates: laid out, checked, moved, read.

No database and no request. A page makes a `Layout` (of a form, or of the rows of a series), asks
`check` what is wrong with it, and `move_session` what a move would do. Days are plain dates of the
series' own time zone.
"""

from series.calendar.checks import Finding, Findings, check
from series.calendar.layout import (
    PRESETS,
    Layout,
    PeriodDates,
    SessionDates,
    Shape,
    ShapeKind,
    Span,
    SummitDates,
    add_days,
    add_months,
    lay_out,
    letter_of,
    one_community,
    own_shape,
    periods_between,
    several_places,
    spread_months,
)
from series.calendar.moves import Change, Mode, Move, move_session
from series.calendar.where import Day, Kind, Month, Position, State, month_grid, position_on, state_on

__all__ = [
    "PRESETS",
    "Change",
    "Day",
    "Finding",
    "Findings",
    "Kind",
    "Layout",
    "Mode",
    "Month",
    "Move",
    "PeriodDates",
    "Position",
    "SessionDates",
    "Shape",
    "ShapeKind",
    "Span",
    "State",
    "SummitDates",
    "add_days",
    "add_months",
    "check",
    "lay_out",
    "letter_of",
    "month_grid",
    "move_session",
    "one_community",
    "own_shape",
    "periods_between",
    "position_on",
    "several_places",
    "spread_months",
    "state_on",
]
