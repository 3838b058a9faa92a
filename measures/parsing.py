"""Reading numbers as people write them, and rows as they copy them from a spreadsheet. Pure.

A blank is nothing, never zero.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from measures.periods import name_of, start_of

SPACES = re.compile(r"[\s\u00a0\u202f'’]")
GROUPED = re.compile(r"[+-]?\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*")
PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
DAY = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?|(\d{1,2})[/.](\d{1,2})[/.](\d{4})|(\d{1,2})[/.](\d{4})")
MOST_DIGITS = 12


class NotANumber(ValueError):
    """What was typed is no number."""


@dataclass(frozen=True)
class Typed:
    """A number as it was typed: a value, or so many of so many."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


def read_number(text: str, language: str) -> Decimal | None:
    """`text` as a number; None for a blank. "1.234,5", "40,8", "1,234" and "41 %" are read as meant.

    Where a lone mark could be either (1,234), it groups thousands if the language writes it so: the comma
    in English, the point in Spanish. Raises NotANumber.
    """
    bare = SPACES.sub("", text).removesuffix("%").replace("\u2212", "-")
    if not bare:
        return None
    decimal = "," if language.startswith("es") else "."
    if "," in bare and "." in bare:
        decimal = max(",.", key=bare.rfind)
        bare = bare.replace({",": ".", ".": ","}[decimal], "")
    elif (grouped := GROUPED.fullmatch(bare)) and grouped["mark"] != decimal:
        bare = bare.replace(grouped["mark"], "")
    bare = bare.replace(",", ".")
    if not PLAIN.fullmatch(bare):
        raise NotANumber(text)
    try:
        number = Decimal(bare)
    except InvalidOperation as error:
        raise NotANumber(text) from error
    if number.adjusted() >= MOST_DIGITS:
        raise NotANumber(text)
    return number.quantize(Decimal("0.0001")).normalize() + Decimal(0)


def read_typed(text: str, language: str) -> Typed | None:
    """A cell: "41", "41 %", or "31/76" for so many of so many; None for a blank. Raises NotANumber."""
    numerator, slash, denominator = text.partition("/")
    if not slash:
        value = read_number(text, language)
        return None if value is None else Typed(value=value)
    above, below = read_number(numerator, language), read_number(denominator, language)
    if above is None or below is None or below <= 0:
        raise NotANumber(text)
    return Typed(numerator=above, denominator=below)


def read_day(text: str, language: str, frequency: str, periods: Sequence[date] = ()) -> date | None:
    """The period that a cell of a spreadsheet names: 2026-10-31, 31/10/2026, 10/2026, October 2026.

    Day or month first as the language writes them, unless only one of the two can be meant. Words are
    those by which the page names `periods`. None if it names no period.
    """
    bare = text.strip()
    if found := DAY.fullmatch(bare):
        year, month, day, one, two, late_year, lone_month, lone_year = found.groups()
        if one:
            first, second = int(one), int(two)
            day_first = language.startswith("es") or first > 12
            numbers = (
                (int(late_year), second, first)
                if day_first and second <= 12
                else (int(late_year), first, second)
            )
        elif lone_month:
            numbers = (int(lone_year), int(lone_month), 1)
        else:
            numbers = (int(year), int(month), int(day or 1))
        try:
            return start_of(frequency, date(*numbers))
        except ValueError:
            return None
    return next(
        (period for period in periods if name_of(frequency, period).casefold() == bare.casefold()), None
    )


@dataclass(frozen=True)
class Pasted:
    """Cells of a paste: (row of the grid, period) and their text; and lines that named no period."""

    cells: dict[tuple[int, date], str]
    unread: tuple[str, ...] = ()


def read_paste(
    text: str, *, names: Sequence[str], language: str, frequency: str, periods: Sequence[date]
) -> Pasted:
    """What rows and columns copied from a spreadsheet say of the grid's measures.

    Either each line begins with a period and the numbers follow in the grid's order of measures (a first
    line may name them), or the first line names periods and each further line a measure.
    """
    rows = [line.split("\t") for line in text.splitlines() if line.strip()]
    if not rows:
        return Pasted({})
    places = {name.casefold(): place for place, name in enumerate(names)}

    def day(cell: str) -> date | None:
        return read_day(cell, language, frequency, periods)

    head = [day(cell) for cell in rows[0][1:]]
    if any(head) and day(rows[0][0]) is None:
        return _by_measure(rows, head, places)
    columns = list(range(len(rows[0]) - 1))
    if day(rows[0][0]) is None:
        columns = [places.get(cell.strip().casefold(), -1) for cell in rows.pop(0)[1:]]
    cells: dict[tuple[int, date], str] = {}
    unread = []
    for row in rows:
        period = day(row[0])
        if period is None:
            unread.append(row[0].strip())
            continue
        for place, cell in zip(columns, row[1:], strict=False):
            if 0 <= place < len(names) and cell.strip():
                cells[place, period] = cell.strip()
    return Pasted(cells, tuple(unread))


def _by_measure(rows: list[list[str]], head: list[date | None], places: dict[str, int]) -> Pasted:
    cells: dict[tuple[int, date], str] = {}
    unread = []
    for row in rows[1:]:
        place = places.get(row[0].strip().casefold())
        if place is None:
            unread.append(row[0].strip())
            continue
        for period, cell in zip(head, row[1:], strict=False):
            if period is not None and cell.strip():
                cells[place, period] = cell.strip()
    return Pasted(cells, tuple(unread))
