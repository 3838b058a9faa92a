from django.urls import path

import core.converters  # noqa: F401 - registers <day:…>
from progress import views

app_name = "progress"
TEAM = "series/<slug:series_slug>/teams/<slug:team_slug>"
ITEM = f"{TEAM}/plan/items/<int:item_id>"
urlpatterns = [
    path("check-in/<str:token>/", views.check_in_link, name="check-in-link"),
    path("series/<slug:series_slug>/set-up/check-ins/", views.ways, name="ways"),
    path(f"{TEAM}/check-in/catch-up/", views.catch_up, name="catch-up"),
    path(f"{TEAM}/check-in/<day:due_on>/later/", views.check_in_later, name="check-in-later"),
    path(f"{TEAM}/reminders/", views.receivers, name="receivers"),
    path(f"{TEAM}/score/", views.score, name="score"),
    path(f"{TEAM}/score/<int:score_id>/seen/", views.score_seen, name="score-seen"),
    path(f"{TEAM}/plan/<int:number>/carry/", views.plan_carry, name="plan-carry"),
    path(f"{TEAM}/plan/<int:number>/reflection/", views.plan_reflect, name="plan-reflect"),
    path(f"{ITEM}/tests/", views.item_cycles, name="cycles"),
    path(f"{ITEM}/tests/<int:number>/", views.cycle, name="cycle"),
    path(f"{ITEM}/tests/<int:number>/begin/", views.cycle_begin, name="cycle-begin"),
    path(f"{TEAM}/check-in/<day:due_on>/", views.check_in, name="check-in"),
    path(f"{TEAM}/check-in/<day:due_on>/excuse/", views.check_in_excuse, name="check-in-excuse"),
    path("series/<slug:series_slug>/set-up/partners/", views.partners_switch, name="partners-switch"),
    path(f"{TEAM}/partners/", views.partners, name="partners"),
    path(f"{TEAM}/partners/<int:partner_id>/", views.partner, name="partner"),
    path(
        f"{TEAM}/partners/<int:partner_id>/markers/<int:marker_id>/",
        views.marker_change,
        name="marker-change",
    ),
    path(f"{TEAM}/plan/", views.plan, name="plan"),
    path(f"{TEAM}/plan/<int:number>/", views.plan, name="plan-period"),
    path(f"{TEAM}/plan/<int:number>/add/", views.plan_item_add, name="plan-item-add"),
    path(f"{TEAM}/plan/<int:number>/words/", views.plan_words, name="plan-words"),
    path(f"{TEAM}/plan/items/<int:item_id>/", views.plan_item_edit, name="plan-item-edit"),
    path(f"{TEAM}/plan/items/<int:item_id>/status/", views.plan_item_status, name="plan-item-status"),
]
