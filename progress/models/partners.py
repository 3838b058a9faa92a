"""Whose doing should change, and the markers on the way."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from teams.models import Team


class BoundaryPartnerQuerySet(models.QuerySet["BoundaryPartner"]):
    def visible_to(self, user: Any) -> Self:
        """Partners of teams that `user` reads in full (rule R7: what a team notes of others is its own)."""
        return self.filter(team__in=Team.objects.read_in_full_by(user))


class BoundaryPartner(models.Model):
    """Somebody outside the team whom it works with and hopes to influence, and the change it hopes for."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="partners")
    name = models.CharField(_("Who are they?"), max_length=160)
    challenge = models.TextField(_("What would they do in the best case?"), max_length=1000, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = BoundaryPartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["team", "name"],
                name="boundary_partner_one_a_name",
                violation_error_message=_("The team has a partner of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Grade(models.TextChoices):
    """How much a change in a partner would say."""

    EXPECT = "expect", _("we expect to see")
    LIKE = "like", _("we would like to see")
    LOVE = "love", _("we would love to see")


class MarkerState(models.TextChoices):
    NONE = "none", _("not yet")
    SOME = "some", _("in part")
    FULL = "full", _("in full")


class ProgressMarkerQuerySet(models.QuerySet["ProgressMarker"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(partner__team__in=Team.objects.read_in_full_by(user))


class ProgressMarker(models.Model):
    """One change that a team hopes to see in a partner. `state` is that of the newest change noted."""

    partner = models.ForeignKey(BoundaryPartner, models.CASCADE, related_name="markers")
    grade = models.CharField(_("How far would it go?"), max_length=6, choices=Grade, default=Grade.EXPECT)
    text = models.CharField(_("What would they do?"), max_length=300)
    state = models.CharField(max_length=4, choices=MarkerState, default=MarkerState.NONE)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = ProgressMarkerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(condition=Q(grade__in=Grade.values), name="progress_marker_grade_is_known"),
            CheckConstraint(condition=Q(state__in=MarkerState.values), name="progress_marker_state_is_known"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def team(self) -> Team:
        return self.partner.team

    @property
    def team_id(self) -> int:
        return self.partner.team_id


class MarkerChange(models.Model):
    """That a marker was seen in a state on a day: the dated history, which nobody rewrites."""

    marker = models.ForeignKey(ProgressMarker, models.CASCADE, related_name="changes")
    state = models.CharField(_("How far is it?"), max_length=4, choices=MarkerState)
    seen_on = models.DateField(_("Seen on"))
    note = models.TextField(_("What did you see, and what helped?"), max_length=1000, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-seen_on", "-pk"]
        constraints = [
            CheckConstraint(condition=Q(state__in=MarkerState.values), name="marker_change_state_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.marker_id} {self.state}"
