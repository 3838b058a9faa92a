"""How a map folds so that it never clutters: what is drawn of each cell, what is a number. Pure."""

from collections.abc import Sequence

MOST_DRAWN = 150  # entries on one map; an entry of two drivers is drawn twice
MOST_CARDS = 3  # of a cell in the open; some more stand behind "4 more"
MOST_IN_CELL = 12  # of a cell at all; the rest is a number that leads to the list
MOST_ALONE = 40  # of a cell where only one period is shown
CROWDED = 2 * MOST_CARDS  # a past period with a fuller cell shrinks to dots


def share(counts: Sequence[int], ranks: Sequence[int], *, each: int = MOST_IN_CELL) -> list[int]:
    """How many entries of each cell are drawn, `MOST_DRAWN` together and `each` in a cell.

    `counts` says how many a cell holds, `ranks` how far it is from the period that is read (0). The cells
    of that period are served their open cards first; then all are filled evenly, the nearest first.
    """
    order = sorted(range(len(counts)), key=lambda i: (ranks[i], i))
    given = [0] * len(counts)
    left = MOST_DRAWN
    for i in order:
        if ranks[i] == 0:
            given[i] = min(counts[i], MOST_CARDS, left)
            left -= given[i]
    for level in range(1, each + 1):
        for i in order:
            if left and given[i] < min(counts[i], level):
                given[i] += 1
                left -= 1
    return given
