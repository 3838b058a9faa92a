"""What the public pages draw from a front page: the question with its words marked, the river, the days."""

import itertools
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.drawings import Node, braid, shape

SPRING = 196 / 1240  # where the lines of the wide picture begin
FIRST = 0.22  # the share of its width that the names of the teams take
MANY = 12


def marked(question: str, drivers: Sequence[Any]) -> SafeString:
    """`question` with each driver's name in it marked, where it stands first, by shape and colour."""
    by_name = {driver.name.lower(): driver for driver in drivers}
    names = sorted((re.escape(name) for name in by_name if name), key=len, reverse=True)
    if not names:
        return format_html("{}", question)
    parts, seen = [], set()
    for part in re.split(rf"\b({'|'.join(names)})\b", question, flags=re.I):
        driver = by_name.get(part.lower())
        if driver and driver.slot not in seen:
            seen.add(driver.slot)
            mark = shape(driver.slot, "word__m")
            parts.append(format_html('<span class="word is-drv-{}">{}{}</span>', driver.slot, mark, part))
        else:
            parts.append(format_html("{}", part))
    return format_html_join("", "{}", ((part,) for part in parts))


def stops_of(front: Any, today: date) -> list[dict[str, Any]]:
    """The gatherings with their days as dates: done, next or to come."""
    found = []
    is_next = True
    for stop in front.stops:
        starts, ends = date.fromisoformat(stop.starts_on), date.fromisoformat(stop.ends_on)
        state: Literal["done", "next", "to"] = "done" if ends < today else "next" if is_next else "to"
        is_next = is_next and ends < today
        name = (
            _("Learning Session %(letter)s") % {"letter": stop.letter} if stop.letter else _("Final Summit")
        )
        found.append(
            {
                "letter": stop.letter,
                "name": name,
                "place": stop.place,
                "starts": starts,
                "ends": ends,
                "state": state,
            }
        )
    return found


def river(front: Any, stops: Sequence[dict[str, Any]], today: date) -> dict[str, SafeString]:
    """The braid, wide for a screen and upright for a phone: gatherings at even steps, by their words."""
    count = max(len(stops), 1)
    wide = [FIRST + (i + 0.5) * (1 - FIRST) / count for i in range(len(stops))]
    upright = [(i + 0.5) / count for i in range(len(stops))]
    names = [team.place or team.name for team in front.teams]
    days = [date.fromisoformat(front.opens_on), *(stop["starts"] for stop in stops)]
    is_running = bool(stops) and days[0] < today <= stops[-1]["ends"]
    return {
        "wide": braid(
            names,
            [Node(x, stop["letter"], stop["state"]) for x, stop in zip(wide, stops, strict=True)],
            _passed(days, [SPRING, *wide], today),
            front.slug,
            today=_("Today") if is_running else "",
            many=len(names) > MANY,
        ),
        "upright": braid(
            names,
            [Node(y, stop["letter"], stop["state"]) for y, stop in zip(upright, stops, strict=True)],
            _passed(days, [0.0, *upright], today),
            f"{front.slug}-upright",
            vertical=True,
            many=len(names) > MANY,
        ),
    }


def _passed(days: Sequence[date], places: Sequence[float], today: date) -> float:
    """Where today lies on a line on which `days` stand at `places`; past the last it has run out."""
    if today <= days[0]:
        return 0.0
    for (begin, end), (left, right) in zip(itertools.pairwise(days), itertools.pairwise(places), strict=True):
        if today <= end:
            return left + (right - left) * (today - begin).days / max((end - begin).days, 1)
    return 1.0
