from django.urls import path

from commons import people_views, views

app_name = "commons"
SERIES = "series/<slug:series_slug>"
urlpatterns = [
    path(f"{SERIES}/feed/", views.series_feed, name="feed"),
    path(
        f"{SERIES}/feed/<slug:thing>/<int:thing_id>/<slug:kind>/",
        views.react,
        name="react",
    ),
    path(f"{SERIES}/same/", views.same_page, name="same"),
    path(f"{SERIES}/directory/", people_views.directory, name="directory"),
    path(f"{SERIES}/directory/me/", people_views.showing_edit, name="showing"),
    path(f"{SERIES}/teams/<slug:team_slug>/card/", people_views.card_edit, name="card"),
]
