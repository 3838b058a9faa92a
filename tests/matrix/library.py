"""Who may do what in `library`."""

import uuid
from typing import Any

from library.models import PackageItem, Resource
from tests.matrix.basics import IN_FULL, RUN, SERIES, TEAM, Row, in_series, in_team, series_page, team_act


def at_resource(world: Any) -> dict[str, Any]:
    return in_series(world) | {"resource_id": world.resource.pk}


def at_use(world: Any) -> dict[str, Any]:
    return in_team(world) | {"kind": "resource", "thing_id": world.resource.pk}


SHARES = SERIES - {"observer"}
ROWS: dict[str, Row] = {
    "library:shelf": series_page(),
    "library:resource": series_page(kwargs=at_resource),
    "library:resource-add": series_page(read=SHARES, write=SHARES),
    # the resource is the organizer's own, shared for no team
    "library:resource-edit": series_page(read=RUN, write=RUN, kwargs=at_resource),
    "library:resource-withdraw": Row(see=SERIES, write=RUN, kwargs=at_resource),
    "library:resource-put-back": Row(see=SERIES, write=RUN, kwargs=at_resource),
    "library:use-mark": team_act(IN_FULL, kwargs=at_use),
    "library:use-undo": team_act(IN_FULL, kwargs=at_use),
    "library:use-tell": Row(see=SERIES, read=IN_FULL, write=IN_FULL, kwargs=at_use),
    "library:use-take-over": team_act(TEAM, kwargs=at_use),
    "library:use-take-over-undo": team_act(TEAM, kwargs=at_use),
    "library:package": series_page(),
    "library:package-choose": Row(
        see=SERIES,
        read=RUN,
        write=RUN,
        kwargs=lambda w: in_series(w) | {"slot": w.driver.slot},
        body=lambda w: {"thing": f"resource-{w.resource.pk}"},
    ),
    "library:package-item": Row(
        see=SERIES, write=RUN, kwargs=lambda w: in_series(w) | {"item_id": w.package_item.pk}
    ),
}


def add(world: Any) -> None:
    """A resource of the organizer, and its place in the change package."""
    stamp: dict[str, Any] = {"shared_by": world.organizer, "shared_at": world.note.written_at}
    world.resource = Resource.objects.create(
        series=world.series,
        title="A letter to a school board",
        why="It got us an answer.",
        text="Dear board",
        submission_id=uuid.uuid4(),
        **stamp,
    )
    world.package_item = PackageItem.objects.create(
        series=world.series,
        driver=world.driver,
        resource=world.resource,
        line="Opens the door",
        added_by=world.organizer,
        added_at=world.note.written_at,
    )
