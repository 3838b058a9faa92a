"""The one clock. Services take the time as an argument; views, commands and ticks ask here."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo | str) -> date:
    """The calendar day that it is in `zone`, an IANA zone or its name."""
    return day_in(zone, now())


def day_in(zone: ZoneInfo | str, at: datetime) -> date:
    """The calendar day on which the moment `at` falls in `zone`."""
    return at.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()
