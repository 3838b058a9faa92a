"""Small tests of a plan item."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from progress.models.plans import PlanItem
from teams.models import Team


class AsPlanned(models.TextChoices):
    YES = "yes", _("as planned")
    PARTLY = "partly", _("partly")
    NO = "no", _("not as planned")


class Matched(models.TextChoices):
    """Whether what was seen is what was predicted."""

    YES = "yes", _("yes, as we said")
    PARTLY = "partly", _("in part")
    NO = "no", _("no, it surprised us")


class Decision(models.TextChoices):
    ADOPT = "adopt", _("adopt it")
    ADAPT = "adapt", _("adapt it")
    ABANDON = "abandon", _("let it go")
    ENLARGE = "enlarge", _("try it wider")


class TestCycleQuerySet(models.QuerySet["TestCycle"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(item__plan__team__in=Team.objects.read_in_full_by(user))


class TestCycle(models.Model):
    """One small test of a plan item: what we predict, what we saw, what we decide.

    The prediction is said first: nothing of the result can stand here before the test was begun.
    """

    __test__ = False  # no class of tests, whatever pytest thinks of the name

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="cycles")
    number = models.PositiveSmallIntegerField()
    # The step of the ramp before this one; a test has one next test.
    previous = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="following")
    question = models.CharField(_("what we want to find out"), max_length=300, blank=True)
    prediction = models.TextField(_("what we think will happen"), max_length=1000)
    how_known = models.CharField(_("how we will know"), max_length=300, blank=True)
    tasks = models.TextField(_("who does what, where"), max_length=1000, blank=True)
    starts_on = models.DateField(_("it starts on"), null=True, blank=True)
    target_on = models.DateField(_("it should end by"), null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    as_planned = models.CharField(_("Was it done as planned?"), max_length=6, choices=AsPlanned, blank=True)
    observations = models.TextField(_("what we saw, surprises too"), max_length=2000, blank=True)
    matched = models.CharField(_("Did it go as we predicted?"), max_length=6, choices=Matched, blank=True)
    learning = models.TextField(_("what we learned"), max_length=2000, blank=True)
    decision = models.CharField(_("What do we do with it?"), max_length=7, choices=Decision, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = TestCycleQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            UniqueConstraint(fields=["item", "number"], name="test_cycle_once_a_number"),
            CheckConstraint(condition=~Q(prediction=""), name="test_cycle_predicts"),
            CheckConstraint(
                condition=Q(begun_at__isnull=False)
                | Q(as_planned="", observations="", matched="", learning="", decision="", ended_at=None),
                name="test_cycle_predicts_before_it_tells",
            ),
            CheckConstraint(
                condition=Q(ended_at=None) | ~Q(decision=""), name="test_cycle_ends_with_a_decision"
            ),
            CheckConstraint(
                condition=Q(starts_on=None) | Q(target_on=None) | Q(target_on__gte=F("starts_on")),
                name="test_cycle_ends_after_it_starts",
                violation_error_message=_("It cannot end before it starts."),
            ),
            CheckConstraint(
                condition=Q(as_planned__in=["", *AsPlanned.values]), name="test_cycle_as_planned_is_known"
            ),
            CheckConstraint(
                condition=Q(matched__in=["", *Matched.values]), name="test_cycle_matched_is_known"
            ),
            CheckConstraint(
                condition=Q(decision__in=["", *Decision.values]), name="test_cycle_decision_is_known"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Test %(number)s") % {"number": self.number})

    @property
    def team(self) -> Team:
        return self.item.plan.team

    @property
    def team_id(self) -> int:
        return self.item.plan.team_id
