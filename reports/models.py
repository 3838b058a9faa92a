"""Reports, what they are made of, and their frozen editions."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role
from series.models import Series, SeriesRole
from storymaps.models import Finding, StoryEntry


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: Any) -> Self:
        """Reports of the series that `user` organizes or facilitates."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        run = SeriesRole.objects.held(user).filter(role__in=[Role.ORGANIZER, Role.FACILITATOR])
        return self.filter(series__in=run.values("series"))


class Report(models.Model):
    """A Summit report in the making: blocks in order, each with its sources."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="reports")
    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(max_length=60)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    introduction = models.TextField(_("introduction"), max_length=6000, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["series", "slug"], name="report_one_a_slug")]

    def __str__(self) -> str:
        return self.title


class BlockKind(models.TextChoices):
    HEADING = "heading", _("heading")
    TEXT = "text", _("text")
    ENTRY = "entry", _("story")


class Block(models.Model):
    """One piece of a report: a heading, words of the organizer's, or a story with its sources.

    A heading may be a finding: its words are those of the finding as it was put in.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="blocks")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=BlockKind)
    text = models.TextField(_("text"), max_length=6000, blank=True)
    entry = models.ForeignKey(StoryEntry, models.PROTECT, null=True, blank=True, related_name="blocks")
    finding = models.ForeignKey(Finding, models.SET_NULL, null=True, blank=True, related_name="blocks")
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            CheckConstraint(condition=Q(kind__in=BlockKind.values), name="block_kind_is_known"),
            CheckConstraint(
                condition=Q(kind="entry", entry__isnull=False) | ~Q(kind="entry"),
                name="block_story_has_entry",
            ),
            UniqueConstraint(fields=["report", "entry"], name="block_story_once_a_report"),
            UniqueConstraint(fields=["report", "finding"], name="block_finding_once_a_report"),
            CheckConstraint(condition=Q(finding=None) | Q(kind="heading"), name="block_finding_is_heading"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"


class EditionKind(models.TextChoices):
    REPORT = "report", _("Summit report")
    FRONT_PAGE = "front", _("front page")


class EditionState(models.TextChoices):
    MAKING = "making", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class Edition(models.Model):
    """A report frozen on a day: what is exported, and, once published, what the public reads.

    `document` is a ReportDoc (reports.document). `withdrawn_ids` are entries whose clearance ended
    after the freeze: the web form and every later export leave them out at once; the checksum covers
    the document as it was.
    """

    series = models.ForeignKey(Series, models.CASCADE, related_name="editions")
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="editions")
    kind = models.CharField(max_length=6, choices=EditionKind, default=EditionKind.REPORT)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=6, choices=EditionState, default=EditionState.MAKING)
    document = models.JSONField()
    entry_ids = models.JSONField(default=list)
    finding_ids = models.JSONField(default=list)
    withdrawn_ids = models.JSONField(default=list)
    checksum = models.CharField(max_length=64)
    pdf = models.CharField(max_length=120, blank=True)  # name under MEDIA_ROOT
    pdf_withdrawn = models.CharField(max_length=120, blank=True)  # made again after a withdrawal
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            UniqueConstraint(fields=["series", "kind", "number"], name="edition_one_a_number"),
            CheckConstraint(condition=Q(kind__in=EditionKind.values), name="edition_kind_is_known"),
            CheckConstraint(condition=Q(state__in=EditionState.values), name="edition_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.kind} {self.number}"
