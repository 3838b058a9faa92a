"""What teams owe: the mail of an invitation, the end of a pause."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.permissions import Role
from core import mail
from jobs.registry import Lane, Outcome, handles, sweeps
from series.models import Series
from teams import status
from teams.addresses import without_links
from teams.invitations import is_wanted, new_secret
from teams.models import Invitation


@sweeps("teams.end_pauses", every=timedelta(minutes=30))
def end_pauses(since: datetime, until: datetime, at: datetime) -> None:
    """Let teams come back on the day after the last of their pause."""
    status.end_pauses(at=at)


@handles("teams.send_invitation", lane=Lane.MAIL, time_limit=timedelta(seconds=60))
def send_invitation(invitation_id: int, *, at: datetime) -> Outcome:
    """Mail a new link for an invitation, unless it is not wanted any more.

    The link is made here and stands nowhere else. A second run makes another one, so each run has a
    message id of its own: of two mails the newer must be the one that is shown.
    """
    invitation = (
        Invitation.objects.select_related("series", "team__series", "invited_by")
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None or not is_wanted(invitation):
        return Outcome.skipped("the invitation was accepted, revoked, or its sender may no longer invite")
    secret = new_secret(invitation, at=at)
    mail.compose(
        "invitation",
        to=invitation.email,
        language=invitation.language,
        context={
            "who": without_links(str(invitation.invited_by.name)) or "?",
            "series": without_links(invitation.series.name),
            "team": without_links(invitation.team.name) if invitation.team else "",
            "question": without_links(question_of(invitation.series)),
            "role": role_words(invitation),
            "url": settings.BASE_URL + reverse("teams:invitation", args=[secret]),
            "days": (invitation.expires_at - at).days if invitation.expires_at else 0,
        },
        message_id=f"invitation.{invitation.pk}.{invitation.secret_hash[:16]}",
    ).send()
    return Outcome.done(then=lambda: Invitation.objects.filter(pk=invitation_id).update(sent_at=at))


def question_of(series: Series) -> str:
    """The guiding question in force, or nothing."""
    question = series.questions.first()
    return question.text if question else ""


def role_words(invitation: Invitation) -> str:
    """The role in the language of the mail."""
    with translation.override(invitation.language):
        return str(Role(invitation.role).label)
