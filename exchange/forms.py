"""Whether what was typed of a round, a post or an answer is well formed. A file that came is never lost."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.kinds import ACCEPT
from accounts.models import File, FileState
from core.widgets import FilePick
from exchange.models import Answer, Post, Round
from storymaps.forms import DayInput
from storymaps.pages.evidence_forms import KeepsFile


class RoundForm(forms.ModelForm):
    """When a round is, and what teams are asked to tell."""

    class Meta:
        model = Round
        fields = ("prompt", "minutes", "opens_on", "closes_on", "answers_due_on")
        widgets = {
            "prompt": forms.Textarea({"rows": 2, "class": "area--short"}),
            "minutes": forms.NumberInput({"class": "input--short"}),
            "opens_on": DayInput(),
            "closes_on": DayInput(),
            "answers_due_on": DayInput(),
        }
        help_texts = {
            "closes_on": _("The night after, each team is given two others to answer; late posts too."),
            "answers_due_on": _("Afterwards, posts with fewer than two answers are offered to all."),
        }


class PostForm(KeepsFile, forms.ModelForm):
    """What a team tells: a film, a recording, a document, or words alone."""

    file = forms.FileField(
        label=_("Film, recording or document"),
        required=False,
        widget=FilePick(ACCEPT, _("Choose a film or file"), mark="file"),
    )

    class Meta:
        model = Post
        fields = ("text", "language")
        widgets = {"text": forms.Textarea({"rows": 6})}
        help_texts = {
            "text": _("Enough on its own. Beside a film: what is said in it, for those who cannot hear it."),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_file_key(self) -> UUID | None:
        """The writer's own file, and in no place yet."""
        key: UUID | None = self.cleaned_data["file_key"]
        if key is None:
            return None
        mine = File.objects.filter(key=key, uploaded_by=self.user, evidence=None, exchange_post=None)
        self.kept = mine.exclude(state=FileState.REFUSED).first()
        return key if self.kept else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not (self.has_file or self.instance.file_id or data.get("text", "").strip()):
            raise forms.ValidationError(_("Record something, choose a file, or write."))
        return data

    @property
    def draft(self) -> Post:
        """The post as it was typed, not saved yet."""
        post: Post = self.instance
        if self.kept is not None:
            post.file = self.kept
        return post


class AnswerForm(forms.ModelForm):
    """Three boxes; one is enough."""

    class Meta:
        model = Answer
        fields = ("resonates", "wonders", "offers")
        widgets = {
            name: forms.Textarea({"rows": 2, "class": "area--short"})
            for name in ("resonates", "wonders", "offers")
        }
        help_texts = {
            "resonates": _("What struck you, what do you know too?"),
            "wonders": _("An honest question, no advice."),
            "offers": _("A contact, a letter, an hour, something that helped you."),
        }
