"""Who is told of what somebody did at once: direct replies, and calls for help."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from accounts.models import Event, User
from accounts.permissions import Role
from coaching.models import HelpCall
from core import clock
from jobs.services import owe
from notices.coach_changes import consider_change
from notices.models import Notice, NoticeKind, OptOut
from notices.services import GONE_OBJECT, INACTIVE, SETTLED, UNREADABLE, UNWANTED
from progress.models import HelpFrom
from series.models import SeriesRole
from storymaps.models import Comment
from teams.models import CoachAssignment, Team


@transaction.atomic
def consider(event: Event, *, at: datetime) -> None:
    """Decide who is told of `event` at once: a note to somebody's words or note is a direct reply."""
    if event.act == "storymaps.comment_written":
        comment = Comment.objects.with_targets().select_related("parent__author").get(pk=event.target_id)
        for person in told_at_once(comment):
            key = f"mail:comment:{comment.pk}:{person.pk}"
            payload = {"comment_id": comment.pk, "person_id": person.pk}
            _owe_at_once(
                person, comment.team, NoticeKind.COMMENT, comment.pk, "notices.send_comment", key, payload, at
            )
    if event.act in ("coaching.help_asked", "coaching.help_answered"):
        call = HelpCall.objects.select_related("team__series", "asked_by").get(pk=event.target_id)
        for person in told_of_call(call, event):
            key = f"mail:help:{event.pk}:{person.pk}"
            payload = {"event_id": event.pk, "person_id": person.pk}
            _owe_at_once(person, call.team, NoticeKind.HELP, event.pk, "notices.send_help", key, payload, at)
    if event.act == "coaching.concern_raised":
        team = Team.objects.select_related("series").get(pk=event.team_id or 0)
        for person in told_of_concern(team):
            key = f"mail:concern:{event.pk}:{person.pk}"
            payload = {"event_id": event.pk, "person_id": person.pk}
            _owe_at_once(person, team, NoticeKind.CONCERN, event.pk, "notices.send_concern", key, payload, at)
    consider_change(event, at=at)


def told_of_concern(team: Team) -> list[User]:
    """Who facilitates and organizes the series today."""
    run = SeriesRole.objects.on().filter(series=team.series_id, role__in=[Role.FACILITATOR, Role.ORGANIZER])
    return list(User.objects.filter(pk__in=run.values("person"), is_active=True))


def _owe_at_once(
    person: User,
    team: Team,
    kind: NoticeKind,
    object_id: int,
    job: str,
    key: str,
    payload: dict[str, int],
    at: datetime,
) -> None:
    """Put one message into the ledger, and owe its mail now."""
    send_on = clock.day_in(person.time_zone or team.time_zone, at)
    Notice.objects.bulk_create(
        [Notice(person=person, kind=kind, object_id=object_id, send_on=send_on)], ignore_conflicts=True
    )
    owe(job, key=key, payload=payload, scope=f"series:{team.series_id}")


def told_of_call(call: HelpCall, event: Event) -> list[User]:
    """Of a call its coaches or the series' experts, of an answer who asked; what teams ask teams: nobody."""
    if event.act == "coaching.help_answered":
        people = User.objects.filter(pk=call.asked_by_id)
    elif call.asked_of == HelpFrom.COACH:
        people = User.objects.filter(
            pk__in=CoachAssignment.objects.on().filter(team=call.team).values("coach")
        )
    elif call.asked_of == HelpFrom.EXPERT:
        experts = SeriesRole.objects.on().filter(series=call.team.series_id, role=Role.EXPERT)
        people = User.objects.filter(pk__in=experts.values("person"))
    else:
        return []
    return [person for person in people.filter(is_active=True) if person.pk != event.by_id]


def why_not_help(call: HelpCall | None, event: Event, person: User) -> str:
    """Why `person` is not told of a call, or of an answer to it, any more; empty if they are."""
    if call is None:
        return GONE_OBJECT
    if not person.is_active:
        return INACTIVE
    if not HelpCall.objects.visible_to(person).filter(pk=call.pk).exists():
        return UNREADABLE
    if OptOut.objects.filter(person=person, kind=NoticeKind.HELP).exists():
        return UNWANTED
    if event.act == "coaching.help_asked" and not call.is_open:
        return SETTLED
    return ""


def told_at_once(comment: Comment) -> Iterator[User]:
    """Whose words it stands beside, whose note it answers, and whom it calls; nobody of their own words."""
    people = {mention.person_id: mention.person for mention in comment.mentions.select_related("person")}
    beside = comment.entry or comment.outcome or comment.finding or comment.check_in
    writer = getattr(beside, "filed_by", None) or getattr(beside, "author", None)
    if writer is not None:
        people[writer.pk] = writer
    if comment.parent is not None:
        people[comment.parent.author_id] = comment.parent.author
    people.pop(comment.author_id, None)
    for person in people.values():
        if Comment.objects.visible_to(person).filter(pk=comment.pk).exists():
            yield person


def why_not_comment(comment: Comment | None, person: User) -> str:
    """Why `person` is not told of `comment` any more; empty if they are."""
    if comment is None or comment.deleted_at is not None:
        return GONE_OBJECT
    if not person.is_active:
        return INACTIVE
    if not Comment.objects.visible_to(person).filter(pk=comment.pk).exists():
        return UNREADABLE
    if OptOut.objects.filter(person=person, kind=NoticeKind.COMMENT).exists():
        return UNWANTED
    return ""
