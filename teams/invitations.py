"""What can be done with invitations: look a paste over, invite, send, revoke, accept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.events import record
from accounts.permissions import SERIES_ROLES, TEAM_ROLES, Role
from core import clock
from jobs.models import Job
from jobs.models import State as JobState
from jobs.services import owe
from series.models import Series, SeriesRole, SeriesStatus
from teams.addresses import MOST, Address, read_addresses
from teams.models import GONE, CoachAssignment, Invitation, InvitationState, Membership, Team
from teams.permissions import may_grant
from teams.services import left_behind, take_up

if TYPE_CHECKING:
    from accounts.models import User

LIFE = timedelta(days=14)
RESEND_AFTER = timedelta(minutes=1)


class RowState(models.TextChoices):
    """What would become of one pasted address."""

    NEW = "new", gettext_lazy("will be invited")
    IN = "in", gettext_lazy("is in already")
    INVITED = "invited", gettext_lazy("is invited already")
    DOUBLE = "double", gettext_lazy("stands here twice")
    BAD = "bad", gettext_lazy("cannot be used")


@dataclass(frozen=True)
class Row:
    """One pasted address and what would become of it."""

    address: Address
    state: RowState


@dataclass(frozen=True)
class Offer:
    """What people are invited to: a role in a series, or in one of its teams."""

    series: Series
    role: Role
    team: Team | None = None
    language: str = "en"
    is_under_18: bool = False

    def clean(self) -> None:
        """Raise ValidationError for a role that does not go with a team, or the other way round."""
        if self.role in TEAM_ROLES and self.team is None:
            raise ValidationError(_("Choose the team for this role."))
        if self.role in SERIES_ROLES and self.team is not None:
            raise ValidationError(_("This role belongs to the whole series. Choose no team."))
        if self.team is not None and (self.team.series_id != self.series.pk or self.team.status in GONE):
            raise ValidationError(_("This team is not in the series."))
        if self.is_under_18 and self.role not in TEAM_ROLES:
            raise ValidationError(_("Only members of a team can be under 18."))


def look_over(text: str, offer: Offer) -> list[Row]:
    """Say for each pasted address what `invite` would do. Raises ValidationError for none, or too many."""
    addresses = read_addresses(text)
    if not addresses:
        raise ValidationError(_("Paste at least one address."))
    if len(addresses) > MOST:
        raise ValidationError(
            _("These are %(count)s addresses. Paste at most %(most)s at a time.")
            % {"count": len(addresses), "most": MOST}
        )
    emails = {address.email for address in addresses if address.email}
    inside, invited, seen = emails_inside(offer, emails), emails_invited(offer, emails), set()
    rows = []
    for address in addresses:
        state = RowState.NEW
        if not address.email:
            state = RowState.BAD
        elif address.email in seen:
            state = RowState.DOUBLE
        elif address.email in inside:
            state = RowState.IN
        elif address.email in invited:
            state = RowState.INVITED
        seen.add(address.email)
        rows.append(Row(address, state))
    return rows


def emails_inside(offer: Offer, emails: set[str]) -> set[str]:
    """Those of `emails` whose people hold what `offer` offers."""
    held: models.QuerySet
    if offer.role in TEAM_ROLES:
        held, field = Membership.objects.on().filter(team=offer.team), "person__email"
    elif offer.role == Role.COACH and offer.team is not None:
        held, field = CoachAssignment.objects.on().filter(team=offer.team), "coach__email"
    elif offer.role == Role.COACH:
        held = Invitation.objects.filter(
            series=offer.series, role=Role.COACH, state=InvitationState.ACCEPTED, accepted_by__isnull=False
        )
        field = "accepted_by__email"
    else:
        held, field = SeriesRole.objects.on().filter(series=offer.series, role=offer.role), "person__email"
    return set(held.filter(**{f"{field}__in": emails}).values_list(field, flat=True))


def emails_invited(offer: Offer, emails: set[str]) -> set[str]:
    """Those of `emails` for which the same invitation is waiting."""
    waiting = Invitation.objects.filter(series=offer.series, team=offer.team, state=InvitationState.WAITING)
    if offer.team is None:
        waiting = waiting.filter(role=offer.role)
    return set(waiting.filter(email__in=emails).values_list("email", flat=True))


@transaction.atomic
def invite(emails: Sequence[str], offer: Offer, *, by: "User", at: datetime) -> list[Invitation]:
    """Invite each address once, and owe its mail; who is in or invited already is left alone.

    Raises PermissionDenied where `by` may not grant the role, ValidationError as `Offer.clean` does.
    """
    offer.clean()
    if not may_grant(by, offer.role, offer.series, offer.team):
        raise PermissionDenied(_("You cannot invite somebody to this role."))
    Series.objects.select_for_update().get(pk=offer.series.pk)  # two pastes at once wait for each other
    wanted = dict.fromkeys(emails)
    known = emails_inside(offer, set(wanted)) | emails_invited(offer, set(wanted))
    made = []
    for email in wanted:
        if email in known:
            continue
        invitation = Invitation(
            series=offer.series,
            team=offer.team,
            email=email,
            role=offer.role,
            is_under_18=offer.is_under_18,
            language=offer.language,
            invited_by=by,
            created_at=at,
        )
        invitation.full_clean(validate_unique=False, validate_constraints=False)
        invitation.save()
        record(by=by, act="teams.person_invited", target=invitation, at=at, role=offer.role.value)
        owe_sending(invitation)
        made.append(invitation)
    return made


def owe_sending(invitation: Invitation) -> bool:
    """Owe one more mail of `invitation`; False while one is on its way."""
    prefix = f"invitation:{invitation.pk}:"
    earlier = Job.objects.filter(key__startswith=prefix)
    if earlier.filter(state__in=[JobState.PENDING, JobState.LEASED]).exists():
        return False
    owe(
        "teams.send_invitation",
        key=f"{prefix}{earlier.count() + 1}",
        payload={"invitation_id": invitation.pk},
        scope=f"series:{invitation.series_id}",
    )
    return True


@transaction.atomic
def resend(invitation: Invitation, *, by: "User", at: datetime) -> bool:
    """Send a waiting invitation anew, with a new link; False where a mail is on its way or has just gone.

    Whoever sends it again stands for it from now on: their right is asked when it is accepted.
    """
    found = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if found.state != InvitationState.WAITING or (found.sent_at and at - found.sent_at < RESEND_AFTER):
        return False
    if not owe_sending(found):
        return False
    found.invited_by = by
    found.save(update_fields=["invited_by"])
    record(by=by, act="teams.invitation_resent", target=found, at=at)
    return True


@transaction.atomic
def revoke(invitation: Invitation, *, by: "User", at: datetime) -> bool:
    """Take a waiting invitation back; its link is dead from now on. False if it was not waiting."""
    waiting = Invitation.objects.filter(pk=invitation.pk, state=InvitationState.WAITING)
    if not waiting.update(state=InvitationState.REVOKED, secret_hash=""):
        return False
    record(by=by, act="teams.invitation_revoked", target=invitation, at=at)
    return True


def hash_of(secret: str) -> str:
    """Under what a secret is kept."""
    return sha256(secret.encode()).hexdigest()


def new_secret(invitation: Invitation, *, at: datetime) -> str:
    """Give `invitation` a new secret of 256 bits, which ends the one before; only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    invitation.secret_hash, invitation.expires_at = hash_of(secret), at + LIFE
    invitation.save(update_fields=["secret_hash", "expires_at"])
    return secret


