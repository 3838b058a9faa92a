"""What a team owes and files: due dates, later days that it named, check-ins."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from series.models import ActionPeriod
from teams.models import Team


class DueDateQuerySet(models.QuerySet["DueDate"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(team__in=Team.objects.read_in_full_by(user))

    def open(self) -> Self:
        """Neither filed nor excused, nor caught up with by a later check-in."""
        return self.filter(check_in=None, is_excused=False, caught_up_by=None)

    def due_by(self, on: date) -> Self:
        return self.filter(due_on__lte=on)


class DueDate(models.Model):
    """That a team owes a check-in on a day: a stored fact, moved only by a person's act (rules R3, R8)."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="due_dates")
    period = models.ForeignKey(ActionPeriod, models.CASCADE, related_name="due_dates")
    due_on = models.DateField()
    is_excused = models.BooleanField(default=False)
    excused_because = models.CharField(max_length=200, blank=True)
    # The later check-in that speaks for this missed date, too (rule R3: one catch-up, never several forms).
    caught_up_by = models.ForeignKey(
        "CheckIn", models.SET_NULL, null=True, blank=True, related_name="caught_up"
    )
    objects = DueDateQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [UniqueConstraint(fields=["team", "due_on"], name="due_date_once_a_team")]

    def __str__(self) -> str:
        return f"{self.team} {self.due_on}"

    @property
    def is_open(self) -> bool:
        """Neither filed nor excused, nor caught up with. Wants `check_in` selected."""
        return not self.is_excused and self.caught_up_by_id is None and not hasattr(self, "check_in")


class Promise(models.Model):
    """That a team names a later day for a check-in: at most twice a due date (rule R3)."""

    due = models.ForeignKey(DueDate, models.CASCADE, related_name="promises")
    number = models.PositiveSmallIntegerField()
    later_on = models.DateField(_("we will send it on"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            UniqueConstraint(fields=["due", "number"], name="promise_once_a_number"),
            UniqueConstraint(fields=["due", "later_on"], name="promise_once_a_day"),
            CheckConstraint(condition=Q(number__range=(1, 2)), name="promise_at_most_twice"),
        ]

    def __str__(self) -> str:
        return f"{self.due}: {self.later_on}"


class Receiver(models.Model):
    """Whom a team named for its reminders; nobody named means its lead and storyteller (rule R3)."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="receivers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="receives_for")

    class Meta:
        constraints = [UniqueConstraint(fields=["team", "person"], name="receiver_once_a_team")]

    def __str__(self) -> str:
        return f"{self.team}: {self.person}"


class Going(models.TextChoices):
    """The one required answer of a check-in."""

    WELL = "well", _("going well")
    STEADY = "steady", _("steady")
    STUCK = "stuck", _("stuck")
    ON_HOLD = "on_hold", _("on hold")
    NOTHING = "nothing", _("nothing to report")


class HelpFrom(models.TextChoices):
    COACH = "coach", _("our coach")
    PEERS = "peers", _("other teams")
    EXPERT = "expert", _("an expert")


class Channel(models.TextChoices):
    """How something reached the platform."""

    WEB = "web", _("web")
    PHONE = "phone", _("phone call")
    MAIL = "mail", _("e-mail")
    VISIT = "visit", _("visit")


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(due__team__in=Team.objects.read_in_full_by(user))


class CheckIn(models.Model):
    """What a team filed for one due date, in three minutes on a phone; all but `going` is optional."""

    due = models.OneToOneField(DueDate, models.PROTECT, related_name="check_in")
    going = models.CharField(_("How is it going?"), max_length=7, choices=Going)
    moved = models.TextField(_("One thing that moved"), max_length=1000, blank=True)
    hindered = models.TextField(_("One thing that got in the way"), max_length=1000, blank=True)
    help_from = models.CharField(_("Help wanted from"), max_length=6, choices=HelpFrom, blank=True)
    next_step = models.TextField(_("Next step"), max_length=500, blank=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="check_ins")
    filed_at = models.DateTimeField()
    filed_on = models.DateField()  # the team's calendar day
    is_on_behalf = models.BooleanField(default=False)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.WEB)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(going__in=Going.values), name="check_in_going_is_known"),
            CheckConstraint(condition=Q(help_from__in=["", *HelpFrom.values]), name="check_in_help_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.due}: {self.get_going_display()}"

    @property
    def team(self) -> Team:
        return self.due.team

    @property
    def team_id(self) -> int:
        return self.due.team_id

    @property
    def is_late(self) -> bool:
        return self.filed_on > self.due.due_on
