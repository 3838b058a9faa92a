"""What is said about a link of the chain: notes in the margin, their history, and who has read what."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role
from measures.models import Measure
from progress.models import CheckIn, PlanItem, TestCycle
from series.models import Series, SeriesRole
from storymaps.models.entries import StoryEntry
from storymaps.models.findings import Finding
from storymaps.models.outcomes import OutcomeStatement
from teams.models import CoachAssignment, Team


class CommentKind(models.TextChoices):
    NOTICING = "noticing", _("noticing")
    QUESTION = "question", _("question")
    SUGGESTION = "suggestion", _("suggestion")
    RESOURCE = "resource", _("resource")
    THANKS = "thanks", _("thanks")


class Audience(models.TextChoices):
    """Who reads a comment (rule R7)."""

    TEAM = "team", _("the team and its coach")
    SERIES = "series", _("everybody in the series")
    COACHES = "coaches", _("coaches and facilitators only")


# What a note may stand beside; a note beside none of these speaks of the team's whole map.
TARGETS = ("entry", "outcome", "finding", "item", "test", "check_in", "measure")


def _at_most_one() -> Q:
    """Each of TARGETS alone, or none of them."""
    alone = Q(**{f"{name}__isnull": True for name in TARGETS})
    for name in TARGETS:
        alone |= Q(**{f"{other}__isnull": True for other in TARGETS if other != name})
    return alone


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: Any) -> Self:
        """Comments beside what `user` may read, each to its audience.

        A coaches' note reaches coaches of that team, facilitators and organizers: nobody in the team,
        and in no output of the team.
        """
        if not user.is_authenticated:
            return self.none()
        in_full = Team.objects.read_in_full_by(user)
        run = SeriesRole.objects.held(user).filter(role__in=[Role.ORGANIZER, Role.FACILITATOR])
        as_coach = Q(team__in=CoachAssignment.objects.held(user).values("team")) | Q(
            team__series__in=run.values("series")
        )
        # beside a finding that was taken back a note is read as the finding is
        is_back = Q(finding__withdrawn_at__isnull=False)
        open_to_series = Q(team__series__in=Series.objects.visible_to(user), entry=None, outcome=None)
        open_to_series &= ~is_back | Q(team__in=in_full)
        return self.filter(
            Q(audience=Audience.TEAM, team__in=in_full)
            | Q(audience=Audience.SERIES, entry__in=StoryEntry.objects.visible_to(user))
            | Q(audience=Audience.SERIES, outcome__in=OutcomeStatement.objects.visible_to(user))
            | (Q(audience=Audience.SERIES) & open_to_series)
            | (Q(audience=Audience.COACHES) & as_coach)
        )

    def standing(self) -> Self:
        """Those that nobody deleted."""
        return self.filter(deleted_at=None)

    def with_targets(self) -> Self:
        """With their authors and what they stand beside, so that a list of them asks no more."""
        return self.select_related(
            "author", "team__series", "entry", "outcome", "finding", "item__plan__period",
            "test__item", "check_in__due", "measure",
        )  # fmt: skip


class Comment(models.Model):
    """A note beside a link of the chain, or an answer to one.

    It stands in the margin of one of TARGETS, or of the whole map of `team`. `quote` are the words it
    speaks of, with a little of what stood before and after, so that they are found again when the text
    changes (`storymaps.quotes`). A deleted note keeps its place and loses its words.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="comments")
    entry = models.ForeignKey(StoryEntry, models.CASCADE, null=True, blank=True, related_name="comments")
    outcome = models.ForeignKey(
        OutcomeStatement, models.CASCADE, null=True, blank=True, related_name="comments"
    )
    finding = models.ForeignKey(Finding, models.CASCADE, null=True, blank=True, related_name="comments")
    item = models.ForeignKey(PlanItem, models.CASCADE, null=True, blank=True, related_name="comments")
    test = models.ForeignKey(TestCycle, models.CASCADE, null=True, blank=True, related_name="comments")
    check_in = models.ForeignKey(CheckIn, models.CASCADE, null=True, blank=True, related_name="comments")
    measure = models.ForeignKey(Measure, models.CASCADE, null=True, blank=True, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="answers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    text = models.TextField(_("Your note"), max_length=2000)
    quote = models.CharField(_("About which words?"), max_length=300, blank=True)
    quote_before = models.CharField(max_length=40, blank=True)
    quote_after = models.CharField(max_length=40, blank=True)
    kind = models.CharField(
        _("What is it?"), max_length=10, choices=CommentKind, default=CommentKind.NOTICING
    )
    audience = models.CharField(_("Who can read it?"), max_length=7, choices=Audience, default=Audience.TEAM)
    asks_reply = models.BooleanField(_("I would like an answer"), default=False)
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        indexes = [models.Index(fields=["team", "-written_at"])]
        constraints = [
            CheckConstraint(condition=Q(kind__in=CommentKind.values), name="comment_kind_is_known"),
            CheckConstraint(condition=Q(audience__in=Audience.values), name="comment_audience_is_known"),
            CheckConstraint(condition=_at_most_one(), name="comment_beside_one_thing"),
            CheckConstraint(condition=Q(deleted_at=None) | Q(text=""), name="comment_deleted_is_empty"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class CommentVersion(models.Model):
    """What a note said before it was changed. Readers of the note read it; deleting the note deletes it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="versions")
    text = models.TextField(max_length=2000)
    until = models.DateTimeField()

    class Meta:
        ordering = ["until", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class Mention(models.Model):
    """That a note calls a person by name, who can read it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [UniqueConstraint(fields=["comment", "person"], name="mention_once_a_note")]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.person}"


class ReadMark(models.Model):
    """That a person has read an entry."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="read_marks")
    entry = models.ForeignKey(StoryEntry, models.CASCADE, related_name="read_marks")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["person", "entry"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.entry_id}"
