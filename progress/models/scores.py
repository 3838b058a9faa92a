"""What people say of a team on the progress scale."""

from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from teams.models import Team


class ScoreBy(models.TextChoices):
    COACH = "coach", _("the coach")
    TEAM = "team", _("the team itself")


class ProgressScoreQuerySet(models.QuerySet["ProgressScore"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(team__in=Team.objects.read_in_full_by(user))


class ProgressScore(models.Model):
    """Where a team stands on the progress scale, as people see it; never computed (rule R5)."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="scores")
    side = models.CharField(max_length=5, choices=ScoreBy)
    half_steps = models.PositiveSmallIntegerField()  # 1 to 10: the scale from 0.5 to 5.0
    reason = models.TextField(_("why"), max_length=1000, blank=True)
    advice = models.TextField(_("advice: the next step"), max_length=1000, blank=True)
    scored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    scored_at = models.DateTimeField()
    scored_on = models.DateField()  # the team's calendar day
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    seen_at = models.DateTimeField(null=True, blank=True)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = ProgressScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-scored_at", "-pk"]
        constraints = [
            CheckConstraint(condition=Q(half_steps__range=(1, 10)), name="score_is_on_the_scale"),
            CheckConstraint(condition=~Q(side="coach") | ~Q(reason=""), name="score_of_a_coach_has_a_reason"),
            CheckConstraint(condition=Q(side__in=ScoreBy.values), name="score_side_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.value} ({self.get_side_display()})"

    @property
    def value(self) -> Decimal:
        """The score as people say it: 0.5 to 5.0."""
        return Decimal(self.half_steps * 5).scaleb(-1)


# --- boundary partners, where a series uses them ---------------------------------------------------
