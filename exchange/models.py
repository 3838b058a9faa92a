"""Peer exchange rounds: what each team posts, whom it is given to answer, the answers and the thanks."""

from datetime import date
from enum import StrEnum
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from accounts.models import File
from accounts.permissions import Role
from series.models import ActionPeriod, Series, SeriesRole
from storymaps.models import StoryEntry
from teams.models import GONE, Membership, Team, TeamStatus

WANTED = 2  # answers that every post gets
LEFT_OUT = (*GONE, TeamStatus.PAUSED)  # such a team is asked for nothing


class RoundState(StrEnum):
    """Where a round stands on a day; its dates say so."""

    AHEAD = "ahead"
    OPEN = "open"
    ANSWERING = "answering"
    OVER = "over"


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: Any) -> Self:
        """Rounds of the series in which `user` is today."""
        return self.filter(series__in=Series.objects.visible_to(user))

    def current(self, on: date) -> Self:
        """Those in which something can be posted or answered on the day `on`."""
        return self.filter(opens_on__lte=on, answers_due_on__gte=on)


class Round(models.Model):
    """One round of a series: each team posts a few minutes by a day, and answers two others by another."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="rounds")
    period = models.ForeignKey(ActionPeriod, models.SET_NULL, null=True, blank=True, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    opens_on = models.DateField(_("First day"))
    closes_on = models.DateField(_("Last day to post"))
    answers_due_on = models.DateField(_("Last day to answer"))
    prompt = models.TextField(_("What should they tell?"), max_length=600)
    minutes = models.PositiveSmallIntegerField(
        _("How many minutes?"), default=5, validators=[MinValueValidator(1), MaxValueValidator(15)]
    )
    dealt_at = models.DateTimeField(null=True, blank=True)  # when who answers whom was dealt first
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            UniqueConstraint(fields=["series", "number"], name="round_one_a_number"),
            CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="round_closes_after_it_opens",
                violation_error_message=_("The last day to post cannot be before the first day."),
            ),
            CheckConstraint(
                condition=Q(answers_due_on__gt=F("closes_on")),
                name="round_answers_after_it_closes",
                violation_error_message=_("The last day to answer must be after the last day to post."),
            ),
            CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=15), name="round_minutes_in_range"),
        ]

    def __str__(self) -> str:
        return str(_("Exchange round %(number)s") % {"number": self.number})

    def state_on(self, day: date) -> RoundState:
        if day < self.opens_on:
            return RoundState.AHEAD
        if day <= self.closes_on:
            return RoundState.OPEN
        return RoundState.ANSWERING if day <= self.answers_due_on else RoundState.OVER


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: Any) -> Self:
        """Posts of the series of `user`; one taken back only for its team and who runs the series."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        run = SeriesRole.objects.held(user).filter(role__in=[Role.ORGANIZER, Role.FACILITATOR])
        theirs = Q(team__in=Membership.objects.held(user).values("team"))
        theirs |= Q(round__series__in=run.values("series"))
        readable = self.filter(round__series__in=Series.objects.visible_to(user))
        return readable.filter(Q(withdrawn_at=None) | theirs)

    def standing(self) -> Self:
        """Those not taken back."""
        return self.filter(withdrawn_at=None)

    def taking_part(self) -> Self:
        """Those that are answered and whose teams answer: standing, of teams that are here."""
        return self.standing().exclude(team__status__in=LEFT_OUT)


class Post(models.Model):
    """What a team tells the others in a round: a film, a recording, a document, or words alone."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="posts")
    team = models.ForeignKey(Team, models.CASCADE, related_name="posts")
    text = models.TextField(_("In words"), max_length=6000, blank=True)
    file = models.OneToOneField(File, models.PROTECT, related_name="exchange_post", null=True, blank=True)
    language = models.CharField(_("Language"), max_length=8, choices=settings.LANGUAGES, default="en")
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    entry = models.OneToOneField(
        StoryEntry, models.SET_NULL, related_name="exchange_post", null=True, blank=True
    )
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["team__name", "pk"]
        constraints = [
            UniqueConstraint(fields=["round", "team"], name="post_one_a_team_and_round"),
            CheckConstraint(
                condition=~Q(text="") | Q(file__isnull=False),
                name="post_holds_something",
                violation_error_message=_("Record something, choose a file, or write."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.round}"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


class Assignment(models.Model):
    """That a team is given a post to answer."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="exchange_assignments")
    post = models.ForeignKey(Post, models.CASCADE, related_name="assignments")
    dealt_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["post", "pk"]
        constraints = [UniqueConstraint(fields=["team", "post"], name="assignment_once")]

    def __str__(self) -> str:
        return f"{self.team} -> {self.post}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: Any) -> Self:
        """Answers to the posts that `user` reads."""
        return self.filter(post__in=Post.objects.visible_to(user))

    def standing(self) -> Self:
        """Those not taken back; what was taken back nobody reads, and its author can send it again."""
        return self.filter(withdrawn_at=None)


class Answer(models.Model):
    """What a team, or somebody in their own name, answers to a post: three boxes, one is enough.

    A team answers a post once, as one; whoever acts for it may go on with the words.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="answers")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="exchange_answers")
    resonates = models.TextField(_("What resonates with us"), max_length=2000, blank=True)
    wonders = models.TextField(_("What we wonder"), max_length=2000, blank=True)
    offers = models.TextField(_("What we can offer"), max_length=2000, blank=True)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            UniqueConstraint(fields=["post", "team"], name="answer_one_a_team"),
            UniqueConstraint(
                fields=["post", "author"], condition=Q(team=None), name="answer_one_in_ones_own_name"
            ),
            CheckConstraint(
                condition=~Q(resonates="", wonders="", offers=""),
                name="answer_says_something",
                violation_error_message=_("Write in one of the three boxes; one is enough."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.post}"

    @property
    def who(self) -> str:
        """Who answers: the team speaks as one and names nobody."""
        return self.team.name if self.team else self.author.name

    @property
    def parts(self) -> list[tuple[Any, str]]:
        """The boxes that hold something, each with its heading as a reader of the post sees it."""
        boxes = (
            (_("What resonates"), self.resonates),
            (_("What they wonder"), self.wonders),
            (_("What they offer"), self.offers),
        )
        return [(heading, words) for heading, words in boxes if words]


class Thanks(models.Model):
    """That a team thanks for an answer."""

    answer = models.OneToOneField(Answer, models.CASCADE, related_name="thanks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "thanks"

    def __str__(self) -> str:
        return f"for {self.answer_id}"
