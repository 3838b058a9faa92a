"""The index of what can be found: one row a thing, with who reads it."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from series.models import Series
from teams.models import Team


class Level(models.TextChoices):
    """Who reads a thing, as far as its row knows; the thing itself has the last word."""

    TEAM = "team"  # the team, its coaches and who runs the series
    SERIES = "series"  # everybody in the series
    COACHES = "coaches"  # coaches of the team and who runs the series
    EXPERTS = "experts"  # the team, its coaches, who runs the series, and its experts


class SearchRow(models.Model):
    """A thing that can be found. Made of it by `search.services.index`, never written by hand.

    On PostgreSQL the table has a column more, `document` (a tsvector); on SQLite the words stand in the
    FTS5 table `search_words`. The backends keep both.
    """

    kind = models.CharField(max_length=12)
    object_id = models.BigIntegerField()
    series = models.ForeignKey(Series, models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    level = models.CharField(max_length=7, choices=Level)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    said_on = models.DateField()
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, blank=True)
    address = models.JSONField(default=dict)  # what the kind needs to say where the thing is read

    class Meta:
        indexes = [models.Index(fields=["-said_on", "-id"], name="search_row_newest")]
        constraints = [
            UniqueConstraint(fields=["kind", "object_id"], name="search_row_once_a_thing"),
            CheckConstraint(condition=Q(level__in=Level.values), name="search_row_level_is_known"),
            CheckConstraint(
                condition=Q(level=Level.SERIES) | Q(team__isnull=False), name="search_row_of_a_team_has_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
