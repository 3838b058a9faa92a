"""Whether what was typed at the harvest desk, or about an outcome, is well formed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.widgets import Cards, Checks
from storymaps.earlier import Choice, choices, ids_of
from storymaps.forms import DayInput
from storymaps.models import Direction, HarvestPassage, HarvestSource, OutcomeStatement, StoryEntry
from storymaps.outcomes import EDITABLE
from teams.models import Team


class SourceForm(forms.ModelForm):
    """A text that reached somebody elsewhere."""

    class Meta:
        model = HarvestSource
        fields = ("kind", "text", "said_on", "language")
        widgets = {"text": forms.Textarea({"rows": 8}), "said_on": DayInput()}
        help_texts = {
            "text": _("As it came. You mark next what tells something; the rest stays here."),
        }

    def __init__(self, *args: Any, team: Team, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["language"] = user.language
        self.initial["said_on"] = clock.today(team.time_zone)


class NodForm(forms.Form):
    """A passage as the team takes it on its map: as it came, or in its own words."""

    text = forms.CharField(
        label=_("What happened?"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Change it until it is right. The text that it came from stays as it was."),
    )
    began_on = forms.DateField(label=_("When"), widget=DayInput())

    def __init__(self, data: Any = None, *, passage: HarvestPassage) -> None:
        """`passage` with its source selected."""
        super().__init__(
            data,
            auto_id=f"passage-{passage.pk}-%s",
            initial={"text": passage.text, "began_on": passage.source.said_on},
        )


class OutcomeForm(forms.ModelForm):
    """An outcome statement with the stories that it rests on, and what a verifier said."""

    sources = forms.ModelMultipleChoiceField(
        StoryEntry.objects.none(), label=_("The stories that it rests on"), widget=Checks
    )
    direction = forms.ChoiceField(
        label=_("Is it for the better?"),
        choices=Direction.choices,
        initial=Direction.POSITIVE,
        widget=Cards(grid=2),
    )

    class Meta:
        model = OutcomeStatement
        fields = EDITABLE
        widgets = {
            "what_differs": forms.Textarea({"rows": 3}),
            "significance": forms.Textarea({"rows": 2, "class": "area--short"}),
            "contribution": forms.Textarea({"rows": 2, "class": "area--short"}),
            "verdict_comment": forms.Textarea({"rows": 2, "class": "area--short"}),
            "changed_on": DayInput(),
            "asked_on": DayInput(),
        }
        help_texts = {
            "who_changed": _("For example: the principal and two board members."),
            "contribution": _("A small part is fine. Others had theirs."),
            "verifier_role": _("For example: the school secretary."),
        }

    def __init__(self, *args: Any, team: Team, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team, self.user = team, user
        readable = StoryEntry.objects.visible_to(user).filter(team__series=team.series_id)
        self.fields["sources"].queryset = readable  # type: ignore[attr-defined]
        if self.instance.pk:
            linked = readable.filter(outcomes=self.instance)
            self.initial["sources"] = list(linked.values_list("pk", flat=True))
            hidden = self.instance.sources.count() - len(self.initial["sources"])
            self.fields["sources"].required = not hidden  # those that this person may not read stay
        else:
            self.initial["language"] = user.language

    @property
    def earlier(self) -> list[Choice]:
        """The stories to choose from: what is chosen, then the team's latest."""
        return choices(self.team, self.user, ids_of(self["sources"].value() or ()))
