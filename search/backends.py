"""The one interface to the two full-text engines."""

from collections.abc import Collection, Sequence
from typing import Protocol

from django.db import connection

from search import postgres, sqlite
from search.asks import Ask, Entry


class Engine(Protocol):
    """A full-text engine."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Keep the words of rows, instead of what was kept of them."""

    def remove(self, row_ids: Collection[int]) -> None:
        """Forget rows that are about to go."""

    def unwritten(self, most: int) -> list[int]:
        """Rows of whose words nothing is kept: loaded from a dump, say."""

    def find(self, ask: Ask) -> list[int]:
        """Ids of rows, the best or the newest first."""


def engine() -> Engine:
    """The engine of the database that is in use."""
    return postgres if connection.vendor == "postgresql" else sqlite  # type: ignore[return-value]
