"""What a run chart says, in words: one sentence of verdict, and the name of the rules in use."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.formats import get_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from measures.rules import Verdict


def number(value: Decimal | float, *, unit: str = "", places: int | None = None) -> str:
    """A number as the reader's language writes it, with at most `places` decimals (by size, if not given)."""
    digits = _places(abs(float(value))) if places is None else places
    text = f"{float(value):.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text in ("-0", ""):
        text = "0"
    if (mark := _mark(get_language() or "en")) != ".":
        text = text.replace(".", mark)
    return f"{text}%" if unit == "%" else text


def _places(size: float) -> int:
    return 0 if size >= 1000 else 1 if size >= 10 else 2


@lru_cache(maxsize=32)
def _mark(language: str) -> str:
    return str(get_format("DECIMAL_SEPARATOR", lang=language))


def rules_name(verdict: Verdict) -> str:
    """The rule set in use and for how many values: the page always names it."""
    n = verdict.useful
    if verdict.rules == "perla":
        return ngettext("Perla’s rules for %(n)s value", "Perla’s rules for %(n)s values", n) % {"n": n}
    return ngettext("Anhøj’s rules for %(n)s value", "Anhøj’s rules for %(n)s values", n) % {"n": n}


def verdict_words(verdict: Verdict) -> str:
    """The verdict in one or two sentences."""
    if verdict.state == "early":
        return ngettext(
            "Not enough data yet: one more value off the median is needed for a verdict.",
            "Not enough data yet: %(n)s more values off the median are needed for a verdict.",
            verdict.lacking,
        ) % {"n": verdict.lacking}
    if verdict.state == "quiet":
        return _quiet(verdict)
    parts = [_reason(verdict, reason) for reason in verdict.reasons]
    outcome = {
        "improvement": _("This is unlikely to be chance: an improvement."),
        "worsening": _("This is unlikely to be chance: it got worse."),
        "change": _("This is unlikely to be chance: something changed."),
    }[verdict.word or "change"]
    return " ".join([*parts, outcome])


def _quiet(verdict: Verdict) -> str:
    longest = verdict.longest
    if longest is not None and longest.length == verdict.longest_most:
        return (
            _in_a_row(verdict)
            + " "
            + _("One more, and it is unlikely to be chance. Until then chance explains it.")
        )
    return _("No sign of a change yet: chance explains the ups and downs.")


def _in_a_row(verdict: Verdict) -> str:
    assert verdict.longest is not None
    values = {"n": verdict.longest.length}
    if verdict.longest.side == 1:
        return (
            ngettext(
                "%(n)s value in a row above the median.",
                "%(n)s values in a row above the median.",
                values["n"],
            )
            % values
        )
    return (
        ngettext(
            "%(n)s value in a row below the median.", "%(n)s values in a row below the median.", values["n"]
        )
        % values
    )


def _reason(verdict: Verdict, reason: str) -> str:
    if reason in ("long_run", "shift"):
        return _in_a_row(verdict)
    if reason == "few_crossings":
        return ngettext(
            "The line crosses the median only %(n)s time; at least %(least)s would be expected.",
            "The line crosses the median only %(n)s times; at least %(least)s would be expected.",
            verdict.crossings,
        ) % {"n": verdict.crossings, "least": verdict.crossings_fewest}
    if reason == "trend":
        longest = max(verdict.trends, key=lambda trend: trend.length)
        said = {"n": longest.length}
        if longest.way == 1:
            return _("%(n)s values in a row that rise.") % said
        return _("%(n)s values in a row that fall.") % said
    fewest, most = verdict.runs_range or (0, 0)
    said = {"n": verdict.runs, "least": fewest, "most": most}
    if reason == "few_runs":
        return _("Too few runs: %(n)s, where %(least)s to %(most)s would be expected.") % said
    many = _("Too many runs: %(n)s, where %(least)s to %(most)s would be expected.") % said
    return many + " " + _("Mixing: perhaps two sources in one line.")


def asides(verdict: Verdict) -> list[str]:
    """What belongs beside the verdict: that the line is frozen, and a trend that is no signal."""
    found: list[str] = []
    if verdict.is_frozen and verdict.state != "early":
        found.append(_("The centre line is frozen, so the longest run alone decides."))
    if verdict.trends and "trend" not in verdict.reasons:
        found.append(
            _("Five or more values in a row rise or fall. Under these rules that is information, no verdict.")
        )
    return found


def verdict_of(verdict: Verdict) -> dict[str, Any]:
    """Everything that a page says of a verdict."""
    return {
        "state": verdict.state,
        "word": verdict.word,
        "words": verdict_words(verdict),
        "rules": rules_name(verdict),
        "asides": asides(verdict),
        "can_rebase": verdict.has_long_run,
    }
