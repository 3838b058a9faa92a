"""The forms of notes in the margin: a new one, an answer, and other words for one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from storymaps import comments
from storymaps.models import Audience, Comment, CommentKind

NOTE_WORDS = {
    Audience.TEAM: _("read by the team and its coach"),
    Audience.SERIES: _("read by everybody in the series"),
    Audience.COACHES: _("read by coaches and facilitators only"),
}


class CommentForm(forms.ModelForm):
    """A note in the margin, or an answer to one (`parent`), for the readers that the writer may choose."""

    class Meta:
        model = Comment
        fields = ("quote", "text", "kind", "audience", "asks_reply")
        widgets = {
            "text": forms.Textarea({"rows": 3, "class": "area--short"}),
            "quote": forms.TextInput({"autocomplete": "off", "data-quote": ""}),
        }

    def __init__(
        self,
        *args: Any,
        audiences: list[Audience],
        parent: Comment | None = None,
        can_quote: bool = False,
        **kwargs: Any,
    ) -> None:
        """`audiences` are those of `comments.audiences` for what it stands beside: asked once a page."""
        super().__init__(*args, **kwargs)
        self.parent = parent
        self.instance.parent = parent
        self.audiences = comments.narrowed(audiences, parent)
        choices = [(audience.value, audience.label) for audience in self.audiences]
        self.fields["audience"].choices = choices  # type: ignore[attr-defined]
        if choices:
            self.initial["audience"] = choices[0][0]
        if parent is not None:
            self.fields["text"].label = _("Your answer")
            self.fields.pop("kind")
            self.fields.pop("asks_reply")
        else:
            self.fields["kind"].choices = CommentKind.choices  # type: ignore[attr-defined]
            self.fields["text"].help_text = _("@ and a first name calls somebody who can read it: @kiara")
        if parent is not None or not can_quote:
            self.fields.pop("quote")
        else:
            self.fields["quote"].help_text = _("Copied from the text. Blank is fine.")
        if len(choices) == 1:
            self.fields["audience"].widget = forms.HiddenInput()

    @property
    def only_audience(self) -> str:
        """Who reads it, in words, where there is nothing to choose."""
        return str(self.audiences[0].label) if len(self.audiences) == 1 else ""


class ChangeForm(forms.ModelForm):
    """Other words for a note."""

    class Meta:
        model = Comment
        fields = ("text",)
        widgets = {"text": forms.Textarea({"rows": 5, "class": "area--short"})}
