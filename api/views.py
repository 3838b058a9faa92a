"""The acts of the API: each finds within what the reader may see, asks for the right, calls the service."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from accounts.permissions import Permission, policy, require, rights_on
from api import reading
from api import serializers as shapes
from api.problems import (
    USED_BEFORE,
    Refused,
    key_of,
    not_valid,
    once,
    version_of,
    version_tag,
)
from api.protocol import SignedIn
from api.schema import KEYED, VERSIONED, told
from core import clock
from progress import services as progress
from progress.models import CheckIn, PlanItem, PlanItemStatus
from series.models import Series
from storymaps import comments
from storymaps import services as storymaps
from storymaps.models import StoryEntry, Visibility
from storymaps.targets import of_story
from teams.models import Team

SCHEMA = Path(__file__).with_name("schema.yml")
DAY = OpenApiParameter("due_on", OpenApiTypes.DATE, "path")


@policy(see="person")
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI page of this API, as it is checked in."""
    return HttpResponse(SCHEMA.read_bytes(), content_type="application/vnd.oai.openapi; charset=utf-8")


class View(GenericViewSet):  # a docstring here would stand under every act of the schema
    permission_classes = (SignedIn,)

    def page_of(self, found: QuerySet[Any], **context: Any) -> Response:
        """A page of what was found."""
        rows = self.paginate_queryset(found)
        return self.get_paginated_response(self.shown(rows, many=True, **context))

    def shown(self, thing: Any, *, many: bool = False, **context: Any) -> Any:
        context = self.get_serializer_context() | context
        return self.get_serializer_class()(thing, many=many, context=context).data

    def taken(
        self, shape: type[BaseSerializer], within: Any = None, instance: Any = None, *, partial: bool = False
    ) -> dict[str, Any]:
        """What the body says, in the fields of `shape`; ids in it reach no further than `within`."""
        if isinstance(self.request.data, QueryDict):  # a form that the edge has read already
            raise UnsupportedMediaType(self.request.content_type)
        body = shape(instance, data=self.request.data, partial=partial, context={"within": within or {}})
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


# --- series and teams ------------------------------------------------------------------------------------


@extend_schema(tags=["Series"])
class SeriesView(View):
    serializer_class = shapes.SeriesSerializer

    @told("The series in which you are", shapes.SeriesSerializer(many=True))
    def list(self, request: Request) -> Response:
        return self.page_of(reading.all_series(request.user))

    @told("A series: its question, drivers and calendar", shapes.SeriesSerializer)
    def retrieve(self, request: Request, series_slug: str) -> Response:
        series: Series = get_object_or_404(reading.all_series(request.user), slug=series_slug)
        return Response(self.shown(series))


@extend_schema(tags=["Teams"])
class TeamView(View):
    serializer_class = shapes.TeamSerializer

    @told("The teams of a series", shapes.TeamSerializer(many=True))
    def list(self, request: Request, series_slug: str) -> Response:
        return self.page_of(reading.teams_of(request.user, series_slug))

    @told("A team, and what you may do with it", shapes.TeamWithRights)
    def retrieve(self, request: Request, series_slug: str, team_slug: str) -> Response:
        team = reading.find_team(request, series_slug, team_slug)
        rights = [right.value for right in rights_on(request.user, team)]
        return Response(shapes.TeamWithRights(team, context={"rights": rights}).data)


# --- plans -----------------------------------------------------------------------------------------------


@extend_schema(tags=["Plans"])
class PlanView(View):
    serializer_class = shapes.PlanSerializer

    @told("A team’s plans, one an Action Period", shapes.PlanSerializer(many=True))
    def list(self, request: Request, series_slug: str, team_slug: str) -> Response:
        team = reading.find_team_in_full(request, series_slug, team_slug)
        return self.page_of(reading.plans_of(request.user, team))


