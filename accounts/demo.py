"""Whom the sign-in page of a demonstration offers to be: rooms to the right say."""

from collections.abc import Callable

_offers: list[Callable[[], list[dict[str, str]]]] = []


def offer(people_of: Callable[[], list[dict[str, str]]]) -> None:
    """Let `people_of()` name people as dicts of name, role (in the reader's language) and email."""
    if people_of not in _offers:
        _offers.append(people_of)


def people() -> list[dict[str, str]]:
    """Everybody who is offered."""
    return [person for people_of in _offers for person in people_of()]
