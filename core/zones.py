"""Time zones by their IANA names."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Offered first: where the pilot's teams live. The rest follow by name.
COMMON = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Puerto_Rico",
    "America/Mexico_City",
    "UTC",
)


def validate_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a time zone that this machine knows."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name}, code="zone")


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """All zones for a select, the common ones first."""
    rest = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and zone not in COMMON)
    return [
        (str(_("Often used")), [(zone, zone.replace("_", " ")) for zone in COMMON]),
        (str(_("All")), [(zone, zone.replace("_", " ")) for zone in rest]),
    ]
