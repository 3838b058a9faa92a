"""Reading addresses as people paste them: commas, lines, `Name <a@b>`. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import fold_email

MOST = 200  # of one paste
# A separator outside quotes and angle brackets; whatever lies in them belongs to a name or an address.
_PIECE = re.compile(r'(?:"[^"\n]*"|<[^<>\n]*>|[^,;\n])+')
_NAMED = re.compile(r"^(?P<name>[^<>]*)<(?P<email>[^<>]*)>\s*$")
_LINK = re.compile(r"(?:[a-z][a-z+.-]*:/*)?[^\s./@]+(?:\.[^\s./@]+)+", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """One piece of what was pasted: the address in its one form, or why it is none."""

    typed: str
    email: str = ""
    reason: str = ""


def read_addresses(text: str) -> list[Address]:
    """Every address in `text`, good or not, in order; doubles stay, for the page to name them."""
    return [_read(piece) for piece in _pieces(text)]


def _pieces(text: str) -> Iterator[str]:
    for match in _PIECE.finditer(text):
        piece = match.group().strip()
        words = piece.split()
        if "<" not in piece and len(words) > 1 and all("@" in word for word in words):
            yield from words  # separated by blanks alone
        elif piece:
            yield piece


def _read(piece: str) -> Address:
    named = _NAMED.match(piece)
    email = fold_email(named["email"] if named else piece.removeprefix("mailto:"))
    shown = piece[:120]
    if "@" not in email:
        return Address(shown, reason=_("There is no @ in it."))
    if " " in email:
        return Address(shown, reason=_("There is a space in it."))
    try:
        validate_email(email)
    except ValidationError:
        return Address(shown, reason=_("This is not an e-mail address."))
    if len(email) > 254:
        return Address(shown, reason=_("It is too long."))
    return Address(shown, email)


def without_links(text: str) -> str:
    """`text` so that no mail program makes a link of it: an invitation carries no address but ours."""
    plain = _LINK.sub(lambda found: re.sub(r"[.:/]+", " ", found.group()), text)
    return " ".join(plain.replace("://", " ").replace("@", " ").split())
