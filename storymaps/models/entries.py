"""What happened, told in a team's own words; what was said of it; what may be published."""

from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from accounts.models import File
from core.text import first_sentence
from progress.models import BoundaryPartner, Channel, PlanItem, TestCycle
from series.models import Driver, Series
from teams.models import Team


class Strand(models.TextChoices):
    """The three strands of story mapping; blank is drawn as a plain card."""

    RESEARCH = "research", _("Research")  # we found out
    STORY = "story", _("Story")  # someone lived it
    IMPROVEMENT = "improvement", _("Improvement")  # we changed it


class Result(models.TextChoices):
    MOVED = "moved", _("it moved")
    MIXED = "mixed", _("mixed")
    NOT = "not", _("it did not work")
    EARLY = "early", _("too early to say")


class Sphere(models.TextChoices):
    """Where people worked together: from place to place, up to state or nation, or within a community."""

    HORIZONTAL = "horizontal", _("horizontal")
    VERTICAL = "vertical", _("vertical")
    HOLISTIC = "holistic", _("holistic")


class Visibility(models.TextChoices):
    TEAM = "team", _("Our team and our coach")
    SERIES = "series", _("All teams in the series")
    PUBLIC = "public", _("Cleared for publication")  # never a select: see Clearance


class StoryEntryQuerySet(models.QuerySet["StoryEntry"]):
    def visible_to(self, user: Any) -> Self:
        """Entries `user` may read: of teams read in full, and those shared in their series.

        "Public" means cleared for publication, not served: the public reads editions.
        """
        in_full = Team.objects.read_in_full_by(user)
        shared = Q(team__series__in=Series.objects.visible_to(user)) & ~Q(visibility=Visibility.TEAM)
        return self.filter(Q(team__in=in_full) | shared)

    def latest_first(self) -> Self:
        return self.order_by("-began_on", "-pk")


