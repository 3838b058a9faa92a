"""A series' own ways with check-ins and scores."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.people import person
from accounts.permissions import Permission, policy, require
from core import clock
from progress.forms import WaysForm
from progress.ways import set_ways
from series.frame import frame
from series.models import Series


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def ways(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Show and change on which days reminders go out, and whether progress is scored."""
    user = person(request)
    series = get_object_or_404(Series.objects.visible_to(user), slug=series_slug)
    require(user, Permission.CONFIGURE, series)
    now = {"ladder": series.ladder, "has_scores": series.has_scores}
    # An empty POST is an answer, too: no reminders and no scores.
    form = WaysForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        set_ways(series, **form.cleaned_data, by=user, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect(request.path)
    context = frame(request, series, here="set-up") | {"form": form}
    return render(request, "progress/ways.html", context, status=422 if form.errors else 200)
