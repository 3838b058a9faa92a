"""The small marks of the design as template tags: drivers, strands, evidence, states, dates.

Each says its meaning by shape and word as well as by colour.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext

from core import drawings
from core.icons import icon as draw_icon
from core.text import plain as text_words

register = template.Library()

STRANDS = {
    "research": gettext_lazy("Research"),
    "story": gettext_lazy("Story"),
    "improvement": gettext_lazy("Improvement"),
}
STATES = {
    "help": ("help", "pill--now", gettext_lazy("Help wanted")),
    "quiet": ("quiet", "pill--quiet", gettext_lazy("Quiet")),
    "nudge": ("nudge", "pill--nudge", gettext_lazy("Needs a nudge")),
    "steady": ("steady", "", gettext_lazy("Steady")),
    "paused": ("quiet", "pill--quiet", gettext_lazy("Paused")),
}


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of `core.icons`, to stand beside words."""
    return draw_icon(name, classes)


@register.simple_tag
def driver_shape(slot: int, classes: str = "drv__m") -> SafeString:
    """The bare shape of a palette slot."""
    return drawings.shape(slot, classes)


@register.simple_tag
def driver_mark(driver: Any, look: Literal["drv", "chip"] = "drv") -> SafeString:
    """A driver (anything with `slot` and `name`): its shape, colour and word, bare or as a chip."""
    return format_html(
        '<span class="{} is-drv-{}">{}{}</span>', look, driver.slot, drawings.shape(driver.slot), driver.name
    )


@register.simple_tag
def strand(value: str, *, words: bool = True) -> SafeString:
    """The strand of an entry with its icon; without `words` the word stays for screen readers."""
    if value not in STRANDS:
        return SafeString("")
    hidden = "strand__w" if words else "vh"
    return format_html(
        '<span class="strand">{}<span class="{}">{}</span></span>', draw_icon(value), hidden, STRANDS[value]
    )


@register.simple_tag
def evidence(level: int, words: str = "") -> SafeString:
    """How firm the evidence is (0, 1, 2), in two cells and in words."""
    level = min(max(level, 0), 2)
    said = words or (gettext("No evidence yet"), gettext("One source"), gettext("Several sources"))[level]
    return format_html('<span class="evid">{}{}</span>', drawings.gauge(level), said)


@register.simple_tag
def state(value: Literal["steady", "nudge", "quiet", "help", "paused"]) -> SafeString:
    """How a team is doing, in one of four words, or that it is paused. The page puts its reason beside it."""
    name, look, word = STATES[value]
    return format_html('<span class="pill {}">{}{}</span>', look, draw_icon(name), word)


@register.simple_tag
def plate(slug: str, code: str, size: Literal["", "sm", "lg"] = "") -> SafeString:
    """A team's plate: its river, drawn from the slug, and its code. The name stands beside it."""
    return format_html(
        '<span class="plate{}" aria-hidden="true"><svg viewBox="0 0 56 56" focusable="false"><path d="{}"/>'
        "</svg><b>{}</b></span>",
        f" plate--{size}" if size else "",
        drawings.signature(slug),
        code,
    )


@register.simple_tag
def ava(person: Any, kind: Literal["", "coach", "sm"] = "") -> SafeString:
    """The initials of a person in a round mark; a coach's is outlined. The name stands beside it."""
    return format_html(
        '<span class="ava{}" aria-hidden="true">{}</span>', f" ava--{kind}" if kind else "", person.initials
    )


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """A form's field with label, hint, error and control."""
    return bound.as_field_group()


@register.simple_tag
def reach(data: Mapping[str, Any]) -> SafeString:
    """The stops and waters of the thin timeline.

    `stops` are (letter, url, label, state) with state done, next or to, url may be empty; `segments`
    are how much of each period between two stops has passed, 0 to 1.
    """
    out = []
    segments = list(data.get("segments", ()))
    for i, (letter, url, label, how) in enumerate(data["stops"]):
        if url:
            stop = format_html(
                '<a class="reach__s reach__s--{}" href="{}" aria-label="{}">{}</a>', how, url, label, letter
            )
        else:
            stop = format_html(
                '<span class="reach__s reach__s--{}" role="img" aria-label="{}">{}</span>', how, label, letter
            )
        out.append((stop,))
        if i < len(segments):
            out.append((drawings.reach_segment(segments[i], str(i)),))
    return format_html_join("", "{}", out)


# --- days and moments ------------------------------------------------------------------------------
# The formats are messages: a translator writes the order of the words once for all pages.


@register.filter
def plain(text: str) -> str:
    """The words of Markdown, for a line that stands for the whole."""
    return text_words(text)


@register.filter
def day(value: date | datetime | None) -> str:
    """Fri 9 October 2026."""
    return date_format(_local(value), pgettext("date format", "D j F Y")) if value else ""


@register.filter
def short_day(value: date | datetime | None) -> str:
    """9 Oct 2026."""
    return date_format(_local(value), pgettext("short date format", "j M Y")) if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """6:42 p.m., on the reader's clock."""
    if not value:
        return ""
    return date_format(timezone.localtime(value), pgettext("time format", "g:i a")).replace(" ", "\u00a0")


def _local(value: date | datetime) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) else value


@register.simple_tag
def days(start: date, end: date | None = None) -> SafeString:
    """A range of days as short as can be: 6–7 Nov 2026, 30 Oct – 2 Nov 2026."""
    words = short_day(start)
    if end and end != start:
        if (start.year, start.month) == (end.year, end.month):
            words = f"{start.day}–{short_day(end)}"
        elif start.year == end.year:
            without_year = pgettext("short date format without year", "j M")
            words = f"{date_format(start, without_year)} – {short_day(end)}"
        else:
            words = f"{words} – {short_day(end)}"
    return format_html('<time datetime="{}">{}</time>', start.isoformat(), words)


@register.simple_tag
def moment(at: datetime, zone: str = "") -> SafeString:
    """A moment with weekday, date, clock and zone; where the reader's clock differs, theirs beside it.

    `zone` is the IANA zone of the thing spoken of (a session's, a team's); the reader's is the active one.
    """
    mine = timezone.localtime(at)
    theirs = timezone.localtime(at, ZoneInfo(zone)) if zone else mine
    hour = pgettext("time format", "g:i a")
    said = format_html(
        '<time datetime="{}">{}, {} ({})</time>',
        at.isoformat(),
        date_format(theirs, pgettext("date format", "D j F Y")),
        date_format(theirs, hour).replace(" ", "\u00a0"),
        _zone_words(zone or timezone.get_current_timezone_name()),
    )
    if theirs.utcoffset() == mine.utcoffset():
        return said
    same_day = theirs.date() == mine.date()
    own = date_format(mine, hour if same_day else pgettext("weekday and time format", "D g:i a"))
    return format_html(
        '{} <span class="meta">{}</span>', said, gettext("%(time)s where you are") % {"time": own}
    )


def _zone_words(name: str) -> str:
    """The place that names a zone: America/New_York is New York."""
    return name.rsplit("/", 1)[-1].replace("_", " ")


@register.simple_tag
def new_key() -> str:
    """The id of one submission, for a form that stands many times on a page."""
    return str(uuid.uuid4())
