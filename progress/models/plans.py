"""What a team intends in an Action Period: its plan and the items on it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from series.models import ActionPeriod, Driver, LearningSession
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
    outcomes = models.TextField(_("what we hope to see by the end"), max_length=1000, blank=True)
    risks = models.TextField(_("what could get in the way"), max_length=1000, blank=True)
    support_wanted = models.TextField(_("support we want"), max_length=1000, blank=True)
    written_at = models.ForeignKey(
        LearningSession,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name=_("written at"),
    )
    agreed_by = models.CharField(_("who agreed on it"), max_length=200, blank=True)
    # The closing reflection of the period.
    used_to_think = models.TextField(_("I used to think …"), max_length=1000, blank=True)
    now_think = models.TextField(_("Now I think …"), max_length=1000, blank=True)
    what_became = models.TextField(_("What we did, changed or dropped, and why"), max_length=2000, blank=True)
    reflected_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)  # of the words, so that no text is overwritten unseen
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
    boundary_partner = models.CharField(
        _("whose doing should change"),
        max_length=160,
        blank=True,
        help_text=_("A person, group or office that you work with and do not control."),
    )
    carried_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="carried_to"
    )
    status = models.CharField(max_length=11, choices=PlanItemStatus, default=PlanItemStatus.NOT_STARTED)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)  # of the words; the state in one tap does not count
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = PlanItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            CheckConstraint(condition=Q(status__in=PlanItemStatus.values), name="plan_item_status_is_known"),
            UniqueConstraint(fields=["plan", "carried_from"], name="plan_item_carried_once_a_plan"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def team(self) -> Team:
        return self.plan.team

    @property
    def team_id(self) -> int:
        return self.plan.team_id
