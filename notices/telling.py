"""What a notice says to its reader, and why it says nothing any more: mail, list and count ask the same.

Each thing is read through `.visible_to(reader)` at the moment of telling, so that who lost access is told
nothing more (rule R3). The number of queries depends on the kinds, never on how many notices there are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Event, User
from coaching.models import HelpAnswer, HelpCall
from exchange.models import Answer as PeerAnswer
from exchange.models import Assignment, Round
from library.models import Resource, Use
from notices.models import Notice, NoticeKind
from reports.models import Edition
from series.models import Series
from storymaps.models import Comment, Finding, OutcomeStatement, ReadMark, StoryEntry
from storymaps.targets import beside, note_url
from teams.models import Membership, Team

# Why a message was not sent, as the ledger keeps it.
GONE_OBJECT = "it is gone"
UNREADABLE = "the person may no longer read it"
INACTIVE = "the account is closed"
LEFT = "the person left the team or its role"
SEEN = "the person has seen it already"
SETTLED = "nothing waits any more"
NOTES = (NoticeKind.REPLY, NoticeKind.COMMENT, NoticeKind.MENTION)


@dataclass(frozen=True)
class Told:
    """A notice in the reader's words: what happened, to what, and where that is read."""

    notice: Notice
    words: str
    title: str
    url: str
    where: str = ""  # the team
    language: str = ""  # of the title

    @property
    def path(self) -> str:
        return self.url.split("#", 1)[0]


Answer = dict[int, Told | str]  # by the key of the notice: what it says, or why nothing
Teller = Callable[[list[Notice], User], Answer]


def told_to(notices: Iterable[Notice], person: User) -> tuple[list[Told], list[tuple[Notice, str]]]:
    """What `person` may still be told, in the order given, and the rest with the reason."""
    rows = list(notices)
    if not person.is_active:
        return [], [(row, INACTIVE) for row in rows]
    answers: Answer = {}
    for kinds, teller in TELLERS:
        if mine := [row for row in rows if row.kind in kinds]:
            answers |= teller(mine, person)
    told: list[Told] = []
    untold: list[tuple[Notice, str]] = []
    for row in rows:
        answer = answers.get(row.pk, GONE_OBJECT)
        if row.read_at is not None:
            untold.append((row, SEEN))
        elif isinstance(answer, Told):
            told.append(answer)
        else:
            untold.append((row, answer))
    return told, untold


