from django.urls import path

from coaching import concern_views, views

app_name = "coaching"
TEAM = "series/<slug:series_slug>/teams/<slug:team_slug>"
urlpatterns = [
    path("series/<slug:series_slug>/help/", views.help_open, name="help-open"),
    path("series/<slug:series_slug>/concerns/", concern_views.concerns, name="concerns"),
    path(
        "series/<slug:series_slug>/concerns/<int:concern_id>/settle/",
        concern_views.concern_settle,
        name="concern-settle",
    ),
    path(f"{TEAM}/concern/<slug:kind>/<int:object_id>/", concern_views.concern, name="concern"),
    path(f"{TEAM}/help/", views.help_calls, name="help"),
    path(f"{TEAM}/help/<int:call_id>/", views.help_call, name="help-call"),
    path(f"{TEAM}/help/<int:call_id>/settle/", views.help_settle, name="help-settle"),
]
