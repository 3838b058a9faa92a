"""The layout of the story map: lanes are drivers, time runs along the periods, sessions are the banks.

Pure: what stands where, from plain values. How it looks is markup, where it comes from data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

from core.drawings import FlowKind, KnotKind, water
from storymaps.map.fold import CROWDED, MOST_ALONE, MOST_CARDS, MOST_IN_CELL, share

State = Literal["past", "now", "to"]
MOST_NOTES = 3  # in a row of the margin


@dataclass(frozen=True)
class Lane:
    """A driver and how many entries it holds: done, not intended; one of two drivers counts in both."""

    slot: int
    name: str
    pk: int = 0
    entries: int = 0


@dataclass(frozen=True)
class Source:
    """A story of another team that an entry grew out of."""

    title: str
    url: str
    team: str
    slug: str
    code: str
    language: str = ""


@dataclass(frozen=True)
class Card:
    """One entry, as the map shows it. `slots` are its lanes; none is *not yet placed*."""

    pk: int
    title: str
    url: str
    on: date
    slots: tuple[int, ...] = ()
    strand: str = ""
    sources: int = 0  # pieces of evidence
    is_intended: bool = False
    language: str = ""
    grew: tuple[int, ...] = ()  # entries of this map that it grew out of
    grew_title: str = ""
    grew_url: str = ""  # where the first step back leads, empty if there is none
    elsewhere: tuple[Source, ...] = ()  # stories of other teams that it grew out of
    unseen: int = 0  # how many more it grew out of that the reader may not see
    note: "Note | None" = None

    @property
    def level(self) -> int:
        """How firm the evidence is: 0 none yet, 1 one source, 2 several."""
        return min(self.sources, 2)


@dataclass(frozen=True)
class Note:
    """A note in the margin that stands for those on its entry: the newest open one, else the newest."""

    pk: int
    letter: str
    words: str
    by: str
    role: Any
    on: date
    is_settled: bool
    replies: int
    url: str
    entry: int
    language: str = ""


@dataclass(frozen=True)
class Bank:
    """A Learning Session, or the Summit (`letter` is empty): where the drivers meet."""

    letter: str
    name: str
    starts_on: date
    ends_on: date
    place: str = ""
    url: str = ""


@dataclass(frozen=True)
class Stretch:
    """An Action Period, or the time before Session A."""

    key: str
    name: str
    starts_on: date
    ends_on: date
    detail: str = ""  # for the one of today: "week 3 of 26"


@dataclass(frozen=True)
class Cell:
    """A driver in a stretch: its cards in the order of their days, and how much water stands there.

    `shown` are drawn in the open, `behind` once "4 more" is opened; `hidden` are counted.
    """

    lane: Lane
    cards: tuple[Card, ...]
    level: int
    is_plan: bool
    shown: tuple[Card, ...] = ()
    behind: tuple[Card, ...] = ()

    @property
    def hidden(self) -> int:
        return len(self.cards) - len(self.shown) - len(self.behind)


@dataclass(frozen=True)
class Look:
    """What the reader asked of the picture."""

    only: str = ""  # the key of the one stretch that is shown
    slot: int = 0  # the one lane that is shown
    entry: int = 0  # an entry that must be drawn, and its stretch opened
    is_dots: bool = False


@dataclass(frozen=True)
class Column:
    """One column of the map: a bank with its knot, or a stretch with a cell for each lane."""

    what: Bank | Stretch
    state: State
    flow: FlowKind
    knot: KnotKind = "mid"
    cells: tuple[Cell, ...] = ()
    is_dots: bool = False
    is_focus: bool = False


@dataclass(frozen=True)
class Picture:
    """The whole map. `margin` has the notes of each lane, `hidden_notes` how many more it has."""

    lanes: tuple[Lane, ...]
    columns: tuple[Column, ...]
    unplaced: tuple[Card, ...] = ()
    total: int = 0
    margin: tuple[tuple[Note, ...], ...] = ()
    hidden_notes: tuple[int, ...] = ()
    classes: str = field(default="")


def lay_out(
    lanes: Sequence[Lane],
    banks: Sequence[Bank],
    stretches: Sequence[Stretch],
    cards: Iterable[Card],
    on: date,
    look: Look | None = None,
) -> Picture:
    """Put every card into its cells, and say how each column is drawn on the day `on`.

    `banks` and `stretches` are in the order of time; a stretch may stand before the first bank. What
    happened at a session stands in the period after it, what came after the last day in the last one.
    The picture folds by itself: see fold.
    """
    look = look or Look()
    ordered = sorted(cards, key=lambda card: (card.on, card.pk))
    known = {lane.slot for lane in lanes}
    unplaced = tuple(card for card in ordered if not known.intersection(card.slots))
    lanes = [lane for lane in lanes if look.slot in (0, lane.slot)]
    drawn = {lane.slot for lane in lanes}
    placed: dict[tuple[str, int], list[Card]] = {}
    counts: dict[int, int] = {}
    for card in ordered:
        stretch = stretch_of(card.on, stretches)
        for slot in drawn.intersection(card.slots):
            counts[slot] = counts.get(slot, 0) + (not card.is_intended)
            if stretch:
                placed.setdefault((stretch.key, slot), []).append(card)
    counted = tuple(replace(lane, entries=counts.get(lane.slot, 0)) for lane in lanes)
    focus = _focus(stretches, ordered, on, look)
    columns = _fold(_columns(counted, banks, stretches, placed, on, focus, look), look)
    margin = [_notes_of(lane, counted, ordered) for lane in counted]
    return Picture(
        lanes=counted,
        columns=columns,
        unplaced=unplaced,
        total=len(ordered),
        margin=tuple(notes[-MOST_NOTES:] for notes in margin),
        hidden_notes=tuple(max(len(notes) - MOST_NOTES, 0) for notes in margin),
        classes=_classes(counted, columns, look),
    )


def stretch_of(day: date, stretches: Sequence[Stretch]) -> Stretch | None:
    """The stretch in which `day` is drawn: the first that has not ended, else the last."""
    return next((s for s in stretches if day <= s.ends_on), stretches[-1] if stretches else None)


def _notes_of(lane: Lane, lanes: Sequence[Lane], cards: Sequence[Card]) -> tuple[Note, ...]:
    """The notes that stand beside `lane`: those of entries whose first lane it is. Settled ones give way."""
    order = [each.slot for each in lanes]
    notes = []
    for card in cards:
        mine = [slot for slot in order if slot in card.slots]
        if card.note and mine and mine[0] == lane.slot:
            notes.append(card.note)
    notes.sort(key=lambda note: (not note.is_settled, note.on, note.pk))
    shown = notes[-MOST_NOTES:]
    hidden = notes[: len(notes) - len(shown)]
    return (*hidden, *sorted(shown, key=lambda note: (note.on, note.pk)))


def _columns(
    lanes: Sequence[Lane],
    banks: Sequence[Bank],
    stretches: Sequence[Stretch],
    placed: dict[tuple[str, int], list[Card]],
    on: date,
    focus: Stretch | None,
    look: Look,
) -> list[Column]:
    things: list[Bank | Stretch] = sorted([*banks, *stretches], key=lambda thing: thing.starts_on)
    many = len(stretches) != 3 or len(things) != 7
    columns = []
    for place, thing in enumerate(things):
        state = state_on(thing, on)
        is_first, is_last = place == 0, place == len(things) - 1
        if isinstance(thing, Bank):
            flow: FlowKind = "start" if is_first else "end" if is_last else "mid"
            knot: KnotKind = "start" if is_first else "end" if is_last else "mid"
            columns.append(Column(thing, state, flow, knot=knot))
            continue
        cells = tuple(_cell(lane, placed.get((thing.key, lane.slot), ()), state) for lane in lanes)
        is_focus = thing is focus
        crowded = any(len(cell.cards) > CROWDED for cell in cells)
        dots = look.is_dots or (not is_focus and state == "past" and (many or crowded))
        columns.append(Column(thing, state, "run", cells=cells, is_dots=dots, is_focus=is_focus))
    if not look.only:
        return columns
    places = [i for i, column in enumerate(columns) if column.is_focus]
    return [column for i, column in enumerate(columns) if any(abs(i - place) < 2 for place in places)]


def _focus(stretches: Sequence[Stretch], cards: Sequence[Card], on: date, look: Look) -> Stretch | None:
    """The stretch in which cards are read: the one asked for, else that of today, the next, the last."""
    if look.only:
        return next((stretch for stretch in stretches if stretch.key == look.only), None)
    asked = next((card.on for card in cards if card.pk == look.entry), on)
    return stretch_of(asked, stretches)


def _fold(columns: Sequence[Column], look: Look) -> tuple[Column, ...]:
    """Say of each cell what is drawn in the open, what behind "more", and leave the rest to the list."""
    focus = next((i for i, column in enumerate(columns) if column.is_focus), 0)
    where = [(i, k) for i, column in enumerate(columns) for k in range(len(column.cells))]
    given = share(
        [len(columns[i].cells[k].cards) for i, k in where],
        [abs(i - focus) for i, _k in where],
        each=MOST_ALONE if look.only else MOST_IN_CELL,
    )
    cells: dict[int, list[Cell]] = {}
    for (i, k), count in zip(where, given, strict=True):
        in_the_open = count if columns[i].is_dots or look.only else MOST_CARDS
        cells.setdefault(i, []).append(_folded(columns[i].cells[k], count, in_the_open, look.entry))
    return tuple(replace(column, cells=tuple(cells.get(i, ()))) for i, column in enumerate(columns))


def _folded(cell: Cell, count: int, in_the_open: int, asked: int) -> Cell:
    """Draw the last `count` of a cell, the last of them in the open; an entry asked for is among these.

    What happened goes before what is intended.
    """
    ranked = sorted(cell.cards, key=lambda card: (not card.is_intended, card.on, card.pk))
    drawn = ranked[len(ranked) - count :]
    shown = drawn[max(len(drawn) - in_the_open, 0) :]
    wanted = next((card for card in cell.cards if card.pk == asked), None)
    if wanted and wanted not in shown:
        shown = [wanted, *shown[1:]]
    behind = [card for card in drawn if card not in shown]
    return replace(cell, shown=_by_day(shown), behind=_by_day(behind))


def _by_day(cards: Sequence[Card]) -> tuple[Card, ...]:
    return tuple(sorted(cards, key=lambda card: (card.on, card.pk)))


def state_on(thing: Bank | Stretch, on: date) -> State:
    """Whether it has ended, is under way, or is to come on the day `on`."""
    return "to" if thing.starts_on > on else "past" if thing.ends_on < on else "now"


def _cell(lane: Lane, cards: Sequence[Card], state: State) -> Cell:
    done = sum(not card.is_intended for card in cards)
    is_plan = bool(cards) and done == 0
    return Cell(lane, tuple(cards), water(done or len(cards)), is_plan or (state == "to" and bool(cards)))


def _classes(lanes: Sequence[Lane], columns: Sequence[Column], look: Look) -> str:
    """The classes of the map: three periods between banks fit a desk, all else scrolls."""
    classes = [f"map--d{len(lanes)}"]
    periods = [column for column in columns if isinstance(column.what, Stretch)]
    if len(periods) == 3 and len(columns) == 7 and isinstance(columns[0].what, Bank):
        begun = sum(column.state != "to" for column in periods)
        classes += ["map--s3", f"map--n{max(begun, 1)}"]
    else:
        classes.append("map--auto")
    if look.only:
        classes.append("map--one")
    if look.is_dots:
        classes.append("map--dots")
    return " ".join(classes)


def bounds_of(key: str, stretches: Sequence[Stretch]) -> tuple[date, date] | None:
    """The first and the last day of what is drawn in the stretch `key`; None where there is none."""
    first = date.min
    for stretch, after in pairwise([*stretches, None]):
        if stretch and stretch.key == key:
            return first, stretch.ends_on if after else date.max
        first = stretch.ends_on + timedelta(days=1) if stretch else first
    return None
