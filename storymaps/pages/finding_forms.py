"""Whether what was typed about a finding is well formed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.widgets import Checks
from storymaps.earlier import Choice, choices, ids_of
from storymaps.findings import EDITABLE, Sources, unreadable
from storymaps.models import Finding, OutcomeStatement, StoryEntry
from teams.models import Team

MOST_OUTCOMES = 60  # shown to choose from, the newest; those that are chosen always are


class FindingForm(forms.ModelForm):
    """A finding with the outcomes and stories that it rests on."""

    outcomes = forms.ModelMultipleChoiceField(
        OutcomeStatement.objects.none(),
        label=_("The outcomes that it rests on"),
        widget=Checks,
        required=False,
    )
    entries = forms.ModelMultipleChoiceField(
        StoryEntry.objects.none(), label=_("The stories that it rests on"), widget=Checks, required=False
    )

    class Meta:
        model = Finding
        fields = EDITABLE
        widgets = {
            "explanation": forms.Textarea({"rows": 4}),
            "limits": forms.Textarea({"rows": 2, "class": "area--short"}),
        }
        help_texts = {
            "statement": _("For example: boards that hear students first change their agenda."),
            "limits": _("For example: only two teams have tried it, and both are small."),
        }

    def __init__(self, *args: Any, team: Team, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team, self.user = team, user
        for name, model in (("outcomes", OutcomeStatement), ("entries", StoryEntry)):
            readable = model.objects.visible_to(user).filter(team__series=team.series_id)
            self.fields[name].queryset = readable  # type: ignore[attr-defined]
            if self.instance.pk:
                linked = readable.filter(findings=self.instance)
                self.initial[name] = list(linked.values_list("pk", flat=True))
        if not self.instance.pk:
            self.initial["language"] = user.language

    @property
    def sources(self) -> Sources:
        """What was chosen, once the form is valid."""
        return Sources(list(self.cleaned_data["outcomes"]), list(self.cleaned_data["entries"]))

    @property
    def hidden(self) -> int:
        """How many sources stay that this person may not read."""
        if not self.instance.pk:
            return 0
        found = (self.instance.outcomes.all(), self.instance.entries.all())
        return sum(unreadable(rows, self.user).count() for rows in found)

    @property
    def earlier(self) -> list[Choice]:
        """The stories to choose from: what is chosen, then the team's latest."""
        return choices(self.team, self.user, ids_of(self["entries"].value() or ()))

    @property
    def stated(self) -> list[Choice]:
        """The outcomes to choose from: what is chosen, then the newest of the series."""
        chosen = set(ids_of(self["outcomes"].value() or ()))
        readable = OutcomeStatement.objects.visible_to(self.user).filter(team__series=self.team.series_id)
        rows = list(readable.filter(pk__in=chosen).select_related("team"))
        rows += list(readable.exclude(pk__in=chosen).select_related("team")[:MOST_OUTCOMES])
        return [
            Choice(
                row.pk,
                row.headline,
                "" if row.team_id == self.team.pk else row.team.name,
                row.language,
                row.pk in chosen,
            )
            for row in rows
        ]