@extend_schema(tags=["Plans"])
class ItemView(View):
    serializer_class = shapes.PlanItemSerializer

    @told("What a team will try in an Action Period", shapes.PlanItemSerializer(many=True))
    def list(self, request: Request, series_slug: str, team_slug: str, number: int) -> Response:
        team = reading.find_team_in_full(request, series_slug, team_slug)
        period = reading.find_period(team, number)
        return self.page_of(reading.items_of(request.user, team).filter(plan__period=period))

    @told(
        "Put an item on the plan",
        shapes.PlanItemSerializer,
        takes=shapes.PlanItemInput,
        status=201,
        parameters=[KEYED],
    )
    def create(self, request: Request, series_slug: str, team_slug: str, number: int) -> Response:
        team = reading.find_team_in_full(request, series_slug, team_slug)
        require(request.user, Permission.EDIT_PLAN, team)
        period = reading.find_period(team, number)
        words = self.taken(shapes.PlanItemInput, {"drivers": team.series.drivers.all()})
        drivers = words.pop("drivers", [])
        draft = PlanItem(submission_id=key_of(request), **words)
        with once():
            item = progress.add_plan_item(
                draft, team=team, period=period, drivers=drivers, by=request.user, at=clock.now()
            )
        mine = reading.items_of(request.user, team).filter(plan__period=period)
        return created(self.shown(same(mine, item.pk)))

    @told("An item of a plan", shapes.PlanItemSerializer)
    def retrieve(self, request: Request, series_slug: str, team_slug: str, item_id: int) -> Response:
        return Response(self.shown(self.find(request, series_slug, team_slug, item_id)))

    @told(
        "Say how it goes with an item",
        shapes.PlanItemSerializer,
        takes=shapes.StatusInput,
    )
    def change_status(self, request: Request, series_slug: str, team_slug: str, item_id: int) -> Response:
        item = self.find(request, series_slug, team_slug, item_id)
        require(request.user, Permission.EDIT_PLAN, item)
        status = PlanItemStatus(self.taken(shapes.StatusInput)["status"])
        progress.change_status(item, status, by=request.user, at=clock.now())
        return Response(self.shown(item))

    def find(self, request: Request, series_slug: str, team_slug: str, item_id: int) -> PlanItem:
        team = reading.find_team_in_full(request, series_slug, team_slug)
        return get_object_or_404(reading.items_of(request.user, team), pk=item_id)


# --- check-ins -------------------------------------------------------------------------------------------


@extend_schema(tags=["Check-ins"])
class CheckInView(View):
    serializer_class = shapes.DueSerializer

    @told("The days on which a team owes a check-in, and what it filed", shapes.DueSerializer(many=True))
    def list(self, request: Request, series_slug: str, team_slug: str) -> Response:
        team = reading.find_team_in_full(request, series_slug, team_slug)
        return self.page_of(reading.dues_of(request.user, team))

    @told("One due date, and what was filed for it", shapes.DueSerializer, parameters=[DAY])
    def retrieve(self, request: Request, series_slug: str, team_slug: str, due_on: date) -> Response:
        return Response(self.shown(reading.find_due(request, series_slug, team_slug, due_on)))

    @told(
        "File the check-in of a due date",
        shapes.DueSerializer,
        takes=shapes.CheckInInput,
        status=201,
        parameters=[DAY, KEYED],
    )
    def create(self, request: Request, series_slug: str, team_slug: str, due_on: date) -> Response:
        due = reading.find_due(request, series_slug, team_slug, due_on)
        require(request.user, Permission.CHECK_IN, due.team)
        draft = CheckIn(submission_id=key_of(request), **self.taken(shapes.CheckInInput))
        try:
            with once():
                filed = progress.file_check_in(draft, due=due, by=request.user, at=clock.now())
        except progress.AlreadyFiled as error:
            current = shapes.CheckInSerializer(error.check_in).data
            raise Refused(409, error, current=current) from None
        if filed.due_id != due.pk:
            raise Refused(409, USED_BEFORE)
        return created(self.shown(reading.find_due(request, series_slug, team_slug, due_on)))


# --- stories ---------------------------------------------------------------------------------------------


@extend_schema(tags=["Stories"])
class EntryView(View):
    serializer_class = shapes.EntrySerializer

    @told("The stories of a team that you may read, newest first", shapes.EntrySerializer(many=True))
    def list(self, request: Request, series_slug: str, team_slug: str) -> Response:
        team = reading.find_team(request, series_slug, team_slug)
        return self.page_of(reading.entries_of(request.user, team))

    @told(
        "Log a story on the team’s map",
        shapes.EntrySerializer,
        takes=shapes.EntryInput,
        status=201,
        parameters=[KEYED],
    )
    def create(self, request: Request, series_slug: str, team_slug: str) -> Response:
        team = reading.find_team(request, series_slug, team_slug)
        require(request.user, Permission.LOG_STORY, team)
        words = self.taken(shapes.EntryInput, reach(request.user, team))
        links = {name: words.pop(field, []) for field, name in LINKS.items()}
        usual = {"began_on": clock.today(team.time_zone), "language": request.user.language}
        draft = StoryEntry(team=team, submission_id=key_of(request), **(usual | words))
        entry = storymaps.log_story(draft, by=request.user, at=clock.now(), keeps_draft=True, **links)
        return self.tagged(same(reading.entries_of(request.user, team), entry.pk), status=201)

    @told("A story; its ETag is the version to change it by", shapes.EntrySerializer)
    def retrieve(self, request: Request, series_slug: str, team_slug: str, entry_id: int) -> Response:
        return self.tagged(reading.find_entry(request, series_slug, team_slug, entry_id))

    @told(
        "Change a story",
        shapes.EntrySerializer,
        takes=shapes.EntryChange,
        also=(412, 428),
        parameters=[VERSIONED],
    )
    def partial_update(self, request: Request, series_slug: str, team_slug: str, entry_id: int) -> Response:
        entry = reading.find_entry(request, series_slug, team_slug, entry_id)
        require(request.user, Permission.LOG_STORY, entry)
        if not storymaps.may_amend(request.user, entry):
            raise PermissionDenied(_("The team changes its own stories; you can write in the margin."))
        version, within = version_of(request), reach(request.user, entry.team, entry)
        words = self.taken(shapes.EntryChange, within, entry, partial=True)
        links = {name: words.pop(field, list(getattr(entry, field).all())) for field, name in LINKS.items()}
        if "visibility" in words and entry.visibility == Visibility.PUBLIC:
            raise not_valid({"visibility": [_("It is cleared for publication. Take that back first.")]})
        for name, value in words.items():
            setattr(entry, name, value)
        try:
            storymaps.amend_story(entry, version=version, by=request.user, at=clock.now(), **links)
        except storymaps.StaleEntry:
            current = self.shown(reading.find_entry(request, series_slug, team_slug, entry_id))
            detail = _("The entry was changed since you opened it. Please read it once more.")
            yours = {
                name: request.data[name] for name in shapes.EntryChange.Meta.fields if name in request.data
            }
            raise Refused(412, detail, yours=yours, current=current) from None
        return self.tagged(reading.find_entry(request, series_slug, team_slug, entry_id))

    def tagged(self, entry: StoryEntry, status: int = 200) -> Response:
        return Response(self.shown(entry), status=status, headers={"ETag": version_tag(entry.version)})


