"""Words as the index knows them: the same on both databases, and nothing in them that a query language reads.

A word is letters and digits, without accents and capitals. What people type is cut into such words before
any database sees it, so that quotes, stars and operators are no more than gaps between words.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+")
_LINE_END = re.compile(r"(?<![.!?…:;,])\n")
LONGEST = 60  # letters of a word that count
MOST_TERMS = 8  # words of a search that count
SHORTEST_BEGINNING = 4  # a word of so many letters also finds longer ones


def fold(text: str) -> list[str]:
    """The words of `text` without accents and capitals, in order."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return [word[:LONGEST] for word in WORD.findall(text.lower())]


@dataclass(frozen=True)
class Term:
    """One word asked for: any of `forms`, as a whole word or as the beginning of one."""

    forms: tuple[str, ...]
    is_beginning: bool

    def finds(self, word: str) -> bool:
        if self.is_beginning:
            return word.startswith(self.forms)
        return word in self.forms


def terms_of(typed: str) -> list[Term]:
    """What `typed` asks for: every word once, the last one perhaps not typed to its end."""
    words = list(dict.fromkeys(fold(typed)))[:MOST_TERMS]
    terms = []
    for place, word in enumerate(words):
        is_long = len(word) >= SHORTEST_BEGINNING
        is_last = place == len(words) - 1 and len(word) > 1
        has_forms = is_long or (len(word) > 2 and word[-1] in "yz")
        terms.append(Term(_forms(word) if has_forms else (word,), is_long or is_last))
    return terms


def _forms(word: str) -> tuple[str, ...]:
    """The beginnings that find a word in singular and plural, in English and in Spanish.

    circles finds circle, reuniones finds reunión, stories finds story, voz finds voces.
    """
    if word.endswith("ies"):
        return (word[:-2], f"{word[:-3]}y")
    if word.endswith("y"):
        return (word, f"{word[:-1]}ies")
    if word.endswith("ces"):
        return (word[:-1], f"{word[:-3]}z")
    if word.endswith("z"):
        return (word, f"{word[:-1]}ces")
    if word.endswith("es") and len(word) >= 7 and word[-3] in "dlnr":
        return (word[:-2],)
    if word.endswith("s") and not word.endswith("ss"):
        return (word[:-1],)
    return (word,)


# --- what a page shows ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and whether it is what was asked for."""

    text: str
    is_hit: bool = False


def hits_in(text: str, terms: Sequence[Term]) -> Iterable[tuple[int, int]]:
    """Where the words asked for stand in `text`."""
    for found in WORD.finditer(text):
        if any(term.finds(word) for word in fold(found.group()) for term in terms):
            yield found.span()


def marked(text: str, terms: Sequence[Term]) -> list[Piece]:
    """All of `text`, cut where the words asked for begin and end."""
    pieces, done = [], 0
    for start, end in hits_in(text, terms):
        if start > done:
            pieces.append(Piece(text[done:start]))
        pieces.append(Piece(text[start:end], is_hit=True))
        done = end
    if done < len(text):
        pieces.append(Piece(text[done:]))
    return pieces


def excerpt(text: str, terms: Sequence[Term], length: int = 240, before: int = 60) -> list[Piece]:
    """Some `length` letters of `text` around the first word asked for, cut between words."""
    first = next(iter(hits_in(text, terms)), (0, 0))[0]
    start = 0
    if first > before:
        start = text.find(" ", first - before, first) + 1 or first
    end = len(text)
    if end - start > length:
        end = max(text.rfind(" ", start, start + length), first + 1)
        end = end if text[:end].rstrip() else start + length
    # Lines that were fields of their own, or paragraphs, stand in one line here.
    cut = _LINE_END.sub(" · ", text[start:end].strip())
    pieces = marked(cut, terms)
    if start:
        pieces.insert(0, Piece("… "))
    if end < len(text):
        pieces.append(Piece(" …"))
    return pieces
