from django.urls import path

from coaching import call_views, concern_views, views

app_name = "coaching"
TEAM = "series/<slug:series_slug>/teams/<slug:team_slug>"
urlpatterns = [
    path("series/<slug:series_slug>/help/", views.help_open, name="help-open"),
    path(
        "series/<slug:series_slug>/concern/<slug:kind>/<int:object_id>/",
        concern_views.concern,
        name="concern",
    ),
    path("series/<slug:series_slug>/concerns/", concern_views.concerns, name="concerns"),
    path(
        "series/<slug:series_slug>/concerns/<int:concern_id>/settle/",
        concern_views.concern_settle,
        name="concern-settle",
    ),
    path(f"{TEAM}/help/", views.help_calls, name="help"),
    path(f"{TEAM}/help/<int:call_id>/", views.help_call, name="help-call"),
    path(
        f"{TEAM}/help/<int:call_id>/answers/<int:answer_id>/remove/",
        views.help_answer_remove,
        name="help-answer-remove",
    ),
    path(f"{TEAM}/help/<int:call_id>/settle/", views.help_settle, name="help-settle"),
    path(f"{TEAM}/calls/", call_views.call_log, name="calls"),
    path(f"{TEAM}/calls/<int:call_id>/", call_views.call, name="call"),
    path(f"{TEAM}/calls/<int:call_id>/change/", call_views.call_change, name="call-change"),
    path(f"{TEAM}/calls/<int:call_id>/remove/", call_views.call_remove, name="call-remove"),
    path(f"{TEAM}/calls/<int:call_id>/steps/<int:step_id>/plan/", call_views.call_step, name="call-step"),
]
