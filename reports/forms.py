"""Whether what was typed about a report is well formed."""

from django import forms

from reports.models import Block, Report


class ReportForm(forms.ModelForm):
    """Title, language, and words to begin with."""

    class Meta:
        model = Report
        fields = ("title", "language", "introduction")
        widgets = {"introduction": forms.Textarea({"rows": 4})}


class HeadingForm(forms.ModelForm):
    """A heading: what follows belongs to it, until the next."""

    text = forms.CharField(label=Block._meta.get_field("text").verbose_name, max_length=200)

    class Meta:
        model = Block
        fields = ("text",)


class TextForm(forms.ModelForm):
    """Words of the organizer's."""

    class Meta:
        model = Block
        fields = ("text",)
        widgets = {"text": forms.Textarea({"rows": 5})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].required = True
