"""A coach's inbox over all teams: calls for help and silence first, then what waits to be answered."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.people import person
from accounts.permissions import Permission, policy, require
from coaching.inbox import A_WEEK, put_off, put_off_ids
from coaching.models import HelpCall, InboxKind
from core import clock
from core.forms import submission_id
from core.templatetags.marks import short_day
from desk import reading
from desk.cards import card
from desk.changes import changes_of, with_teams
from desk.grid import nudged
from desk.standing import IN_NO_NEED, headline, standings
from storymaps import comments
from storymaps.models import Audience, Comment, StoryEntry
from storymaps.targets import beside, target_of
from teams.models import Team

PAGE = 30


@dataclass(frozen=True)
class Refused:
    """An answer that came back: beside what, what was typed, and why."""

    kind: str
    object_id: int
    text: str
    error: str


def coached_by(request: HttpRequest) -> list[Team]:
    """The teams that the reader coaches today; Http404 to who never coached."""
    user = person(request)
    coached = list(Team.objects.coached_by(user).select_related("series"))
    if not coached and not reading.ever_coached(user):
        raise Http404
    return coached


@policy(see="person")
@require_GET
def coaching(request: HttpRequest) -> HttpResponse:
    """A coach's inbox over all teams."""
    return show(request, coached_by(request))


def show(request: HttpRequest, coached: list[Team], refused: Refused | None = None) -> HttpResponse:
    """The inbox, with an answer that was refused if there is one."""
    user, at = person(request), clock.now()
    today = clock.day_in(user.time_zone or "UTC", at)
    off = put_off_ids(user, today)
    found = standings(coached, at=at)
    calls = HelpCall.objects.visible_to(user).open().filter(team__in=coached).oldest_first()
    first_calls = with_teams(calls.select_related("asked_by", "driver")[:PAGE], coached)
    unread = reading.unread_by(user, coached).exclude(pk__in=off[InboxKind.STORY])
    waiting = reading.waiting_for(user, coached, PAGE + 1, but=off[InboxKind.NOTE])
    stories = list(unread[:PAGE])
    # A quiet team stands first already, so that its missed date is no second row.
    late = [s for s in found if s.missed_on is not None and s.word != "quiet"]
    quiet = [s for s in found if s.word == "quiet"]
    nudges = nudged([s.team.pk for s in late])
    context = changes_of(user, coached, clock.day_in("UTC", at)) | {
        "headline": headline(found),
        "calls": first_calls,
        "call_count": calls.count() if len(first_calls) == PAGE else len(first_calls),
        "quiet": [s for s in quiet if s.team.pk not in off[InboxKind.TEAM]],
        "late": [(s, nudges.get(s.team.pk)) for s in late if s.team.pk not in off[InboxKind.TEAM]],
        "steady": [standing for standing in found if standing.word in IN_NO_NEED],
        "unread": [(entry, card(entry) | {"excerpt": entry.text[:280]}) for entry in stories],
        "unread_count": unread.count() if len(stories) == PAGE else len(stories),
        "waiting": waiting[:PAGE],
        "more_wait": len(waiting) > PAGE,
        "put_off_count": sum(s.team.pk in off[InboxKind.TEAM] for s in (*quiet, *late))
        + still_put_off(user, coached, off),
        "in_a_week": today + A_WEEK,
        "refused": refused,
        "is_sample": any(team.is_sample for team in coached),
        "nav": [(_("Coaching"), reverse("desk:coaching"), True), (_("My places"), "/me/", False)],
    }
    return render(request, "desk/coaching.html", context, status=422 if refused else 200)


def still_put_off(user: User, coached: list[Team], off: dict[str, set[int]]) -> int:
    """How many of the stories and notes that were put off still wait: what was read or settled does not."""
    stories = reading.unread_by(user, coached).filter(pk__in=off[InboxKind.STORY])
    notes = reading.waiting_notes(user, coached).filter(pk__in=off[InboxKind.NOTE])
    return stories.count() + notes.count()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


@policy(see="person")
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Mark a story of one's teams as read."""
    entries = StoryEntry.objects.visible_to(request.user).filter(team__in=coached_by(request))
    entry = get_object_or_404(entries, pk=_number(request.POST.get("id", "")))
    comments.mark_read(entry, by=person(request), at=clock.now())
    return redirect("desk:coaching")


@policy(see="person")
@require_POST
def later(request: HttpRequest) -> HttpResponse:
    """Put a team, a story or a note off: until the day that was named, else for a week."""
    coached, user = coached_by(request), person(request)
    kind, number = request.POST.get("kind", ""), _number(request.POST.get("id", ""))
    known: dict[str, Any] = {
        InboxKind.TEAM: Team.objects.filter(pk__in=[team.pk for team in coached]),
        InboxKind.STORY: StoryEntry.objects.visible_to(user).filter(team__in=coached),
        InboxKind.NOTE: Comment.objects.visible_to(user).filter(team__in=coached),
    }
    if kind not in known or not known[kind].filter(pk=number).exists():
        raise Http404
    today, typed = clock.today(user.time_zone or "UTC"), request.POST.get("until", "")
    try:
        until = _day(typed)
        row = put_off(InboxKind(kind), number, by=user, today=today, until=until)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("It comes back on %(day)s.") % {"day": short_day(row.until)})
    return redirect("desk:coaching")


def _day(text: str) -> date | None:
    """The day that was named; None for none. Raises ValidationError for what is no day."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if text and day is None:
        raise ValidationError(_("Choose a day that lies ahead, within a year."))
    return day


@policy(see="person")
@require_POST
def reply(request: HttpRequest) -> HttpResponse:
    """Answer a story or a note from the inbox, for the readers that it has already; a story is then read."""
    coached, user = coached_by(request), person(request)
    kind, number = request.POST.get("kind", ""), _number(request.POST.get("id", ""))
    draft = _draft(user, coached, kind, number, submission_id(request))
    require(user, Permission.COMMENT, beside(draft).holder)
    draft.text = request.POST.get("text", "").strip()
    try:
        comments.write_comment(draft, by=user, at=clock.now())
    except ValidationError as error:
        return show(request, coached, Refused(kind, number, draft.text, " ".join(error.messages)))
    if draft.entry is not None:
        comments.mark_read(draft.entry, by=user, at=clock.now())
    messages.success(request, _("Your answer stands in the margin."))
    return redirect("desk:coaching")


def _draft(user: Any, coached: list[Team], kind: str, number: int, key: UUID) -> Comment:
    """A blank note beside the story, or under the note, that the form names."""
    if kind == InboxKind.STORY:
        entries = StoryEntry.objects.visible_to(user).filter(team__in=coached)
        entry = get_object_or_404(entries.select_related("team__series"), pk=number)
        draft = comments.new_comment(target_of(entry, entry.team), key)
        draft.audience = Audience.TEAM
        return draft
    notes = Comment.objects.visible_to(user).standing().with_targets().filter(team__in=coached)
    note = get_object_or_404(notes.select_related("parent"), pk=number)
    head = note.parent or note
    draft = comments.new_comment(beside(note), key, head)
    draft.audience = head.audience
    return draft