def _missing(model: type[Model], ids: set[int]) -> dict[int, str]:
    """Of each id that the reader did not find: is it gone, or not for them any more?"""
    there = set(model._default_manager.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return {pk: UNREADABLE if pk in there else GONE_OBJECT for pk in ids}


def _notes(notices: list[Notice], person: User) -> Answer:
    ids = {row.object_id for row in notices}
    visible = Comment.objects.visible_to(person).filter(pk__in=ids).with_targets()
    found = {note.pk: note for note in visible}
    why = _missing(Comment, ids - found.keys())
    words = {
        NoticeKind.REPLY: _("%(name)s answered your note"),
        NoticeKind.COMMENT: _("%(name)s wrote in the margin"),
        NoticeKind.MENTION: _("%(name)s calls you in a note"),
    }
    answers: Answer = {}
    for row in notices:
        note = found.get(row.object_id)
        if note is None or note.deleted_at is not None:
            answers[row.pk] = why.get(row.object_id, GONE_OBJECT)
            continue
        target = beside(note)
        said = words[NoticeKind(row.kind)] % {"name": note.author.name}
        answers[row.pk] = Told(row, said, target.title, note_url(note), note.team.name, target.language)
    return answers


def _calls(notices: list[Notice], person: User) -> Answer:
    events = Event.objects.in_bulk([row.object_id for row in notices])
    ids = {event.target_id for event in events.values()}
    visible = HelpCall.objects.visible_to(person).filter(pk__in=ids).select_related("team__series")
    found = {call.pk: call for call in visible}
    answered = HelpAnswer.objects.select_related("author").in_bulk(
        [event.data["answer"] for event in events.values() if "answer" in event.data]
    )
    why = _missing(HelpCall, ids - found.keys())
    answers: Answer = {}
    for row in notices:
        event = events.get(row.object_id)
        call = found.get(event.target_id) if event else None
        if event is None or call is None:
            answers[row.pk] = why.get(event.target_id, GONE_OBJECT) if event else GONE_OBJECT
            continue
        answer = answered.get(event.data.get("answer", 0))
        if answer is not None and answer.removed_at is not None:
            answers[row.pk] = GONE_OBJECT
            continue
        if answer is not None:
            words = _("%(name)s answered your call for help") % {"name": answer.author.name}
        else:
            words = _("%(team)s asks for help") % {"team": call.team.name}
        url = reverse("coaching:help-call", args=[call.team.series.slug, call.team.slug, call.pk])
        answers[row.pk] = Told(row, words, str(call), url, call.team.name)
    return answers


def _entry_url(entry: StoryEntry) -> str:
    return reverse("storymaps:entry", args=[entry.team.series.slug, entry.team.slug, entry.pk])


def _stories(notices: list[Notice], person: User) -> Answer:
    ids = {row.object_id for row in notices}
    found = StoryEntry.objects.visible_to(person).select_related("team__series").in_bulk(ids)
    why = _missing(StoryEntry, ids - found.keys())
    coached = set(Team.objects.coached_by(person).values_list("pk", flat=True))
    seen = set(ReadMark.objects.filter(person=person, entry__in=ids).values_list("entry", flat=True))
    answers: Answer = {}
    for row in notices:
        entry = found.get(row.object_id)
        if entry is None:
            answers[row.pk] = why[row.object_id]
        elif entry.team_id not in coached:
            answers[row.pk] = LEFT
        elif entry.pk in seen:
            answers[row.pk] = SEEN
        else:
            answers[row.pk] = Told(
                row, _("A new story"), entry.headline, _entry_url(entry), entry.team.name, entry.language
            )
    return answers


def _ids_about(notices: list[Notice], word: str) -> set[int]:
    return {int(row.about.split(":")[1]) for row in notices if row.about.startswith(f"{word}:")}


def _became(notices: list[Notice], person: User) -> Answer:
    ids = {row.object_id for row in notices}
    entries = StoryEntry.objects.visible_to(person).select_related("team__series").in_bulk(ids)
    why = _missing(StoryEntry, ids - entries.keys())
    found = _things(notices, person)
    answers: Answer = {}
    for row in notices:
        entry = entries.get(row.object_id)
        if entry is None:
            answers[row.pk] = why[row.object_id]
            continue
        thing = found.get((row.about, entry.pk)) or found.get((row.about, None))
        if thing is None:
            answers[row.pk] = GONE_OBJECT
            continue
        words, url = thing
        answers[row.pk] = Told(
            row, words, entry.headline, url or _entry_url(entry), entry.team.name, entry.language
        )
    return answers


def _things(notices: list[Notice], person: User) -> dict[tuple[str, int | None], tuple[str, str]]:
    """What stories became, as `person` may see it: the words and the address, by `about` and story."""
    found: dict[tuple[str, int | None], tuple[str, str]] = {}
    if ids := _ids_about(notices, "outcome"):
        outcomes = OutcomeStatement.objects.visible_to(person).filter(pk__in=ids)
        for outcome in outcomes.select_related("team__series"):
            url = reverse("storymaps:outcome", args=[outcome.team.series.slug, outcome.team.slug, outcome.pk])
            found[f"outcome:{outcome.pk}", None] = (_("Your story became part of an outcome"), url)
    if ids := _ids_about(notices, "finding"):
        findings = Finding.objects.visible_to(person).standing().filter(pk__in=ids)
        for finding in findings.select_related("team__series"):
            url = reverse("storymaps:finding", args=[finding.team.series.slug, finding.team.slug, finding.pk])
            found[f"finding:{finding.pk}", None] = (_("Your story became part of a finding"), url)
    if ids := _ids_about(notices, "edition"):
        editions = Edition.objects.filter(pk__in=ids, published_at__isnull=False)
        for edition in editions.select_related("series").defer("document"):
            url = reverse("summit:edition", args=[edition.series.slug, edition.number])
            words = _("Your story became part of a published report")
            for pk in set(edition.entry_ids) - set(edition.withdrawn_ids):
                found[f"edition:{edition.pk}", pk] = (words, url)
    if ids := _ids_about(notices, "resource"):
        resources = Resource.objects.visible_to(person).standing().filter(pk__in=ids)
        for resource in resources.select_related("series"):
            url = reverse("library:resource", args=[resource.series.slug, resource.pk])
            found[f"resource:{resource.pk}", None] = (_("Your story became a resource"), url)
    if ids := _ids_about(notices, "team"):
        stories = {row.object_id for row in notices}
        uses = Use.objects.filter(
            Q(entry__in=stories) | Q(resource__from_entry__in=stories), team__in=ids, item__isnull=False
        )
        for use in uses.select_related("team", "resource"):
            words = _("Your story became part of the plan of %(team)s") % {"team": use.team.name}
            pk = use.entry_id or (use.resource.from_entry_id if use.resource else None)
            found[f"team:{use.team_id}", pk] = (words, "")
    return found


def _exchange(notices: list[Notice], person: User) -> Answer:
    """Who answered a post of the reader's team; that teams wait for an answer, as long as they do."""
    answered = {row.object_id for row in notices if row.about == "answer"}
    dealt = {row.object_id for row in notices if row.about == "dealt"}
    teams = Membership.objects.held(person).values("team")
    mine = PeerAnswer.objects.visible_to(person).standing().filter(pk__in=answered, post__team__in=teams)
    found = {
        each.pk: each for each in mine.select_related("post__round__series", "post__team", "team", "author")
    }
    done = PeerAnswer.objects.standing().filter(post=OuterRef("post"), team=OuterRef("team"))
    open_ = Assignment.objects.filter(~Exists(done), team__in=teams, post__withdrawn_at=None)
    rounds = Round.objects.visible_to(person).filter(pk__in=dealt).select_related("series").in_bulk()
    waits = dict(open_.filter(post__round__in=dealt).values_list("post__round", "team__name"))
    answers: Answer = {}
    for row in notices:
        if row.about == "answer" and (each := found.get(row.object_id)):
            post = each.post
            url = reverse("exchange:post", args=[post.round.series.slug, post.round.number, post.pk])
            words = _("%(who)s answered your team") % {"who": each.who}
            answers[row.pk] = Told(row, words, str(post.round), f"{url}#answer-{each.pk}", post.team.name)
        elif row.about == "dealt" and (round_ := rounds.get(row.object_id)):
            if round_.pk not in waits:
                answers[row.pk] = SETTLED
                continue
            url = reverse("exchange:round", args=[round_.series.slug, round_.number]) + "#ours"
            words = _("Other teams wait for your answer")
            answers[row.pk] = Told(row, words, str(round_), url, waits[round_.pk])
        else:
            answers[row.pk] = UNREADABLE
    return answers


def _news(notices: list[Notice], person: User) -> Answer:
    ids = {row.object_id for row in notices}
    readable = Series.objects.visible_to(person).values("pk")
    rows = Edition.objects.filter(pk__in=ids, series__in=readable, published_at__isnull=False)
    found = {edition.pk: edition for edition in rows.select_related("series", "report").defer("document")}
    why = _missing(Edition, ids - found.keys())
    answers: Answer = {}
    for row in notices:
        edition = found.get(row.object_id)
        if edition is None:
            answers[row.pk] = why[row.object_id]
            continue
        url = reverse("summit:edition", args=[edition.series.slug, edition.number])
        title = edition.report.title if edition.report else edition.series.name
        answers[row.pk] = Told(row, _("A report is published"), title, url, edition.series.name)
    return answers


# Who tells of which kinds; `coach_changes` adds itself.
TELLERS: list[tuple[tuple[Any, ...], Teller]] = [
    (NOTES, _notes),
    ((NoticeKind.HELP,), _calls),
    ((NoticeKind.STORY,), _stories),
    ((NoticeKind.BECAME,), _became),
    ((NoticeKind.EXCHANGE,), _exchange),
    ((NoticeKind.NEWS,), _news),
]
