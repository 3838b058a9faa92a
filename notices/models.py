"""Which message is owed to whom, and what became of it."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class NoticeKind(models.TextChoices):
    CHECK_IN = "check_in", _("check-in reminder")
    COMMENT = "comment", _("comment on your entry")
    HELP = "help", _("call for help, and its answers")
    CONCERN = "concern", _("what somebody told the facilitators")
    COACH = "coach", _("who covers, and hand-overs")
    MONDAY = "monday", _("Monday letter")
    NUDGE = "nudge", _("nudge by a coach or facilitator")
    PROMISE = "promise", _("the later day that your team named")


class NoticeState(models.TextChoices):
    OWED = "owed", _("owed")
    SENT = "sent", _("sent")
    SKIPPED = "skipped", _("not sent")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def owed_to(self, person: "User", *, on: date) -> Self:
        """What waits for the one mail of the day `on`."""
        return self.filter(person=person, state=NoticeState.OWED, send_on=on)


class Notice(models.Model):
    """One message owed to one person about one object, once a rung: the delivery ledger.

    `rung` is days from the due date for a reminder or a nudge, 0 otherwise. What was not sent keeps its
    reason.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=8, choices=NoticeKind)
    object_id = models.BigIntegerField()  # DueDate, Comment, Promise, Event or Series, by kind
    rung = models.SmallIntegerField(default=0)
    send_on = models.DateField()
    state = models.CharField(max_length=7, choices=NoticeState, default=NoticeState.OWED)
    reason = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "kind", "object_id", "rung"], name="notice_once"),
            CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_is_known"),
            CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state_is_known"),
            CheckConstraint(
                condition=~Q(state="skipped") | ~Q(reason=""), name="notice_skipped_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["person", "state", "send_on"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.person_id}"


class OptOut(models.Model):
    """That a person wants no mail of one kind; what it would have said stands on the pages all the same."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="opt_outs")
    kind = models.CharField(max_length=8, choices=NoticeKind)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "kind"], name="opt_out_once"),
            CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="opt_out_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"
