"""The grid of numbers: measures down, periods across; what was typed is kept until it can be saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from measures import periods, words
from measures.forms import NOT_A_NUMBER
from measures.models import DataPoint, Frequency, Measure
from measures.parsing import NotANumber, read_paste, read_typed
from measures.services import Entry, refuse_impossible

PERIODS = 6


@dataclass
class Cell:
    """One number: its name in the form, what stands in the box, what stood there when the page was made."""

    name: str
    label: str
    text: str
    was: str
    measure: Measure
    period_on: date
    error: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether a person typed something new; an emptied box erases nothing."""
        return bool(self.text.strip()) and self.text.strip() != self.was

    def read(self) -> Entry | None:
        """The number to enter, if there is one; sets `error` where it cannot be read."""
        if not self.is_changed:
            return None
        try:
            typed = read_typed(self.text, get_language() or "en")
            if typed is None:
                return None
            if typed.value is None and self.measure.how != "ratio":
                raise NotANumber(self.text)
            refuse_impossible(self.measure, typed)
        except NotANumber:
            self.error = str(NOT_A_NUMBER)
        except ValidationError as error:
            self.error = error.messages[0]
        else:
            return Entry(self.measure, self.period_on, typed)
        return None


@dataclass
class Table:
    """The measures of one rhythm, with the periods that it shows, oldest first."""

    frequency: str
    word: Any
    heads: Sequence[tuple[date, str]]
    rows: Sequence[tuple[Measure, Sequence[Cell]]]
    unread: Sequence[str] = field(default_factory=tuple)

    @property
    def cells(self) -> list[Cell]:
        return [cell for _measure, cells in self.rows for cell in cells]


def text_of(point: DataPoint | None) -> str:
    """A number as one would type it."""
    if point is None:
        return ""
    if point.value is not None:
        return words.number(point.value, places=4)
    assert point.numerator is not None
    assert point.denominator is not None
    return f"{words.number(point.numerator, places=4)}/{words.number(point.denominator, places=4)}"


def grid_of(
    measures: Sequence[Measure],
    points: Sequence[DataPoint],
    today: date,
    *,
    posted: Mapping[str, str] | None = None,
    back: int = 0,
) -> list[Table]:
    """A table for each rhythm in use. `back` turns the pages to earlier periods."""
    standing = {(point.measure_id, point.period_on): point for point in points}
    tables = []
    for frequency in Frequency:
        followed = [measure for measure in measures if measure.frequency == frequency]
        if not followed:
            continue
        last = periods.step(frequency, periods.start_of(frequency, today), -PERIODS * back)
        days = [periods.step(frequency, last, number - PERIODS + 1) for number in range(PERIODS)]
        heads = [(day, periods.name_of(frequency, day)) for day in days]
        rows = [
            (measure, [_cell(measure, day, name, standing, posted) for day, name in heads])
            for measure in followed
        ]
        tables.append(Table(frequency, frequency.label, heads, rows))
    return tables


def _cell(
    measure: Measure,
    day: date,
    period: str,
    standing: Mapping[tuple[int, date], DataPoint],
    posted: Mapping[str, str] | None,
) -> Cell:
    name = f"c-{measure.pk}-{day.isoformat()}"
    now = text_of(standing.get((measure.pk, day)))
    text, was = now, now
    if posted is not None:
        text, was = posted.get(name, now), posted.get(f"was-{name}", now)
    return Cell(name, f"{measure.name}, {period}", text, was, measure, day)


def fill(tables: Sequence[Table], posted: Mapping[str, str]) -> None:
    """Put what was pasted into the boxes, for a look before it is saved."""
    for table in tables:
        found = read_paste(
            posted.get(f"paste-{table.frequency}", ""),
            names=[measure.name for measure, _cells in table.rows],
            language=get_language() or "en",
            frequency=table.frequency,
            periods=[day for day, _name in table.heads],
        )
        boxes = {(place, cell.period_on): cell for place, (_m, row) in enumerate(table.rows) for cell in row}
        missed = []
        for (place, day), text in found.cells.items():
            if (place, day) in boxes:
                boxes[place, day].text = text
            else:
                missed.append(periods.name_of(table.frequency, day))
        table.unread = [*found.unread, *dict.fromkeys(missed)]


def entries_of(tables: Sequence[Table]) -> tuple[list[Entry], bool]:
    """All numbers to enter, and whether every box could be read."""
    cells = [cell for table in tables for cell in table.cells]
    entries = [entry for cell in cells if (entry := cell.read()) is not None]
    return entries, not any(cell.error for cell in cells)
