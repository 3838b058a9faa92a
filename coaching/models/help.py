"""Calls for help and their answers."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role
from progress.models import CheckIn, HelpFrom
from series.models import Driver, Series, SeriesRole
from storymaps.models import StoryEntry
from teams.models import Team


class HelpCallQuerySet(models.QuerySet["HelpCall"]):
    def visible_to(self, user: Any) -> Self:
        """Calls of teams read in full; those to other teams for the series, those to experts for these.

        There is no call that only two people read.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        expert_in = SeriesRole.objects.held(user).filter(role=Role.EXPERT).values("series")
        return self.filter(
            Q(team__in=Team.objects.read_in_full_by(user))
            | Q(asked_of=HelpFrom.PEERS, team__series__in=Series.objects.visible_to(user))
            | Q(asked_of=HelpFrom.EXPERT, team__series__in=expert_in)
        )

    def open(self) -> Self:
        return self.filter(settled_at=None)

    def oldest_first(self) -> Self:
        return self.order_by("asked_at", "pk")


class HelpCall(models.Model):
    """That a team wants help: of whom, and with what. It stands open until somebody settles it (rule R9).

    It may come with a check-in, or be about a story. An expert is asked about a driver, if one is named.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="help_calls")
    asked_of = models.CharField(_("Whom do you ask?"), max_length=6, choices=HelpFrom, default=HelpFrom.COACH)
    driver = models.ForeignKey(
        Driver,
        models.SET_NULL,
        verbose_name=_("Which driver is it about?"),
        null=True,
        blank=True,
        related_name="help_calls",
    )
    text = models.TextField(_("What would help?"), max_length=1000, blank=True)
    check_in = models.OneToOneField(CheckIn, models.CASCADE, null=True, blank=True, related_name="help_call")
    entry = models.ForeignKey(StoryEntry, models.CASCADE, null=True, blank=True, related_name="help_calls")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = HelpCallQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["team", "settled_at"])]
        constraints = [
            CheckConstraint(condition=Q(asked_of__in=HelpFrom.values), name="help_call_asks_somebody"),
            CheckConstraint(
                condition=Q(settled_at=None, settled_by=None) | Q(settled_at__isnull=False),
                name="help_call_settled_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60] or str(self.get_asked_of_display())

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


class HelpAnswerQuerySet(models.QuerySet["HelpAnswer"]):
    def visible_to(self, user: Any) -> Self:
        """Answers to the calls that `user` reads."""
        return self.filter(call__in=HelpCall.objects.visible_to(user))

    def standing(self) -> Self:
        """Those not taken away."""
        return self.filter(removed_at=None)


class HelpAnswer(models.Model):
    """What somebody answers to a call for help; whoever reads the call reads its answers.

    One that was taken away keeps its place without its words.
    """

    call = models.ForeignKey(HelpCall, models.CASCADE, related_name="answers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("Your answer"), max_length=2000)
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = HelpAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
