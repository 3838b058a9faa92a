from django.urls import path

from series import views

app_name = "series"
urlpatterns = [
    path("series/new/", views.new_series, name="new"),
    path("series/<slug:series_slug>/set-up/", views.set_up, name="set-up"),
    path("series/<slug:series_slug>/set-up/words/", views.words, name="words"),
    path("series/<slug:series_slug>/set-up/open/", views.open_now, name="open"),
    path("series/<slug:series_slug>/calendar/", views.calendar, name="calendar"),
    path("series/<slug:series_slug>/calendar/<int:place>/", views.move, name="session-move"),
    path("series/<slug:series_slug>/calendar/<int:place>/place/", views.session_place, name="session-place"),
]