class StoryEntry(models.Model):
    """One thing that moved, or did not, told in the team's own words. Only `text` is asked for."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="entries")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="entries")
    text = models.TextField(_("What happened?"), max_length=4000)
    title = models.CharField(_("Title"), max_length=140, blank=True)
    began_on = models.DateField(_("When"))
    ended_on = models.DateField(_("Until"), null=True, blank=True)
    place = models.CharField(_("Where"), max_length=120, blank=True)
    who = models.CharField(_("Who was involved (roles, not names)"), max_length=200, blank=True)
    why_it_matters = models.TextField(_("Why does it matter?"), max_length=1000, blank=True)
    how = models.TextField(_("How did it come about? What helped?"), max_length=1000, blank=True)
    now_think = models.TextField(_("What do we think now?"), max_length=1000, blank=True)
    values_shown = models.CharField(_("Which values did it show?"), max_length=200, blank=True)
    sphere = models.CharField(_("Across what did it reach?"), max_length=10, choices=Sphere, blank=True)
    partner = models.ForeignKey(
        BoundaryPartner,
        models.SET_NULL,
        verbose_name=_("Which boundary partner is it about?"),
        null=True,
        blank=True,
        related_name="entries",
    )
    partner_name = models.CharField(_("Who outside the team is it about?"), max_length=160, blank=True)
    strand = models.CharField(_("What kind of entry is it?"), max_length=11, choices=Strand, blank=True)
    result = models.CharField(_("How did it go?"), max_length=5, choices=Result, blank=True)
    drivers = models.ManyToManyField(Driver, related_name="entries", blank=True)
    grew_out_of_items = models.ManyToManyField(PlanItem, related_name="became_entries", blank=True)
    grew_out_of_tests = models.ManyToManyField(TestCycle, related_name="became_entries", blank=True)
    grew_out_of_entries = models.ManyToManyField(
        "self", symmetrical=False, related_name="became_entries", blank=True
    )
    is_intended = models.BooleanField(_("Not yet tried"), default=False)
    language = models.CharField(_("Language"), max_length=8, choices=settings.LANGUAGES, default="en")
    visibility = models.CharField(
        _("Who can read it?"), max_length=6, choices=Visibility, default=Visibility.TEAM
    )
    author_is_under_18 = models.BooleanField(default=False)  # as the membership said on the day
    names_people = models.BooleanField(_("It names or shows a person"), default=False)
    is_on_behalf = models.BooleanField(default=False)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.WEB)
    logged_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = StoryEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "story entries"
        indexes = [models.Index(fields=["team", "-began_on"]), models.Index(fields=["logged_at"])]
        constraints = [
            CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")),
                name="story_entry_ends_after_it_begins",
                violation_error_message=_("It cannot end before it begins."),
            ),
            CheckConstraint(condition=Q(strand__in=["", *Strand.values]), name="story_entry_strand_is_known"),
            CheckConstraint(condition=Q(result__in=["", *Result.values]), name="story_entry_result_is_known"),
            CheckConstraint(condition=Q(sphere__in=["", *Sphere.values]), name="story_entry_sphere_is_known"),
            CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="story_entry_visibility_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def headline(self) -> str:
        """The title, or the first sentence of what happened."""
        return self.title or first_sentence(self.text, 120)


class EvidenceKind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    NUMBER = "number", _("A number")


class Evidence(models.Model):
    """What an entry rests on: a file, a link or a number, with words for those who do not see or hear it.

    A link is shown and never opened by us. What is said in a recording is written down when somebody has
    the time: `transcript` in full, or `captions` (WebVTT) with the times.
    """

    entry = models.ForeignKey(StoryEntry, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=6, choices=EvidenceKind, default=EvidenceKind.FILE)
    file = models.OneToOneField(File, models.PROTECT, related_name="evidence", null=True, blank=True)
    url = models.URLField(
        _("Address of the page"), max_length=500, blank=True, validators=[URLValidator(["http", "https"])]
    )
    number = models.CharField(_("The number"), max_length=120, blank=True)
    alt_text = models.CharField(_("What does it show?"), max_length=300, blank=True)
    transcript = models.TextField(_("What is said"), max_length=20000, blank=True)
    captions = models.TextField(_("Captions"), max_length=200000, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    submission_id = models.UUIDField(unique=True, null=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["position", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(kind="file", file__isnull=False, url="", number="")
                | (Q(kind="link", file=None, number="") & ~Q(url=""))
                | (Q(kind="number", file=None, url="") & ~Q(number="")),
                name="evidence_is_what_its_kind_says",
                violation_error_message=_("Give a file, a link or a number."),
            ),
        ]

    def __str__(self) -> str:
        return self.alt_text or self.number or self.url or str(self.file)

    @property
    def shown_kind(self) -> str:
        """What is shown: a link, a number, or the kind of the file."""
        return self.file.kind if self.file else self.kind

    @property
    def kind_words(self) -> Any:
        return self.file.get_kind_display() if self.file else self.get_kind_display()

    @property
    def is_heard(self) -> bool:
        return self.shown_kind in ("sound", "video")

    @property
    def is_written_down(self) -> bool:
        return bool(self.transcript or self.captions)

    @property
    def host(self) -> str:
        """Where a link leads, to be read before it is followed."""
        return urlsplit(self.url).hostname or ""

    @property
    def team(self) -> Team:
        return self.entry.team

    @property
    def team_id(self) -> int:
        return self.entry.team_id


class ClearanceState(models.TextChoices):
    ASKED = "asked", _("asked")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Clearance(models.Model):
    """A request to publish an entry, and the team lead's answer.

    Approval carries the lead's statement that nobody can be recognised. An entry with a photo, a name
    or an author under 18 cannot be cleared before consent records exist. A decided row never changes
    back: a new request is a new row.
    """

    entry = models.ForeignKey(StoryEntry, models.CASCADE, related_name="clearances")
    state = models.CharField(max_length=9, choices=ClearanceState, default=ClearanceState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    states_nobody_recognisable = models.BooleanField(default=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["entry"], condition=Q(state__in=["asked", "approved"]), name="clearance_one_live"
            ),
            CheckConstraint(
                condition=~Q(state="approved") | Q(states_nobody_recognisable=True),
                name="clearance_approved_with_statement",
            ),
            CheckConstraint(condition=Q(state__in=ClearanceState.values), name="clearance_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"

    @property
    def team(self) -> Team:
        return self.entry.team

    @property
    def team_id(self) -> int:
        return self.entry.team_id
