"""Measures, their numbers with every correction, and what people drew on their charts."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from series.models import Driver, Series
from teams.models import Team


class Kind(models.TextChoices):
    OUTCOME = "outcome", _("outcome: the result that we want")
    PROCESS = "process", _("process: whether the step happens")
    BALANCING = "balancing", _("balancing: what else might change")


class How(models.TextChoices):
    COUNT = "count", _("a count")
    RATIO = "ratio", _("a share: so many of so many")
    RATING = "rating", _("a rating on a scale")


class Good(models.TextChoices):
    UP = "up", _("up")
    DOWN = "down", _("down")
    NONE = "none", _("neither")


class Frequency(models.TextChoices):
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")


class RuleSet(models.TextChoices):
    """Rule R2; the page always names the one in use."""

    ANHOEJ = "anhoej", _("Anhøj’s rules")
    PERLA = "perla", _("Perla’s rules")


class Audience(models.TextChoices):
    """Who reads the numbers (rule R7)."""

    TEAM = "team", _("the team and its coach")
    SERIES = "series", _("everybody in the series")


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: Any) -> Self:
        """Those of teams read in full, shared ones of the series, and what a series measures in all."""
        in_series = Q(series__in=Series.objects.visible_to(user))
        in_full = Q(team__in=Team.objects.read_in_full_by(user))
        return self.filter(in_full | (in_series & (Q(team=None) | Q(visibility=Audience.SERIES))))

    def of_team(self, team: Team) -> Self:
        """The team's own and those that every team of its series follows, the latter first."""
        found = self.filter(Q(team=team) | Q(team=None, series=team.series_id))
        return found.order_by(F("team").asc(nulls_first=True), "pk")

    def followed_on(self, day: date) -> Self:
        return self.filter(Q(stops_on=None) | Q(stops_on__gte=day), starts_on__lte=day)


