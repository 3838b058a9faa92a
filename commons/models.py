"""What people of a series say in one tap, what they chose to show of themselves, and connections."""

import re
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from library.models import Resource, shared_entries
from series.models import Series, SeriesRole
from storymaps.models import OutcomeStatement, Sphere, StoryEntry, Visibility
from teams.models import CoachAssignment, Membership, Team


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


# --- who shows themselves ----------------------------------------------------------------------------

CONTACT = re.compile(r"@|https?:|www\.|\+?\d[\d ()./-]{5,}\d", re.IGNORECASE)


def holds_no_contact(text: str) -> None:
    """Refuse an address or a number: nobody is reached past the others of the series."""
    if CONTACT.search(text):
        raise ValidationError(
            _("Leave out addresses, links and numbers: people reach each other by notes and calls for help.")
        )


def in_series_today(series: Any) -> Any:
    """People who belong to `series`, an OuterRef or a queryset of ids, today."""
    return (
        Exists(SeriesRole.objects.on().filter(person=OuterRef("person"), series=series))
        | Exists(Membership.objects.on().filter(person=OuterRef("person"), team__series=series))
        | Exists(CoachAssignment.objects.on().filter(coach=OuterRef("person"), team__series=series))
    )


class ShowingQuerySet(models.QuerySet["Showing"]):
    def visible_to(self, user: Any) -> Self:
        """What people of the series of `user` show of themselves, as long as they belong to it.

        A young person is shown to those alone who read all of their team: the team, its coaches, who
        runs the series.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        found = self.filter(
            in_series_today(OuterRef("series")),
            series__in=Series.objects.visible_to(user),
            person__is_active=True,
        )
        young = Membership.objects.on().filter(is_under_18=True).values("person")
        theirs = Membership.objects.on().filter(
            person=OuterRef("person"),
            team__series=OuterRef("series"),
            team__in=Team.objects.read_in_full_by(user),
        )
        return found.filter(~Q(person__in=young) | Exists(theirs) | Q(person=user))


class Showing(models.Model):
    """What a person chose to show of themselves in the directory of a series. Without a row, nothing."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="showings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="showings")
    shows_role = models.BooleanField(_("my role"), default=True)
    shows_team = models.BooleanField(_("my team"), default=True)
    line = models.CharField(_("A line about me"), max_length=200, blank=True, validators=[holds_no_contact])
    helps_with = models.TextField(
        _("What I can help with"), max_length=500, blank=True, validators=[holds_no_contact]
    )
    languages = models.CharField(
        _("Languages I speak"), max_length=120, blank=True, validators=[holds_no_contact]
    )
    at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)
    objects = ShowingQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["series", "person"], name="showing_once_a_series")]

    def __str__(self) -> str:
        return str(self.person.name)


class TeamCardQuerySet(models.QuerySet["TeamCard"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(team__in=Team.objects.visible_to(user))


class TeamCard(models.Model):
    """What a team chose to show of itself in the lookbook of its series: its lead decides."""

    team = models.OneToOneField(Team, models.CASCADE, related_name="card")
    shows_aim = models.BooleanField(_("Show our aim"), default=True)
    offers = models.TextField(
        _("What we offer other teams"), max_length=500, blank=True, validators=[holds_no_contact]
    )
    story = models.ForeignKey(
        StoryEntry,
        models.SET_NULL,
        verbose_name=_("One story that shows us"),
        null=True,
        blank=True,
        related_name="on_cards",
    )
    shows_photo = models.BooleanField(_("Show the photo of this story"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)
    objects = TeamCardQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.team)


# --- connections -------------------------------------------------------------------------------------


class ToKind(models.TextChoices):
    """What stands at the other end."""

    PERSON = "person", _("a person, by their role")
    ORGANIZATION = "organization", _("an organization")
    OFFICIAL = "official", _("an official")
    MEDIA = "media", _("the media")


CONNECTION_READERS = [(value.value, value.label) for value in (Visibility.TEAM, Visibility.SERIES)]


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def visible_to(self, user: Any) -> Self:
        """Connections of teams that `user` reads in full, and those shared in their series."""
        in_full = Team.objects.read_in_full_by(user)
        shared = Q(team__series__in=Series.objects.visible_to(user), visibility=Visibility.SERIES)
        return self.filter(Q(team__in=in_full) | shared)


class Connection(models.Model):
    """That somebody of a team and somebody outside it exchanged something, in one of the three spheres."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="connections")
    from_whom = models.CharField(_("Who of us? (roles, not names)"), max_length=160)
    to_whom = models.CharField(_("With whom? (a role or an organization)"), max_length=160)
    to_kind = models.CharField(_("What are they?"), max_length=12, choices=ToKind, default=ToKind.PERSON)
    sphere = models.CharField(_("Across what did it reach?"), max_length=10, choices=Sphere)
    exchanged = models.TextField(_("What was exchanged?"), max_length=1000)
    on = models.DateField(_("When"))
    result = models.TextField(_("What came of it?"), max_length=1000, blank=True)
    story = models.ForeignKey(
        StoryEntry,
        models.SET_NULL,
        verbose_name=_("Which of our stories did it grow out of?"),
        null=True,
        blank=True,
        related_name="connections",
    )
    language = models.CharField(_("Language"), max_length=8, choices=settings.LANGUAGES, default="en")
    visibility = models.CharField(
        _("Who can read it?"), max_length=6, choices=CONNECTION_READERS, default=Visibility.TEAM
    )
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["team", "-on"])]
        constraints = [
            CheckConstraint(condition=Q(to_kind__in=ToKind.values), name="connection_to_kind_is_known"),
            CheckConstraint(condition=Q(sphere__in=Sphere.values), name="connection_sphere_is_known"),
            CheckConstraint(
                condition=Q(visibility__in=[Visibility.TEAM, Visibility.SERIES]),
                name="connection_visibility_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def headline(self) -> str:
        return f"{self.from_whom} – {self.to_whom}"
