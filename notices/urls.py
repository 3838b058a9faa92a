from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("mail/stop/<str:token>/", views.stop_mail, name="stop"),
    path("me/settings/mail/", views.my_mail, name="mail"),
    path("me/unread/", views.unread, name="unread"),
    path("me/unread/clear/", views.read_all, name="read-all"),
    path("series/<slug:series_slug>/teams/<slug:team_slug>/nudge/", views.nudge, name="nudge"),
]
