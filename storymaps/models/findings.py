"""What follows from outcomes and stories, of one team or of several: what a report is made of."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from series.models import Series
from storymaps.models.entries import StoryEntry
from storymaps.models.outcomes import OutcomeStatement
from teams.models import Team


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: Any) -> Self:
        """Findings of the series that `user` may see: a finding is written to be read by all of them.

        One taken back is read by those alone who read all of its team.
        """
        in_full = Team.objects.read_in_full_by(user)
        shared = Q(withdrawn_at=None, team__series__in=Series.objects.visible_to(user))
        return self.filter(Q(team__in=in_full) | shared)

    def standing(self) -> Self:
        """Those not taken back."""
        return self.filter(withdrawn_at=None)


class Finding(models.Model):
    """A sentence that the series stands by, with the outcomes and stories that it rests on.

    `team` puts it forward, or somebody does on its behalf; its sources may be those of other teams.
    Everybody in the series reads it, and organizers may put it into a report.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="findings")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="findings")
    statement = models.CharField(_("What do we find? (one sentence)"), max_length=200)
    explanation = models.TextField(_("How do we know?"), max_length=3000, blank=True)
    limits = models.TextField(_("What do we not know?"), max_length=1000, blank=True)
    outcomes = models.ManyToManyField(OutcomeStatement, related_name="findings", blank=True)
    entries = models.ManyToManyField(StoryEntry, related_name="findings", blank=True)
    language = models.CharField(_("Language"), max_length=8, choices=settings.LANGUAGES, default="en")
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return self.statement

    @property
    def headline(self) -> str:
        """What stands at the head of its page and in lists."""
        return self.statement
