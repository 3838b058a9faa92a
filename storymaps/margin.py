"""The margin of an entry: its notes with their letters, their answers, and what the reader may do there."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from accounts.permissions import Role
from core.text import render_markdown
from storymaps import services
from storymaps.forms import NOTE_WORDS, CommentForm
from storymaps.map.data import coaches_of
from storymaps.models import Audience, Comment, StoryEntry


def margin_of(
    entry: StoryEntry, user: Any, address: Sequence[Any], refused: CommentForm | None = None
) -> dict[str, Any]:
    """What the entry page shows beside the text. `refused` is a form that comes back with its error.

    The number of queries is the same for any number of notes.
    """
    found = list(
        Comment.objects.visible_to(user)
        .filter(entry=entry)
        .select_related("author", "settled_by")
        .order_by("written_at", "pk")
    )
    audiences = services.audiences(user, entry)
    letters = services.letters(entry.team, user) if found else {}
    desk = Desk(entry, user, address, audiences, coaches_of(entry.team) if found else {}, refused)
    answers: dict[int, list[Comment]] = {}
    for comment in found:
        if comment.parent_id:
            answers.setdefault(comment.parent_id, []).append(comment)
    heads = [comment for comment in found if comment.parent_id is None]
    return {
        "notes": [desk.note(head, letters[head.pk], answers.get(head.pk, [])) for head in heads],
        "note_form": desk.form(None) if audiences else None,
        "note_submission_id": desk.submission_id(None),
        "note_is_open": refused is not None and refused.parent is None,
    }


class Desk:
    """What a reader may do with the notes of one entry, asked once."""

    def __init__(
        self,
        entry: StoryEntry,
        user: Any,
        address: Sequence[Any],
        audiences: list[Audience],
        coaches: dict[int, str],
        refused: CommentForm | None,
    ) -> None:
        self.entry, self.user, self.address = entry, user, address
        self.audiences, self.coaches, self.refused = audiences, coaches, refused
        self.may_comment = bool(audiences)
        self.reads_in_full = Audience.TEAM in audiences  # for them alone it is to choose

    def form(self, parent: Comment | None) -> CommentForm:
        if self.refused is not None and self.refused.parent == parent:
            return self.refused
        auto_id = f"answer-{parent.pk}-%s" if parent else "note-%s"
        draft = Comment(entry=self.entry)
        return CommentForm(instance=draft, audiences=self.audiences, parent=parent, auto_id=auto_id)

    def submission_id(self, parent: Comment | None) -> uuid.UUID:
        if self.refused is not None and self.refused.parent == parent:
            return self.refused.instance.submission_id
        return uuid.uuid4()

    def note(self, comment: Comment, letter: str, answers: Sequence[Comment]) -> dict[str, Any]:
        """A note for components/note.html, with the forms that its reader may use."""
        is_settled = comment.settled_at is not None
        may_settle = self.may_comment and (self.reads_in_full or comment.author_id == self.user.pk)
        may_answer = bool(services.narrowed(self.audiences, comment))
        return self.words(comment) | {
            "ref": letter,
            "is_settled": is_settled,
            "settled_by": comment.settled_by.name if comment.settled_by else "",
            "audience_words": NOTE_WORDS[Audience(comment.audience)],
            "kind": comment.get_kind_display(),
            "asks_reply": comment.asks_reply and not answers and not is_settled,
            "replies": [self.words(answer) for answer in answers],
            "form": self.form(comment) if may_answer else None,
            "is_open": self.refused is not None and self.refused.parent == comment,
            "submission_id": self.submission_id(comment),
            "reply_url": reverse("storymaps:comment-add", args=self.address),
            "settle_url": self.settle_url(comment) if may_settle and not is_settled else "",
        }

    def settle_url(self, comment: Comment) -> str:
        return reverse("storymaps:comment-settle", args=[*self.address, comment.pk])

    def words(self, comment: Comment) -> dict[str, Any]:
        return {
            "id": comment.pk,
            "text": render_markdown(comment.text),
            "by": comment.author.name,
            "role": Role.COACH.label if comment.author_id in self.coaches else "",
            "at": comment.written_at,
        }
