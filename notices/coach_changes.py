"""Who is told when a coach is covered, when a cover is declined, and when a team is handed over."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Event, User
from accounts.permissions import Role
from core import clock, mail
from core.templatetags.marks import short_day
from jobs.registry import Lane, Outcome, handles
from notices import services
from notices.kinds import Choices
from notices.ledger import tell
from notices.models import Notice, NoticeKind, NoticeState
from notices.stopping import stop_headers, stop_url
from notices.telling import GONE_OBJECT, INACTIVE, LEFT, SEEN, TELLERS, Answer, Told
from series.models import SeriesRole
from teams.models import CoachAssignment

ACTS = ("teams.cover_set", "teams.cover_declined", "teams.coach_assigned", "teams.coach_ended")


@dataclass(frozen=True)
class Letter:
    """What one person is told: the subject, one sentence, and where to look."""

    subject: str
    line: str
    url: str


def consider_change(event: Event, *, at: datetime) -> None:
    """Owe the message of a change of coaches to whom it concerns, never to who made it."""
    if event.act not in ACTS:
        return
    held = assignment_of(event)
    if held is None:
        return
    people = told_of_change(event, held)
    tell(people, NoticeKind.COACH, event.pk, held.team.series, at=at, job="notices.send_coach_change")


def assignments() -> QuerySet[CoachAssignment]:
    """Assignments with what a letter says of them."""
    return CoachAssignment.objects.select_related(
        "team__series", "coach", "covers_for__coach", "takes_over_from__coach"
    )


def assignment_of(event: Event) -> CoachAssignment | None:
    return assignments().filter(pk=event.target_id).first()


def told_of_change(event: Event, held: CoachAssignment) -> list[User]:
    """A cover: who covers and who is away. A refusal: who is away, and who runs the series.

    A hand-over: who takes over; and, where coaches say themselves that they leave, who runs the series.
    """
    ids: set[int] = set()
    runs = SeriesRole.objects.on().filter(
        series=held.team.series_id, role__in=[Role.FACILITATOR, Role.ORGANIZER]
    )
    if event.act == "teams.cover_set" and event.data.get("told"):
        ids = {held.coach_id, held.covers_for.coach_id}  # type: ignore[union-attr]
    elif event.act == "teams.cover_declined":
        ids = {held.covers_for.coach_id, *runs.values_list("person", flat=True)}  # type: ignore[union-attr]
    elif event.act == "teams.coach_assigned" and held.takes_over_from_id is not None:
        ids = {held.coach_id}
    elif event.act == "teams.coach_ended" and event.by_id == held.coach_id:
        ids = set(runs.values_list("person", flat=True))
    return list(User.objects.filter(pk__in=ids - {event.by_id}, is_active=True))


@dataclass(frozen=True)
class Known:
    """What telling one person of changes needs, read at once for all of them."""

    held: Mapping[int, CoachAssignment]  # by id: what the changes are about
    names: Mapping[int, str]  # the team of each assignment that a cover tells of
    coached: Collection[int]  # the teams that the person coaches, now or later
    run: Collection[int]  # the series that they run


def known_of(events: Collection[Event], person: User) -> Known:
    """Read it for `person` and all `events`. Four queries."""
    held = assignments().in_bulk([event.target_id for event in events])
    told = CoachAssignment.objects.filter(
        pk__in=[pk for each in events for pk in each.data.get("told") or ()]
    )
    mine = CoachAssignment.objects.not_over(clock.today("UTC")).filter(coach=person)
    runs = SeriesRole.objects.held(person).filter(role__in=[Role.FACILITATOR, Role.ORGANIZER])
    return Known(
        held,
        dict(told.order_by("team__name").values_list("pk", "team__name")),
        set(mine.values_list("team", flat=True)),
        set(runs.values_list("series", flat=True)),
    )


def why_not_change(event: Event, person: User, known: Known) -> str:
    """Why `person` is not told of a change any more; empty if they are."""
    held = known.held.get(event.target_id)
    if held is None:
        return GONE_OBJECT
    if not person.is_active:
        return INACTIVE
    today = clock.today("UTC")
    if event.act in ("teams.cover_set", "teams.coach_assigned") and (held.ends_on or today) < today:
        return services.OVER_ALREADY
    if held.team_id not in known.coached and held.team.series_id not in known.run:
        return LEFT
    return ""


def letter_of(event: Event, person: User, known: Known) -> Letter:
    """The words of a change for `person`, in the language that is active. No query."""
    held = known.held[event.target_id]
    series, team, coach = held.team.series, held.team, held.coach
    covers = reverse("teams:cover", args=[series.slug])
    words: dict[str, Any] = {"person": coach.name, "team": team.name, "day": short_day(held.ends_on)}
    if event.act == "teams.coach_assigned":
        before = held.takes_over_from.coach.name  # type: ignore[union-attr]
        words |= {"coach": before, "day": short_day(held.starts_on)}
        line = _("You take over from %(coach)s, from %(day)s. What you need to know stands in your inbox.")
        return Letter(_("%(team)s is handed over to you") % words, line % words, reverse("desk:coaching"))
    if event.act == "teams.coach_ended":
        line = _("The note for the next coach is written. Who takes over is yours to name.")
        subject = _("%(person)s stops coaching %(team)s") % words
        return Letter(subject, line, reverse("teams:coaches", args=[series.slug]))
    words["coach"] = held.covers_for.coach.name  # type: ignore[union-attr]
    if event.act == "teams.cover_declined":
        line = _("%(person)s cannot cover %(team)s for %(coach)s. Somebody else may.") % words
        return Letter(_("%(person)s does not cover %(team)s") % words, line, covers)
    told = set(event.data["told"])
    names = [name for pk, name in known.names.items() if pk in told]
    words |= {"team": names[0], "n": len(names), "teams": ", ".join(names)}
    words |= {"since": short_day(held.starts_on)}
    if person.pk == coach.pk:
        subject = (_("You cover %(team)s") if len(names) == 1 else _("You cover %(n)s teams")) % words
        line = _("From %(since)s to %(day)s you cover for %(coach)s: %(teams)s. You may decline.") % words
        return Letter(subject, line, reverse("desk:coaching"))
    subject = _("%(person)s covers %(team)s") if len(names) == 1 else _("%(person)s covers %(n)s teams")
    subject %= words
    line = _("From %(since)s to %(day)s %(person)s covers for %(coach)s: %(teams)s.") % words
    return Letter(subject, line, covers)


def _changes(notices: list[Notice], person: User) -> Answer:
    """Covers and hand-overs, as the day's mail and the list of what is unread tell of them."""
    events = Event.objects.in_bulk([row.object_id for row in notices])
    known = known_of(events.values(), person)
    answers: Answer = {}
    for row in notices:
        event = events.get(row.object_id)
        reason = why_not_change(event, person, known) if event else GONE_OBJECT
        if event is None or reason:
            answers[row.pk] = reason
            continue
        letter, team = letter_of(event, person, known), known.held[event.target_id].team
        answers[row.pk] = Told(row, letter.subject, letter.line, letter.url, team.name)
    return answers


