from django.urls import path

import core.converters  # noqa: F401 - registers <day:…>
from measures import views

app_name = "measures"
SERIES = "series/<slug:series_slug>/measures"
TEAM = "series/<slug:series_slug>/teams/<slug:team_slug>/measures"
ONE = f"{TEAM}/<int:measure_id>"
urlpatterns = [
    path(f"{SERIES}/", views.series_measures, name="series"),
    path(f"{SERIES}/define/", views.series_define, name="series-define"),
    path(f"{SERIES}/<int:measure_id>/change/", views.series_change, name="series-change"),
    path(f"{TEAM}/", views.team_measures, name="list"),
    path(f"{TEAM}/define/", views.define, name="define"),
    path(f"{TEAM}/grid/", views.grid, name="grid"),
    path(f"{ONE}/", views.measure, name="measure"),
    path(f"{ONE}/change/", views.change, name="change"),
    path(f"{ONE}/numbers/<day:period_on>/", views.number, name="number"),
    path(f"{ONE}/notes/", views.note_add, name="note-add"),
    path(f"{ONE}/notes/<int:note_id>/remove/", views.note_remove, name="note-remove"),
    path(f"{ONE}/rebase/", views.rebase, name="rebase"),
    path(f"{ONE}/baseline/", views.baseline, name="baseline"),
    path(f"{ONE}/chart.svg", views.chart_svg, name="svg"),
    path(f"{ONE}/chart.png", views.chart_png, name="png"),
    path(f"{ONE}/numbers.csv", views.chart_csv, name="csv"),
]
