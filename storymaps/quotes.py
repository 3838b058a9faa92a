"""Where the words that a note speaks of stand now: followed when the text changes, or said to be gone.

Pure. A quote is kept with a little of what stood on both sides of it, so that it is told from the same
words elsewhere and found again when it was edited lightly.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 40  # characters kept before and after
LONGEST = 300
MARKS = "*_`"  # of Markdown: not seen by who selects words on a page
ENOUGH = 0.6  # of the quoted letters must still stand there, in their order


_NO_MARKS = {ord(mark): None for mark in MARKS}


@dataclass(frozen=True)
class Quote:
    """Words with what stood before and after them."""

    words: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Place:
    """A quote found again: from `start` to `end` in the text; `is_changed` if other words stand there."""

    start: int
    end: int
    is_changed: bool = False


def tidy(words: str) -> str:
    """Words as they are seen on a page: runs of blanks are one, marks are none."""
    return " ".join(words.translate(_NO_MARKS).split())


def take(text: str, words: str) -> Quote | None:
    """`words` as a quote from `text`; None where they do not stand in it. Blanks and line ends are alike."""
    wanted = tidy(words)[:LONGEST].rstrip()
    if not wanted:
        return None
    flat, places = _flatten(text)
    at = flat.find(wanted)
    if at < 0:
        return None
    start, end = places[at], places[at + len(wanted) - 1] + 1
    return Quote(wanted, text[max(0, start - AROUND) : start], text[end : end + AROUND])


def locate(text: str, quote: Quote) -> Place | None:
    """Where `quote` stands in `text` now; None where too little of it is left."""
    flat, places = _flatten(text)
    wanted = tidy(quote.words)
    if not wanted or not flat:
        return None
    exact = list(_all(flat, wanted))
    if exact:
        at = max(exact, key=lambda start: (_fit(flat, start, start + len(wanted), quote), -start))
        return Place(places[at], places[at + len(wanted) - 1] + 1)
    found = _likeliest(flat, wanted)
    if found is None:
        return None
    start, end = found
    return Place(places[start], places[end - 1] + 1, is_changed=True)


def locate_in(texts: Iterable[str], quote: Quote) -> tuple[int, Place] | None:
    """The first of `texts` that holds `quote` word for word, else the first where it was changed."""
    changed = None
    for number, text in enumerate(texts):
        place = locate(text, quote)
        if place is not None and not place.is_changed:
            return number, place
        if place is not None and changed is None:
            changed = number, place
    return changed


def _flatten(text: str) -> tuple[str, list[int]]:
    """`text` with each run of blanks as one and without marks, and where each letter stands in `text`."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter in MARKS:
            continue
        if not letter.isspace():
            letters.append(letter)
            places.append(place)
        elif letters and letters[-1] != " ":
            letters.append(" ")
            places.append(place)
    if letters and letters[-1] == " ":
        letters.pop()
        places.pop()
    return "".join(letters), places


def _all(text: str, words: str) -> Iterable[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _fit(text: str, start: int, end: int, quote: Quote) -> int:
    """How many letters on both sides are those that stood there when the note was written."""
    before, after = tidy(quote.before), tidy(quote.after)
    left, right = text[:start].rstrip(), text[end:].lstrip()
    count = 0
    while count < min(len(before), len(left)) and before[-1 - count] == left[-1 - count]:
        count += 1
    ahead = 0
    while ahead < min(len(after), len(right)) and after[ahead] == right[ahead]:
        ahead += 1
    return count + ahead


def _likeliest(text: str, words: str) -> tuple[int, int] | None:
    """From the first to the last piece of `words` that still stands in `text`, if it is enough of them."""
    matcher = SequenceMatcher(None, text, words, autojunk=False)
    longest = matcher.find_longest_match()
    if longest.size * 4 < len(words) and longest.size < 12:
        return None
    # Around the longest piece, no further than an edit of moderate size reaches.
    slack = len(words) // 2 + 10
    low = max(0, longest.a - longest.b - slack)
    high = min(len(text), longest.a + (len(words) - longest.b) + slack)
    near = SequenceMatcher(None, text[low:high], words, autojunk=False)
    blocks = [block for block in near.get_matching_blocks() if block.size > 1]
    kept = sum(block.size for block in blocks)
    if not blocks or kept < ENOUGH * len(words):
        return None
    start, end = low + blocks[0].a, low + blocks[-1].a + blocks[-1].size
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
