"""The call log: when who spoke with a team, what was said, and what was agreed (rules R7, R9)."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role
from progress.models import PlanItem
from series.models import SeriesRole
from teams.models import CoachAssignment, Team


class CallAudience(models.TextChoices):
    """Who reads the notes of a call (rule R7)."""

    TEAM = "team", _("the team and its coach")
    COACHES = "coaches", _("coaches and facilitators only")


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: Any) -> Self:
        """Calls with teams that `user` reads in full; those for coaches only for coaches and who runs it.

        Such a call is in no output of the team: not its page, nor that it took place.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        run = SeriesRole.objects.held(user).filter(role__in=[Role.ORGANIZER, Role.FACILITATOR])
        as_coach = Q(team__in=CoachAssignment.objects.held(user).values("team")) | Q(
            team__series__in=run.values("series")
        )
        return self.filter(
            Q(audience=CallAudience.TEAM, team__in=Team.objects.read_in_full_by(user))
            | (Q(audience=CallAudience.COACHES) & as_coach)
        )

    def standing(self) -> Self:
        """Those that nobody removed."""
        return self.filter(removed_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-held_on", "-pk")


class Call(models.Model):
    """That a coach spoke with a team on a day, and what was said. It is filed on the team's behalf (rule R9).

    A removed call keeps its place and loses its words and steps.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="calls")
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    held_on = models.DateField(_("When was it?"))
    with_whom = models.CharField(_("Who was on the line?"), max_length=160, blank=True)
    notes = models.TextField(_("What was said"), max_length=4000, blank=True)
    next_call_on = models.DateField(_("When do you speak again?"), null=True, blank=True)
    audience = models.CharField(
        _("Who can read it?"), max_length=7, choices=CallAudience, default=CallAudience.TEAM
    )
    logged_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["team", "-held_on"])]
        constraints = [
            CheckConstraint(condition=Q(audience__in=CallAudience.values), name="call_audience_is_known"),
            CheckConstraint(
                condition=Q(next_call_on=None) | Q(next_call_on__gt=F("held_on")),
                name="call_next_comes_after_it",
                violation_error_message=_("The next call comes after this one."),
            ),
            CheckConstraint(
                condition=Q(removed_at=None) | Q(notes="", with_whom="", next_call_on=None),
                name="call_removed_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.held_on}"


class CallVersion(models.Model):
    """What a call said before it was changed. Readers of the call read it; removing the call removes it."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="versions")
    held_on = models.DateField()
    with_whom = models.CharField(max_length=160, blank=True)
    notes = models.TextField(max_length=4000, blank=True)
    next_call_on = models.DateField(null=True, blank=True)
    until = models.DateTimeField()

    class Meta:
        ordering = ["-until", "-pk"]

    def __str__(self) -> str:
        return self.notes[:60]


class CallStep(models.Model):
    """What was agreed in a call. `item` is what the team has of it in its plan: a link of the chain."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="steps")
    what = models.CharField(_("What was agreed?"), max_length=300)
    item = models.OneToOneField(PlanItem, models.SET_NULL, null=True, blank=True, related_name="call_step")
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.what
