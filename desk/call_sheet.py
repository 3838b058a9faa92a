"""The call sheet: what to know before ringing a team, and beside it the form for what was said."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.drafts import draft_context, drop_draft, fill
from accounts.models import User
from accounts.people import person
from accounts.permissions import Permission, policy, require
from coaching import calls
from coaching.call_forms import CallForm
from coaching.call_views import call_url, said_of
from coaching.models import Call, CallStep, HelpCall
from core import clock
from core.forms import put_errors, submission_id
from core.templatetags.marks import short_day
from core.text import first_sentence
from desk.cards import card
from desk.standing import standings
from measures.models import Measure
from measures.reading import Sheet, sheets_of_team, with_unit
from progress.models import CheckIn, DueDate, PlanItem, PlanItemStatus, Promise
from series.frame import frame
from storymaps.models import Comment, StoryEntry
from storymaps.targets import beside, note_url
from storymaps.views import find_team
from teams.models import Membership, Team

FORM = "call"
PROMISES, STEPS, QUESTIONS, CALLS, DATES, PEOPLE = 3, 12, 8, 3, 4, 12
NEW_FOR = timedelta(days=60)
SETTLED = (PlanItemStatus.DONE, PlanItemStatus.STOPPED)


@dataclass(frozen=True)
class Kept:
    """A later day that the team named, and in words what became of it."""

    due_on: date
    later_on: date
    url: str
    words: str
    is_open: bool


@policy(see="team", act=Permission.LOG_CALL)
@require_http_methods(["GET", "POST"])
def call_sheet(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """What to know before ringing a team; on POST, the call goes into the log and its steps into the plan."""
    team, user = find_team(request, series_slug, team_slug), person(request)
    require(user, Permission.LOG_CALL, team)
    at, target = clock.now(), draft_target(team)
    today = clock.day_in(user.time_zone or team.time_zone, at)
    draft = Call(team=team, submission_id=submission_id(request), held_on=today)
    form = CallForm(request.POST if request.method == "POST" else None, instance=draft)
    if request.method == "POST" and form.is_valid():
        try:
            call = calls.log_call(form.instance, steps=form.lines, by=user, at=at)
        except ValidationError as error:
            put_errors(form, error)
        else:
            drop_draft(user, FORM, target, dict(request.POST.lists()))
            messages.success(request, said_of(call))
            return redirect(call_url(call))
    kept = draft_context(user, FORM, target)
    if not form.is_bound:
        fill(form, kept["draft"])
    context = frame(request, team.series, team=team, here="team") | sheet_of(team, user, at=at) | kept
    context |= {
        "form": form,
        "submission_id": draft.submission_id,
        "has_plan": calls.open_period(team, at=at) is not None,
        "now": at,
        "crumbs": [
            (team.name, reverse("desk:team-home", args=[series_slug, team_slug])),
            (_("Calls"), reverse("coaching:calls", args=[series_slug, team_slug])),
        ],
    }
    return render(request, "desk/call_sheet.html", context, status=422 if form.errors else 200)


def draft_target(team: Team) -> str:
    return f"team:{team.pk}"


def kept_form(person: User, series_slug: str, team_slug: str) -> tuple[str, str] | None:
    """The draft of the call with that team, for `accounts.drafts.kept_forms`."""
    teams = Team.objects.read_in_full_by(person).filter(series__slug=series_slug, slug=team_slug)
    team = teams.first()
    return (FORM, draft_target(team)) if team else None


def sheet_of(team: Team, user: User, *, at: datetime) -> dict[str, Any]:
    """What stands on the sheet. A constant number of queries."""
    today = clock.day_in(team.time_zone, at)
    log = Call.objects.visible_to(user).standing().filter(team=team)
    log = log.select_related("called_by").newest_first()
    last = list(log[:CALLS])
    entries = StoryEntry.objects.visible_to(user).filter(team=team).select_related("team__series", "author")
    entry = entries.prefetch_related("drivers", "evidence__file").latest_first().first()
    help_calls = HelpCall.objects.visible_to(user).open().filter(team=team).select_related("asked_by")
    checks = CheckIn.objects.visible_to(user).filter(due__team=team).select_related("due", "filed_by")
    return {
        "standing": next(iter(standings([team], at=at)), None),
        "promises": promises_of(team, user, today),
        "open_steps": open_steps(log),
        "help_calls": list(help_calls.oldest_first()[:QUESTIONS]),
        "questions": questions_to(team, user),
        "entry": card(entry) | {"excerpt": entry.text[:280]} if entry else None,
        "check_in": checks.order_by("-due__due_on").first(),
        "numbers": [
            (sheet, with_unit(sheet.measure, sheet.latest.point.shown(sheet.measure)))
            for sheet in numbers_of(team, user, today)
            if sheet.latest is not None and sheet.latest.point is not None
        ],
        "newcomers": newcomers(team, today),
        "dates": next_dates(team, today),
        "last_calls": [(call, first_sentence(call.notes, 160)) for call in last],
        "next_call_on": next((call.next_call_on for call in last if call.next_call_on), None),
    }


def promises_of(team: Team, user: User, today: date) -> list[Kept]:
    """The last days that the team named for a check-in (*we will send it on …*), the newest first."""
    rows = Promise.objects.filter(due__in=DueDate.objects.visible_to(user).filter(team=team))
    rows = rows.select_related("due__check_in", "due__caught_up_by").order_by("-later_on", "-pk")
    return [_kept(promise, team, today) for promise in rows[:PROMISES]]


def _kept(promise: Promise, team: Team, today: date) -> Kept:
    due = promise.due
    filed = getattr(due, "check_in", None) or due.caught_up_by
    if filed is not None:
        words = _("came on %(day)s") % {"day": short_day(filed.filed_on)}
    elif due.is_excused:
        words = _("excused")
    elif promise.later_on < today:
        words = _("the day has passed, and it is still open")
    else:
        words = _("still ahead")
    url = reverse("progress:check-in", args=[team.series.slug, team.slug, due.due_on])
    return Kept(due.due_on, promise.later_on, url, words, due.is_open)


def open_steps(log: Any) -> list[tuple[CallStep, PlanItem | None]]:
    """What was agreed in the calls of `log` and is neither done nor stopped, the newest first.

    Each with what it is in the plan by now.
    """
    rows = CallStep.objects.filter(call__in=log.order_by()).select_related("call", "item__plan__period")
    found = list(rows.order_by("-call__held_on", "-call", "pk")[: 5 * STEPS])
    newest = calls.newest_items(step.item for step in found if step.item is not None)
    pairs = [(step, newest[step.item_id] if step.item_id else None) for step in found]
    return [(step, item) for step, item in pairs if item is None or item.status not in SETTLED][:STEPS]


def questions_to(team: Team, user: User) -> list[dict[str, Any]]:
    """Notes of anybody in the margin that ask for a reply and have none, the oldest first."""
    answered = Exists(Comment.objects.standing().filter(parent=OuterRef("pk")))
    found = Comment.objects.visible_to(user).standing().with_targets()
    found = found.filter(~answered, team=team, parent=None, asks_reply=True, settled_at=None)
    return [
        {"note": note, "title": beside(note).title, "url": note_url(note)}
        for note in found.order_by("written_at", "pk")[:QUESTIONS]
    ]


def numbers_of(team: Team, user: User, today: date) -> list[Sheet]:
    """The measures that the team follows, with what their numbers say."""
    measures = Measure.objects.visible_to(user).of_team(team).followed_on(today)
    return sheets_of_team(team, user, list(measures))


def newcomers(team: Team, today: date) -> list[Membership]:
    """Who came into the team in the last 60 days and is in it today, the newest first."""
    rows = Membership.objects.on(today).filter(team=team, starts_on__gt=today - NEW_FOR)
    # Who was in the team before and came back in another role is not new.
    earlier = Membership.objects.filter(Q(starts_on__lt=OuterRef("starts_on")), team=team)
    rows = rows.exclude(Exists(earlier.filter(person=OuterRef("person"))))
    return list(rows.select_related("person").order_by("-starts_on", "person__name")[:PEOPLE])


def next_dates(team: Team, today: date) -> list[tuple[date, str]]:
    """What the team has ahead: its next check-ins, the sessions, the Summit, the end of the period."""
    series = team.series
    days = [(s.starts_on, str(s)) for s in series.sessions.all()]
    days.append((series.summit.starts_on, str(series.summit)))
    days += [(p.ends_on, _("%(period)s ends") % {"period": p}) for p in series.periods.all()]
    dues = DueDate.objects.open().filter(team=team, due_on__gte=today).order_by("due_on")[:2]
    days += [(due.due_on, _("a check-in is due")) for due in dues]
    return sorted((day, words) for day, words in days if day >= today)[:DATES]
