from django.urls import path

import core.converters  # noqa: F401 - registers <day:…>
from progress import views

app_name = "progress"
TEAM = "series/<slug:series_slug>/teams/<slug:team_slug>"
urlpatterns = [
    path(f"{TEAM}/check-in/<day:due_on>/", views.check_in, name="check-in"),
    path(f"{TEAM}/check-in/<day:due_on>/excuse/", views.check_in_excuse, name="check-in-excuse"),
    path(f"{TEAM}/plan/", views.plan, name="plan"),
    path(f"{TEAM}/plan/<int:number>/", views.plan, name="plan-period"),
    path(f"{TEAM}/plan/<int:number>/add/", views.plan_item_add, name="plan-item-add"),
    path(f"{TEAM}/plan/<int:number>/words/", views.plan_words, name="plan-words"),
    path(f"{TEAM}/plan/items/<int:item_id>/", views.plan_item_edit, name="plan-item-edit"),
    path(f"{TEAM}/plan/items/<int:item_id>/status/", views.plan_item_status, name="plan-item-status"),
]
