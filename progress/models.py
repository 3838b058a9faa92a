"""What a team intends, owes and files in an Action Period."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from series.models import ActionPeriod, Driver
from teams.models import Team


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: Any) -> Self:
        """Plans of teams that `user` reads in full (rule R7: a plan is the team's and its coach's)."""
        return self.filter(team__in=Team.objects.read_in_full_by(user))


class Plan(models.Model):
    """A team's intended actions for one Action Period."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="plans")
    period = models.ForeignKey(ActionPeriod, models.CASCADE, related_name="plans")
    question = models.CharField(_("our question for this period"), max_length=300, blank=True)
    support_wanted = models.TextField(_("support we want"), max_length=1000, blank=True)
    is_sample = models.BooleanField(default=False)
    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["team", "period"], name="plan_one_a_team_and_period")]

    def __str__(self) -> str:
        return f"{self.team}, {self.period}"


class PlanItemStatus(models.TextChoices):
    NOT_STARTED = "not_started", _("not started")
    GOING = "going", _("going")
    DONE = "done", _("done")
    CHANGED = "changed", _("changed")
    STOPPED = "stopped", _("stopped")


class PlanItemQuerySet(models.QuerySet["PlanItem"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(plan__team__in=Team.objects.read_in_full_by(user))


class PlanItem(models.Model):
    """One thing a team will try; the link of the chain that stories grow out of."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    what = models.CharField(_("what we will try"), max_length=300)
    drivers = models.ManyToManyField(Driver, related_name="plan_items", blank=True)
    who = models.CharField(_("who"), max_length=120, blank=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    first_step = models.CharField(_("first small step, by next Tuesday"), max_length=300, blank=True)
    status = models.CharField(max_length=11, choices=PlanItemStatus, default=PlanItemStatus.NOT_STARTED)
    position = models.PositiveSmallIntegerField(default=0)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = PlanItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            CheckConstraint(condition=Q(status__in=PlanItemStatus.values), name="plan_item_status_is_known")
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def team(self) -> Team:
        return self.plan.team

    @property
    def team_id(self) -> int:
        return self.plan.team_id


class DueDateQuerySet(models.QuerySet["DueDate"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(team__in=Team.objects.read_in_full_by(user))

    def open(self) -> Self:
        """Neither filed nor excused."""
        return self.filter(check_in=None, is_excused=False)

    def due_by(self, on: date) -> Self:
        return self.filter(due_on__lte=on)


class DueDate(models.Model):
    """That a team owes a check-in on a day: a stored fact, moved only by a person's act (rules R3, R8)."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="due_dates")
    period = models.ForeignKey(ActionPeriod, models.CASCADE, related_name="due_dates")
    due_on = models.DateField()
    is_excused = models.BooleanField(default=False)
    excused_because = models.CharField(max_length=200, blank=True)
    objects = DueDateQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [UniqueConstraint(fields=["team", "due_on"], name="due_date_once_a_team")]

    def __str__(self) -> str:
        return f"{self.team} {self.due_on}"


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
