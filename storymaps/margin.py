"""The margin of a link of the chain: its notes with their letters, their answers, what the reader may do."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.permissions import Permission, Role, has_permission
from core.text import Mark, render_markdown, render_marked
from storymaps import comments
from storymaps.chain import chain_of
from storymaps.map.data import coaches_of
from storymaps.models import Audience, Comment
from storymaps.pages.note_forms import NOTE_WORDS, CommentForm
from storymaps.quotes import Place, Quote, locate_in
from storymaps.targets import Target, of_target, target_of


def margin_of(target: Target, user: Any, refused: CommentForm | None = None) -> dict[str, Any]:
    """What components/margin.html shows. `refused` is a form that comes back with its error.

    The number of queries is the same for any number of notes.
    """
    found = list(
        Comment.objects.visible_to(user)
        .filter(**of_target(target))
        .select_related("author", "settled_by", "team__series")
        .prefetch_related("mentions__person")
        .order_by("written_at", "pk")
    )
    audiences = comments.audiences(user, target)
    letters = comments.letters(target.team, user) if found else {}
    coaches = coaches_of(target.team)
    desk = Desk(target, user, audiences, coaches, refused)
    answers: dict[int, list[Comment]] = {}
    for comment in found:
        if comment.parent_id:
            answers.setdefault(comment.parent_id, []).append(comment)
    heads = [comment for comment in found if comment.parent_id is None]
    # A deleted note without an answer leaves nothing that anybody would look for.
    heads = [head for head in heads if head.deleted_at is None or head.pk in answers]
    notes = [desk.note(head, letters[head.pk], answers.get(head.pk, [])) for head in heads]
    return {
        "target": target,
        "notes": notes,
        "form": desk.form(None) if audiences else None,
        "submission_id": desk.submission_id(None),
        "is_open": refused is not None and refused.parent is None,
        "add_url": target.url_of("note-add"),
        "texts": _marked(target, desk.places, notes),
        "coaches": coaches,
    }


def beside(request: HttpRequest, obj: Any, team: Any) -> dict[str, Any]:
    """The margin of `obj`, for pages of rooms to the left (`teams.margin`)."""
    return margin_of(target_of(obj, team), request.user) | {"chain": chain_of(obj, request.user)}


def _marked(
    target: Target, places: dict[int, tuple[int, Place]], notes: Iterable[dict[str, Any]]
) -> dict[str, SafeString]:
    """The texts of `target` by the name of their field, with the passages that notes speak of."""
    marks: dict[int, list[Mark]] = {}
    for note in notes:
        if note["id"] not in places:
            continue
        number, place = places[note["id"]]
        says = _("Note %(letter)s, in the margin") % {"letter": note["ref"]}
        mark = Mark(place.start, place.end, note["ref"], f"#note-{note['id']}", says, note["is_settled"])
        marks.setdefault(number, []).append(mark)
    return {
        name: render_marked(text, marks.get(number, ())) if text else SafeString()
        for number, (name, text) in enumerate(zip(target.quoted, target.texts(), strict=True))
    }


class Desk:
    """What a reader may do with the notes beside one thing, asked once."""

    def __init__(
        self,
        target: Target,
        user: Any,
        audiences: list[Audience],
        coaches: dict[int, str],
        refused: CommentForm | None,
    ) -> None:
        self.target, self.user = target, user
        self.audiences, self.coaches, self.refused = audiences, coaches, refused
        self.may_comment = bool(audiences)
        self.reads_in_full = Audience.TEAM in audiences  # for them alone it is to choose
        self.runs = self.reads_in_full and has_permission(user, Permission.CONFIGURE, target.team)
        self.texts = target.texts()
        self.places: dict[int, tuple[int, Place]] = {}

    def form(self, parent: Comment | None) -> CommentForm:
        if self.refused is not None and self.refused.parent == parent:
            return self.refused
        return CommentForm(
            instance=comments.new_comment(self.target, uuid.uuid4(), parent),
            audiences=self.audiences,
            parent=parent,
            can_quote=bool(self.target.quoted),
            auto_id=f"answer-{parent.pk}-%s" if parent else "note-%s",
        )

    def submission_id(self, parent: Comment | None) -> uuid.UUID:
        if self.refused is not None and self.refused.parent == parent:
            return self.refused.instance.submission_id
        return uuid.uuid4()

    def note(self, comment: Comment, letter: str, answers: Sequence[Comment]) -> dict[str, Any]:
        """A note for components/note.html, with the forms that its reader may use."""
        is_settled, is_gone = comment.settled_at is not None, comment.deleted_at is not None
        may_settle = self.may_comment and (self.reads_in_full or comment.author_id == self.user.pk)
        may_answer = not is_gone and bool(comments.narrowed(self.audiences, comment))
        standing = [answer for answer in answers if answer.deleted_at is None]
        return (
            self.words(comment)
            | self.quoted(comment)
            | {
                "ref": letter,
                "is_settled": is_settled,
                "settled_by": comment.settled_by.name if comment.settled_by else "",
                "audience_words": NOTE_WORDS[Audience(comment.audience)],
                "kind": "" if is_gone else comment.get_kind_display(),
                "asks_reply": comment.asks_reply and not standing and not is_settled,
                "replies": [self.words(answer) for answer in answers],
                "form": self.form(comment) if may_answer else None,
                "is_open": self.refused is not None and self.refused.parent == comment,
                "submission_id": self.submission_id(comment),
                "reply_url": self.target.url_of("note-add"),
                "settle_url": self.url("note-settle", comment) if may_settle and not is_settled else "",
            }
        )

    def quoted(self, comment: Comment) -> dict[str, Any]:
        """The words that the note speaks of; `is_orphan` where they stand in the text no more."""
        if not comment.quote:
            return {}
        quote = Quote(comment.quote, comment.quote_before, comment.quote_after)
        found = locate_in(self.texts, quote)
        if found is not None:
            self.places[comment.pk] = found
        is_changed = found is not None and found[1].is_changed
        return {"quote": comment.quote, "is_orphan": found is None, "is_changed": is_changed}

    def words(self, comment: Comment) -> dict[str, Any]:
        is_mine = comment.author_id == self.user.pk
        is_gone = comment.deleted_at is not None
        return {
            "id": comment.pk,
            "text": "" if is_gone else render_markdown(comment.text),
            "is_gone": is_gone,
            "by": comment.author.name,
            "role": Role.COACH.label if comment.author_id in self.coaches else "",
            "at": comment.written_at,
            "called": [mention.person.name for mention in comment.mentions.all()],
            "concern_url": "" if is_mine or is_gone else self.concern_url(comment),
            "history_url": self.url("note-history", comment) if comment.edited_at and not is_gone else "",
            "change_url": self.url("note-change", comment) if is_mine and not is_gone else "",
            "delete_url": self.url("note-delete", comment) if (is_mine or self.runs) and not is_gone else "",
        }

    def concern_url(self, comment: Comment) -> str:
        team = self.target.team
        return reverse("coaching:concern", args=[team.series.slug, "note", comment.pk])

    def url(self, name: str, comment: Comment) -> str:
        team = self.target.team
        return reverse(f"storymaps:{name}", args=[team.series.slug, team.slug, comment.pk])
