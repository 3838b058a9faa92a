"""What people of a series say to each other in one tap."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from library.models import Resource, shared_entries
from storymaps.models import OutcomeStatement, StoryEntry, Visibility
from teams.models import Team


class ReactionKind(models.TextChoices):
    """What one tap says. There is no other, and none is counted against another."""

    THANKS = "thanks", _("Thank you")
    MET = "met", _("We met this too")
    MORE = "more", _("We would like to know more")


def shared_outcomes(user: Any) -> models.QuerySet[OutcomeStatement]:
    """Outcomes that `user` reads because their teams opened them to the series, and no others."""
    return OutcomeStatement.objects.visible_to(user).filter(visibility=Visibility.SERIES)


class ReactionQuerySet(models.QuerySet["Reaction"]):
    def visible_to(self, user: Any) -> Self:
        """Reactions to what is shared and `user` may read; to what is shared no more, none."""
        return self.filter(
            Q(entry__in=shared_entries(user))
            | Q(outcome__in=shared_outcomes(user))
            | Q(resource__in=Resource.objects.visible_to(user).standing())
        )


class Reaction(models.Model):
    """That somebody says one of three things to what was shared: a story, an outcome or a resource.

    It sends no mail and makes no notice. `team` is whose member said it: others read the team, not the name.
    """

    entry = models.ForeignKey(StoryEntry, models.CASCADE, null=True, blank=True, related_name="reactions")
    outcome = models.ForeignKey(
        OutcomeStatement, models.CASCADE, null=True, blank=True, related_name="reactions"
    )
    resource = models.ForeignKey(Resource, models.CASCADE, null=True, blank=True, related_name="reactions")
    kind = models.CharField(max_length=6, choices=ReactionKind)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reactions")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="reactions")
    is_named = models.BooleanField(default=False)  # in no team, and an adult on the day: told by name
    at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)
    objects = ReactionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            CheckConstraint(condition=Q(kind__in=ReactionKind.values), name="reaction_kind_is_known"),
            CheckConstraint(
                condition=Q(entry__isnull=False, outcome=None, resource=None)
                | Q(entry=None, outcome__isnull=False, resource=None)
                | Q(entry=None, outcome=None, resource__isnull=False),
                name="reaction_to_one_thing",
            ),
            UniqueConstraint(fields=["person", "kind", "entry"], name="reaction_to_a_story_once"),
            UniqueConstraint(fields=["person", "kind", "outcome"], name="reaction_to_an_outcome_once"),
            UniqueConstraint(fields=["person", "kind", "resource"], name="reaction_to_a_resource_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.who})"

    @property
    def who(self) -> str:
        """Who said it, for everybody in the series: their team, or the name of who is in none."""
        if self.team is not None:
            return self.team.name
        return str(self.person.name) if self.is_named else ""
