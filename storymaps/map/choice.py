"""What a reader asks of the map by its address: which view, and which entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.text import slugify

from series.models import Driver
from storymaps.models import Result, StoryEntry, Strand

CARDS, DOTS, LIST = "cards", "dots", "list"
UNPLACED = "none"  # as a driver: entries that stand in no lane yet
MOST_WORDS = 6
BEFORE = "before"


@dataclass(frozen=True)
class Choice:
    """A view, and the filters that narrow it. What the address says and nobody knows is left out."""

    view: str = CARDS
    strand: str = ""
    driver: str = ""  # the slug of a driver, or UNPLACED
    slot: int = 0
    result: str = ""
    period: str = ""  # the number of an Action Period, or BEFORE
    words: str = ""
    entry: int = 0
    compare: tuple[int, int] | None = None
    has_notes: bool = True

    @property
    def is_narrowed(self) -> bool:
        return bool(self.strand or self.driver or self.result or self.period or self.words)

    @property
    def stretch(self) -> str:
        """The key of the stretch asked for."""
        return f"p{self.period}" if self.period.isdigit() else self.period

    @property
    def filters(self) -> dict[str, str]:
        asked = {
            "strand": self.strand,
            "driver": self.driver,
            "result": self.result,
            "period": self.period,
            "q": self.words,
        }
        return {name: value for name, value in asked.items() if value}

    def address(self, **change: str) -> str:
        """The query string of this choice with some of it changed; an empty value takes a filter away."""
        values = {"view": "" if self.view == CARDS else self.view} | self.filters | change
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def narrow(self, entries: QuerySet[StoryEntry]) -> QuerySet[StoryEntry]:
        """The entries asked for, but for the period: that one needs the calendar."""
        if self.strand:
            entries = entries.filter(strand=self.strand)
        if self.result:
            entries = entries.filter(result=self.result)
        if self.driver == UNPLACED:
            entries = entries.filter(drivers=None)
        elif self.slot:
            entries = entries.filter(drivers__slot=self.slot)
        for word in self.words.split()[:MOST_WORDS]:
            said = Q(title__icontains=word) | Q(text__icontains=word) | Q(why_it_matters__icontains=word)
            entries = entries.filter(said | Q(place__icontains=word) | Q(who__icontains=word))
        return entries


def slug_of(driver: Driver) -> str:
    """A driver in an address: its name, or its number where the name has no Latin letter."""
    return slugify(driver.name) or f"driver-{driver.slot}"


def read_choice(given: QueryDict, drivers: Sequence[Driver]) -> Choice:
    """What an address asks."""
    slots = {slug_of(driver): driver.slot for driver in drivers}
    driver = given.get("driver", "")
    period = given.get("period", "")
    return Choice(
        view=known(given.get("view", ""), (DOTS, LIST)) or CARDS,
        strand=known(given.get("strand", ""), Strand.values),
        driver=known(driver, (*slots, UNPLACED)),
        slot=slots.get(driver, 0),
        result=known(given.get("result", ""), Result.values),
        period=str(number(period)) if number(period) else known(period, (BEFORE,)),
        words=" ".join(given.get("q", "").split())[:100],
        entry=number(given.get("entry", "")),
        compare=pair_of(given.getlist("compare")),
        has_notes="filtered" not in given or "notes" in given,
    )


def known(value: str, values: Any) -> str:
    return value if value in values else ""


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def pair_of(given: Sequence[str]) -> tuple[int, int] | None:
    """Two different periods, the earlier first, from `1,2` or from two selects."""
    numbers = {number(part) for part in ",".join(given).split(",")} - {0}
    first, last = (min(numbers), max(numbers)) if numbers else (0, 0)
    return (first, last) if len(numbers) == 2 else None
