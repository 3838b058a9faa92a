from django.urls import path

from commons import connection_views, people_views, views

app_name = "commons"
SERIES = "series/<slug:series_slug>"
TEAM = f"{SERIES}/teams/<slug:team_slug>"
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
    path(f"{TEAM}/card/", people_views.card_edit, name="card"),
    path(f"{SERIES}/connections/", connection_views.series_connections, name="connections-all"),
    path(f"{TEAM}/connections/", connection_views.connection_list, name="connections"),
    path(f"{TEAM}/connections/new/", connection_views.connection_add, name="connection-add"),
    path(f"{TEAM}/connections/<int:connection_id>/", connection_views.connection_page, name="connection"),
    path(
        f"{TEAM}/connections/<int:connection_id>/edit/",
        connection_views.connection_edit,
        name="connection-edit",
    ),
    path(
        f"{TEAM}/connections/<int:connection_id>/remove/",
        connection_views.connection_remove,
        name="connection-remove",
    ),
]
