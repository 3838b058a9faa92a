"""What a coach puts off: it leaves the inbox and comes back on its day."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coaching.models import InboxKind, PutOff

if TYPE_CHECKING:
    from accounts.models import User

A_WEEK = timedelta(days=7)
FARTHEST = timedelta(days=366)


@transaction.atomic
def put_off(kind: InboxKind, object_id: int, *, by: "User", today: date, until: date | None = None) -> PutOff:
    """See it again on `until`, or in a week. Raises ValidationError for a day that is past, or too far."""
    day = until or today + A_WEEK
    if not today < day <= today + FARTHEST:
        raise ValidationError(_("Choose a day that lies ahead, within a year."))
    row, _made = PutOff.objects.update_or_create(
        person=by, kind=kind, object_id=object_id, defaults={"until": day}
    )
    return row


def put_off_ids(person: "User", today: date) -> dict[str, set[int]]:
    """What `person` does not want to see yet: ids by kind. One query."""
    found: dict[str, set[int]] = {kind.value: set() for kind in InboxKind}
    rows = PutOff.objects.filter(person=person, until__gt=today)
    for kind, object_id in rows.values_list("kind", "object_id"):
        found[kind].add(object_id)
    return found
