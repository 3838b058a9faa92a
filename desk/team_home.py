"""A team's home: what is due, the quick log, its plan, what moved lately, what the margin says."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import GRANTS, TEAM_ROLES, Permission, Role, policy, roles_on
from core import clock
from core.forms import submission_id
from core.templatetags.marks import short_day
from desk.cards import card
from exchange.models import Round
from exchange.reading import tasks_of
from progress.models import DueDate, PlanItem, PlanItemStatus, Promise
from progress.services import is_closed, period_on
from series.frame import frame
from series.models import ActionPeriod
from storymaps.forms import log_context
from storymaps.models import Comment, HarvestPassage, StoryEntry, Visibility
from storymaps.sources import to_write_down
from storymaps.targets import beside, note_url
from teams.models import GONE, CoachAssignment, Membership, Team, TeamStatus
from teams.status import paused_until

LATELY, NOTES, OTHERS = 5, 3, 3
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """One line of what is due: the words, where it is done, when, and how it stands."""

    words: str
    url: str
    when: str
    look: str  # done, now, ahead, missed
    note: str = ""


@policy(see="team")
@require_safe
def team_home(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Show a team's home to those who read all that it writes; to others in the series what it has shared."""
    members = Membership.objects.on().filter(team=OuterRef("pk")).order_by().values("team")
    found = Team.objects.visible_to(request.user).select_related("series__summit")
    waiting = HarvestPassage.objects.waiting().filter(source__team=OuterRef("pk")).order_by()
    near = clock.today("UTC")  # a day more on both sides, for every zone
    rounds = Round.objects.filter(series=OuterRef("series"), opens_on__lte=near + A_DAY)
    found = found.prefetch_related("series__sessions", "series__periods").annotate(
        has_round=Exists(rounds.filter(answers_due_on__gte=near - A_DAY)),
        people_count=Coalesce(Subquery(members.annotate(count=Count("pk")).values("count")), 0),
        waiting_count=Coalesce(
            Subquery(waiting.values("source__team").annotate(count=Count("pk")).values("count")), 0
        ),
    )
    team = get_object_or_404(found, series__slug=series_slug, slug=team_slug)
    user, today = request.user, clock.today(team.time_zone)
    roles = roles_on(user, team)
    rights = frozenset(right for role in roles for right in GRANTS[role])
    is_full = bool(roles & {*TEAM_ROLES, Role.COACH, Role.FACILITATOR, Role.ORGANIZER})
    # Others find no log and no plan here, so no ways lead there either.
    around = {"team": team, "here": "team"} if is_full else {"here": "home"}
    context = frame(request, team.series, rights=rights, **around)
    entries = StoryEntry.objects.visible_to(user).filter(team=team).select_related("team__series", "author")
    lately = list(entries.prefetch_related("drivers", "evidence__file").latest_first()[: LATELY + 1])
    held = CoachAssignment.objects.on().filter(team=team).select_related("coach", "covers_for__coach")
    coaching = list(held.order_by("coach__name"))
    context |= {
        "coaches": [row.coach for row in coaching if row.covers_for_id is None],
        "covers": [row for row in coaching if row.covers_for_id is not None],
        "own_assignment": next(
            (r.pk for r in coaching if r.coach_id == user.pk and not r.covers_for_id), None
        ),
        "reads_pack": Permission.COMMENT_AS_COACH in rights,
        "is_mine": bool(roles & set(TEAM_ROLES)),
        "team": team,
        "is_full": is_full,
        "is_gone": team.status in GONE,
        "may_call": Permission.LOG_CALL in rights,
        "is_paused": team.status == TeamStatus.PAUSED,
        "paused_until": paused_until(team) if team.status == TeamStatus.PAUSED else None,
        "is_closed": is_closed(team.series, today),
        "lately": [card(entry) | {"by": entry.author.name} for entry in lately[:LATELY]],
        "has_more": len(lately) > LATELY,
    }
    if is_full:
        is_over, is_mine = context["is_closed"] or context["is_gone"], context["is_mine"]
        context |= inside(request, team, today, rights, is_over=is_over, is_mine=is_mine)
    return render(request, "desk/team_home.html", context)


