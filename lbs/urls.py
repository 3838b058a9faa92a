"""The root of all addresses."""

from django.urls import include, path

from accounts.views import language

urlpatterns = [
    path("language/", language, name="set_language"),
    path("account/", include("allauth.account.urls")),
    path("", include("accounts.urls")),
    path("", include("series.urls")),
    path("", include("teams.urls")),
    path("", include("search.urls")),
    path("", include("measures.urls")),
    path("", include("progress.urls")),
    path("", include("storymaps.urls")),
    path("", include("coaching.urls")),
    path("", include("exchange.urls")),
    path("", include("library.urls")),
    path("", include("commons.urls")),
    path("", include("desk.urls")),
    path("", include("reports.urls")),
    path("", include("summit.urls")),
    path("", include("notices.urls")),
    path("", include("api.urls")),
]
handler400 = "core.errors.bad_request"
handler403 = "core.errors.forbidden"
handler404 = "core.errors.not_found"
handler500 = "core.errors.server_error"
