"""Who is told of what somebody did: direct replies as they come, the rest in the one mail of a day or week.

An event is considered by the job that was written with it, whenever that runs: nothing here remembers how far
it has read, so an event that is committed late is told all the same.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction

from accounts.models import Event, User
from accounts.permissions import Role
from coaching.models import HelpAnswer, HelpCall
from exchange.models import Answer, Assignment, Round
from notices import became
from notices.coach_changes import consider_change
from notices.kinds import Choices
from notices.ledger import tell
from notices.models import Notice, NoticeKind
from notices.services import SETTLED, UNWANTED
from notices.telling import GONE_OBJECT, INACTIVE, UNREADABLE
from progress.models import HelpFrom
from reports.models import Edition
from series.models import Series, SeriesRole
from storymaps.models import Comment, StoryEntry
from teams.models import CoachAssignment, Membership


@transaction.atomic
def consider(event: Event, *, at: datetime) -> None:
    """Decide who is told of `event`, and how. Considered twice is told once."""
    if event.act == "storymaps.comment_written":
        comment = Comment.objects.with_targets().select_related("parent__author").get(pk=event.target_id)
        for person, kind in told_at_once(comment):
            tell([person], kind, comment.pk, comment.team.series, at=at, job="notices.send_comment")
    elif event.act in ("coaching.help_asked", "coaching.help_answered"):
        call = HelpCall.objects.select_related("team__series", "asked_by").get(pk=event.target_id)
        people = told_of_call(call, event)
        tell(people, NoticeKind.HELP, event.pk, call.team.series, at=at, job="notices.send_help")
    elif event.act == "coaching.concern_raised":
        series = Series.objects.get(pk=event.series_id or 0)
        people = told_of_concern(series)
        tell(people, NoticeKind.CONCERN, event.pk, series, at=at, job="notices.send_concern")
    elif event.act == "storymaps.story_logged":
        entry = StoryEntry.objects.select_related("team__series").filter(pk=event.target_id).first()
        if entry is not None:
            tell(told_of_story(entry, event), NoticeKind.STORY, entry.pk, entry.team.series, at=at)
    if event.act in became.ACTS:
        entries, about = became.stories_of(event)
        for entry, person in became.told_of(entries, event):
            tell([person], NoticeKind.BECAME, entry.pk, entry.team.series, at=at, about=about)
    if event.act == "reports.edition_published":
        edition = Edition.objects.select_related("series").defer("document").get(pk=event.target_id)
        tell(told_of_edition(edition, event), NoticeKind.NEWS, edition.pk, edition.series, at=at)
    consider_change(event, at=at)
    consider_exchange(event, at=at)


def consider_exchange(event: Event, *, at: datetime) -> None:
    """Tell a team who answered its post, and, once a round, that others wait for its answer."""
    if event.act == "exchange.answered":
        answer = Answer.objects.select_related("post__round__series").filter(pk=event.data["answer"]).first()
        if answer is not None:
            people = [p for p in speakers([answer.post.team_id]) if p.pk != event.by_id]
            series = answer.post.round.series
            tell(people, NoticeKind.EXCHANGE, answer.pk, series, at=at, about="answer")
    elif event.act == "exchange.dealt":
        round_ = Round.objects.select_related("series").filter(pk=event.target_id).first()
        if round_ is not None:
            teams = Assignment.objects.filter(post__round=round_).values_list("team", flat=True)
            people = speakers(set(teams))
            tell(people, NoticeKind.EXCHANGE, round_.pk, round_.series, at=at, about="dealt")


def speakers(teams: Collection[int]) -> list[User]:
    """Who leads one of the teams today, or tells its stories."""
    roles = (Role.LEAD, Role.STORYTELLER)
    inside = Membership.objects.on().filter(team__in=teams, role__in=roles)
    return list(User.objects.filter(pk__in=inside.values("person"), is_active=True))


def told_of_story(entry: StoryEntry, event: Event) -> list[User]:
    """Who coaches the team today, but for who logged it."""
    coaches = CoachAssignment.objects.on().filter(team=entry.team_id).values("coach")
    people = User.objects.filter(pk__in=coaches, is_active=True)
    return list(people.exclude(pk__in=[pk for pk in (entry.author_id, event.by_id) if pk]))


def told_of_edition(edition: Edition, event: Event) -> list[User]:
    """Everybody in the series, but for who published it and those whose own story is in it."""
    series = edition.series_id
    inside = set(Membership.objects.on().filter(team__series=series).values_list("person", flat=True))
    inside |= set(CoachAssignment.objects.on().filter(team__series=series).values_list("coach", flat=True))
    inside |= set(SeriesRole.objects.on().filter(series=series).values_list("person", flat=True))
    theirs = Notice.objects.filter(kind=NoticeKind.BECAME, about=f"edition:{edition.pk}")
    inside -= {event.by_id, *theirs.values_list("person", flat=True)}
    return list(User.objects.filter(pk__in=inside, is_active=True))


def told_of_concern(series: Series) -> list[User]:
    """Who facilitates and organizes the series today."""
    run = SeriesRole.objects.on().filter(series=series, role__in=[Role.FACILITATOR, Role.ORGANIZER])
    return list(User.objects.filter(pk__in=run.values("person"), is_active=True))


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
    if Choices.of(person).is_off(NoticeKind.HELP, call.team.series_id):
        return UNWANTED
    if event.act == "coaching.help_asked" and not call.is_open:
        return SETTLED
    if event.act == "coaching.help_answered":
        answers = HelpAnswer.objects.standing().filter(pk=event.data["answer"])
        return "" if answers.exists() else GONE_OBJECT
    return ""


def told_at_once(comment: Comment) -> Iterator[tuple[User, NoticeKind]]:
    """Whose words it stands beside, whose note it answers, and whom it calls, each once; not its writer."""
    calls = comment.mentions.select_related("person")
    people = {mention.person_id: (mention.person, NoticeKind.MENTION) for mention in calls}
    beside = comment.entry or comment.outcome or comment.finding or comment.check_in
    writer = getattr(beside, "filed_by", None) or getattr(beside, "author", None)
    if writer is not None:
        people[writer.pk] = (writer, NoticeKind.COMMENT)
    if comment.parent is not None:
        people[comment.parent.author_id] = (comment.parent.author, NoticeKind.REPLY)
    people.pop(comment.author_id, None)
    for person, kind in people.values():
        if Comment.objects.visible_to(person).filter(pk=comment.pk).exists():
            yield person, kind


def why_not_comment(comment: Comment | None, person: User, kind: NoticeKind) -> str:
    """Why `person` is not told of `comment` any more; empty if they are."""
    if comment is None or comment.deleted_at is not None:
        return GONE_OBJECT
    if not person.is_active:
        return INACTIVE
    if not Comment.objects.visible_to(person).filter(pk=comment.pk).exists():
        return UNREADABLE
    if Choices.of(person).is_off(kind, comment.team.series_id):
        return UNWANTED
    return ""
