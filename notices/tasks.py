"""Sending: claimed by the drain of its lane, ids in, one act, an outcome out."""

from datetime import date, datetime, timedelta

from django.utils import translation

from accounts.models import Event, User
from coaching.models import Concern, HelpAnswer, HelpCall
from core import clock, mail
from desk.letter import monday_letter
from jobs.registry import Lane, Outcome, handles, sweeps
from measures.mail_chart import chart_for_mail
from notices import at_once, gathering, services
from notices.gathering import carry_on_lost
from notices.kinds import TOLD
from notices.letters import letters_wanted, owe_letters
from notices.models import Notice, NoticeKind, NoticeState
from notices.stopping import stop_headers, stop_url
from notices.telling import NOTES, SEEN
from progress.links import make_token
from progress.models import Going
from storymaps.models import Comment
from storymaps.targets import beside, note_url

# What the one mail of the day is made of.
MOST_TOLD = 30  # news in one mail; the rest is counted, and stands in the list
OF_THE_DAY = (NoticeKind.CHECK_IN, NoticeKind.PROMISE, NoticeKind.NUDGE)


@sweeps("notices.plan_reminders", every=timedelta(minutes=1))
def plan_reminders(since: datetime, until: datetime, at: datetime) -> None:
    """Owe the reminders that have come into sight."""
    services.owe_reminders(since=since, until=until)


@sweeps("notices.plan_letters", every=timedelta(minutes=10))
def plan_letters(since: datetime, until: datetime, at: datetime) -> None:
    """Owe the Monday letters that have come into sight."""
    owe_letters(since=since, until=until)


@sweeps("notices.carry_on", every=timedelta(hours=1))
def carry_on(since: datetime, until: datetime, at: datetime) -> None:
    """Carry on what was owed for a day whose mail never went."""
    carry_on_lost(at=at)


@handles("notices.consider", lane=Lane.NOW, time_limit=timedelta(seconds=30))
def consider(event_id: int, *, at: datetime) -> Outcome:
    """Decide who hears of an event."""
    at_once.consider(Event.objects.get(pk=event_id), at=at)
    return Outcome.done()


@handles("notices.send_daily", lane=Lane.MAIL, time_limit=timedelta(seconds=60))
def send_daily(person_id: int, on: str, *, at: datetime) -> Outcome:
    """Send a person the one mail of the day, or say why nothing is sent any more."""
    day, person = date.fromisoformat(on), User.objects.get(pk=person_id)
    owed = list(Notice.objects.owed_to(person, on=day))
    # A day is over when it is over everywhere: the job may come hours late, never days.
    news = [notice for notice in owed if notice.kind in TOLD]
    if at.date() > day + services.STALE_AFTER:
        services.mark_skipped((notice, services.LATE) for notice in owed if notice not in news)
        gathering.carry_on(news, at=at)  # a reminder is stale, what somebody did is not
        return Outcome.skipped(services.LATE)
    dues, unwanted = services.sort_out((n for n in owed if n.kind in OF_THE_DAY), person, on=day)
    series, unread = letters_wanted((n for n in owed if n.kind == NoticeKind.MONDAY), person, at=at)
    told, untold = gathering.gathered(news, person)
    unwanted += unread + untold
    services.mark_skipped(unwanted)
    if not dues and not series and not told:
        return Outcome.skipped(unwanted[0][1] if unwanted else "nothing is wanted any more")
    unwanted_ids = {notice.pk for notice, _reason in unwanted}
    parts = (*OF_THE_DAY, NoticeKind.MONDAY, *TOLD)
    sent = [n.pk for n in owed if n.kind in parts and n.pk not in unwanted_ids]
    zones = [due.team.time_zone for due in dues] + [each.time_zone for each in series]
    zone = person.time_zone or (zones[0] if zones else "UTC")
    today = clock.day_in(zone, at)
    with translation.override(person.language):
        chart = chart_for_mail(dues[0].team, person, today) if dues else None
        letters = [monday_letter(each, person, at=at) for each in series]
        told, _untold = gathering.gathered([each.notice for each in told], person)  # in their language
    stopped = NoticeKind.CHECK_IN if dues else NoticeKind.MONDAY
    if not dues and not series:
        stopped = NoticeKind(told[0].notice.kind)
    stops = stop_url(person, stopped)
    mail.compose(
        "daily",
        to=person.email,
        language=person.language,
        context={
            "person": person,
            "dues": dues,
            "rows": [(due, make_token(person, due)) for due in dues],
            "answers": Going.choices,
            "today": today,
            "is_ahead": any(d.due_on >= today for d in dues),
            "chart": chart,
            "letters": letters,
            "told": told[:MOST_TOLD],
            "more": max(len(told) - MOST_TOLD, 0),
            "stopped": stopped.label,
            "stop_url": stops,
        },
        message_id=f"daily.{person_id}.{on}",
        headers=stop_headers(stops),
        pictures={chart.cid: chart.png} if chart else None,
    ).send()
    return Outcome.done(then=lambda: services.mark_sent(sent, at=at))


