"""What an entry said before, and what changed from one version to the next."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import Permission, has_permission, policy
from series.frame import frame
from storymaps.models import EntryVersion
from storymaps.versions import changes
from storymaps.views import entry_address, entry_url, find_entry, map_url


@policy(see="entry", act=Permission.LOG_STORY)
@require_GET
def entry_history(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> HttpResponse:
    """Every version of an entry, and one compared with the one before, word by word.

    For those who read the team in full: what was taken out before it was shared stays with the team.
    """
    entry = find_entry(request, series_slug, team_slug, entry_id)
    if not has_permission(request.user, Permission.LOG_STORY, entry):
        raise PermissionDenied(_("Only the team and its coach read earlier versions."))
    versions = list(
        EntryVersion.objects.visible_to(request.user)
        .filter(entry=entry)
        .select_related("by")
        .defer("snapshot")
        .order_by("-number")
    )
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
    if not number and versions:
        number = versions[0].number
    found = {row.number: row for row in entry.versions.filter(number__in=[number - 1, number])}
    if versions and number not in found:
        found = {number: get_object_or_404(entry.versions, number=number)}
    newer, older = found.get(number), found.get(number - 1)
    context = frame(request, entry.team.series, team=entry.team, here="map") | {
        "entry": entry,
        "versions": versions,
        "newer": newer,
        "older": older,
        "changes": changes(older.snapshot, newer.snapshot) if newer and older else [],
        "crumbs": [
            (entry.team.name, map_url(entry.team)),
            (entry.headline, entry_url(entry)),
            (_("History"), ""),
        ],
        "history_url": reverse("storymaps:history", args=entry_address(entry)),
    }
    return render(request, "storymaps/history.html", context)