class Measure(models.Model):
    """What is counted, how and why; `team` is empty where every team of the series follows it."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="measures")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="measures")
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.OUTCOME)
    how = models.CharField(_("what kind of number"), max_length=6, choices=How, default=How.COUNT)
    driver = models.ForeignKey(
        Driver, models.SET_NULL, verbose_name=_("driver"), null=True, blank=True, related_name="measures"
    )
    unit = models.CharField(
        _("unit"),
        max_length=30,
        blank=True,
        help_text=_("For example: people, meetings. A share is shown in percent unless you give a unit."),
    )
    good = models.CharField(_("Which way is good?"), max_length=4, choices=Good, default=Good.UP)
    definition = models.TextField(_("what exactly is counted"), max_length=1000, blank=True)
    numerator_label = models.CharField(_("how many: who or what"), max_length=160, blank=True)
    denominator_label = models.CharField(_("of how many: who or what"), max_length=160, blank=True)
    frequency = models.CharField(_("how often"), max_length=9, choices=Frequency, default=Frequency.MONTHLY)
    source = models.CharField(_("where the numbers come from"), max_length=300, blank=True)
    keepers = models.CharField(_("who collects them"), max_length=200, blank=True)
    lowest = models.DecimalField(
        _("lowest value possible"), max_digits=12, decimal_places=4, null=True, blank=True, default=0
    )
    highest = models.DecimalField(
        _("highest value possible"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    thin_below = models.PositiveIntegerField(
        _("fewest answers that count fully"),
        null=True,
        blank=True,
        help_text=_("Values of fewer answers are drawn lighter."),
    )
    target = models.DecimalField(_("target"), max_digits=12, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(_("target by"), null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    stops_on = models.DateField(_("last day"), null=True, blank=True)
    rule_set = models.CharField(
        _("rules of the run chart"), max_length=6, choices=RuleSet, default=RuleSet.ANHOEJ
    )
    visibility = models.CharField(
        _("who reads the numbers"), max_length=6, choices=Audience, default=Audience.TEAM
    )
    defined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    defined_at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)
    is_sample = models.BooleanField(default=False)
    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                condition=Q(stops_on=None) | Q(stops_on__gte=F("starts_on")),
                name="measure_stops_after_it_starts",
                violation_error_message=_("It cannot stop before it starts."),
            ),
            CheckConstraint(
                condition=Q(highest=None) | Q(lowest=None) | Q(highest__gt=F("lowest")),
                name="measure_highest_above_lowest",
                violation_error_message=_("The highest value must be above the lowest."),
            ),
            CheckConstraint(condition=Q(kind__in=Kind.values), name="measure_kind_is_known"),
            CheckConstraint(condition=Q(how__in=How.values), name="measure_how_is_known"),
            CheckConstraint(condition=Q(good__in=Good.values), name="measure_good_is_known"),
            CheckConstraint(condition=Q(frequency__in=Frequency.values), name="measure_frequency_is_known"),
            CheckConstraint(condition=Q(rule_set__in=RuleSet.values), name="measure_rule_set_is_known"),
            CheckConstraint(condition=Q(visibility__in=Audience.values), name="measure_visibility_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_percent(self) -> bool:
        """A share, shown in percent: so many of so many, never more than all."""
        return self.how == How.RATIO and self.unit in ("", "%")

    @property
    def unit_words(self) -> str:
        """The unit as it stands behind a number that is no share in percent."""
        return "" if self.is_percent else self.unit

    def clean(self) -> None:
        if self.driver_id and self.driver is not None and self.driver.series_id != self.series_id:
            raise ValidationError({"driver": _("This driver belongs to another series.")})


class Number(models.Model):
    """A number of one period: a value, or so many of so many. Missing is no row, never zero."""

    period_on = models.DateField()  # the first day of the period
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    numerator = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    n = models.PositiveIntegerField(null=True, blank=True)  # how many answered
    note = models.CharField(max_length=200, blank=True)
    is_estimated = models.BooleanField(default=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                condition=Q(value__isnull=False, numerator=None, denominator=None)
                | Q(value=None, numerator__isnull=False, denominator__isnull=False, denominator__gt=0),
                name="%(class)s_is_a_value_or_a_share",
            )
        ]

    @property
    def answers(self) -> Decimal | int | None:
        """Of how many the number tells, where that is known."""
        return self.n if self.n is not None else self.denominator

    def shown(self, measure: Measure) -> Decimal:
        """The value as the page shows it: a share in percent, or as the rate it is."""
        if self.value is not None:
            return self.value
        assert self.numerator is not None
        assert self.denominator is not None
        return self.numerator / self.denominator * (100 if measure.is_percent else 1)


class DataPointQuerySet(models.QuerySet["DataPoint"]):
    def visible_to(self, user: Any) -> Self:
        """Numbers of teams read in full, and those that a measure shares in its series."""
        shared = Q(measure__visibility=Audience.SERIES, team__series__in=Series.objects.visible_to(user))
        return self.filter(Q(team__in=Team.objects.read_in_full_by(user)) | shared)


class DataPoint(Number):
    """The number in force of a measure, a team and a period."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="points")
    team = models.ForeignKey(Team, models.CASCADE, related_name="data_points")
    is_sample = models.BooleanField(default=False)
    objects = DataPointQuerySet.as_manager()

    class Meta(Number.Meta):
        ordering = ["period_on"]
        constraints = [
            *Number.Meta.constraints,
            UniqueConstraint(fields=["measure", "team", "period_on"], name="data_point_one_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.measure}, {self.team}, {self.period_on}"


class DataPointVersion(Number):
    """A number as it was before it was corrected or taken back."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="versions")
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    was_removed = models.BooleanField(default=False)
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta(Number.Meta):
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.measure}, {self.team}, {self.period_on} until {self.replaced_at}"


class PhaseKind(models.TextChoices):
    BASELINE = "baseline", _("frozen on a baseline")
    REBASE = "rebase", _("a new centre line")


class Phase(models.Model):
    """A centre line that a person set: the median of the periods from `from_on` to `to_on`.

    A baseline is frozen for the whole chart; a new centre line begins at `from_on`, after a run that
    signalled, and needs a reason in words.
    """

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="phases")
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=PhaseKind)
    from_on = models.DateField()
    to_on = models.DateField()
    reason = models.CharField(_("Why?"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["from_on", "pk"]
        constraints = [
            CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="phase_ends_after_it_starts"),
            CheckConstraint(condition=Q(kind__in=PhaseKind.values), name="phase_kind_is_known"),
            CheckConstraint(
                condition=Q(kind=PhaseKind.BASELINE) | ~Q(reason=""), name="phase_rebase_has_a_reason"
            ),
            UniqueConstraint(
                fields=["measure", "team"], condition=Q(kind="baseline"), name="phase_one_baseline"
            ),
            UniqueConstraint(
                fields=["measure", "team", "from_on"], condition=Q(kind="rebase"), name="phase_one_a_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_on}"


class Annotation(models.Model):
    """A dated note on a chart; it may *be* a story entry, a session or a test.

    `link_kind` and `link_id` name that thing; rooms to the right say what it is (`measures.links`).
    """

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="annotations")
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    on = models.DateField(_("day"))
    text = models.CharField(_("what happened"), max_length=200, blank=True)
    link_kind = models.CharField(max_length=20, blank=True)
    link_id = models.PositiveBigIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    submission_id = models.UUIDField(unique=True)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(link_kind="", link_id=None) & ~Q(text="")
                | ~Q(link_kind="") & Q(link_id__isnull=False),
                name="annotation_says_or_links_something",
            ),
            UniqueConstraint(
                fields=["measure", "team", "link_kind", "link_id"],
                condition=~Q(link_kind=""),
                name="annotation_links_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.text or self.link_kind}"