@extend_schema(tags=["Notes"])
class CommentView(View):
    serializer_class = shapes.CommentSerializer

    @told("The notes on a story that are for you to read", shapes.CommentSerializer(many=True))
    def list(self, request: Request, series_slug: str, team_slug: str, entry_id: int) -> Response:
        entry = reading.find_entry(request, series_slug, team_slug, entry_id)
        found = reading.comments_of(request.user, entry)
        return self.page_of(found, coaches=reading.coaches_of(entry.team))

    @told(
        "Write in the margin of a story, or answer a note there",
        shapes.CommentSerializer,
        takes=shapes.CommentInput,
        status=201,
        parameters=[KEYED],
    )
    def create(self, request: Request, series_slug: str, team_slug: str, entry_id: int) -> Response:
        entry = reading.find_entry(request, series_slug, team_slug, entry_id)
        require(request.user, Permission.COMMENT, entry)
        words = self.taken(shapes.CommentInput)
        notes = reading.comments_of(request.user, entry)
        target = of_story(entry, entry.team)
        draft = comments.new_comment(target, key_of(request))
        draft.text = words["text"]
        if parent := words.get("parent"):
            draft.parent = notes.filter(pk=parent).first()
            if draft.parent is None:
                raise not_valid({"parent": [_("The note that this answers is not here.")]})
        else:
            draft.kind, draft.asks_reply = words.get("kind", draft.kind), words.get("asks_reply", False)
        usual = comments.audiences(request.user, target, draft.parent)
        draft.audience = words.get("audience") or (usual[0] if usual else draft.audience)
        note = comments.write_comment(draft, by=request.user, at=clock.now())
        return created(self.shown(same(notes, note.pk), coaches=reading.coaches_of(entry.team)))

    @told("Say that a note needs nothing more", shapes.CommentSerializer, also=(403,))
    def settle(
        self, request: Request, series_slug: str, team_slug: str, entry_id: int, comment_id: int
    ) -> Response:
        entry = reading.find_entry(request, series_slug, team_slug, entry_id)
        note = get_object_or_404(reading.comments_of(request.user, entry), pk=comment_id)
        if not comments.may_settle(request.user, note):
            require(request.user, Permission.COMMENT, entry)
            raise PermissionDenied(_("A note is settled by who wrote it or by the team."))
        comments.settle_comment(note, by=request.user, at=clock.now())
        return Response(self.shown(note, coaches=reading.coaches_of(entry.team)))


# --- what several acts do --------------------------------------------------------------------------------

LINKS = {
    "drivers": "drivers",
    "grew_out_of_items": "items",
    "grew_out_of_tests": "tests",
    "grew_out_of_entries": "entries",
}


def reach(user: Any, team: Team, entry: StoryEntry | None = None) -> dict[str, QuerySet[Any]]:
    """What a story of `team` may be linked to by `user`."""
    others = reading.readable_entries(user)
    return {
        "drivers": team.series.drivers.all(),
        "grew_out_of_items": reading.items_of(user, team),
        "grew_out_of_tests": reading.tests_of(user, team),
        "grew_out_of_entries": others.exclude(pk=entry.pk) if entry else others,
    }


def same(found: QuerySet[Any], pk: int) -> Any:
    """What a service gave back, if it stands where it was asked for; else its key was used elsewhere."""
    thing = found.filter(pk=pk).first()
    if thing is None:
        raise Refused(409, USED_BEFORE)
    return thing


def created(data: Any) -> Response:
    return Response(data, status=201)
