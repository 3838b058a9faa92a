from django.urls import path

from commons import views

app_name = "commons"
SERIES = "series/<slug:series_slug>"
urlpatterns = [
    path(f"{SERIES}/feed/", views.series_feed, name="feed"),
    path(
        f"{SERIES}/feed/<slug:thing>/<int:thing_id>/<slug:kind>/",
        views.react,
        name="react",
    ),
]