@handles("notices.send_comment", lane=Lane.NOW, time_limit=timedelta(seconds=60))
def send_comment(comment_id: int, person_id: int, *, at: datetime) -> Outcome:
    """Tell a person at once of a note that answers them."""
    person = User.objects.get(pk=person_id)
    comment = Comment.objects.filter(pk=comment_id).with_targets().select_related("parent").first()
    notice = Notice.objects.filter(person=person, kind__in=NOTES, object_id=comment_id).first()
    if notice is None or notice.state != NoticeState.OWED:
        return Outcome.skipped("it was told already")
    kind = NoticeKind(notice.kind)
    reason = SEEN if notice.read_at else at_once.why_not_comment(comment, person, kind)
    if comment is None or reason:
        services.mark_skipped([(notice, reason)])
        return Outcome.skipped(reason)
    is_coach = comment.team.coach_assignments.on().filter(coach=comment.author).exists()
    with translation.override(person.language):
        target = beside(comment)
    stops = stop_url(person, kind)
    mail.compose(
        "comment",
        to=person.email,
        language=person.language,
        context={
            "person": person,
            "comment": comment,
            "target": target,
            "note_url": note_url(comment),
            "is_coach": is_coach,
            "stop_url": stops,
        },
        headers=stop_headers(stops),
        message_id=f"comment.{comment_id}.{person_id}",
    ).send()
    return Outcome.done(then=lambda: services.mark_sent([notice.pk], at=at))


@handles("notices.send_help", lane=Lane.NOW, time_limit=timedelta(seconds=60))
def send_help(event_id: int, person_id: int, *, at: datetime) -> Outcome:
    """Tell a person at once of a call for help that is theirs to answer, or of an answer to their own."""
    person, event = User.objects.get(pk=person_id), Event.objects.get(pk=event_id)
    call = HelpCall.objects.filter(pk=event.target_id).select_related("team__series", "asked_by").first()
    notice = Notice.objects.filter(person=person, kind=NoticeKind.HELP, object_id=event_id).first()
    if notice is None or notice.state != NoticeState.OWED:
        return Outcome.skipped("it was told already")
    reason = SEEN if notice.read_at else at_once.why_not_help(call, event, person)
    if call is None or reason:
        services.mark_skipped([(notice, reason)])
        return Outcome.skipped(reason)
    answer = HelpAnswer.objects.filter(pk=event.data.get("answer")).select_related("author").first()
    stops = stop_url(person, NoticeKind.HELP)
    mail.compose(
        "help",
        to=person.email,
        language=person.language,
        context={"person": person, "call": call, "answer": answer, "stop_url": stops},
        headers=stop_headers(stops),
        message_id=f"help.{event_id}.{person_id}",
    ).send()
    return Outcome.done(then=lambda: services.mark_sent([notice.pk], at=at))


@handles("notices.send_concern", lane=Lane.NOW, time_limit=timedelta(seconds=60))
def send_concern(event_id: int, person_id: int, *, at: datetime) -> Outcome:
    """Tell who runs the series that somebody told of something; never of what it says."""
    person, event = User.objects.get(pk=person_id), Event.objects.get(pk=event_id)
    readable = Concern.objects.visible_to(person).select_related("series", "team")
    concern = readable.filter(pk=event.target_id, settled_at=None).first()
    notice = Notice.objects.filter(person=person, kind=NoticeKind.CONCERN, object_id=event_id).first()
    if notice is None or notice.state != NoticeState.OWED:
        return Outcome.skipped("it was told already")
    if concern is None or not person.is_active:
        services.mark_skipped([(notice, services.SETTLED)])
        return Outcome.skipped(services.SETTLED)
    mail.compose(
        "concern",
        to=person.email,
        language=person.language,
        context={"person": person, "series": concern.series, "team": concern.team},
        message_id=f"concern.{event_id}.{person_id}",
    ).send()
    return Outcome.done(then=lambda: services.mark_sent([notice.pk], at=at))
