"""The form of the call log."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.calls import LONGEST_STEP, MOST_STEPS
from coaching.models import Call, CallAudience
from core.widgets import Cards


def day_field() -> forms.DateInput:
    return forms.DateInput({"type": "date", "class": "input--short"}, format="%Y-%m-%d")


class CallForm(forms.ModelForm):
    """A call: when, with whom, what was said and agreed, and who reads it."""

    steps = forms.CharField(
        label=_("What did you agree on?"),
        required=False,
        max_length=MOST_STEPS * (LONGEST_STEP + 2),
        widget=forms.Textarea({"rows": 3, "class": "area--short"}),
        help_text=_("One step a line. Each goes into the team’s plan, where the team reads it."),
    )

    class Meta:
        model = Call
        fields = ("notes", "steps", "with_whom", "held_on", "next_call_on", "audience")
        widgets = {
            "notes": forms.Textarea({"rows": 8}),
            "with_whom": forms.TextInput({"autocomplete": "off"}),
            "held_on": day_field(),
            "next_call_on": day_field(),
            "audience": Cards(grid=1),
        }

    field_order = ("notes", "steps", "with_whom", "held_on", "next_call_on", "audience")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = CallAudience.choices  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["steps"].label = _("What else did you agree on?")
            if self.instance.audience == CallAudience.COACHES:  # never opened to more people
                del self.fields["audience"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        held_on, next_on = self.cleaned_data.get("held_on"), self.cleaned_data.get("next_call_on")
        if held_on and next_on and next_on <= held_on:
            self.add_error("next_call_on", _("The next call comes after this one."))
        return cleaned

    @property
    def lines(self) -> list[str]:
        """The steps, one a line, without blank lines and marks of a list."""
        found = (line.strip().lstrip("-*•").strip() for line in self.cleaned_data["steps"].splitlines())
        return [line for line in found if line]
