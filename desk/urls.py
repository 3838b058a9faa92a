from django.urls import path

from desk import call_sheet, coverage, handover, inbox, team_home, views

app_name = "desk"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("me/", views.me, name="me"),
    path("me/jobs/", views.jobs, name="jobs"),
    path("me/jobs/<int:job_id>/retry/", views.job_retry, name="job-retry"),
    path("coaching/", inbox.coaching, name="coaching"),
    path("coaching/seen/", inbox.seen, name="inbox-seen"),
    path("coaching/reply/", inbox.reply, name="inbox-reply"),
    path("coaching/later/", inbox.later, name="inbox-later"),
    path("series/<slug:series_slug>/", views.series_home, name="series-home"),
    path("series/<slug:series_slug>/teams/", views.teams, name="teams"),
    path("series/<slug:series_slug>/teams/<slug:team_slug>/", team_home.team_home, name="team-home"),
    path("series/<slug:series_slug>/teams/<slug:team_slug>/call/", call_sheet.call_sheet, name="call-sheet"),
    path("series/<slug:series_slug>/teams/<slug:team_slug>/handover/", handover.handover, name="handover"),
    path(
        "series/<slug:series_slug>/teams/<slug:team_slug>/handover/read/",
        handover.handover_read,
        name="handover-read",
    ),
    path("series/<slug:series_slug>/coverage/", coverage.coverage, name="coverage"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
