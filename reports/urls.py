from django.urls import path

from reports import views

app_name = "reports"
REPORTS = "series/<slug:series_slug>/reports/"
REPORT = f"{REPORTS}<slug:report_slug>/"
BLOCK = f"{REPORT}blocks/<int:block_id>/"
EDITION = f"{REPORT}editions/<int:number>/"
urlpatterns = [
    path(REPORTS, views.report_list, name="list"),
    path(REPORT, views.report, name="report"),
    path(f"{REPORT}words/", views.report_edit, name="report-edit"),
    path(f"{REPORT}preview/", views.preview, name="preview"),
    path(f"{REPORT}blocks/", views.block_add, name="block-add"),
    path(BLOCK, views.block_edit, name="block-edit"),
    path(f"{BLOCK}move/", views.block_move, name="block-move"),
    path(f"{BLOCK}remove/", views.block_remove, name="block-remove"),
    path(f"{REPORT}editions/", views.freeze, name="freeze"),
    path(EDITION, views.edition, name="edition"),
    path(f"{EDITION}again/", views.edition_again, name="edition-again"),
    path(f"{EDITION}publish/", views.edition_publish, name="edition-publish"),
    path(f"{EDITION}report.pdf", views.edition_pdf, name="edition-pdf"),
]
