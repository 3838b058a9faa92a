"""What facilitators are told of."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role
from series.models import Series, SeriesRole
from teams.models import Team


class ConcernQuerySet(models.QuerySet["Concern"]):
    def visible_to(self, user: Any) -> Self:
        """Concerns of the series that `user` facilitates or organizes; nobody else reads them."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        run = SeriesRole.objects.held(user).filter(role__in=[Role.ORGANIZER, Role.FACILITATOR])
        return self.filter(series__in=run.values("series"))


class Concern(models.Model):
    """That somebody tells the facilitators of something that should not stand there.

    `about` and `object_id` say of what: a kind of `coaching.concern_kinds` and its id. What is gone by the
    time the facilitators look leaves the concern standing.
    """

    series = models.ForeignKey(Series, models.CASCADE, related_name="concerns")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="concerns")
    about = models.CharField(max_length=12)
    object_id = models.BigIntegerField()
    text = models.TextField(_("What is wrong with it?"), max_length=1000, blank=True)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    submission_id = models.UUIDField(unique=True)
    objects = ConcernQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]

    def __str__(self) -> str:
        return self.text[:60]
