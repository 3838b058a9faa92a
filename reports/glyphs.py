"""Signs that no font of ours can draw: Typst refuses a tagged PDF that holds one.

They are found before Typst is asked, with the table of ranges that `tools/report_fonts.py` read from the
fonts, so that running the product needs no library for fonts.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

BOX = "□"
MOST_NAMED = 40

_SHADES_OF_AN_EMOJI = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_JOINED_BOXES = re.compile(f"{BOX}(?:[\u200c\u200d\u20e3]+{BOX}?)+")


@cache
def fonts() -> tuple[frozenset[str], ...]:
    """What each of our fonts can draw, without twins."""
    table = json.loads((Path(__file__).parent / "fonts" / "coverage.json").read_text())
    return tuple(
        {
            frozenset(chr(point) for first, last in ranges for point in range(first, last + 1))
            for ranges in table.values()
        }
    )


@cache
def drawable() -> frozenset[str]:
    """What some font of ours can draw."""
    return frozenset().union(*fonts())


@cache
def _accented() -> re.Pattern[str]:
    """A sign with accents; typed apart, since NFC joins those that Unicode has as one."""
    accents = "".join(sorted(sign for sign in drawable() if unicodedata.category(sign)[0] == "M"))
    return re.compile(f"[^{accents}][{accents}]+")


def replace_unprintable(data: Any, *, keep_accents: bool = True) -> tuple[Any, list[str]]:
    """`data` (JSON values) with □ for each sign that no font has, and these signs by code and name.

    An accent goes where no font has it together with its letter; without `keep_accents` each one that
    stands apart, and each invisible sign. The most frequent signs are named first, `MOST_NAMED` at most;
    one more item, an empty text, says that there were others.
    """
    counts: Counter[str] = Counter()
    replaced = _replaced(data, partial(_printable, keep_accents=keep_accents, counts=counts))
    missing = [sign for sign, _ in counts.most_common()]
    names = [f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip() for sign in missing[:MOST_NAMED]]
    return replaced, names + [""] * (len(missing) > MOST_NAMED)


def _printable(text: str, *, keep_accents: bool, counts: Counter[str]) -> str:
    """`text` as it can be printed; what cannot be is counted in `counts`."""
    if text.isascii():
        return text
    text = _SHADES_OF_AN_EMOJI.sub("", text)
    missing = {sign for sign in set(text) - drawable() if sign not in "\n\t"}
    if missing:
        counts.update({sign: text.count(sign) for sign in missing})
        text = text.translate({ord(sign): BOX for sign in missing})
        text = _JOINED_BOXES.sub(BOX, text)
    if keep_accents:
        return _accented().sub(partial(_with_accents, counts=counts), text)
    bare = {sign for sign in set(text) if unicodedata.category(sign) in {"Mn", "Mc", "Me", "Cf"}} - {"\u200b"}
    counts.update({sign: text.count(sign) for sign in bare})
    return text.translate({ord(sign): None for sign in bare})


def _with_accents(found: re.Match[str], counts: Counter[str]) -> str:
    """A letter with its accents, or alone where they are not in one font."""
    signs = set(found[0])
    if any(signs <= font for font in fonts()):
        return found[0]
    counts.update(found[0][1:])
    return found[0][0]


def _replaced(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {key: _replaced(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_replaced(value, change) for value in data]
    return data
