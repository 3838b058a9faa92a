"""What an entry said each time that it was handed in."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from storymaps.models.entries import StoryEntry
from teams.models import Team


class EntryVersionQuerySet(models.QuerySet["EntryVersion"]):
    def visible_to(self, user: Any) -> Self:
        """Versions of entries of teams that `user` reads in full.

        Narrower than the entry: what was taken out before the team shared it stays with the team.
        """
        return self.filter(entry__team__in=Team.objects.read_in_full_by(user))


class EntryVersion(models.Model):
    """The told fields of an entry as they were handed in. Drafts never become versions."""

    entry = models.ForeignKey(StoryEntry, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    snapshot = models.JSONField()  # field name to text, date in ISO form, true or false; drivers by name
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()  # when it was handed in first: the grace to amend counts from here
    objects = EntryVersionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [UniqueConstraint(fields=["entry", "number"], name="entry_version_one_a_number")]

    def __str__(self) -> str:
        return f"{self.entry_id} v{self.number}"
