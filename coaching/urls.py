from django.urls import path

from coaching import views

app_name = "coaching"
TEAM = "series/<slug:series_slug>/teams/<slug:team_slug>"
urlpatterns = [
    path("series/<slug:series_slug>/help/", views.help_open, name="help-open"),
    path(f"{TEAM}/help/", views.help_calls, name="help"),
    path(f"{TEAM}/help/<int:call_id>/", views.help_call, name="help-call"),
    path(f"{TEAM}/help/<int:call_id>/settle/", views.help_settle, name="help-settle"),
]
