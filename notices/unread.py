"""What a person was told of and has not opened: the list, its count in the frame, and how it is cleared."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from notices.models import Notice
from notices.telling import Told, told_to
from series.models import Series

MOST = 100  # that the list shows; more are counted as "100+"


def unread_of(person: User) -> list[Told]:
    """The newest of what `person` has not opened and may still read. The number of queries is constant."""
    readable = Q(series=None) | Q(series__in=Series.objects.visible_to(person))
    rows = list(Notice.objects.unread_by(person).filter(readable)[:MOST])
    told, _untold = told_to(rows, person)
    return told


def mark_read(person: User, ids: Collection[int], *, at: datetime) -> int:
    """Clear some notices of `person`; how many were new. Mail that still waits is then not sent."""
    return Notice.objects.filter(person=person, pk__in=ids, read_at=None).update(read_at=at)


def mark_all_read(person: User, *, at: datetime) -> int:
    return Notice.objects.unread_by(person).filter(told_at__lte=at).update(read_at=at)
