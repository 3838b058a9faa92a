from django.urls import path

from summit import views

app_name = "summit"
urlpatterns = [
    path("", views.front, name="front"),
    path("summit/<slug:series_slug>/", views.series, name="series"),
    path("summit/<slug:series_slug>/<int:number>/", views.edition, name="edition"),
    path("summit/<slug:series_slug>/<int:number>/report.pdf", views.edition_pdf, name="edition-pdf"),
]