TELLERS.append(((NoticeKind.COACH,), _changes))


@handles("notices.send_coach_change", lane=Lane.NOW, time_limit=timedelta(seconds=60))
def send_coach_change(event_id: int, person_id: int, *, at: datetime) -> Outcome:
    """Tell a person of a cover, its refusal, or a hand-over."""
    person, event = User.objects.get(pk=person_id), Event.objects.get(pk=event_id)
    notice = Notice.objects.filter(person=person, kind=NoticeKind.COACH, object_id=event_id).first()
    if notice is None or notice.state != NoticeState.OWED:
        return Outcome.skipped("it was told already")
    known = known_of([event], person)
    reason = SEEN if notice.read_at else why_not_change(event, person, known)
    if not reason and Choices.of(person).is_off(NoticeKind.COACH, notice.series_id):
        reason = services.UNWANTED
    if reason:
        services.mark_skipped([(notice, reason)])
        return Outcome.skipped(reason)
    with translation.override(person.language):
        letter = letter_of(event, person, known)
    stops = stop_url(person, NoticeKind.COACH)
    mail.compose(
        "coach_change",
        to=person.email,
        language=person.language,
        context={"person": person, "letter": letter, "stop_url": stops},
        headers=stop_headers(stops),
        message_id=f"coach.{event_id}.{person_id}",
    ).send()
    return Outcome.done(then=lambda: services.mark_sent([notice.pk], at=at))
