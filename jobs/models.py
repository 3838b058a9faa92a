"""Jobs that are owed, marks of what was swept, and the ticks that show that somebody works."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from jobs.registry import Lane


class State(models.TextChoices):
    """Where a job stands. Skipped means: it was not wanted any more, and says why."""

    PENDING = "pending", _("waiting")
    LEASED = "leased", _("being done")
    DONE = "done", _("done")
    SKIPPED = "skipped", _("not needed")
    FAILED = "failed", _("failed")


class JobQuerySet(models.QuerySet["Job"]):
    def in_scope(self, scope: str) -> Self:
        """Jobs of one scope, such as `series:12`."""
        return self.filter(scope=scope)

    def failed(self) -> Self:
        """Jobs that gave up, the latest first."""
        return self.filter(state=State.FAILED).order_by("-due_at", "-pk")

    def lapsed(self) -> Self:
        """Jobs whose holder was lost: the lease ended, by the database's clock."""
        return self.filter(state=State.LEASED, lease_until__lt=Now())

    def claimable(self, lane: Lane, *, at: datetime) -> Self:
        """Jobs of `lane` that are due at `at` and that nobody holds."""
        free = Q(state=State.PENDING) | Q(state=State.LEASED, lease_until__lt=Now())
        return self.filter(free, lane=lane, due_at__lte=at, attempts__lt=F("max_attempts"))

    def held(self, job: "Job") -> Self:
        """The row of `job`, if the lease that this copy was claimed with is still its lease."""
        return self.filter(pk=job.pk, state=State.LEASED, lease_token=job.lease_token)


class Job(models.Model):
    """An effect that is owed: written in the transaction of its cause, done by whoever claims it.

    `key` names the effect, so that it is owed once. `payload` holds ids, no texts; the one exception,
    an encrypted sign-in mail, is wiped when sent or when `expires_at` has passed. `due_at` is business
    time; `lease_until` is the database's clock.
    """

    kind = models.CharField(max_length=80)
    lane = models.CharField(max_length=4, choices=Lane)
    scope = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict, blank=True)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.PENDING)
    lease_seconds = models.PositiveIntegerField()
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField()
    done_steps = models.PositiveIntegerField(default=0)
    total_steps = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(state__in=State.values), name="job_state_is_known"),
            CheckConstraint(condition=Q(lane__in=Lane.values), name="job_lane_is_known"),
            CheckConstraint(
                condition=Q(max_attempts__gte=1, attempts__lte=F("max_attempts")),
                name="job_attempts_within_limit",
            ),
            CheckConstraint(
                condition=Q(state=State.LEASED, lease_until__isnull=False, lease_token__isnull=False)
                | (~Q(state=State.LEASED) & Q(lease_until=None, lease_token=None)),
                name="job_leased_has_a_lease",
            ),
            CheckConstraint(
                condition=Q(state__in=[State.DONE, State.SKIPPED], done_at__isnull=False)
                | (~Q(state__in=[State.DONE, State.SKIPPED]) & Q(done_at=None)),
                name="job_done_has_a_moment",
            ),
            CheckConstraint(condition=Q(done_steps__lte=F("total_steps")), name="job_steps_within_total"),
        ]
        indexes = [
            Index(fields=["lane", "state", "due_at"], name="job_claim"),
            Index(fields=["scope", "state"], name="job_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class SweepMark(models.Model):
    """Up to when a sweep has finished its work, so that any downtime is made up."""

    name = models.CharField(max_length=80, unique=True)
    finished_until = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class Tick(models.Model):
    """When a lane, or the sweep, was last looked at: the dead man's switch."""

    name = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
