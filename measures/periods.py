"""The periods of which a measure has one number each, named by their first day. Pure but for their words."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

type Frequency = Literal["weekly", "monthly", "quarterly"]
MONTHS = {"monthly": 1, "quarterly": 3}


def start_of(frequency: str, day: date) -> date:
    """The first day of the period that holds `day`: a Monday, the first of a month or of a quarter."""
    if frequency == "weekly":
        return day - timedelta(days=day.weekday())
    months = MONTHS[frequency]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def step(frequency: str, start: date, periods: int = 1) -> date:
    """The first day of the period that begins `periods` after (or before, if negative) `start`."""
    if frequency == "weekly":
        return start + timedelta(weeks=periods)
    months = start.year * 12 + start.month - 1 + MONTHS[frequency] * periods
    return date(months // 12, months % 12 + 1, 1)


def between(frequency: str, first: date, last: date) -> list[date]:
    """The first days of all periods from the one that holds `first` to the one that holds `last`."""
    found, start, end = [], start_of(frequency, first), start_of(frequency, last)
    while start <= end:
        found.append(start)
        start = step(frequency, start)
    return found


def name_of(frequency: str, start: date) -> str:
    """October 2027; week of 4 Oct 2027; July to September 2027."""
    return _name(frequency, start, get_language() or "en")


def mark_of(frequency: str, start: date) -> str:
    """A period under a chart, as short as can be: Oct; 4 Oct; Jul."""
    return _mark(frequency, start, get_language() or "en")


@lru_cache(maxsize=4096)
def _name(frequency: str, start: date, _language: str) -> str:
    if frequency == "weekly":
        return _("week of %(day)s") % {"day": date_format(start, pgettext("short date format", "j M Y"))}
    month_and_year = pgettext("month format", "F Y")
    if frequency == "monthly":
        return date_format(start, month_and_year)
    last = step("monthly", start, 2)
    return _("%(first)s to %(last)s") % {
        "first": date_format(start, "F"),
        "last": date_format(last, month_and_year),
    }


@lru_cache(maxsize=4096)
def _mark(frequency: str, start: date, _language: str) -> str:
    if frequency == "weekly":
        return date_format(start, pgettext("short date format without year", "j M"))
    return date_format(start, "M")
