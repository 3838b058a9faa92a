"""The forms of a call for help and of an answer."""

from typing import Any

from django import forms

from coaching.models import HelpAnswer, HelpCall
from core.widgets import Cards
from teams.models import Team


class HelpForm(forms.ModelForm):
    """A call for help: of whom, and with what."""

    class Meta:
        model = HelpCall
        fields = ("text", "asked_of", "driver")
        widgets = {"text": forms.Textarea({"rows": 3, "class": "area--short"}), "asked_of": Cards(grid=3)}

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["text"].required = True
        fields["driver"].queryset = team.series.drivers.all()


class AnswerForm(forms.ModelForm):
    class Meta:
        model = HelpAnswer
        fields = ("text",)
        widgets = {"text": forms.Textarea({"rows": 3, "class": "area--short"})}
