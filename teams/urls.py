from django.urls import path

from teams.views import belonging, changing, setting_up

app_name = "teams"
SET_UP = "series/<slug:series_slug>/set-up/"
PEOPLE = "series/<slug:series_slug>/teams/<slug:team_slug>/people/"
urlpatterns = [
    path(f"{SET_UP}teams/", setting_up.team_add, name="team-add"),
    path(f"{SET_UP}people/", setting_up.people, name="people"),
    path(f"{SET_UP}people/roles/<int:role_id>/end/", setting_up.role_end, name="role-end"),
    path(f"{SET_UP}coaches/", setting_up.coaches, name="coaches"),
    path(f"{SET_UP}coaches/<slug:team_slug>/<int:assignment_id>/end/", changing.coach_end, name="coach-end"),
    path(
        "series/<slug:series_slug>/invitations/<int:invitation_id>/",
        setting_up.invitation_again,
        name="invitation-again",
    ),
    path("series/<slug:series_slug>/cover/", changing.cover, name="cover"),
    path("series/<slug:series_slug>/cover/<int:cover_id>/end/", changing.cover_end, name="cover-end"),
    path(PEOPLE, belonging.members, name="members"),
    path(f"{PEOPLE}<int:membership_id>/role/", belonging.member_role, name="member-role"),
    path(f"{PEOPLE}<int:membership_id>/end/", belonging.member_end, name="member-end"),
    path("series/<slug:series_slug>/teams/<slug:team_slug>/status/", changing.team_status, name="status"),
    path("invitations/<str:token>/", belonging.invitation, name="invitation"),
]
