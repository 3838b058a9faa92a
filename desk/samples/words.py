"""Field notes for sample stories: each note can be told twice, by two teams, in three lengths.

What the second team tells has a middle and an end of its own, so that no story says in one sentence what it
takes back in the next, and no two teams use the same words.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from desk.samples import read

ONE_LINE, SHORT, WHOLE = range(3)


@dataclass(frozen=True)
class Telling:
    """One way in which a note is told. `number` is that of its note, `turn` 0 for who tells it first."""

    number: int
    turn: int
    language: str
    note: dict[str, Any]
    own: dict[str, Any]

    @property
    def follows(self) -> bool:
        """Whether it goes on where the first telling stopped: the same team's."""
        return bool(self.own.get("follows"))

    @property
    def after(self) -> int | None:
        """The number of the note that it grew out of."""
        found: int | None = self.note.get("after")
        return found

    @property
    def result(self) -> str:
        return str(self.own["result"])

    @property
    def plan(self) -> str:
        return str(self.note["plan"])

    def text(self, length: int) -> str:
        """The story in one line, in short, or whole."""
        parts, body = [self.own["open"]], self.note["body"]
        if "middle" in self.own:
            body = [self.own["middle"]]
        if length == SHORT:
            parts += [body[0], self.own["end"]]
        elif length == WHOLE:
            parts += [*body, self.own["end"]]
        return "\n\n".join(part.format_map(self._slots) for part in parts)

    @cached_property
    def _slots(self) -> dict[str, str]:
        return {name: value for name, value in self.own.items() if isinstance(value, str)}


def tellings(language: str) -> list[Telling]:
    """Every telling of that language: all first ones, in the order of the file, then the second ones."""
    notes = read(f"notes-{language}")
    found = [
        Telling(number, turn, language, note, own)
        for number, note in enumerate(notes)
        for turn, own in enumerate(note["tellings"])
    ]
    return sorted(found, key=lambda telling: (telling.turn, telling.number))


class Supply:
    """Deals out tellings in order of time: a note is told a second time by another team.

    A telling that follows on the first goes to the team that told the first.
    """

    def __init__(self, rows: Iterable[Telling]) -> None:
        self._left = deque(rows)
        self._told_by: dict[int, str] = {}

    def next_for(self, team: str) -> Telling:
        """The next telling for `team`."""
        found = next((row for row in self._left if self._fits(row, team)), self._left[0])
        self._left.remove(found)
        if found.turn == 0:
            self._told_by[found.number] = team
        return found

    def _fits(self, row: Telling, team: str) -> bool:
        if row.turn == 0:
            return True
        first = self._told_by.get(row.number)
        return first is not None and (first == team) == row.follows