def is_wanted(invitation: Invitation) -> bool:
    """Whether it can be sent or accepted: waiting, for a living series and team, by somebody who may."""
    return (
        invitation.state == InvitationState.WAITING
        and invitation.series.status != SeriesStatus.ARCHIVED
        and (invitation.team is None or invitation.team.status not in GONE)
        and invitation.invited_by.is_active
        and may_grant(invitation.invited_by, Role(invitation.role), invitation.series, invitation.team)
    )


def find_invitation(token: str, *, at: datetime) -> Invitation | None:
    """The invitation of a link, if it can be accepted now."""
    found = (
        Invitation.objects.filter(secret_hash=hash_of(token), expires_at__gt=at)
        .select_related("series", "team__series", "invited_by")
        .first()
    )
    return found if found and is_wanted(found) else None


def accepted_by(user: "User", token: str) -> Invitation | None:
    """The invitation of a link that `user` has accepted already: a second tap is no dead link."""
    return (
        Invitation.objects.filter(
            secret_hash=hash_of(token), state=InvitationState.ACCEPTED, accepted_by=user
        )
        .select_related("series", "team")
        .first()
    )


def has_proven(user: "User", email: str) -> bool:
    """Whether `user` has shown that the address `email` is theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()


def has_account(email: str) -> bool:
    """Whether somebody signs in with `email`. Told only to who holds a living link for that address."""
    return EmailAddress.objects.filter(email__iexact=email, verified=True).exists()


@transaction.atomic
def accept(token: str, *, by: "User", at: datetime) -> Invitation | None:
    """Give `by` what the invitation offers, once; None if the link is dead or for another address."""
    locked = Invitation.objects.select_for_update().filter(secret_hash=hash_of(token)).first()
    invitation = find_invitation(token, at=at) if locked else None
    if invitation is None or not has_proven(by, invitation.email):
        return None
    today = clock.day_in("UTC", at)
    role = Role(invitation.role)
    team = invitation.team
    if role in TEAM_ROLES and team is not None:
        if not Membership.objects.held(by, today).filter(team=team).exists():
            Membership.objects.create(
                team=team,
                person=by,
                role=role,
                is_under_18=invitation.is_under_18,
                starts_on=today,
            )
    elif role == Role.COACH:
        if team:
            take_up(team, by, on=today, at=at, after=left_behind(team, by))
    elif not SeriesRole.objects.held(by, today).filter(series=invitation.series, role=role).exists():
        SeriesRole.objects.create(series=invitation.series, person=by, role=role, starts_on=today)
    invitation.state, invitation.accepted_by, invitation.accepted_at = InvitationState.ACCEPTED, by, at
    invitation.save(update_fields=["state", "accepted_by", "accepted_at"])
    record(by=by, act="teams.invitation_accepted", target=invitation, at=at, role=role.value)
    return invitation
