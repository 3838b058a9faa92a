"""Teams, who belongs to them, who coaches them, and who was invited."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from accounts.permissions import SERIES_ROLES, TEAM_ROLES, Role
from core import clock
from core.zones import validate_zone
from series.models import Series, SeriesRole

if TYPE_CHECKING:
    from accounts.models import User


class TeamStatus(models.TextChoices):
    INVITED = "invited", _("invited")
    JOINED = "joined", _("joined")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    MERGED = "merged", _("merged")
    WITHDRAWN = "withdrawn", _("withdrawn")
    COMPLETED = "completed", _("completed")


GONE = (TeamStatus.MERGED, TeamStatus.WITHDRAWN)


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: Any) -> Self:
        """Teams of the series in which `user` holds a role: that they exist is known to all in it."""
        return self.filter(series__in=Series.objects.visible_to(user))

    def read_in_full_by(self, user: Any, on: date | None = None) -> Self:
        """Teams all of whose writing `user` reads: own teams, coached teams, facilitated series."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        day = on or clock.today("UTC")
        run = SeriesRole.objects.held(user, day).filter(role__in=[Role.ORGANIZER, Role.FACILITATOR])
        return self.filter(
            Q(pk__in=Membership.objects.held(user, day).values("team"))
            | Q(pk__in=CoachAssignment.objects.held(user, day).values("team"))
            | Q(series__in=run.values("series"))
        )

    def coached_by(self, user: "User", on: date | None = None) -> Self:
        return self.filter(pk__in=CoachAssignment.objects.held(user, on).values("team"))


class Team(models.Model):
    """A place-based group that carries the question home."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=60)
    code = models.CharField(_("code"), max_length=4, help_text=_("Two to four letters for the team’s mark."))
    place = models.CharField(_("place"), max_length=120, blank=True)
    focus_area = models.CharField(_("focus area"), max_length=200, blank=True)
    aim = models.TextField(_("aim"), max_length=1000, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    status = models.CharField(max_length=9, choices=TeamStatus, default=TeamStatus.ACTIVE)
    joined_on = models.DateField()
    source = models.CharField(max_length=300, blank=True)
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            UniqueConstraint(fields=["series", "slug"], name="team_one_a_slug"),
            UniqueConstraint(
                fields=["series", "name"],
                name="team_one_a_name",
                violation_error_message=_("There is a team of this name already."),
            ),
            CheckConstraint(condition=Q(status__in=TeamStatus.values), name="team_status_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamStatusChange(models.Model):
    """That a team's status changed, when and why; `ends_on` closes a pause, `into` is what it merged into."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="status_changes")
    status = models.CharField(max_length=9, choices=TeamStatus)
    on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    into = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="took_in")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("on")), name="team_status_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.status} {self.on}"


class Organization(models.Model):
    """A partner named with a series; `team` only where it is known in which team it sat."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="organizations")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="organizations")
    name = models.CharField(_("name"), max_length=160)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [UniqueConstraint(fields=["series", "name"], name="organization_once_a_series")]

    def __str__(self) -> str:
        return self.name


class HeldQuerySet(models.QuerySet[Any]):
    """Rows that tie a person to a team from a day to a day."""

    person_field = "person"

    def on(self, day: date | None = None) -> Self:
        """Those in force on `day` (today, UTC, if not given)."""
        day = day or clock.today("UTC")
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def held(self, user: "User", on: date | None = None) -> Self:
        return self.on(on).filter(**{self.person_field: user})


class Membership(models.Model):
    """That a person is in a team, as what, from a day to a day. Leaving never erases authorship."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=[(r.value, r.label) for r in TEAM_ROLES])
    is_under_18 = models.BooleanField(_("under 18"), default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    objects = HeldQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["team", "person"], condition=Q(ends_on=None), name="membership_open_once"
            ),
            CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            CheckConstraint(
                condition=Q(role__in=[r.value for r in TEAM_ROLES]), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {Role(self.role).label}"


class CoachQuerySet(HeldQuerySet):
    person_field = "coach"

    def own(self) -> Self:
        """Those in the coach's own right, not while somebody else is away."""
        return self.filter(covers_for=None)

    def covers(self) -> Self:
        """Those of who stands in for somebody."""
        return self.exclude(covers_for=None)

    def not_over(self, day: date) -> Self:
        """In force on `day` or later."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day))


class CoachAssignment(models.Model):
    """That a person coaches a team; when it ends by a hand-over, the note says what the next must know.

    A cover is an assignment, too, so that every right follows: `covers_for` is the one that it stands in
    for, and it always has a last day. `takes_over_from` is the assignment whose pack the coach was handed.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="coach_assignments")
    coach = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="coach_assignments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    handover_note = models.TextField(_("handover note"), max_length=4000, blank=True)
    covers_for = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="covers")
    declined_at = models.DateTimeField(null=True, blank=True)
    takes_over_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="handed_on"
    )
    pack_read_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    objects = CoachQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["team", "coach"], condition=Q(ends_on=None), name="coach_assignment_open_once"
            ),
            CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="coach_assignment_ends_after_it_starts",
            ),
            CheckConstraint(
                condition=Q(covers_for=None) | Q(ends_on__isnull=False), name="coach_cover_has_a_last_day"
            ),
            CheckConstraint(
                condition=Q(declined_at=None) | Q(covers_for__isnull=False), name="coach_declines_a_cover"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coach}: {self.team}"


class InvitationState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    ACCEPTED = "accepted", _("accepted")
    REVOKED = "revoked", _("revoked")


class Invitation(models.Model):
    """An address asked to join a series or a team in one role.

    The secret stands only in the mail; here is its hash, made anew with every sending. It works once,
    for fourteen days, for that address and role alone.
    """

    series = models.ForeignKey(Series, models.CASCADE, related_name="invitations")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(
        max_length=13, choices=[(r.value, r.label) for r in (*SERIES_ROLES, Role.COACH, *TEAM_ROLES)]
    )
    is_under_18 = models.BooleanField(default=False)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=InvitationState, default=InvitationState.WAITING)
    secret_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["email"]
        constraints = [
            UniqueConstraint(
                fields=["series", "email", "role"],
                condition=Q(state="waiting", team=None),
                name="invitation_waiting_once_in_a_series",
            ),
            UniqueConstraint(
                fields=["team", "email"],
                condition=Q(state="waiting"),
                name="invitation_waiting_once_in_a_team",
            ),
            CheckConstraint(condition=Q(state__in=InvitationState.values), name="invitation_state_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"
