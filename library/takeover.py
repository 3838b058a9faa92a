"""A change that a team takes over into its plan, and the way back out of it while nobody has touched it."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.permissions import Permission, require
from core import clock
from core.text import first_sentence
from library.models import Resource, Use
from library.services import ids_of, mark_used, of_thing
from progress.models import PlanItem, PlanItemStatus
from progress.services import add_plan_item, period_on, require_open
from storymaps.models import Comment, StoryEntry
from teams.models import Team

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 300


def words_of(thing: Resource | StoryEntry) -> str:
    """What stands in the plan of a team that takes `thing` over, to be worded anew by it."""
    name = thing.title if isinstance(thing, Resource) else thing.headline
    return str(_("Try: %(what)s") % {"what": first_sentence(name, LONGEST - 40)})


@transaction.atomic
def take_over(thing: Resource | StoryEntry, team: Team, *, by: "User", at: datetime) -> Use:
    """Put `thing` as an item into the plan that `team` has open, marked as used. Taken over twice is once.

    Raises PermissionDenied, SeriesClosed, and ValidationError as `mark_used`, or where there is no period.
    """
    require(by, Permission.EDIT_PLAN, team)
    require_open(team, at)
    use = mark_used(thing, team, by=by, at=at)
    use = Use.objects.select_for_update(of=("self",)).get(pk=use.pk)
    if use.item_id is not None:
        return use
    periods = list(team.series.periods.order_by("number"))
    period = period_on(periods, clock.day_in(team.time_zone, at))
    if period is None:
        raise ValidationError(_("This series has no Action Period yet."))
    item = PlanItem(what=words_of(thing), submission_id=uuid.uuid4())
    drivers = [driver for driver in thing.drivers.all() if driver.series_id == team.series_id]
    use.item = add_plan_item(item, team=team, period=period, drivers=drivers, by=by, at=at)
    use.save(update_fields=["item"])
    record(by=by, act="library.taken_over", target=use, at=at, **ids_of(use), item=use.item.pk)
    return use


def is_untouched(item: PlanItem) -> bool:
    """Whether nobody did anything with an item since it came into the plan."""
    return (
        item.version == 1
        and item.status == PlanItemStatus.NOT_STARTED
        and not item.cycles.exists()
        and not item.became_entries.exists()
        and not item.carried_to.exists()
        and not Comment.objects.filter(item=item).exists()
    )


@transaction.atomic
def undo_take_over(thing: Resource | StoryEntry, team: Team, *, by: "User", at: datetime) -> bool:
    """Take an item that was just taken over out of the plan again; the mark stays. False where there is none.

    Raises ValidationError where the team has worked with it: then it is stopped in the plan, not undone.
    """
    require(by, Permission.EDIT_PLAN, team)
    rows = Use.objects.select_for_update(of=("self",)).select_related("item")
    use = rows.filter(team=team, item__isnull=False, **of_thing(thing)).first()
    if use is None or use.item is None:
        return False
    if not is_untouched(use.item) or use.item.added_by_id != by.pk:
        raise ValidationError(_("Your team works with it already. Stop it in the plan instead."))
    record(by=by, act="library.take_over_undone", target=use, at=at, **ids_of(use), item=use.item.pk)
    item, use.item = use.item, None
    use.save(update_fields=["item"])
    item.delete()
    return True
