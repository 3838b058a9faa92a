"""Two periods side by side: what is new in the later one, and what grew out of the earlier. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from storymaps.map.picture import Card, Lane, Stretch, stretch_of

MOST_IN_CELL = 20


@dataclass(frozen=True)
class Told:
    """An entry in one of the two periods, and the entries of the other one that it leads from or to."""

    card: Card
    ties: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Row:
    """A driver in both periods; no lane is *not yet placed*. What is over the limit is counted."""

    lane: Lane | None
    before: tuple[Told, ...]
    after: tuple[Told, ...]
    more_before: int = 0
    more_after: int = 0


@dataclass(frozen=True)
class Pair:
    """The two periods; an entry of two drivers counts once."""

    earlier: Stretch
    later: Stretch
    rows: tuple[Row, ...]
    before: int
    after: int
    grew: int  # entries of the later period that grew out of the earlier
    led_on: int  # entries of the earlier period out of which something of the later grew

    @property
    def new(self) -> int:
        return self.after - self.grew


def compare(
    lanes: Sequence[Lane],
    earlier: Stretch,
    later: Stretch,
    cards: Sequence[Card],
    stretches: Sequence[Stretch],
) -> Pair:
    """Set the entries of two of the `stretches` side by side; *grew out of* may take several steps."""
    ordered = sorted(cards, key=lambda card: (card.on, card.pk))
    known = {card.pk: card for card in ordered}
    where = {card.pk: stretch_of(card.on, stretches) for card in ordered}
    before = [card for card in ordered if where[card.pk] is earlier]
    after = [card for card in ordered if where[card.pk] is later]
    old = {card.pk for card in before}
    back = {card.pk: [known[pk] for pk in sorted(roots_of(card, known) & old)] for card in after}
    ahead: dict[int, list[Card]] = {}
    for card in after:
        for root in back[card.pk]:
            ahead.setdefault(root.pk, []).append(card)
    rows = [
        _row(lane, before, after, ahead, back)
        for lane in (*lanes, None)
        if lane or any(not _lanes(card, lanes) for card in (*before, *after))
    ]
    return Pair(
        earlier=earlier,
        later=later,
        rows=tuple(rows),
        before=len(before),
        after=len(after),
        grew=sum(bool(back[card.pk]) for card in after),
        led_on=len(ahead),
    )


def roots_of(card: Card, known: dict[int, Card]) -> set[int]:
    """Every entry of the map that `card` grew out of, in one step or in several."""
    found: set[int] = set()
    ahead = list(card.grew)
    while ahead:
        pk = ahead.pop()
        if pk in known and pk not in found:
            found.add(pk)
            ahead.extend(known[pk].grew)
    return found - {card.pk}


def _lanes(card: Card, lanes: Sequence[Lane]) -> set[int]:
    return {lane.slot for lane in lanes} & set(card.slots)


def _row(
    lane: Lane | None,
    before: Sequence[Card],
    after: Sequence[Card],
    ahead: dict[int, list[Card]],
    back: dict[int, list[Card]],
) -> Row:
    def stands(card: Card) -> bool:
        return lane.slot in card.slots if lane else not card.slots

    left = [Told(card, tuple(ahead.get(card.pk, ()))) for card in before if stands(card)]
    right = [Told(card, tuple(back[card.pk])) for card in after if stands(card)]
    # What is tied to the other period comes first: it is what the reader looks for.
    left.sort(key=lambda told: not told.ties)
    right.sort(key=lambda told: not told.ties)
    return Row(
        lane,
        tuple(left[:MOST_IN_CELL]),
        tuple(right[:MOST_IN_CELL]),
        max(len(left) - MOST_IN_CELL, 0),
        max(len(right) - MOST_IN_CELL, 0),
    )
