"""Whether what was typed about a boundary partner is well formed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.widgets import Cards
from progress.models import BoundaryPartner, Grade, MarkerChange, MarkerState, ProgressMarker
from teams.models import Team


class PartnerForm(forms.ModelForm):
    class Meta:
        model = BoundaryPartner
        fields = ("name", "challenge")
        widgets = {"challenge": forms.Textarea({"rows": 2, "class": "area--short"})}
        help_texts = {"name": _("A school board, a parents’ group, a bus company: by role, not by name.")}


class MarkerForm(forms.ModelForm):
    grade = forms.ChoiceField(
        label=_("How far would it go?"), choices=Grade.choices, initial=Grade.EXPECT, widget=Cards(grid=3)
    )

    class Meta:
        model = ProgressMarker
        fields = ("text", "grade")


class ChangeForm(forms.ModelForm):
    """How far a marker was seen; each on a page has ids of its own."""

    state = forms.ChoiceField(label=_("How far is it?"), choices=MarkerState.choices, widget=Cards(grid=3))

    class Meta:
        model = MarkerChange
        fields = ("state", "seen_on", "note")
        widgets = {
            "note": forms.Textarea({"rows": 2, "class": "area--short"}),
            "seen_on": forms.DateInput({"type": "date", "class": "input--short"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, team: Team, marker: ProgressMarker, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"marker-{marker.pk}-%s"
        super().__init__(*args, **kwargs)
        self.initial["state"] = marker.state
        self.initial["seen_on"] = clock.today(team.time_zone)


class SwitchForm(forms.Form):
    is_on = forms.BooleanField(
        label=_("Teams note boundary partners and progress markers"),
        help_text=_("Who outside the team does it hope to influence, and what would it see them do?"),
        required=False,
    )
