"""Which message is owed to whom, and what became of it."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from series.models import Series

if TYPE_CHECKING:
    from accounts.models import User


class NoticeKind(models.TextChoices):
    CHECK_IN = "check_in", _("reminders of check-ins")
    COMMENT = "comment", _("notes on what I wrote")
    REPLY = "reply", _("answers to my notes")
    MENTION = "mention", _("notes that call me by name")
    HELP = "help", _("calls for help that are mine to answer, and answers to mine")
    STORY = "story", _("new stories of the teams that I coach")
    BECAME = "became", _("what became of my stories")
    EXCHANGE = "exchange", _("the exchange: whom we answer, and who answers us")
    NEWS = "news", _("published reports of the series")
    CONCERN = "concern", _("what people told the facilitators")
    COACH = "coach", _("who covers, and hand-overs")
    MONDAY = "monday", _("Monday letter on the series that I run")
    NUDGE = "nudge", _("nudge by a coach or facilitator")
    PROMISE = "promise", _("the later day that your team named")


class Way(models.TextChoices):
    """How one hears of a kind: at once, gathered in one mail a day or a week, or on the pages only."""

    INSTANT = "instant", _("as they come")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")
    NONE = "none", _("no mail")


class NoticeState(models.TextChoices):
    OWED = "owed", _("owed")
    SENT = "sent", _("sent")
    SKIPPED = "skipped", _("not sent")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def owed_to(self, person: "User", *, on: date) -> Self:
        """What waits for the one mail of the day `on`; what goes as it comes has a job of its own."""
        rows = self.filter(person=person, state=NoticeState.OWED, send_on=on)
        return rows.exclude(way=Way.INSTANT)

    def unread_by(self, person: "User") -> Self:
        """What `person` was told of and has not opened, the newest first; sent by mail or not."""
        return self.filter(person=person, read_at=None, told_at__isnull=False).order_by("-told_at", "-pk")


class Notice(models.Model):
    """One message owed to one person about one object, once a rung: the delivery ledger.

    `rung` is days from the due date for a reminder or a nudge, 0 otherwise; `about` says what a story
    became ("outcome:3"). What was not sent keeps its reason. `told_at` is blank for what is no event, such
    as a reminder: it stands in no list of what is unread.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=8, choices=NoticeKind)
    object_id = models.BigIntegerField()  # DueDate, Comment, Promise, Event, StoryEntry … by kind
    rung = models.SmallIntegerField(default=0)
    about = models.CharField(max_length=40, blank=True, default="")
    series = models.ForeignKey(Series, models.CASCADE, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    way = models.CharField(max_length=7, choices=Way, default=Way.DAILY)
    send_on = models.DateField()
    state = models.CharField(max_length=7, choices=NoticeState, default=NoticeState.OWED)
    reason = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["person", "kind", "object_id", "rung", "about"], name="notice_once"),
            CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_is_known"),
            CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state_is_known"),
            CheckConstraint(condition=Q(way__in=Way.values), name="notice_way_is_known"),
            CheckConstraint(
                condition=~Q(state="skipped") | ~Q(reason=""), name="notice_skipped_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "state", "send_on"]),
            models.Index(
                fields=["person", "-told_at"],
                condition=Q(read_at=None, told_at__isnull=False),
                name="notice_unread",
            ),
            models.Index(fields=["send_on"], condition=Q(state="owed"), name="notice_owed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.person_id}"


class Preference(models.Model):
    """How a person hears of one kind: everywhere, or in one series, which then counts.

    Where there is no row the kind's own default holds (kinds.py). What is not mailed stands on the pages.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=8, choices=NoticeKind)
    series = models.ForeignKey(Series, models.CASCADE, null=True, blank=True, related_name="+")
    way = models.CharField(max_length=7, choices=Way)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["person", "kind"], condition=Q(series=None), name="preference_everywhere_once"
            ),
            UniqueConstraint(fields=["person", "kind", "series"], name="preference_once_a_series"),
            CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="preference_kind_is_known"),
            CheckConstraint(condition=Q(way__in=Way.values), name="preference_way_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.way}"


class WeekDay(models.Model):
    """The day on which a person gets what is gathered once a week; Monday for who chose none."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_day")
    weekday = models.PositiveSmallIntegerField(default=0)  # 0 is Monday

    class Meta:
        constraints = [CheckConstraint(condition=Q(weekday__lte=6), name="week_day_is_a_day")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.weekday}"
