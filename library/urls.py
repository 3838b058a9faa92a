from django.urls import path

from library import package_views, use_views, views

app_name = "library"
SERIES = "series/<slug:series_slug>"
RESOURCE = f"{SERIES}/resources/<int:resource_id>"
USE = f"{SERIES}/teams/<slug:team_slug>/uses/<slug:kind>/<int:thing_id>"
urlpatterns = [
    path(f"{SERIES}/resources/", views.shelf, name="shelf"),
    path(f"{SERIES}/resources/new/", views.resource_add, name="resource-add"),
    path(f"{RESOURCE}/", views.resource_page, name="resource"),
    path(f"{RESOURCE}/edit/", views.resource_edit, name="resource-edit"),
    path(f"{RESOURCE}/withdraw/", views.resource_withdraw, name="resource-withdraw"),
    path(f"{RESOURCE}/put-back/", views.resource_put_back, name="resource-put-back"),
    path(f"{USE}/mark/", use_views.use_mark, name="use-mark"),
    path(f"{USE}/undo/", use_views.use_undo, name="use-undo"),
    path(f"{USE}/tell/", use_views.use_tell, name="use-tell"),
    path(f"{USE}/take-over/", use_views.take_over, name="use-take-over"),
    path(f"{USE}/take-over/undo/", use_views.take_over_undo, name="use-take-over-undo"),
    path(f"{SERIES}/package/", package_views.package_page, name="package"),
    path(f"{SERIES}/package/<int:slot>/", package_views.package_choose, name="package-choose"),
    path(f"{SERIES}/package/items/<int:item_id>/", package_views.package_item, name="package-item"),
]
