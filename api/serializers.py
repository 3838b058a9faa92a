"""What the API shows and takes: every field by name. People appear by the name that the pages show."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import CharField, ChoiceField, IntegerField

from accounts.models import File, FileState
from accounts.permissions import Role
from progress.models import CheckIn, DueDate, HelpFrom, Plan, PlanItem, PlanItemStatus
from series.models import ActionPeriod, Driver, GuidingQuestion, LearningSession, Series, Summit
from storymaps.models import Comment, Evidence, Result, Sphere, StoryEntry, Strand, Visibility
from teams.models import Team

LARGEST = 2**63 - 1
MOST_LINKS = 50
WHO_READS = [(value.value, value.label) for value in (Visibility.TEAM, Visibility.SERIES)]


class Shown(serializers.ModelSerializer):
    """What is only shown: nothing of it is ever taken from a body."""

    def get_extra_kwargs(self) -> dict[str, Any]:
        return {name: {"read_only": True} for name in self.Meta.fields}


class Within(serializers.ListField):
    """Ids of things within the writer's reach, given to the serializer as `context["within"][field]`.

    What is out of reach is refused in the same words as what does not exist.
    """

    child = IntegerField(min_value=1, max_value=LARGEST)
    default_error_messages = {"unknown": _("One of these is not here.")}

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)  # before anything is looked up
        ids = set(super().to_internal_value(data))
        found = list(self.context["within"][self.field_name].filter(pk__in=ids)) if ids else []
        if len(found) != len(ids):
            self.fail("unknown")
        return found


def sensible(day: date | None) -> date | None:
    if day and not 2000 <= day.year <= 2100:
        raise serializers.ValidationError(_("Look at the year again."))
    return day


# --- series and teams ------------------------------------------------------------------------------------


class QuestionSerializer(Shown):
    class Meta:
        model = GuidingQuestion
        fields = ("text", "language", "agreed_on")


class DriverSerializer(Shown):
    class Meta:
        model = Driver
        fields = ("id", "name", "definition", "slot", "position")


class SessionSerializer(Shown):
    letter = CharField(read_only=True)

    class Meta:
        model = LearningSession
        fields = ("letter", "title", "starts_on", "ends_on", "place")


class PeriodSerializer(Shown):
    class Meta:
        model = ActionPeriod
        fields = ("number", "starts_on", "ends_on", "theme")


class SummitSerializer(Shown):
    class Meta:
        model = Summit
        fields = ("starts_on", "ends_on", "place")


class SeriesSerializer(Shown):
    """A series with its question in force, its drivers and its calendar."""

    question = serializers.SerializerMethodField()
    languages = serializers.ListField(child=CharField(), read_only=True)
    drivers = DriverSerializer(many=True, read_only=True)
    sessions = SessionSerializer(many=True, read_only=True)
    periods = PeriodSerializer(many=True, read_only=True)
    summit = SummitSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Series
        fields = (
            "slug", "name", "summary", "host", "status", "opens_on", "first_session_on", "time_zone",
            "languages", "question", "drivers", "sessions", "periods", "summit",
        )  # fmt: skip

    @extend_schema_field(QuestionSerializer(allow_null=True))
    def get_question(self, series: Series) -> Any:
        newest = next(iter(series.questions.all()), None)
        return QuestionSerializer(newest).data if newest else None


class TeamSerializer(Shown):
    series = CharField(source="series.slug", read_only=True)

    class Meta:
        model = Team
        fields: tuple[str, ...] = (
            "slug",
            "series",
            "name",
            "code",
            "place",
            "focus_area",
            "status",
            "time_zone",
        )


class TeamWithRights(TeamSerializer):
    """A team, and what the reader may do with it today."""

    may = serializers.SerializerMethodField()

    class Meta(TeamSerializer.Meta):
        fields = (*TeamSerializer.Meta.fields, "may")

    @extend_schema_field(serializers.ListField(child=CharField()))
    def get_may(self, team: Team) -> list[str]:
        return sorted(self.context["rights"])


# --- plans -----------------------------------------------------------------------------------------------


class PlanSerializer(Shown):
    """The words over a team's plan; its items are a list of their own."""

    period = IntegerField(source="period.number", read_only=True)

    class Meta:
        model = Plan
        fields = ("period", "question", "support_wanted")


class PlanItemSerializer(Shown):
    period = IntegerField(source="plan.period.number", read_only=True)
    drivers = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = PlanItem
        fields = (
            "id", "period", "what", "drivers", "who", "due_on", "first_step", "status", "position",
            "added_at",
        )  # fmt: skip


class PlanItemInput(serializers.ModelSerializer):
    drivers = Within(required=False, max_length=6)

    class Meta:
        model = PlanItem
        fields = ("what", "drivers", "who", "due_on", "first_step")

    def validate_due_on(self, day: date | None) -> date | None:
        return sensible(day)


class StatusInput(serializers.Serializer):
    status = ChoiceField(choices=PlanItemStatus.choices)


# --- check-ins -------------------------------------------------------------------------------------------


class CheckInSerializer(Shown):
    help_from = ChoiceField(choices=HelpFrom.choices, allow_blank=True, read_only=True)
    filed_by = CharField(source="filed_by.name", read_only=True)
    is_late = serializers.BooleanField(read_only=True)

    class Meta:
        model = CheckIn
        fields = (
            "going", "moved", "hindered", "help_from", "next_step", "filed_by", "filed_at", "filed_on",
            "is_late", "is_on_behalf", "channel",
        )  # fmt: skip


