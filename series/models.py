"""A series and what is fixed for it: question, drivers, sessions, periods, Summit, roles."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from accounts.permissions import SERIES_ROLES, Role
from core import clock
from core.zones import validate_zone
from series.calendar import letter_of

if TYPE_CHECKING:
    from accounts.models import User


class Shape(models.TextChoices):
    PLACES = "places", _("Several places")
    COMMUNITY = "community", _("One community")
    OWN = "own", _("Our own shape")


class RhythmKind(models.TextChoices):
    WEEKS = "weeks", _("every few weeks")
    MONTHLY = "monthly", _("monthly")


def default_ladder() -> list[int]:
    """The days around a due date on which rule R3 reminds."""
    return [-7, -1, 2, 5]


class SeriesStatus(models.TextChoices):
    """Acts of people; where an open series stands in its life is computed from its dates."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    ARCHIVED = "archived", _("archived")


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: Any) -> Self:
        """Series in which `user` holds any role today; nothing for strangers.

        Rooms to the right (teams) tell of roles held in a team through `register_membership`.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = Q(pk__in=SeriesRole.objects.held(user).values("series"))
        for series_ids in memberships:
            mine |= Q(pk__in=series_ids(user))
        return self.filter(mine)


memberships: list[Any] = []  # functions user -> ids of series in which they belong to a team or coach one


class Series(models.Model):
    """One Learning Breakthrough Series, from its launch to the published report."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    shape = models.CharField(_("shape"), max_length=9, choices=Shape, default=Shape.PLACES)
    status = models.CharField(max_length=8, choices=SeriesStatus, default=SeriesStatus.DRAFT)
    opens_on = models.DateField(_("pre-work begins on"))
    first_session_on = models.DateField(_("first day of Session A"))
    planned_months = models.PositiveSmallIntegerField(default=24)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    languages = models.JSONField(_("languages"), default=list)  # of ["en", "es"], the first is the main one
    rhythm = models.CharField(max_length=7, choices=RhythmKind, default=RhythmKind.MONTHLY)
    rhythm_weeks = models.PositiveSmallIntegerField(_("weeks between check-ins"), default=2)
    rhythm_weekday = models.PositiveSmallIntegerField(_("weekday"), default=4)  # Monday is 0
    rhythm_month_day = models.PositiveSmallIntegerField(_("day of the month"), default=31)
    months = models.JSONField(
        default=list
    )  # of each period, as the platform laid it out; empty if made by hand
    accepted_warnings = models.JSONField(default=list)  # keys of calendar warnings that a person accepted
    host = models.CharField(_("host organization"), max_length=160, blank=True)
    shows_late_teams = models.BooleanField(default=False)
    uses_boundary_partners = models.BooleanField(default=False)
    # Days from a due date on which reminders go out (rule R3); one beyond half the rhythm is dropped.
    ladder = models.JSONField(default=default_ladder)
    has_scores = models.BooleanField(_("progress scores are used"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            CheckConstraint(
                condition=Q(opens_on__lte=F("first_session_on")), name="series_opens_before_session_a"
            ),
            CheckConstraint(condition=Q(rhythm_weeks__range=(1, 8)), name="series_rhythm_weeks_in_range"),
            CheckConstraint(condition=Q(rhythm_weekday__lte=6), name="series_rhythm_weekday_in_range"),
            CheckConstraint(
                condition=Q(rhythm_month_day__range=(1, 31)), name="series_rhythm_month_day_in_range"
            ),
            CheckConstraint(condition=Q(shape__in=Shape.values), name="series_shape_is_known"),
            CheckConstraint(condition=Q(status__in=SeriesStatus.values), name="series_status_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class GuidingQuestion(models.Model):
    """A version of the question that frames the series; the newest is the one in force."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="questions")
    text = models.TextField(_("guiding question"), max_length=1000)
    agreed_on = models.DateField(null=True, blank=True)
    agreed_by = models.CharField(_("who agreed on it"), max_length=300, blank=True)
    source = models.CharField(max_length=300, blank=True)  # where the words are quoted from
    language = models.CharField(max_length=8, default="en")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.text


class Driver(models.Model):
    """One of the one to six lines of work along which the series learns.

    `slot` is its place in the palette: symbol, hue and wash (`drv-1` … `drv-6`).
    """

    series = models.ForeignKey(Series, models.CASCADE, related_name="drivers")
    name = models.CharField(_("name"), max_length=60)
    definition = models.CharField(_("in a few words"), max_length=300, blank=True)
    slot = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            UniqueConstraint(fields=["series", "slot"], name="driver_one_a_slot"),
            UniqueConstraint(fields=["series", "position"], name="driver_one_a_position"),
            CheckConstraint(condition=Q(slot__range=(1, 6)), name="driver_slot_in_palette"),
        ]

    def __str__(self) -> str:
        return self.name


class LearningSession(models.Model):
    """A convening of all teams. `position` 0 is Session A."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="sessions")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    source = models.CharField(max_length=300, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            UniqueConstraint(fields=["series", "position"], name="session_one_a_position"),
            CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="session_ends_after_it_starts",
                violation_error_message=_("It cannot end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Session %(letter)s") % {"letter": self.letter})

    @property
    def letter(self) -> str:
        return letter_of(self.position + 1)


class ActionPeriod(models.Model):
    """The months between two gatherings, in which teams carry out their plans. `number` begins with 1."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="periods")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    theme = models.CharField(_("theme"), max_length=160, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            UniqueConstraint(fields=["series", "number"], name="period_one_a_number"),
            CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return str(_("Action Period %(number)s") % {"number": self.number})


class Summit(models.Model):
    """The public gathering at the end."""

    series = models.OneToOneField(Series, models.CASCADE, related_name="summit")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="summit_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return str(_("Final Summit"))


class SeriesRoleQuerySet(models.QuerySet["SeriesRole"]):
    def on(self, day: date | None = None) -> Self:
        """Roles in force on `day` (today, UTC, if not given)."""
        day = day or clock.today("UTC")
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def held(self, user: "User", on: date | None = None) -> Self:
        """Roles that `user` holds on the day `on` (today, UTC, if not given)."""
        return self.on(on).filter(person=user)


class SeriesRole(models.Model):
    """That a person organizes, facilitates, advises or watches a series, from a day to a day."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="roles")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="series_roles")
    role = models.CharField(max_length=13, choices=[(role.value, role.label) for role in SERIES_ROLES])
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    objects = SeriesRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["series", "person", "role"], condition=Q(ends_on=None), name="series_role_open_once"
            ),
            CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="series_role_ends_after_it_starts",
            ),
            CheckConstraint(
                condition=Q(role__in=[r.value for r in SERIES_ROLES]), name="series_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {Role(self.role).label}"
