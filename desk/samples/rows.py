"""What both sample series are made of: known ids, moments, people, links in bulk."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Model
from django.utils.text import slugify

from accounts.models import User
from accounts.permissions import Role
from desk.samples import read
from progress.services import lay_out_due_dates
from series.calendar import Layout
from series.models import ActionPeriod, Driver, Series, SeriesRole
from storymaps.models import Clearance, ClearanceState, StoryEntry
from teams.models import Team

_NAMESPACE = uuid.UUID("6f1d3a52-5a0e-4b0c-9c55-8f6a0c2b7e11")


class AddressTaken(Exception):
    """A real person has the address of a sample person."""


def known_id(*parts: object) -> uuid.UUID:
    """The same id for the same thing at every loading."""
    return uuid.uuid5(_NAMESPACE, "/".join(str(part) for part in parts))


def moment(day: date, zone: str, hour: int = 18, minute: int = 0) -> datetime:
    """That hour of `day` as the clocks of `zone` show it, in UTC."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


@dataclass(frozen=True)
class Person:
    """A sample person to be made."""

    key: str
    name: str
    email: str
    language: str = "en"
    zone: str = ""

    @classmethod
    def of(cls, row: dict[str, Any], **defaults: str) -> "Person":
        """The person that a row of a data file tells of; without an address one is made of the name."""
        known = {name: row[name] for name in ("key", "name", "email", "language", "zone") if name in row}
        address = f"{slugify(row['name']).replace('-', '.')}@example.org"
        return cls(**({"email": address} | defaults | known))


def make_people(wanted: Iterable[Person]) -> dict[str, User]:
    """The sample people by key; those that are there already are taken as they are.

    They have no password, and their addresses are proven, so that a code by mail or the door of a demo
    lets them in. Raises AddressTaken rather than give a real person a role.
    """
    rows = list(wanted)
    found = {user.email: user for user in User.objects.filter(email__in=[row.email for row in rows])}
    if taken := sorted(email for email, user in found.items() if not user.is_sample):
        raise AddressTaken(", ".join(taken))
    new = User.objects.bulk_create(
        User(
            email=row.email,
            name=row.name,
            language=row.language,
            time_zone=row.zone,
            password=make_password(None),
            is_sample=True,
        )
        for row in rows
        if row.email not in found
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in new
    )
    found |= {user.email: user for user in new}
    return {row.key: found[row.email] for row in rows}


def staff() -> tuple[list[Person], list[tuple[str, Role]]]:
    """Who organizes, facilitates, advises and watches: the same people in both sample series."""
    rows = read("living")["staff"]
    return [Person.of(row) for row in rows], [(row["key"], Role(row["role"])) for row in rows]


def give_roles(series: Series, people: dict[str, User], roles: Iterable[tuple[str, Role]]) -> None:
    SeriesRole.objects.bulk_create(
        SeriesRole(series=series, person=people[key], role=role, starts_on=series.opens_on, is_sample=True)
        for key, role in roles
    )


def make_drivers(series: Series, rows: list[dict[str, str]]) -> dict[str, Driver]:
    """The four drivers by the words that the data files use for them."""
    made = Driver.objects.bulk_create(
        Driver(series=series, slot=number, position=number - 1, **row)
        for number, row in enumerate(rows, start=1)
    )
    return dict(zip(("policy", "practice", "narrative", "strategy"), made, strict=True))


def make_periods(series: Series, layout: Layout, themes: list[str] | None = None) -> list[ActionPeriod]:
    return ActionPeriod.objects.bulk_create(
        ActionPeriod(
            series=series,
            number=period.number,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            theme=themes[period.number - 1] if themes else "",
        )
        for period in layout.periods
    )


def owe_check_ins(series: Series, teams: list[Team]) -> None:
    """Lay out what `teams` owe, as it would have been laid out on the day before the series opened."""
    eve = moment(series.opens_on - timedelta(days=1), series.time_zone, 12)
    lay_out_due_dates(series, at=eve, teams=teams)


def link(through: type[Model], near: str, far: str, pairs: Iterable[tuple[Model, Model]]) -> None:
    """Write the rows of a many-to-many table."""
    rows = [through(**{f"{near}_id": one.pk, f"{far}_id": other.pk}) for one, other in pairs]
    through._default_manager.bulk_create(rows)


def approved(entry: StoryEntry, *, asked_by: User, lead: User, after: int = 2) -> Clearance:
    """The request to publish `entry`, and the lead's answer that nobody can be recognised in it."""
    asked_at = entry.logged_at + timedelta(days=after - 1, hours=2)
    return Clearance(
        entry=entry,
        state=ClearanceState.APPROVED,
        asked_by=asked_by,
        asked_at=asked_at,
        states_nobody_recognisable=True,
        decided_by=lead,
        decided_at=asked_at + timedelta(days=1),
        is_sample=True,
    )
