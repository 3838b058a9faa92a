"""Measures and their numbers, for who reads the team in full: what is counted, what it says, each number."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission, require
from api import reading
from api.problems import not_valid
from api.schema import told
from api.serializers import Shown, sensible
from api.views import View
from core import clock
from measures import periods
from measures.models import DataPoint, Measure
from measures.parsing import Typed
from measures.reading import sheets_of_team
from measures.services import Entry, enter_points
from teams.models import Team

LARGEST_COUNT = 2**31 - 1


class MeasureSerializer(Shown):
    """What a team counts; `is_of_series` where every team of the series follows it."""

    is_of_series = serializers.SerializerMethodField()

    class Meta:
        model = Measure
        fields: tuple[str, ...] = (
            "id", "name", "kind", "how", "driver", "unit", "good", "definition", "numerator_label",
            "denominator_label", "frequency", "source", "lowest", "highest", "target", "target_on",
            "starts_on", "stops_on", "rule_set", "is_of_series",
        )  # fmt: skip

    def get_is_of_series(self, measure: Measure) -> bool:
        return measure.team_id is None


class VerdictSerializer(serializers.Serializer):
    """What the run chart says by the rule set of the measure, in words for a person (rule R2)."""

    state = serializers.CharField()
    words = serializers.CharField()
    rules = serializers.CharField()


class MeasureWithVerdict(MeasureSerializer):
    verdict = serializers.SerializerMethodField()

    class Meta(MeasureSerializer.Meta):
        fields = (*MeasureSerializer.Meta.fields, "verdict")

    @extend_schema_field(VerdictSerializer)
    def get_verdict(self, measure: Measure) -> dict[str, str]:
        said = self.context["sheet"].said
        return {"state": said["state"], "words": str(said["words"]), "rules": str(said["rules"])}


class PointSerializer(Shown):
    """The number of a period: a value, or so many of so many. A period without one has no point."""

    class Meta:
        model = DataPoint
        fields = ("period_on", "value", "numerator", "denominator", "n", "note", "is_estimated", "entered_at")


class PointInput(serializers.Serializer):
    """A number for a period; what stands there already is corrected, and kept in its history."""

    period_on = serializers.DateField(help_text="A day of the period; it counts as its first.")
    value = serializers.DecimalField(max_digits=16, decimal_places=4, required=False, allow_null=True)
    numerator = serializers.DecimalField(max_digits=16, decimal_places=4, required=False, allow_null=True)
    denominator = serializers.DecimalField(max_digits=16, decimal_places=4, required=False, allow_null=True)
    n = serializers.IntegerField(min_value=0, max_value=LARGEST_COUNT, required=False, allow_null=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    is_estimated = serializers.BooleanField(required=False)

    def validate_period_on(self, day: date) -> date | None:
        return sensible(day)

    def validate_denominator(self, number: Decimal | None) -> Decimal | None:
        if number is not None and number <= 0:
            raise serializers.ValidationError(_("The whole must be more than nothing."))
        return number


def measures_of(user: Any, team: Team) -> QuerySet[Measure]:
    """What `team` follows, those of the whole series first."""
    return Measure.objects.visible_to(user).of_team(team).select_related("driver", "team", "series")


@extend_schema(tags=["Measures"])
class MeasureView(View):
    serializer_class = MeasureSerializer

    @told("What a team counts: its own measures and those of the series", MeasureSerializer(many=True))
    def list(self, request: Request, series_slug: str, team_slug: str) -> Response:
        team = reading.find_team_in_full(request, series_slug, team_slug)
        return self.page_of(measures_of(request.user, team))

    @told("A measure, and what its run chart says for this team", MeasureWithVerdict)
    def retrieve(self, request: Request, series_slug: str, team_slug: str, measure_id: int) -> Response:
        measure, team = find(request, series_slug, team_slug, measure_id)
        (sheet,) = sheets_of_team(team, request.user, [measure])
        return Response(MeasureWithVerdict(measure, context={"sheet": sheet}).data)


@extend_schema(tags=["Measures"])
class PointView(View):
    serializer_class = PointSerializer

    @told(
        "The numbers of a measure, oldest first; a period without one is missing", PointSerializer(many=True)
    )
    def list(self, request: Request, series_slug: str, team_slug: str, measure_id: int) -> Response:
        measure, team = find(request, series_slug, team_slug, measure_id)
        return self.page_of(points_of(request.user, measure, team))

    @told("Enter or correct the number of a period", PointSerializer, takes=PointInput, status=201)
    def create(self, request: Request, series_slug: str, team_slug: str, measure_id: int) -> Response:
        measure, team = find(request, series_slug, team_slug, measure_id)
        require(request.user, Permission.ENTER_NUMBERS, team)
        words = self.taken(PointInput)
        period_on = periods.start_of(measure.frequency, words.pop("period_on"))
        typed = Typed(*(words.pop(name, None) for name in ("value", "numerator", "denominator")))
        is_share = typed.numerator is not None and typed.denominator is not None
        if (typed.value is not None) == is_share:
            raise not_valid({"value": [_("Send a value, or a numerator and a denominator.")]})
        if is_share and measure.how != "ratio":
            raise not_valid({"numerator": [_("This measure takes a value.")]})
        entry = Entry(measure, period_on, typed, **words)
        enter_points(team, [entry], by=request.user, at=clock.now())
        point = points_of(request.user, measure, team).get(period_on=period_on)
        return Response(self.shown(point), status=201)


def find(request: Request, series_slug: str, team_slug: str, measure_id: int) -> tuple[Measure, Team]:
    """A measure that the team follows, and the team; Http404 to who does not read it in full."""
    team = reading.find_team_in_full(request, series_slug, team_slug)
    measure: Measure = get_object_or_404(measures_of(request.user, team), pk=measure_id)
    return measure, team


def points_of(user: Any, measure: Measure, team: Team) -> QuerySet[DataPoint]:
    return DataPoint.objects.visible_to(user).filter(measure=measure, team=team).order_by("period_on")
