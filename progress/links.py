"""The secret in a reminder: one person, one team, one due date. It is signed and stored nowhere."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core import signing

from accounts.permissions import Permission, has_permission
from core import clock
from progress.models import CheckIn, DueDate
from teams.models import GONE, Membership

if TYPE_CHECKING:
    from accounts.models import User

SALT = "progress.check-in-link"
LIVES_AFTER_FILING = timedelta(days=7)
LIVES_AFTER_DUE = timedelta(days=30)
LONGEST = 300  # a longer text is no token of ours, and is not looked at


@dataclass(frozen=True)
class Link:
    """Whom a living link speaks for, and the check-in that it opens; `filed` once there is one."""

    person: "User"
    due: DueDate
    filed: CheckIn | None


def make_token(person: "User", due: DueDate) -> str:
    """The secret for `person` to file `due` without signing in."""
    told = {"p": person.pk, "t": due.team_id, "d": due.pk, "e": person.auth_epoch}
    return _signer().sign_object(told)


def read_token(token: str, *, at: datetime) -> Link | None:
    """What `token` opens at the moment `at`; None if it is forged or dead, and nobody is told which.

    It dies seven days after the filing, thirty days after the due date, when the membership ends, and
    with everything else of a person who signed out everywhere.
    """
    told = _told(token)
    if told is None:
        return None
    due = (
        DueDate.objects.filter(pk=told["d"], team=told["t"])
        .select_related("team__series__summit", "period", "check_in", "caught_up_by")
        .first()
    )
    if due is None or due.team.status in GONE:
        return None
    today = clock.day_in(due.team.time_zone, at)
    held = Membership.objects.on(today).filter(team=due.team, person=told["p"])
    membership = held.select_related("person").first()
    if membership is None or membership.person.auth_epoch != told["e"]:
        return None
    person = membership.person
    filed = getattr(due, "check_in", None) or due.caught_up_by
    is_over = today > due.due_on + LIVES_AFTER_DUE
    is_over = is_over or (filed is not None and at > filed.filed_at + LIVES_AFTER_FILING)
    if is_over or not has_permission(person, Permission.CHECK_IN, due.team):
        return None
    return Link(person, due, filed)


def _told(token: str) -> dict[str, Any] | None:
    if len(token) > LONGEST:
        return None
    try:
        told = _signer().unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    return told if isinstance(told, dict) and told.keys() == {"p", "t", "d", "e"} else None


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt=SALT)