def inside(
    request: HttpRequest,
    team: Team,
    today: date,
    rights: frozenset[Permission],
    *,
    is_over: bool,
    is_mine: bool,
) -> dict[str, Any]:
    """What only those see who read all that the team writes."""
    user = request.user
    periods = list(team.series.periods.all())
    period = period_on(periods, today)
    promised = Promise.objects.filter(due=OuterRef("pk")).order_by("-later_on").values("later_on")[:1]
    owed = DueDate.objects.visible_to(user).filter(team=team).select_related("check_in")
    dues: list[DueDate] = list(owed.annotate(promised_on=Subquery(promised)))
    lines = due_lines(team, dues, period, today) if not is_over else []
    context: dict[str, Any] = {
        "period": period,
        "before_start": team.series.first_session_on > today,
        "dues": lines,
        "next_due": next((line for line in lines if line.look in ("missed", "now")), None),
        "may_check_in": Permission.CHECK_IN in rights,
        "items": plan_items(user, team, period),
        "statuses": PlanItemStatus.choices,
        "may_edit": Permission.EDIT_PLAN in rights and not is_over,
        "notes": [note(comment) for comment in latest_notes(user, team)],
        "others": from_others(user, team),
        "waiting": team.waiting_count,  # type: ignore[attr-defined]
        "may_log": Permission.LOG_STORY in rights and not is_over,
        "exchange": tasks_of(team, today) if team.has_round and not is_over else [],  # type: ignore[attr-defined]
    }
    if context["may_log"]:
        on_behalf = Permission.FILE_ON_BEHALF in rights and not is_mine
        context |= {"log": log_context(user, team, submission_id(request), on_behalf=on_behalf)}
        context["spoken"] = to_write_down(team, user)
    return context


def due_lines(team: Team, dues: list[DueDate], period: ActionPeriod | None, today: date) -> list[Due]:
    """What is due, oldest first: what was missed as one line, the next date, the one just done.

    After several missed dates one check-in catches up: never several forms (rule R3).
    """
    passed = [due for due in dues if due.due_on < today and due.is_open]
    ahead = [due for due in dues if due.due_on >= today]
    # What was missed in earlier periods is not asked for any more, but for the very last.
    here = [due for due in passed if period is not None and due.period_id == period.pk]
    wanted = here or passed[-1:]
    lines = [line_of(team, wanted[-1], "missed", today, since=wanted[0].due_on)] if wanted else []
    for due in ahead:
        if due.is_open:
            lines.append(line_of(team, due, "now" if not lines else "ahead", today))
            break
        lines.append(line_of(team, due, "done", today))
    done = [due for due in dues if due.due_on < today and hasattr(due, "check_in")]
    if done and not any(line.look == "done" for line in lines):
        lines.append(line_of(team, done[-1], "done", today))
    return lines


def line_of(team: Team, due: DueDate, look: str, today: date, since: date | None = None) -> Due:
    """One due date as a line of the list; `since` is the first of several that it catches up with."""
    note = ""
    if hasattr(due, "check_in"):
        note = due.check_in.get_going_display()
    elif due.promised_on and due.promised_on >= today:  # type: ignore[attr-defined]
        note = _("we send it by %(day)s") % {
            "day": date_format(due.promised_on, "MONTH_DAY_FORMAT")  # type: ignore[attr-defined]
        }
    elif due.is_excused:
        note = due.excused_because or _("nothing is expected")
    words = _("Check-in for %(day)s") % {"day": date_format(due.due_on, "MONTH_DAY_FORMAT")}
    if since is not None and since != due.due_on:
        words = _("Catch up since %(day)s") % {"day": date_format(since, "MONTH_DAY_FORMAT")}
        note = _("one check-in is enough")
        url = reverse("progress:catch-up", args=[team.series.slug, team.slug])
        return Due(words, url, when_words(due.due_on, today), look, note)
    url = reverse("progress:check-in", args=[team.series.slug, team.slug, due.due_on])
    return Due(words, url, when_words(due.due_on, today), look, note)


def when_words(day: date, today: date) -> str:
    """A day as one would say it today: today, tomorrow, Friday, 20 Oct 2026."""
    ahead = (day - today).days
    if ahead == 0:
        return _("today")
    if ahead == 1:
        return _("tomorrow")
    if 1 < ahead < 7:
        return date_format(day, "l")
    if -14 < ahead < 0:
        return ngettext("%(days)s day ago", "%(days)s days ago", -ahead) % {"days": -ahead}
    return short_day(day)


def plan_items(user: Any, team: Team, period: ActionPeriod | None) -> list[PlanItem]:
    """The items of this period's plan."""
    if period is None:
        return []
    found = PlanItem.objects.visible_to(user).filter(plan__team=team, plan__period=period)
    return list(found.prefetch_related("drivers"))


def latest_notes(user: Any, team: Team) -> list[Comment]:
    """The newest notes on the team's entries that somebody else wrote and nobody has settled."""
    found = Comment.objects.visible_to(user).standing().filter(team=team, settled_at=None)
    found = found.exclude(author=user).with_targets()
    return list(found.order_by("-written_at", "-pk")[:NOTES])


def note(comment: Comment) -> dict[str, Any]:
    target = beside(comment)
    return {
        "text": comment.text,
        "by": comment.author.name,
        "title": target.title,
        "url": note_url(comment),
        "language": target.language,
        "asks_reply": comment.asks_reply,
    }


def from_others(user: Any, team: Team) -> list[StoryEntry]:
    """What other teams shared last in the series."""
    found = StoryEntry.objects.visible_to(user).filter(team__series=team.series_id).exclude(team=team)
    found = found.exclude(visibility=Visibility.TEAM).select_related("team")
    return list(found.order_by("-logged_at", "-pk")[:OTHERS])
