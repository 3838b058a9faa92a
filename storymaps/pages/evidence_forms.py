"""Whether what is given as evidence, or spoken, is well formed. A file that came is never lost."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.kinds import ACCEPT, ACCEPT_SOUND
from accounts.models import File, FileState
from core.widgets import FilePick
from storymaps.models import Evidence, EvidenceKind, StoryEntry
from storymaps.sources import MOST_CAPTIONS, plain_captions

SPOKEN = _("Spoken, to be written down.")


class KeepsFile(forms.Form):
    """A form with a file that came with it (`file`) or before it (`file_key`); `user` is who sends it."""

    file = forms.FileField(label=_("File"), required=False, widget=FilePick(ACCEPT, _("Choose a file")))
    file_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    user: Any = None
    kept: File | None = None

    def clean_file_key(self) -> UUID | None:
        """The writer's own file, and in no entry yet."""
        key: UUID | None = self.cleaned_data["file_key"]
        if key is None:
            return None
        mine = File.objects.filter(key=key, uploaded_by=self.user, evidence=None)
        self.kept = mine.exclude(state=FileState.REFUSED).first()
        return key if self.kept else None

    def keep(self, file: File) -> None:
        """Hold on to a file that came with the form: its key comes back with the form."""
        self.kept = file
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["file_key"] = str(file.key)
        self.data = data

    @property
    def has_file(self) -> bool:
        return bool(self.kept or self.cleaned_data.get("file"))


class EvidenceForm(KeepsFile):
    """A new piece of evidence: one of a file, a link, a number."""

    url = forms.URLField(
        label=_("Or the address of a page"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("We show the address and never open it ourselves."),
    )
    number = forms.CharField(
        label=_("Or a number"), required=False, max_length=120, help_text=_("For example: 42 of 60 students.")
    )
    alt_text = forms.CharField(
        label=_("What does it show?"),
        required=False,
        max_length=300,
        help_text=_("In a sentence, for those who cannot see it."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given = [self.has_file, bool(data.get("url")), bool(data.get("number"))]
        if not self.errors and sum(given) != 1:
            raise forms.ValidationError(_("Give one of the three: a file, a link or a number."))
        return data

    def evidence(self, entry: StoryEntry, submission_id: UUID) -> Evidence:
        """The piece of evidence that was given, not saved yet."""
        data = self.cleaned_data
        kind = (
            EvidenceKind.LINK if data["url"] else EvidenceKind.NUMBER if data["number"] else EvidenceKind.FILE
        )
        return Evidence(
            entry=entry,
            kind=kind,
            file=self.kept if kind == EvidenceKind.FILE else None,
            url=data["url"],
            number=data["number"],
            alt_text=data["alt_text"],
            submission_id=submission_id,
        )


class EvidenceWordsForm(forms.ModelForm):
    """The words of evidence that is there: what it shows, and what is said in a recording."""

    captions_file = forms.FileField(
        label=_("Captions with times"),
        required=False,
        help_text=_("A WebVTT file (.vtt), if you have one. It takes the place of the one before."),
        widget=forms.FileInput({"accept": ".vtt,text/vtt"}),
    )

    class Meta:
        model = Evidence
        fields = ("alt_text", "url", "number", "transcript")
        widgets = {"transcript": forms.Textarea({"rows": 10})}
        help_texts = {"transcript": _("As it was said, as far as you have come. You can go on later.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one: Evidence = self.instance
        if one.kind != EvidenceKind.LINK:
            self.fields.pop("url")
        if one.kind != EvidenceKind.NUMBER:
            self.fields.pop("number")
        if not one.is_heard:
            self.fields.pop("transcript")
            self.fields.pop("captions_file")
        self.fields["alt_text"].required = one.shown_kind == "photo"

    def clean_captions_file(self) -> Any:
        given = self.cleaned_data["captions_file"]
        if given:
            try:
                text = given.read(MOST_CAPTIONS + 1).decode()
            except UnicodeDecodeError:
                text = ""
            self.instance.captions = plain_captions(text)
        return given


class SpeakForm(KeepsFile):
    """Something spoken: the recording, and as many words as the speaker wants to write."""

    file = forms.FileField(
        label=_("Your recording"),
        required=False,
        widget=FilePick(ACCEPT_SOUND, _("Choose a recording"), mark="sound"),
    )
    text = forms.CharField(
        label=_("In a sentence"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2, "class": "area--short"}),
        help_text=_("Or leave it empty: somebody writes it down later."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not self.has_file:
            self.add_error("file", _("Record something first, or choose a recording."))
        return data
