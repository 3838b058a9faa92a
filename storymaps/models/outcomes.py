"""What somebody does differently now: promoted from stories, and confirmed by somebody who knows."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from series.models import Series
from storymaps.models.entries import StoryEntry, Visibility
from teams.models import Team


class Intent(models.TextChoices):
    PLANNED = "planned", _("we planned for it")
    UNPLANNED = "unplanned", _("it came unplanned")


class Direction(models.TextChoices):
    POSITIVE = "positive", _("for the better")
    NEGATIVE = "negative", _("for the worse")


class Level(models.TextChoices):
    """What kind of change it is; policy and practice are drivers of many series, too."""

    BEHAVIOUR = "behaviour", _("behaviour")
    RELATIONSHIP = "relationship", _("relationship")
    ACTIVITY = "activity", _("activity")
    POLICY = "policy", _("policy")
    PRACTICE = "practice", _("practice")


class Verdict(models.TextChoices):
    """What the person who was asked to confirm it said."""

    FULLY = "fully", _("agrees fully")
    PARTLY = "partly", _("agrees in part")
    NO = "no", _("does not agree")
    SILENT = "silent", _("has not answered")


OUTCOME_READERS = [(value.value, value.label) for value in (Visibility.TEAM, Visibility.SERIES)]


class OutcomeStatementQuerySet(models.QuerySet["OutcomeStatement"]):
    def visible_to(self, user: Any) -> Self:
        """Outcomes of teams that `user` reads in full, and those shared in their series."""
        in_full = Team.objects.read_in_full_by(user)
        shared = Q(team__series__in=Series.objects.visible_to(user), visibility=Visibility.SERIES)
        return self.filter(Q(team__in=in_full) | shared)


class OutcomeStatement(models.Model):
    """Who changed, and what they do differently, with what it rests on.

    `sources` are one story or more. A verifier is named by role. `verdict` is blank until somebody was
    asked; whoever was asked has a day on which that was.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="outcomes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="outcomes")
    who_changed = models.CharField(_("Who changed? (roles, not names)"), max_length=200)
    what_differs = models.TextField(_("What do they do differently now?"), max_length=2000)
    changed_on = models.DateField(_("Since when?"), null=True, blank=True)
    place = models.CharField(_("Where"), max_length=120, blank=True)
    significance = models.TextField(_("Why does it matter?"), max_length=1000, blank=True)
    contribution = models.TextField(_("What did we add to it?"), max_length=1000, blank=True)
    intent = models.CharField(_("Was it intended?"), max_length=9, choices=Intent, blank=True)
    direction = models.CharField(
        _("Is it for the better?"), max_length=8, choices=Direction, default=Direction.POSITIVE
    )
    level = models.CharField(_("What kind of change is it?"), max_length=12, choices=Level, blank=True)
    sources = models.ManyToManyField(StoryEntry, related_name="outcomes")
    verifier_role = models.CharField(_("Who can confirm it? (a role)"), max_length=160, blank=True)
    verifier_is_independent = models.BooleanField(_("They stand outside our team"), default=False)
    asked_on = models.DateField(_("Asked on"), null=True, blank=True)
    verdict = models.CharField(_("What did they say?"), max_length=6, choices=Verdict, blank=True)
    verdict_comment = models.TextField(_("In their words"), max_length=1000, blank=True)
    language = models.CharField(_("Language"), max_length=8, choices=settings.LANGUAGES, default="en")
    visibility = models.CharField(
        _("Who can read it?"), max_length=6, choices=OUTCOME_READERS, default=Visibility.TEAM
    )
    logged_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = OutcomeStatementQuerySet.as_manager()

    class Meta:
        ordering = ["-logged_at", "-pk"]
        constraints = [
            CheckConstraint(condition=Q(intent__in=["", *Intent.values]), name="outcome_intent_is_known"),
            CheckConstraint(condition=Q(direction__in=Direction.values), name="outcome_direction_is_known"),
            CheckConstraint(condition=Q(level__in=["", *Level.values]), name="outcome_level_is_known"),
            CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="outcome_verdict_is_known"),
            CheckConstraint(
                condition=Q(visibility__in=[Visibility.TEAM, Visibility.SERIES]),
                name="outcome_visibility_is_known",
            ),
            CheckConstraint(
                condition=Q(verdict="") | (Q(asked_on__isnull=False) & ~Q(verifier_role="")),
                name="outcome_verdict_of_somebody_asked",
                violation_error_message=_("Say who was asked, and when, before you note the answer."),
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def headline(self) -> str:
        """Who changed: what stands at the head of its page and in lists."""
        return self.who_changed
