"""What can be done with calls for help: ask, answer, settle."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.permissions import Permission, has_permission
from coaching.models import HelpAnswer, HelpCall
from core.forms import USED_BEFORE
from progress.models import CheckIn, HelpFrom
from storymaps.models import StoryEntry
from teams.models import Team

if TYPE_CHECKING:
    from accounts.models import User

MOST_A_DAY = 10  # calls of one person
MOST_ANSWERS_A_DAY = 100  # of one person


def ask_for_help(draft: HelpCall, *, by: "User", at: datetime) -> HelpCall:
    """Open a call of `draft.team`. A double tap is one call.

    Raises ValidationError without words, about another team's story or driver, or after very many today.
    """
    if earlier := HelpCall.objects.filter(asked_by=by, submission_id=draft.submission_id).first():
        return earlier
    if not draft.text.strip():
        raise ValidationError({"text": _("Say in a sentence what would help.")})
    if draft.driver is not None and draft.driver.series_id != draft.team.series_id:
        raise ValidationError({"driver": _("This driver belongs to another series.")})
    if draft.entry is not None and (
        draft.entry.team_id != draft.team_id
        or not StoryEntry.objects.visible_to(by).filter(pk=draft.entry.pk).exists()
    ):
        raise ValidationError(_("This story is not here."))
    if HelpCall.objects.filter(asked_by=by, asked_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise ValidationError(_("You have asked very often today. Please add to a call that is open."))
    draft.asked_by, draft.asked_at = by, at
    draft.full_clean(exclude=["submission_id"])
    try:
        with transaction.atomic():
            draft.save()
            record(by=by, act="coaching.help_asked", target=draft, at=at, asked_of=draft.asked_of)
    except IntegrityError as error:
        raise ValidationError(USED_BEFORE) from error
    return draft


def call_of_check_in(check_in: CheckIn, *, team: Team, by: "User", at: datetime) -> HelpCall | None:
    """Open the call that a check-in makes, in the transaction of its filing; None where it asks nobody."""
    if not check_in.help_from:
        return None
    call = HelpCall.objects.create(
        team=team,
        asked_of=HelpFrom(check_in.help_from),
        text=check_in.hindered,
        check_in=check_in,
        asked_by=by,
        asked_at=at,
        submission_id=uuid.uuid4(),
        is_sample=check_in.is_sample,
    )
    record(by=by, act="coaching.help_asked", target=call, at=at, asked_of=call.asked_of)
    return call


def answer_call(draft: HelpAnswer, *, by: "User", at: datetime, settles: bool = False) -> HelpAnswer:
    """Answer a call, and settle it where `by` may and wants to. A double tap is one answer.

    Raises ValidationError after very many in a day.
    """
    if earlier := HelpAnswer.objects.filter(author=by, submission_id=draft.submission_id).first():
        return earlier
    lately = HelpAnswer.objects.filter(author=by, written_at__gt=at - timedelta(days=1))
    if lately.count() >= MOST_ANSWERS_A_DAY:
        raise ValidationError(_("You have answered very often today. Please go on tomorrow."))
    draft.author, draft.written_at = by, at
    draft.full_clean(exclude=["submission_id"])
    try:
        with transaction.atomic():
            draft.save()
            record(by=by, act="coaching.help_answered", target=draft.call, at=at, answer=draft.pk)
            if settles and may_settle(by, draft.call):
                settle_call(draft.call, by=by, at=at)
    except IntegrityError as error:
        raise ValidationError(USED_BEFORE) from error
    return draft


def may_remove_answer(user: "User", answer: HelpAnswer, *, runs: bool) -> bool:
    """Its author; and who `runs` the series, for what should not stand there. No query."""
    return answer.author_id == user.pk or runs


@transaction.atomic
def remove_answer(answer: HelpAnswer, *, by: "User", at: datetime) -> None:
    """Take the words of an answer away; its place stays. Done twice is done once. Raises PermissionDenied."""
    runs = has_permission(by, Permission.CONFIGURE, answer.call.team.series)
    if not may_remove_answer(by, answer, runs=runs):
        raise PermissionDenied(_("An answer is taken away by who wrote it."))
    if HelpAnswer.objects.filter(pk=answer.pk, removed_at=None).update(removed_at=at, text=""):
        record(by=by, act="coaching.help_answer_removed", target=answer.call, at=at, answer=answer.pk)


def may_settle(user: "User", call: HelpCall) -> bool:
    """The team, its coach, and who runs the series: whoever reads the team in full and may comment there."""
    return (
        has_permission(user, Permission.COMMENT, call.team)
        and Team.objects.read_in_full_by(user).filter(pk=call.team_id).exists()
    )


@transaction.atomic
def settle_call(call: HelpCall, *, by: "User", at: datetime) -> None:
    """Say that a call needs nothing more. Settled twice is settled once."""
    if not may_settle(by, call):
        raise PermissionDenied(_("A call for help is settled by the team or its coach."))
    if HelpCall.objects.filter(pk=call.pk, settled_at=None).update(settled_at=at, settled_by=by):
        record(by=by, act="coaching.help_settled", target=call, at=at)
        call.settled_at, call.settled_by = at, by
