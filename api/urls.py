from typing import Any

from django.urls import path

import progress.urls  # noqa: F401 - registers how a day stands in an address
from accounts.permissions import Permission, policy
from api import measures, views

app_name = "api"
ROOT = "api/v1/"
SERIES = f"{ROOT}series/<slug:series_slug>/"
TEAM = f"{SERIES}teams/<slug:team_slug>/"
ENTRY = f"{TEAM}entries/<int:entry_id>/"


def route(address: str, view: Any, name: str, *, see: str, act: Permission | None = None, **acts: str) -> Any:
    """A path whose methods are acts of a viewset, with the policy that the middleware asks for."""
    return path(address, policy(see=see, act=act)(view.as_view(acts)), name=name)


urlpatterns = [
    path(f"{ROOT}schema/", views.schema, name="schema"),
    route(f"{ROOT}series/", views.SeriesView, "series-list", see="person", get="list"),
    route(SERIES, views.SeriesView, "series", see="series", get="retrieve"),
    route(f"{SERIES}teams/", views.TeamView, "teams", see="series", get="list"),
    route(TEAM, views.TeamView, "team", see="team", get="retrieve"),
    route(f"{TEAM}plans/", views.PlanView, "plans", see="team", get="list"),
    route(
        f"{TEAM}plans/<int:number>/items/",
        views.ItemView,
        "plan-items",
        see="team",
        act=Permission.EDIT_PLAN,
        get="list",
        post="create",
    ),
    route(f"{TEAM}items/<int:item_id>/", views.ItemView, "plan-item", see="team", get="retrieve"),
    route(
        f"{TEAM}items/<int:item_id>/status/",
        views.ItemView,
        "plan-item-status",
        see="team",
        act=Permission.EDIT_PLAN,
        post="change_status",
    ),
    route(f"{TEAM}check-ins/", views.CheckInView, "check-ins", see="team", get="list"),
    route(
        f"{TEAM}check-ins/<day:due_on>/",
        views.CheckInView,
        "check-in",
        see="team",
        act=Permission.CHECK_IN,
        get="retrieve",
        post="create",
    ),
    route(
        f"{TEAM}entries/",
        views.EntryView,
        "entries",
        see="team",
        act=Permission.LOG_STORY,
        get="list",
        post="create",
    ),
    route(
        ENTRY,
        views.EntryView,
        "entry",
        see="entry",
        act=Permission.LOG_STORY,
        get="retrieve",
        patch="partial_update",
    ),
    route(
        f"{ENTRY}comments/",
        views.CommentView,
        "comments",
        see="entry",
        act=Permission.COMMENT,
        get="list",
        post="create",
    ),
    route(
        f"{ENTRY}comments/<int:comment_id>/settle/",
        views.CommentView,
        "comment-settle",
        see="entry",
        act=Permission.COMMENT,
        post="settle",
    ),
    route(f"{TEAM}measures/", measures.MeasureView, "measures", see="team", get="list"),
    route(f"{TEAM}measures/<int:measure_id>/", measures.MeasureView, "measure", see="team", get="retrieve"),
    route(
        f"{TEAM}measures/<int:measure_id>/points/",
        measures.PointView,
        "points",
        see="team",
        act=Permission.ENTER_NUMBERS,
        get="list",
        post="create",
    ),
]
