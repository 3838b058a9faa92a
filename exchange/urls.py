from django.urls import path

from exchange import post_views, views

app_name = "exchange"
ROUNDS = "series/<slug:series_slug>/exchange"
ROUND = f"{ROUNDS}/<int:number>"
POST = f"{ROUND}/posts/<int:post_id>"
urlpatterns = [
    path(f"{ROUNDS}/", views.rounds, name="rounds"),
    path(f"{ROUNDS}/new/", views.round_add, name="round-add"),
    path(f"{ROUND}/", views.round_page, name="round"),
    path(f"{ROUND}/edit/", views.round_edit, name="round-edit"),
    path(f"{ROUND}/call-off/", views.round_call_off, name="round-call-off"),
    path(f"{ROUND}/deal/", views.round_deal, name="round-deal"),
    path(f"{POST}/", post_views.post_page, name="post"),
    path(f"{POST}/withdraw/", post_views.post_withdraw, name="post-withdraw"),
    path(f"{POST}/keep/", post_views.post_keep, name="post-keep"),
    path(f"{ROUND}/answers/<int:answer_id>/thank/", post_views.answer_thank, name="answer-thank"),
    path(f"{ROUND}/answers/<int:answer_id>/withdraw/", post_views.answer_withdraw, name="answer-withdraw"),
    path(
        "series/<slug:series_slug>/teams/<slug:team_slug>/exchange/<int:number>/",
        post_views.team_post,
        name="team-post",
    ),
]
