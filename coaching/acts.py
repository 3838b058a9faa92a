"""A registry: what can be done with an answer to a call for help. Rooms to the right fill it at start-up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from coaching.models import HelpAnswer, HelpCall


@dataclass(frozen=True)
class Act:
    """One thing to do with an answer: its words, and where it is done."""

    words: Any
    url: str
    icon: str = "plus"


# Functions (user, call, answers) -> acts by the id of the answer: what this user may do. A constant number
# of queries, whatever the number of answers.
answer_acts: list[Callable[[Any, HelpCall, Sequence[HelpAnswer]], dict[int, list[Act]]]] = []


def acts_on(user: Any, call: HelpCall, answers: Sequence[HelpAnswer]) -> dict[int, list[Act]]:
    """What `user` may do with each of `answers`, by its id."""
    found: dict[int, list[Act]] = {answer.pk: [] for answer in answers}
    for acts in answer_acts:
        for pk, more in acts(user, call, answers).items():
            found[pk] += more
    return found
