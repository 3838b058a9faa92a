"""Where coach and team see it differently, in words (rule R5): of teams by name, no score is computed."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy
from progress.models import ProgressScore
from progress.scores import Gap, gap_over_time
from series.frame import find_series, frame
from series.models import Series
from teams.models import Team
from teams.reading import living_teams


@dataclass(frozen=True)
class Line:
    """One team, and what its coach and it said last; None while one of them has said nothing."""

    team: Team
    gap: Gap | None


def teams_for(request: HttpRequest, series: Series) -> QuerySet[Team]:
    """All teams for who sees all, else those that the reader coaches; PermissionDenied for the others."""
    teams = living_teams(series)
    if not has_permission(request.user, Permission.SEE_ALL_TEAMS, series):
        teams = teams.filter(pk__in=Team.objects.coached_by(person(request)))
        if not teams.exists():
            raise PermissionDenied(_("Only coaches and facilitators compare what coach and team say."))
    return teams.order_by("name")


@policy(see="series", act=Permission.SEE_ALL_TEAMS)
@require_safe
def gaps(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Show of which teams coach and team think differently, and since when."""
    series = find_series(request, series_slug)
    teams = list(teams_for(request, series))
    if not series.has_scores:
        raise Http404
    said: dict[int, list[ProgressScore]] = {}
    for score in ProgressScore.objects.visible_to(request.user).filter(team__in=teams):
        said.setdefault(score.team_id, []).append(score)
    lines = [Line(team, gap_over_time(said.get(team.pk, []))) for team in teams]
    context = {
        "apart": [line for line in lines if line.gap and line.gap.since],
        "near": [line for line in lines if line.gap and not line.gap.since],
        "silent": [line.team for line in lines if line.gap is None],
    }
    assigns = has_permission(request.user, Permission.SEE_ALL_TEAMS, series)
    here = "teams" if assigns else "coaching"
    return render(request, "desk/gaps.html", frame(request, series, here=here) | context)
