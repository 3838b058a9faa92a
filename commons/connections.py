"""What can be done with connections: log, amend, remove; and how they are drawn and linked in the chain."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.events import record
from accounts.permissions import Permission, require
from commons.models import Connection, ToKind
from commons.permissions import may_amend_connection
from core import clock
from core.drawings import Dot, spheres
from core.forms import USED_BEFORE
from storymaps.chain import HIDDEN, Link, entry_links, register
from storymaps.models import Sphere, StoryEntry

if TYPE_CHECKING:
    from accounts.models import User

EDITABLE = (
    "from_whom", "to_whom", "to_kind", "sphere", "exchanged", "on", "result", "story_id", "language",
    "visibility",
)  # fmt: skip
MOST_A_DAY = 100  # connections of one person
RINGS = (Sphere.HOLISTIC, Sphere.HORIZONTAL, Sphere.VERTICAL)  # from the middle outwards
REACH = {
    Sphere.HOLISTIC: gettext_lazy("within our community"),
    Sphere.HORIZONTAL: gettext_lazy("from place to place"),
    Sphere.VERTICAL: gettext_lazy("up to state or nation"),
}
MARKS = {
    ToKind.PERSON: 2,
    ToKind.ORGANIZATION: 1,
    ToKind.OFFICIAL: 4,
    ToKind.MEDIA: 3,
}  # the shapes of drawings


class StaleConnection(Exception):
    """Somebody changed the connection since it was opened; `current` is what stands now."""

    def __init__(self, current: Connection) -> None:
        super().__init__(current.pk)
        self.current = current


# --- acts --------------------------------------------------------------------------------------------


def logged_before(by: "User", submission_id: Any) -> Connection | None:
    """The connection that this submission of `by` made already, if it did."""
    return Connection.objects.filter(logged_by=by, submission_id=submission_id).first()


def log_connection(draft: Connection, *, by: "User", at: datetime) -> Connection:
    """Keep a connection of a team. A double tap is one.

    Raises PermissionDenied, and ValidationError where a rule is broken or after very many today.
    """
    require(by, Permission.LOG_STORY, draft.team)
    if earlier := logged_before(by, draft.submission_id):
        return earlier
    draft.logged_by, draft.logged_at = by, at
    draft.full_clean(exclude=["submission_id"])
    _check(draft, by, at)
    if Connection.objects.filter(logged_by=by, logged_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise ValidationError(_("You have logged very many connections today. Please go on tomorrow."))
    try:
        with transaction.atomic():
            draft.save()
            record(by=by, act="commons.connection_logged", target=draft, at=at, sphere=draft.sphere)
    except IntegrityError as error:
        if earlier := logged_before(by, draft.submission_id):
            return earlier
        raise ValidationError(USED_BEFORE) from error
    return draft


@transaction.atomic
def amend_connection(draft: Connection, *, version: int, by: "User", at: datetime) -> Connection:
    """Save what was changed, if it still is at `version`. Raises StaleConnection otherwise."""
    current = Connection.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if not may_amend_connection(by, current):
        raise PermissionDenied(gettext_lazy("The team changes its own connections."))
    if current.version != version:
        raise StaleConnection(current)
    draft.full_clean(exclude=["submission_id"])
    _check(draft, by, at, kept=current.story_id)
    draft.version = version + 1
    draft.save(update_fields=[*(name.removesuffix("_id") for name in EDITABLE), "version"])
    changed = [name for name in EDITABLE if getattr(current, name) != getattr(draft, name)]
    record(by=by, act="commons.connection_amended", target=draft, at=at, fields=changed)
    return draft


@transaction.atomic
def remove_connection(connection: Connection, *, by: "User", at: datetime) -> None:
    """Take a connection out; what its story tells stays."""
    if not may_amend_connection(by, connection):
        raise PermissionDenied(gettext_lazy("The team removes its own connections."))
    record(by=by, act="commons.connection_removed", target=connection, at=at)
    connection.delete()


def _check(draft: Connection, by: "User", at: datetime, kept: int | None = None) -> None:
    """No day still to come; the story is the team's own, and read by `by` unless it stood there before."""
    if draft.on > clock.day_in(draft.team.time_zone, at):
        raise ValidationError({"on": _("This day is still to come.")})
    if draft.story_id and draft.story_id != kept:
        mine = StoryEntry.objects.visible_to(by).filter(team=draft.team_id, pk=draft.story_id)
        if not mine.exists():
            raise ValidationError({"story": _("Choose one of the team’s own stories.")})


# --- the drawing -------------------------------------------------------------------------------------


def drawing(rows: Sequence[Connection], centre: str, *, by_team: bool = False) -> SafeString:
    """The three spheres around `centre`, a mark for each of `rows`: its number, or its team's code."""
    dots = [
        Dot(
            RINGS.index(Sphere(row.sphere)),
            row.team.code if by_team else str(number),
            MARKS[ToKind(row.to_kind)],
        )
        for number, row in enumerate(rows, start=1)
    ]
    told = ", ".join(f"{ring.label}: {count}" for ring, count in counts_of(rows))
    label = _("Connections in three spheres. %(counts)s. Each stands in the list.") % {"counts": told}
    return spheres(dots, [f"{ring.label}: {REACH[ring]}" for ring in RINGS], centre, label)


def counts_of(rows: Sequence[Connection]) -> list[tuple[Sphere, int]]:
    """How many lie in each sphere, from the middle outwards."""
    return [(ring, sum(row.sphere == ring for row in rows)) for ring in RINGS]


# --- the chain ---------------------------------------------------------------------------------------


def connection_url(connection: Connection) -> str:
    team = connection.team
    return reverse("commons:connection", args=[team.series.slug, team.slug, connection.pk])


def connection_links(connections: QuerySet[Connection], user: Any) -> list[Link]:
    """A link for each of `connections`; hidden where `user` may not read it."""
    readable = Connection.objects.visible_to(user).filter(pk=OuterRef("pk"))
    rows = connections.annotate(is_readable=Exists(readable)).select_related("team__series").order_by("pk")
    return [_link_to(row) if row.is_readable else HIDDEN for row in rows]


def _link_to(connection: Connection) -> Link:
    return Link(
        kind=gettext_lazy("connection"),
        title=connection.headline,
        url=connection_url(connection),
        team=connection.team.name,
        when=connection.on,
        object=connection,
        language=connection.language,
    )


register(
    Connection,
    grew_out_of=lambda row, user: entry_links(StoryEntry.objects.filter(connections=row), user),
)
register(StoryEntry, became=lambda entry, user: connection_links(entry.connections.all(), user))
