"""Resources, marks of use, and what stands in a change package."""

import uuid
from itertools import count
from typing import Any

from accounts.models import User
from library.models import PackageItem, Resource, Use
from library.services import of_thing
from series.models import Driver, Series
from teams.models import Team
from tests.factories.storymaps import AT

_numbers = count(1)


def make_resource(series: Series, by: User | None = None, **fields: Any) -> Resource:
    """A text on the shelf of `series`; `drivers` are drivers."""
    drivers = fields.pop("drivers", ())
    values = {
        "title": f"Letter {next(_numbers)} to a board",
        "why": "It opened the door.",
        "text": "Dear board,",
        "shared_by": by or series.created_by,
        "shared_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    resource = Resource.objects.create(series=series, **values)
    resource.drivers.set(drivers)
    return resource


def make_use(thing: Any, team: Team, by: User | None = None, **fields: Any) -> Use:
    values = {"by": by or team.series.created_by, "at": AT} | fields
    return Use.objects.create(team=team, **of_thing(thing), **values)


def put_in_package(thing: Any, driver: Driver, **fields: Any) -> PackageItem:
    values = {"added_by": driver.series.created_by, "added_at": AT, "line": "It opens doors."} | fields
    return PackageItem.objects.create(series=driver.series, driver=driver, **of_thing(thing), **values)
