"""The change package of a series: which changes stand under which driver, in which order, in which words."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.permissions import Permission, require
from library.models import PackageItem, Resource, shared_entries
from library.services import of_thing
from series.models import Driver, Series
from storymaps.models import Result, StoryEntry

if TYPE_CHECKING:
    from accounts.models import User

MOST = 40  # changes a driver: what fits on its page


def candidates(driver: Driver, user: Any) -> tuple[QuerySet[StoryEntry], QuerySet[Resource]]:
    """What may be chosen for the package of `driver`: stories that moved and are shared, and resources.

    What stands there already is left out. A resource without a driver fits every one.
    """
    standing = PackageItem.objects.filter(driver=driver)
    stories = shared_entries(user).filter(
        team__series=driver.series_id, drivers=driver, result=Result.MOVED, is_intended=False
    )
    stories = stories.exclude(pk__in=standing.filter(entry__isnull=False).values("entry"))
    resources = Resource.objects.visible_to(user).standing().filter(series=driver.series_id)
    resources = resources.filter(drivers=driver) | resources.filter(drivers=None)
    resources = resources.exclude(pk__in=standing.filter(resource__isnull=False).values("resource"))
    return stories.order_by("-began_on", "-pk"), resources.distinct()


def add_to_package(
    thing: Resource | StoryEntry, driver: Driver, line: str, *, by: "User", at: datetime
) -> PackageItem:
    """Let `thing` stand at the end of the package of `driver`; chosen twice it stands there once.

    Raises PermissionDenied, and ValidationError for what not everybody in the series may read.
    """
    require(by, Permission.CONFIGURE, driver.series)
    mine = PackageItem.objects.filter(driver=driver, **of_thing(thing))
    if earlier := mine.first():
        return earlier
    if not _is_open_to_all(thing, driver.series, by):
        raise ValidationError(_("Not everybody in the series may read this."))
    if PackageItem.objects.filter(driver=driver).count() >= MOST:
        raise ValidationError(
            _("A driver holds at most %(most)s changes. Take one out first.") % {"most": MOST}
        )
    try:
        with transaction.atomic():
            Driver.objects.select_for_update().get(pk=driver.pk)  # two who add at once get two places
            last = PackageItem.objects.filter(driver=driver).aggregate(last=Max("position"))["last"]
            item = PackageItem(
                series=driver.series,
                driver=driver,
                position=0 if last is None else last + 1,
                line=line,
                added_by=by,
                added_at=at,
                **of_thing(thing),
            )
            item.full_clean(exclude=["added_by"], validate_unique=False)
            item.save()
            record(by=by, act="library.package_item_added", target=item, at=at)
    except IntegrityError:
        return mine.get()
    return item


def _is_open_to_all(thing: Resource | StoryEntry, series: Series, by: "User") -> bool:
    if isinstance(thing, Resource):
        return thing.series_id == series.pk and not thing.is_withdrawn
    return thing.team.series_id == series.pk and shared_entries(by).filter(pk=thing.pk).exists()


@transaction.atomic
def word_package_item(item: PackageItem, line: str, *, by: "User", at: datetime) -> None:
    """Say in other words what a change does."""
    require(by, Permission.CONFIGURE, item.series)
    if item.line == line:
        return
    item.line = line
    item.full_clean(exclude=["added_by"], validate_unique=False)
    item.save(update_fields=["line"])
    record(by=by, act="library.package_item_worded", target=item, at=at)


@transaction.atomic
def move_package_item(item: PackageItem, *, up: bool, by: "User", at: datetime) -> bool:
    """Let a change change places with the one before or after it; False where there is none."""
    require(by, Permission.CONFIGURE, item.series)
    Driver.objects.select_for_update().get(pk=item.driver_id)
    rows = list(PackageItem.objects.filter(driver=item.driver_id).order_by("position", "pk"))
    # What the reader does not see (withdrawn, shared no more) is stepped over.
    seen = set(PackageItem.objects.visible_to(by).filter(driver=item.driver_id).values_list("pk", flat=True))
    here = next((number for number, row in enumerate(rows) if row.pk == item.pk), None)
    if here is None:
        return False
    others = range(here - 1, -1, -1) if up else range(here + 1, len(rows))
    there = next((number for number in others if rows[number].pk in seen), None)
    if there is None:
        return False
    rows.insert(there, rows.pop(here))
    for position, row in enumerate(rows):
        if row.position != position:
            PackageItem.objects.filter(pk=row.pk).update(position=position)
    record(by=by, act="library.package_item_moved", target=item, at=at)
    return True


@transaction.atomic
def remove_from_package(item: PackageItem, *, by: "User", at: datetime) -> None:
    """Take a change out of the package; the resource or story itself stays."""
    require(by, Permission.CONFIGURE, item.series)
    record(by=by, act="library.package_item_removed", target=item, at=at)
    item.delete()
