"""What a person finds: every list and object of the API, within what they may see."""

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from progress.models import DueDate, Plan, PlanItem, TestCycle
from series.models import ActionPeriod, Series
from storymaps.models import Comment, StoryEntry
from teams.models import CoachAssignment, Team


def all_series(user: Any) -> QuerySet[Series]:
    found = Series.objects.visible_to(user).select_related("summit")
    return found.prefetch_related("questions", "drivers", "sessions", "periods").order_by("slug")


def teams_of(user: Any, series_slug: str) -> QuerySet[Team]:
    """The teams of a series; Http404 to who is not in it."""
    series = get_object_or_404(Series.objects.visible_to(user), slug=series_slug)
    return Team.objects.visible_to(user).filter(series=series).select_related("series__summit")


def find_team(request: Request, series_slug: str, team_slug: str) -> Team:
    """A team of a series in which the reader is; Http404 otherwise."""
    found = Team.objects.visible_to(request.user).select_related("series__summit")
    return get_object_or_404(found, series__slug=series_slug, slug=team_slug)


def find_team_in_full(request: Request, series_slug: str, team_slug: str) -> Team:
    """A team all of whose writing the reader reads; Http404 otherwise."""
    user = request.user
    found = Team.objects.visible_to(user).read_in_full_by(user).select_related("series__summit")
    return get_object_or_404(found, series__slug=series_slug, slug=team_slug)


def plans_of(user: Any, team: Team) -> QuerySet[Plan]:
    return Plan.objects.visible_to(user).filter(team=team).select_related("period").order_by("period__number")


def find_period(team: Team, number: int) -> ActionPeriod:
    return get_object_or_404(team.series.periods, number=number)


def items_of(user: Any, team: Team) -> QuerySet[PlanItem]:
    """The plan items of a team, in the order of its plans."""
    found = PlanItem.objects.visible_to(user).filter(plan__team=team)
    found = found.select_related("plan__period", "plan__team__series__summit").prefetch_related("drivers")
    return found.order_by("plan__period__number", "position", "pk")


def tests_of(user: Any, team: Team) -> QuerySet[TestCycle]:
    """The tests of a team's plan items."""
    found = TestCycle.objects.visible_to(user).filter(item__plan__team=team)
    return found.select_related("item__plan").order_by("item", "number")


def entries_of(user: Any, team: Team) -> QuerySet[StoryEntry]:
    """The stories of a team that `user` may read, newest first, with what they grew out of."""
    return (
        StoryEntry.objects.visible_to(user)
        .filter(team=team)
        .select_related("author", "team__series")
        .prefetch_related(
            "drivers",
            "evidence__file",
            Prefetch("grew_out_of_items", PlanItem.objects.visible_to(user).order_by("pk")),
            Prefetch("grew_out_of_tests", TestCycle.objects.visible_to(user).order_by("pk")),
            Prefetch("grew_out_of_entries", StoryEntry.objects.visible_to(user).order_by("pk")),
        )
        .latest_first()
    )


def find_entry(request: Request, series_slug: str, team_slug: str, entry_id: int) -> StoryEntry:
    """A story of that team that the reader may read; Http404 otherwise."""
    team = find_team(request, series_slug, team_slug)
    return get_object_or_404(entries_of(request.user, team), pk=entry_id)


def comments_of(user: Any, entry: StoryEntry) -> QuerySet[Comment]:
    """The notes on a story that are for `user` to read, in the order in which they were written."""
    found = Comment.objects.visible_to(user).standing().filter(entry=entry).with_targets()
    return found.order_by("written_at", "pk")


def coaches_of(team: Team) -> set[int]:
    """Who coaches `team` today."""
    return set(CoachAssignment.objects.on().filter(team=team).values_list("coach", flat=True))


def dues_of(user: Any, team: Team) -> QuerySet[DueDate]:
    """What a team owes, with what it filed, in the order of the days."""
    found = DueDate.objects.visible_to(user).filter(team=team).order_by("due_on")
    return found.select_related("period", "check_in__filed_by", "team__series__summit")


def find_due(request: Request, series_slug: str, team_slug: str, due_on: date) -> DueDate:
    """The due date of that team on that day, for who reads the team in full; Http404 otherwise."""
    team = find_team_in_full(request, series_slug, team_slug)
    return get_object_or_404(dues_of(request.user, team), due_on=due_on)


def readable_entries(user: Any) -> QuerySet[StoryEntry]:
    """Every story that `user` may read: what a new one may grow out of."""
    return StoryEntry.objects.visible_to(user)
