"""The hand-over pack of a team: what whoever coaches it next must know, on one page that prints."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.people import person
from accounts.permissions import Permission, policy, rights_on
from coaching.models import Call, HelpCall
from core import clock
from desk.cards import card
from progress.models import DueDate, PlanItem, PlanItemStatus, ProgressScore, Promise
from series.frame import frame
from series.models import LearningSession, Summit
from storymaps.models import Comment, StoryEntry
from storymaps.targets import beside, note_url
from teams.models import CoachAssignment, Team
from teams.reading import coaches_ever, members_of
from teams.services import mark_pack_read

AHEAD = timedelta(days=60)
THREADS, STORIES, SCORES, CALLS = 40, 6, 12, 3
OPEN = (PlanItemStatus.NOT_STARTED, PlanItemStatus.GOING)


@dataclass(frozen=True)
class Dated:
    """A day of the next weeks, and what it is."""

    on: date
    words: str
    url: str = ""


def coached_team(request: HttpRequest, series_slug: str, team_slug: str) -> Team:
    """The team, for who coaches it today and who runs the series; Http404 for everybody else."""
    teams = Team.objects.visible_to(request.user).select_related("series__summit")
    teams = teams.prefetch_related("series__sessions")
    team = get_object_or_404(teams, series__slug=series_slug, slug=team_slug)
    if Permission.COMMENT_AS_COACH not in rights_on(request.user, team):
        raise Http404
    return team


@policy(see="team", act=Permission.COMMENT_AS_COACH)
@require_safe
def handover(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Show the pack of a team, as it stands today."""
    team = coached_team(request, series_slug, team_slug)
    user, today = person(request), clock.today(team.time_zone)
    held = coaches_ever(team)
    mine = [
        row for row in held if row.coach_id == user.pk and row.takes_over_from_id and not row.pack_read_at
    ]
    entries = StoryEntry.objects.visible_to(user).filter(team=team).select_related("team__series", "author")
    entries = entries.prefetch_related("drivers", "evidence__file").latest_first()
    threads = open_threads(user, team)
    context = {
        "notes": [row for row in held if row.handover_note][:3],
        "threads": threads[:THREADS],
        "more_threads": len(threads) > THREADS,
        "calls": HelpCall.objects.visible_to(user).filter(team=team).open().oldest_first()
        .select_related("asked_by"),
        "last_calls": Call.objects.visible_to(user).standing().filter(team=team).newest_first()
        .select_related("called_by")[:CALLS],
        "promises": promises(user, team),
        "steps": steps(user, team, today),
        "dates": dates(user, team, held, today),
        "until": today + AHEAD,
        "stories": [card(entry) | {"by": entry.author.name} for entry in entries[:STORIES]],
        "scores": scores(user, team),
        "members": members_of(team),
        "held": held,
        "today": today,
        "is_new": any(row.starts_on <= clock.today("UTC") for row in mine),
    }  # fmt: skip
    return render(
        request, "desk/handover.html", frame(request, team.series, team=team, here="team") | context
    )


def open_threads(user: User, team: Team) -> list[Comment]:
    """Questions in the margin that nobody has settled, the oldest first.

    Each has `where` it stands, its `url`, and how often it was `answered`.
    """
    found = Comment.objects.visible_to(user).standing().with_targets()
    found = found.filter(team=team, parent=None, asks_reply=True, settled_at=None)
    answers = Count("answers", filter=Q(answers__deleted_at=None))
    rows: list[Comment] = list(found.annotate(answered=answers).order_by("written_at", "pk")[: THREADS + 1])
    for row in rows:
        row.where, row.url = beside(row), note_url(row)  # type: ignore[attr-defined]
    return rows


def promises(user: User, team: Team) -> list[Promise]:
    """The later days that the team named for check-ins which are still missing; of each the newest."""
    dues = DueDate.objects.visible_to(user).open().filter(team=team)
    found = Promise.objects.filter(due__in=dues).select_related("due", "made_by").order_by("number")
    newest = {promise.due_id: promise for promise in found}
    return sorted(newest.values(), key=lambda promise: promise.later_on)


def steps(user: User, team: Team, today: date) -> list[PlanItem]:
    """What the team means to do by a day that is past or in the next weeks, and has not finished."""
    found = PlanItem.objects.visible_to(user).filter(plan__team=team, status__in=OPEN)
    return list(found.filter(due_on__lte=today + AHEAD).order_by("due_on", "pk"))


def dates(user: User, team: Team, held: Iterable[CoachAssignment], today: date) -> list[Dated]:
    """Check-ins, sessions, the Summit, and changes of coaches, in the next weeks."""
    last, place = today + AHEAD, [team.series.slug, team.slug]
    found = [
        Dated(due.due_on, _("Check-in"), reverse("progress:check-in", args=[*place, due.due_on]))
        for due in DueDate.objects.visible_to(user).open().filter(team=team, due_on__range=(today, last))
    ]
    events: list[LearningSession | Summit] = [*team.series.sessions.all(), team.series.summit]
    found += [
        Dated(max(event.starts_on, today), f"{event}, {event.place}" if event.place else str(event))
        for event in events
        if event.starts_on <= last and event.ends_on >= today
    ]
    for row in held:
        words = {"person": row.coach.name}
        if row.ends_on is not None and today <= row.ends_on <= last:
            says = _("Last day of %(person)s as cover") if row.covers_for_id else _("Last day of %(person)s")
            found.append(Dated(row.ends_on, says % words))
        if today < row.starts_on <= last:
            says = _("%(person)s begins to cover") if row.covers_for_id else _("%(person)s begins")
            found.append(Dated(row.starts_on, says % words))
    return sorted(found, key=lambda one: one.on)


def scores(user: User, team: Team) -> list[ProgressScore]:
    """What coach and team said of how far it is, the newest first; nothing where scores are off."""
    if not team.series.has_scores:
        return []
    return list(ProgressScore.objects.visible_to(user).filter(team=team).select_related("scored_by")[:SCORES])


@policy(see="team", act=Permission.COMMENT_AS_COACH)
@require_POST
def handover_read(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Mark the pack as read by whoever took over."""
    team = coached_team(request, series_slug, team_slug)
    if not mark_pack_read(team, by=person(request), at=clock.now()):
        raise PermissionDenied(_("Nobody has handed this team over to you."))
    return redirect("desk:coaching")
