"""What can be done with notes in the margin: write, answer, change, delete, settle; whom they call."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.events import record
from accounts.models import User
from accounts.permissions import Permission, Role, has_permission, rights_on
from core.forms import USED_BEFORE
from series.calendar.layout import letter_of
from series.models import SeriesRole
from storymaps import quotes
from storymaps.models import Audience, Comment, CommentVersion, Mention, ReadMark, StoryEntry
from storymaps.targets import Target, beside, of_target
from teams.models import CoachAssignment, Membership, Team

if TYPE_CHECKING:
    from uuid import UUID

MOST_A_DAY = 300  # notes of one person: far more than a coach answers on a Sunday night
MOST_CALLED = 10  # people that one note calls by name
_WIDTH = {Audience.COACHES: 0, Audience.TEAM: 1, Audience.SERIES: 2}
_HANDLE = re.compile(r"(?<![\w@.])@(\w[\w.\-]{0,60})")


class StaleComment(Exception):
    """The note was changed since it was opened; `current` is what stands now."""

    def __init__(self, current: Comment) -> None:
        super().__init__(current.pk)
        self.current = current


def audiences(user: Any, target: Target, parent: Comment | None = None) -> list[Audience]:
    """For whom `user` may write beside `target` (rule R7), the usual one first.

    An answer is never read by more people than `parent`, the note that it answers. Two queries, three
    for who belongs to another team.
    """
    rights = rights_on(user, target.holder)
    if Permission.COMMENT not in rights:
        return []
    found = []
    if Team.objects.read_in_full_by(user).filter(pk=target.team.pk).exists():
        found.append(Audience.TEAM)
    if target.is_open:
        found.append(Audience.SERIES)
    if Permission.COMMENT_AS_COACH in rights:
        found.append(Audience.COACHES)
    return narrowed(found, parent)


def narrowed(found: list[Audience], parent: Comment | None) -> list[Audience]:
    """Of the audiences `found` those that fit an answer to `parent`, its own first."""
    if parent is None:
        return found
    widest = _WIDTH[Audience(parent.audience)]
    return sorted((a for a in found if _WIDTH[a] <= widest), key=lambda a: -_WIDTH[a])


def new_comment(target: Target, submission_id: "UUID", parent: Comment | None = None) -> Comment:
    """A blank note beside `target`, to be filled in and given to `write_comment`."""
    return Comment(**of_target(target), submission_id=submission_id, parent=parent)


def write_comment(draft: Comment, *, by: "User", at: datetime) -> Comment:
    """Put a note in the margin, or an answer under one. A double tap is one note.

    Raises ValidationError if the audience is not for `by` to choose, is wider than that of the note it
    answers, that note is not theirs to read or stands elsewhere, the quoted words are not in the text,
    or `by` has written more today than a person does.
    """
    if earlier := _written_before(draft, by):
        return earlier
    target, parent = beside(draft), draft.parent
    if parent is not None:
        here = Comment.objects.visible_to(by).filter(pk=parent.pk, **of_target(target))
        if not here.exists():
            raise ValidationError({"parent": _("The note that this answers is not here.")})
    if draft.audience not in audiences(by, target, parent):
        raise ValidationError({"audience": _("You cannot write for these readers here.")})
    _keep_quote(draft, target)
    if Comment.objects.filter(author=by, written_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise ValidationError(_("You have written very many notes today. Please go on tomorrow."))
    if parent is not None and parent.parent_id:
        draft.parent_id = parent.parent_id  # an answer to an answer stands in the same thread
    draft.author, draft.written_at = by, at
    draft.full_clean(exclude=["submission_id", "settled_by", "deleted_by"])
    try:
        with transaction.atomic():
            draft.save()
            _call(draft, target)
            record(by=by, act="storymaps.comment_written", target=draft, at=at)
    except IntegrityError as error:
        if earlier := _written_before(draft, by):
            return earlier
        raise ValidationError(USED_BEFORE) from error
    return draft


def _written_before(draft: Comment, by: "User") -> Comment | None:
    return Comment.objects.filter(author=by, submission_id=draft.submission_id).first()


def _keep_quote(draft: Comment, target: Target) -> None:
    """Keep the quoted words with what stands around them, as they stand in the text now."""
    if not draft.quote:
        return
    for text in target.texts():
        if quote := quotes.take(text, draft.quote):
            draft.quote, draft.quote_before, draft.quote_after = quote.words, quote.before, quote.after
            return
    raise ValidationError(
        {"quote": _("These words do not stand there. Copy them from the text, or leave this blank.")}
    )


@transaction.atomic
def change_comment(
    comment: Comment, text: str, *, seen: datetime | None, by: "User", at: datetime
) -> Comment:
    """Say it in other words; what stood there is kept for the note's readers. Nobody is told again.

    `seen` is the moment of the last change when the form was opened. Raises PermissionDenied for all but
    its author, StaleComment where it was changed or deleted meanwhile.
    """
    if comment.author_id != by.pk:
        raise PermissionDenied(gettext_lazy("A note is changed by who wrote it."))
    now = Comment.objects.select_for_update().get(pk=comment.pk)
    if now.deleted_at is not None or now.edited_at != seen:
        raise StaleComment(now)
    if now.text == text:
        return comment
    comment.text = text
    comment.full_clean(exclude=["submission_id", "settled_by", "deleted_by"])
    CommentVersion.objects.create(comment=now, text=now.text, until=at)
    comment.edited_at = at
    comment.save(update_fields=["text", "edited_at"])
    _call(comment, beside(comment))
    record(by=by, act="storymaps.comment_changed", target=comment, at=at)
    return comment


def may_delete(user: Any, comment: Comment) -> bool:
    """Its author; and who runs the series, for what should not stand there."""
    return comment.author_id == user.pk or has_permission(user, Permission.CONFIGURE, comment.team.series)


@transaction.atomic
def delete_comment(comment: Comment, *, by: "User", at: datetime) -> None:
    """Take the words of a note away, and what it said before; its place and its answers stay."""
    if not may_delete(by, comment):
        raise PermissionDenied(gettext_lazy("A note is deleted by who wrote it."))
    rows = Comment.objects.filter(pk=comment.pk, deleted_at=None)
    words = {"text": "", "quote": "", "quote_before": "", "quote_after": "", "asks_reply": False}
    if rows.update(deleted_at=at, deleted_by=by, **words):
        CommentVersion.objects.filter(comment=comment).delete()
        Mention.objects.filter(comment=comment).delete()
        record(by=by, act="storymaps.comment_deleted", target=comment, at=at)


def may_settle(user: Any, comment: Comment) -> bool:
    """A note is settled by who wrote it, or by who reads the team in full and may comment."""
    if not has_permission(user, Permission.COMMENT, comment):
        return False
    if comment.author_id == user.pk:
        return True
    return Team.objects.read_in_full_by(user).filter(pk=comment.team_id).exists()


@transaction.atomic
def settle_comment(comment: Comment, *, by: "User", at: datetime) -> Comment:
    """Say that a note needs nothing more. Settled twice is settled once."""
    rows = Comment.objects.filter(pk=comment.pk, settled_at=None, parent=None)
    if rows.update(settled_at=at, settled_by=by):
        record(by=by, act="storymaps.comment_settled", target=comment, at=at)
    comment.refresh_from_db(fields=["settled_at", "settled_by"])
    return comment


# --- who is called by name ---------------------------------------------------------------------------


def handles_in(text: str) -> list[str]:
    """The names that `text` calls with an @, folded, in order, each once."""
    found = (_folded(match.rstrip(".-")) for match in _HANDLE.findall(text))
    return list(dict.fromkeys(handle for handle in found if handle))


def called_in(text: str, readers: Iterable["User"]) -> tuple[list["User"], list[str]]:
    """Of `readers` those whom `text` calls, and the handles that fit nobody or more than one.

    @kiara calls the one Kiara; @kiarabell or @kiara-bell calls Kiara Bell.
    """
    wanted = handles_in(text)
    if not wanted:
        return [], []
    by_handle: dict[str, list[User]] = {}
    for person in {person.pk: person for person in readers}.values():
        words = person.name.split()
        for handle in {_folded(person.name), _folded(words[0]) if words else ""} - {""}:
            by_handle.setdefault(handle, []).append(person)
    called, unknown = [], []
    for handle in wanted:
        fits = by_handle.get(handle, [])
        if len(fits) == 1:
            called.append(fits[0])
        else:
            unknown.append(handle)
    return called[:MOST_CALLED], unknown


def _folded(words: str) -> str:
    """`words` without accents, blanks, dots and hyphens, in small letters."""
    plain = unicodedata.normalize("NFKD", words)
    return "".join(letter for letter in plain if letter.isalnum()).casefold()


def readers_of(team: Team, audience: str) -> list["User"]:
    """Everybody who reads a note of `audience` in the margin of `team` today. One query a group of people."""
    people = Q(pk__in=CoachAssignment.objects.on().filter(team=team).values("coach"))
    run = SeriesRole.objects.on().filter(series=team.series_id, role__in=[Role.ORGANIZER, Role.FACILITATOR])
    people |= Q(pk__in=run.values("person"))
    if audience != Audience.COACHES:
        people |= Q(pk__in=Membership.objects.on().filter(team=team).values("person"))
    if audience == Audience.SERIES:
        series = team.series_id
        people |= Q(pk__in=Membership.objects.on().filter(team__series=series).values("person"))
        people |= Q(pk__in=CoachAssignment.objects.on().filter(team__series=series).values("coach"))
        people |= Q(pk__in=SeriesRole.objects.on().filter(series=series).values("person"))
    return list(User.objects.filter(people, is_active=True))


def _call(comment: Comment, target: Target) -> None:
    """Keep whom the note calls; who is called already stays called once."""
    if "@" not in comment.text:
        return
    readers = [p for p in readers_of(target.team, comment.audience) if p.pk != comment.author_id]
    called, _unknown = called_in(comment.text, readers)
    rows = [Mention(comment=comment, person=person) for person in called]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)


# --- reading -----------------------------------------------------------------------------------------


def mark_read(entry: StoryEntry, *, by: "User", at: datetime) -> None:
    """Remember when `by` first read `entry`. Costs a write the first time only."""
    if not ReadMark.objects.filter(person=by, entry=entry).exists():
        ReadMark.objects.bulk_create([ReadMark(person=by, entry=entry, read_at=at)], ignore_conflicts=True)


def read_by(entry: StoryEntry, coaches: Collection[int]) -> list[ReadMark]:
    """When each of today's `coaches` of the team read `entry` first; the author's own does not count."""
    found = entry.read_marks.filter(person__in=coaches).exclude(person=entry.author_id)
    return list(found.select_related("person").order_by("read_at"))


def letter(number: int) -> str:
    """The letter of the note `number`, from 0: a … z, aa, ab …"""
    return letter_of(number + 1).lower()


def letters(team: Team, user: Any) -> dict[int, str]:
    """The letter of each note of `team` that `user` may read, the same on every page. One query."""
    notes = Comment.objects.visible_to(user).filter(team=team, parent=None)
    ids = notes.order_by("written_at", "pk").values_list("pk", flat=True)
    return {pk: letter(number) for number, pk in enumerate(ids)}