class DueSerializer(Shown):
    """A day on which a team owes a check-in, and what it filed."""

    period = IntegerField(source="period.number", read_only=True)
    check_in = CheckInSerializer(read_only=True, allow_null=True)

    class Meta:
        model = DueDate
        fields = ("due_on", "period", "is_excused", "excused_because", "check_in")


class CheckInInput(serializers.ModelSerializer):
    """`channel` counts where a coach or facilitator files for the team."""

    class Meta:
        model = CheckIn
        fields = ("going", "moved", "hindered", "help_from", "next_step", "channel")


# --- stories ---------------------------------------------------------------------------------------------


class EvidenceSerializer(Shown):
    """A file, a link or a number; a link and a number have neither `state` nor `file`."""

    kind = CharField(source="shown_kind", read_only=True)
    state = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField()

    class Meta:
        model = Evidence
        fields = ("kind", "alt_text", "state", "file", "url", "number", "transcript")

    @extend_schema_field(ChoiceField(choices=FileState.choices, allow_null=True))
    def get_state(self, evidence: Evidence) -> str | None:
        return evidence.file.state if evidence.file else None

    def get_file(self, evidence: Evidence) -> str | None:
        file: File | None = evidence.file
        is_ready = file is not None and file.state == FileState.READY
        return reverse("accounts:file", args=[file.key]) if file and is_ready else None


class EntrySerializer(Shown):
    """A story. Of what it grew out of, only what the reader may read."""

    series = CharField(source="team.series.slug", read_only=True)
    team = CharField(source="team.slug", read_only=True)
    author = CharField(source="author.name", read_only=True)
    headline = CharField(read_only=True)
    strand = ChoiceField(choices=Strand.choices, allow_blank=True, read_only=True)
    result = ChoiceField(choices=Result.choices, allow_blank=True, read_only=True)
    sphere = ChoiceField(choices=Sphere.choices, allow_blank=True, read_only=True)
    drivers = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    grew_out_of_items = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    grew_out_of_tests = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    grew_out_of_entries = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    evidence = EvidenceSerializer(many=True, read_only=True)
    page = serializers.SerializerMethodField()

    class Meta:
        model = StoryEntry
        fields = (
            "id", "series", "team", "author", "text", "title", "headline", "began_on", "ended_on",
            "place", "who", "why_it_matters", "how", "now_think", "values_shown", "sphere",
            "partner_name", "strand", "result", "drivers", "grew_out_of_items", "grew_out_of_tests",
            "grew_out_of_entries", "evidence", "is_intended", "language", "visibility", "names_people",
            "is_on_behalf", "channel", "logged_at", "version", "page",
        )  # fmt: skip

    def get_page(self, entry: StoryEntry) -> str:
        return reverse("storymaps:entry", args=[entry.team.series.slug, entry.team.slug, entry.pk])


class EntryChange(serializers.ModelSerializer):
    """What may be changed in a story. Publication is no field: it is asked for, and the team lead decides."""

    drivers = Within(required=False, max_length=6)
    grew_out_of_items = Within(required=False, max_length=MOST_LINKS)
    grew_out_of_tests = Within(required=False, max_length=MOST_LINKS)
    grew_out_of_entries = Within(required=False, max_length=MOST_LINKS)
    visibility = ChoiceField(choices=WHO_READS, required=False)

    class Meta:
        model = StoryEntry
        fields: tuple[str, ...] = (
            "text", "title", "began_on", "ended_on", "place", "who", "why_it_matters", "how", "now_think",
            "values_shown", "sphere", "partner_name", "strand", "result", "drivers", "grew_out_of_items",
            "grew_out_of_tests", "grew_out_of_entries", "is_intended", "language", "visibility",
            "names_people",
        )  # fmt: skip


class EntryInput(EntryChange):
    """Only `text` must be sent; `channel` counts where a coach or facilitator logs for the team."""

    class Meta(EntryChange.Meta):
        fields = (*EntryChange.Meta.fields, "channel")
        extra_kwargs = {"began_on": {"required": False}}


class CommentSerializer(Shown):
    author = CharField(source="author.name", read_only=True)
    role = serializers.SerializerMethodField()
    is_settled = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = (
            "id", "parent", "author", "role", "text", "kind", "audience", "asks_reply", "written_at",
            "is_settled", "settled_at",
        )  # fmt: skip

    @extend_schema_field(ChoiceField(choices=[Role.COACH.value], allow_blank=True))
    def get_role(self, comment: Comment) -> str:
        return Role.COACH.value if comment.author_id in self.context["coaches"] else ""

    def get_is_settled(self, comment: Comment) -> bool:
        return comment.settled_at is not None


class CommentInput(serializers.ModelSerializer):
    """A note, or with `parent` an answer to one. Without `audience` it is for the usual readers."""

    parent = IntegerField(min_value=1, max_value=LARGEST, required=False, allow_null=True)

    class Meta:
        model = Comment
        fields = ("text", "kind", "audience", "asks_reply", "parent")
        extra_kwargs = {"audience": {"required": False}}
