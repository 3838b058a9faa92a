"""Where a team stands on the progress scale, said by its coach and by itself."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import submission_id
from progress import scores, services
from progress.forms import ScoreForm
from progress.models import ProgressScore, ScoreBy
from progress.views.find import find_team
from series.frame import frame
from series.services import SeriesClosed
from teams.models import Team

SHOWN = 24


@policy(see="team", act=Permission.SCORE)
@require_http_methods(["GET", "POST"])
def score(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Show what coach and team say; on POST, say it anew."""
    user = person(request)
    team = find_team(request, series_slug, team_slug)
    if not team.series.has_scores:
        raise Http404
    blank = ProgressScore(submission_id=submission_id(request))
    on_behalf = services.is_on_behalf(user, team)
    form = ScoreForm(request.POST or None, instance=blank, is_coach=on_behalf)
    status = 200
    if request.method == "POST":
        require(user, Permission.SCORE, team)
        status = 422
        if form.is_valid():
            try:
                scores.give_score(form.instance, team=team, by=user, at=clock.now())
            except SeriesClosed:
                status = 409
            else:
                messages.success(request, _("Saved."))
                return redirect(request.path)
    context = frame(request, team.series, team=team, here="team") | score_context(user, team)
    context |= {"form": form, "is_coach": on_behalf}
    return render(request, "progress/score.html", context, status=status)


def score_context(user: Any, team: Team) -> dict[str, Any]:
    """The newest of each side, the gap between them, and those before."""
    rows = list(
        ProgressScore.objects.visible_to(user)
        .filter(team=team)
        .select_related("scored_by", "seen_by")[:SHOWN]
    )
    sides = scores.newest(rows)
    mine = ScoreBy.COACH if services.is_on_behalf(user, team) else ScoreBy.TEAM
    is_closed = services.is_closed(team.series, clock.today(team.time_zone))
    may_score = has_permission(user, Permission.SCORE, team) and not is_closed
    words = dict(scores.SCALE)
    return {
        "sides": [
            {"side": side, "score": sides.get(side.value), "is_mine": side == mine,
             "words": words[sides[side.value].half_steps] if side.value in sides else ""}
            for side in ScoreBy
        ],
        "gap": scores.gap_between(rows),
        "rows": rows,
        "scale": [(Decimal(half_steps * 5).scaleb(-1), words) for half_steps, words in scores.SCALE],
        "may_score": may_score,
    }  # fmt: skip


@policy(see="team", act=Permission.SCORE)
@require_POST
def score_seen(request: HttpRequest, series_slug: str, team_slug: str, score_id: int) -> HttpResponse:
    """Say that the other side has read a score."""
    user = person(request)
    found = ProgressScore.objects.visible_to(user).select_related("team__series")
    given = get_object_or_404(found, pk=score_id, team__series__slug=series_slug, team__slug=team_slug)
    require(user, Permission.SCORE, given.team)
    scores.mark_seen(given, by=user, at=clock.now())
    return redirect("progress:score", series_slug, team_slug)
