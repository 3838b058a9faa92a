from django.urls import path

from storymaps import views
from storymaps.map import views as map_views
from storymaps.pages import evidence, findings, harvest, history, notes, outcomes, shelf

app_name = "storymaps"
STORY = "series/<slug:series_slug>/teams/<slug:team_slug>/story/"
ENTRY = f"{STORY}<int:entry_id>/"
NOTES = "series/<slug:series_slug>/teams/<slug:team_slug>/notes/"
urlpatterns = [
    path(STORY, map_views.story_map, name="map"),
    path(f"{STORY}poster/", map_views.poster, name="poster"),
    path(f"{STORY}poster.svg", map_views.poster_file, name="poster-file"),
    path(f"{STORY}new/", views.story_log, name="log"),
    path(f"{STORY}speak/", evidence.speak, name="speak"),
    path(f"{STORY}shelf/", shelf.shelf, name="shelf"),
    path(f"{STORY}search/", shelf.search, name="search"),
    path(f"{STORY}harvest/", harvest.harvest_desk, name="harvest"),
    path(f"{STORY}harvest/<int:source_id>/", harvest.harvest_source, name="harvest-source"),
    path(f"{STORY}harvest/<int:source_id>/forget/", harvest.harvest_forget, name="harvest-forget"),
    path(f"{STORY}harvest/passages/<int:passage_id>/", harvest.harvest_nod, name="harvest-nod"),
    path(f"{STORY}outcomes/", outcomes.outcome_list, name="outcomes"),
    path(f"{STORY}outcomes/new/", outcomes.outcome_add, name="outcome-add"),
    path(f"{STORY}outcomes/<int:outcome_id>/", outcomes.outcome_page, name="outcome"),
    path(f"{STORY}outcomes/<int:outcome_id>/edit/", outcomes.outcome_edit, name="outcome-edit"),
    path("series/<slug:series_slug>/findings/", findings.finding_list, name="findings"),
    path(f"{STORY}findings/new/", findings.finding_add, name="finding-add"),
    path(f"{STORY}findings/<int:finding_id>/", findings.finding_page, name="finding"),
    path(f"{STORY}findings/<int:finding_id>/withdraw/", findings.finding_withdraw, name="finding-withdraw"),
    path(f"{STORY}findings/<int:finding_id>/edit/", findings.finding_edit, name="finding-edit"),
    path(ENTRY, views.entry_page, name="entry"),
    path(f"{ENTRY}history/", history.entry_history, name="history"),
    path(f"{ENTRY}edit/", views.story_edit, name="entry-edit"),
    path(f"{ENTRY}evidence/new/", evidence.evidence_add, name="evidence-add"),
    path(f"{ENTRY}evidence/<int:evidence_id>/", evidence.evidence_edit, name="evidence-edit"),
    path(f"{ENTRY}evidence/<int:evidence_id>/remove/", evidence.evidence_remove, name="evidence-remove"),
    path(f"{ENTRY}evidence/<int:evidence_id>/captions.vtt", evidence.captions, name="captions"),
    path(f"{ENTRY}place/", views.story_place, name="place"),
    path(f"{ENTRY}clearance/ask/", views.clearance_ask, name="clearance-ask"),
    path(f"{ENTRY}clearance/answer/", views.clearance_decide, name="clearance-decide"),
    path(f"{ENTRY}clearance/withdraw/", views.clearance_withdraw, name="clearance-withdraw"),
    path(f"{NOTES}<slug:kind>/<int:target_id>/", notes.notes, name="notes"),
    path(f"{NOTES}<slug:kind>/<int:target_id>/add/", notes.note_add, name="note-add"),
    path(f"{NOTES}<int:comment_id>/settle/", notes.note_settle, name="note-settle"),
    path(f"{NOTES}<int:comment_id>/change/", notes.note_change, name="note-change"),
    path(f"{NOTES}<int:comment_id>/delete/", notes.note_delete, name="note-delete"),
    path(f"{NOTES}<int:comment_id>/history/", notes.note_history, name="note-history"),
    path(
        "series/<slug:series_slug>/teams/<slug:team_slug>/plan/items/<int:item_id>/chain/",
        views.chain_item,
        name="chain-item",
    ),
]
