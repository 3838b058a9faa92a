"""How a person wants to hear of what happens."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notices.kinds import WAYS, Choices, weekday_of
from notices.models import NoticeKind, Way
from series.models import Series


class WaysForm(forms.Form):
    """A way for each of `kinds`, everywhere and in each of `series`; sign-in codes are apart."""

    weekday = forms.TypedChoiceField(
        label=_("What comes once a week, on"), coerce=int, choices=list(WEEKDAYS.items())
    )

    def __init__(
        self, data: Any, *, person: User, kinds: list[NoticeKind], series: list[Series], choices: Choices
    ) -> None:
        super().__init__(data, initial={"weekday": weekday_of(person)})
        self.kinds, self.series, self.chosen = kinds, series, choices
        for kind in kinds:
            ways = [(way.value, way.label) for way in WAYS[kind]]
            self.fields[kind.value] = forms.ChoiceField(
                label=capfirst(kind.label), choices=ways, initial=choices.way(kind).value
            )
            for each in series:
                self.fields[f"{kind.value}-{each.pk}"] = forms.ChoiceField(
                    label=capfirst(kind.label),
                    choices=[("", _("as everywhere")), *ways],
                    required=False,
                    initial=choices.rows.get((kind, each.pk), ""),
                )

    def everywhere(self) -> list[forms.BoundField]:
        return [self[kind.value] for kind in self.kinds]

    def by_series(self) -> list[tuple[Series, list[forms.BoundField], bool]]:
        """Each series with its fields, and whether something is chosen in it."""
        rows = [(each, [self[f"{kind.value}-{each.pk}"] for kind in self.kinds]) for each in self.series]
        return [(each, fields, any(f.value() or f.errors for f in fields)) for each, fields in rows]

    def wanted(self) -> dict[tuple[NoticeKind, int | None], Way | None]:
        """What was changed, for `choose_ways`."""
        found: dict[tuple[NoticeKind, int | None], Way | None] = {}
        for kind in self.kinds:
            way = Way(self.cleaned_data[kind.value])
            if way != self.chosen.way(kind):
                found[kind, None] = way
            for each in self.series:
                said = self.cleaned_data[f"{kind.value}-{each.pk}"]
                if said != self.chosen.rows.get((kind, each.pk), ""):
                    found[kind, each.pk] = Way(said) if said else None
        return found
