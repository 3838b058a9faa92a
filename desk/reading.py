"""What the pages of the desk read, each from the reader's own scope."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from jobs.models import Job
from series.models import Driver, Series
from storymaps.models import Comment, ReadMark, StoryEntry, Visibility
from storymaps.targets import beside
from teams.models import CoachAssignment, Team


def places_of(user: User) -> dict[str, Any]:
    """What `user` belongs to today: teams, coached teams, series."""
    return {
        "memberships": user.memberships.on().select_related("team__series").order_by("team__name"),
        "coached": user.coach_assignments.on().select_related("team__series").order_by("team__name"),
        "roles": user.series_roles.on().select_related("series").order_by("series__name"),
    }


def shared_in(series: Series, user: User) -> QuerySet[StoryEntry]:
    """Stories that teams of `series` opened to everybody in it, the newest first."""
    return (
        StoryEntry.objects.visible_to(user)
        .filter(team__series=series)
        .exclude(visibility=Visibility.TEAM)
        .select_related("team__series", "author")
        .prefetch_related("drivers", "evidence__file")
        .order_by("-logged_at", "-pk")
    )


def unread_by(user: User, teams: list[Team]) -> QuerySet[StoryEntry]:
    """Stories of `teams` that `user` has neither written nor read, the newest first."""
    return (
        StoryEntry.objects.visible_to(user)
        .filter(team__in=teams)
        .exclude(author=user)
        .exclude(Exists(ReadMark.objects.filter(person=user, entry=OuterRef("pk"))))
        .select_related("team__series", "author")
        .prefetch_related("drivers", "evidence__file")
        .order_by("-logged_at", "-pk")
    )


def waiting_notes(user: User, teams: list[Team]) -> QuerySet[Comment]:
    """Notes in the margin of these teams that wait for `user`, the oldest first.

    Questions of others that nobody has answered, and answers to what `user` wrote there.
    """
    standing = Comment.objects.standing()
    found = Comment.objects.visible_to(user).standing().filter(settled_at=None, team__in=teams)
    answered = Exists(standing.filter(parent=OuterRef("pk")))
    mine = standing.filter(parent=OuterRef("parent"), author=user)
    later = Exists(mine.filter(written_at__gt=OuterRef("written_at")))
    asked = Q(parent=None, asks_reply=True) & ~answered
    to_me = Q(parent__author=user, parent__settled_at=None) & ~later
    return found.filter(asked | to_me).exclude(author=user).order_by("written_at", "pk")


def waiting_for(user: User, teams: list[Team], most: int, but: Collection[int] = ()) -> list[Comment]:
    """The oldest `most` of `waiting_notes` but for `but`. Each has `where`: what it stands beside."""
    rows = list(waiting_notes(user, teams).with_targets().exclude(pk__in=but)[:most])  # type: ignore[attr-defined]
    for row in rows:
        row.where = beside(row)  # type: ignore[attr-defined]
    return rows


def stories_by_driver(series: Series, drivers: list[Driver]) -> dict[int, dict[int, int]]:
    """How many stories each team has under each driver: team id → driver id → count."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = StoryEntry.objects.filter(team__series=series, drivers__in=drivers).values_list("team", "drivers")
    for team_id, driver_id, count in rows.annotate(count=Count("pk")):
        found[team_id][driver_id] = count
    return found


def coaches_by_team(series: Series) -> dict[int, list[str]]:
    """The names of who coaches each team today."""
    found: dict[int, list[str]] = defaultdict(list)
    for assignment in CoachAssignment.objects.on().filter(team__series=series).select_related("coach"):
        found[assignment.team_id].append(str(assignment.coach))
    return found


def ever_coached(user: User) -> bool:
    return user.coach_assignments.exists()


def job_counts() -> list[tuple[str, int]]:
    return list(Job.objects.order_by("state").values_list("state").annotate(count=Count("pk")))


def failed_jobs() -> QuerySet[Job]:
    return Job.objects.failed()
