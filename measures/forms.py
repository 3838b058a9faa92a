"""What people fill in about measures: definitions, single numbers, notes on a chart."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.widgets import Segments
from measures import links, periods
from measures.models import Audience, Measure
from measures.parsing import NotANumber, Typed, read_number, read_typed
from measures.services import refuse_impossible
from series.models import Driver
from teams.models import Team

NOT_A_NUMBER = _("This is no number that we can read.")


class NumberField(forms.Field):
    """A number as the reader's language writes it; blank is None, never zero."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "input--short"})

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, Decimal) or value is None:
            return value
        try:
            return read_number(str(value), get_language() or "en")
        except NotANumber:
            raise ValidationError(NOT_A_NUMBER) from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class MeasureForm(forms.ModelForm):
    """What is counted. A name, what kind of number and how often are enough."""

    lowest = NumberField(label=_("lowest value possible"), required=False)
    highest = NumberField(label=_("highest value possible"), required=False)
    target = NumberField(label=_("target"), required=False)

    class Meta:
        model = Measure
        fields = (
            "name", "how", "unit", "good", "frequency", "starts_on", "kind", "driver", "definition",
            "numerator_label", "denominator_label", "source", "keepers", "target", "target_on", "lowest",
            "highest", "thin_below", "stops_on", "rule_set", "visibility",
        )  # fmt: skip
        widgets = {
            "good": Segments,
            "definition": forms.Textarea({"rows": 2, "class": "area--short"}),
            "starts_on": forms.DateInput({"type": "date", "class": "input--short"}, format="%Y-%m-%d"),
            "stops_on": forms.DateInput({"type": "date", "class": "input--short"}, format="%Y-%m-%d"),
            "target_on": forms.DateInput({"type": "date", "class": "input--short"}, format="%Y-%m-%d"),
            "thin_below": forms.NumberInput({"class": "input--short", "min": 1}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drivers = Driver.objects.filter(series=self.instance.series_id)
        self.fields["driver"].queryset = drivers  # type: ignore[attr-defined]
        self.fields["driver"].empty_label = _("of no single driver")  # type: ignore[attr-defined]

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "how", "unit", "good", "frequency", "starts_on")]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {field.name for field in self.first}]

    @property
    def is_open(self) -> bool:
        """Whether the folded part must stand open: something in it is wrong."""
        return any(field.errors for field in self.more)

    def clean_starts_on(self) -> date:
        return self._sane("starts_on")  # type: ignore[return-value]

    def clean_stops_on(self) -> date | None:
        return self._sane("stops_on")

    def clean_target_on(self) -> date | None:
        return self._sane("target_on")

    def _sane(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day and not 2000 <= day.year <= 2100:
            raise ValidationError(_("Look at the year again."))
        return day


class PointForm(forms.Form):
    """One number: of a period, in the measure's own unit, or as so many of so many."""

    period = forms.ChoiceField(label=_("When"))
    value = forms.CharField(
        max_length=60, widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
    )
    n = forms.IntegerField(
        label=_("How many answered?"),
        required=False,
        min_value=0,
        max_value=10_000_000,
        widget=forms.TextInput({"inputmode": "numeric", "class": "input--short"}),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)
    is_estimated = forms.BooleanField(label=_("It is an estimate"), required=False)

    def __init__(self, *args: Any, measure: Measure, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measure = measure
        choices = open_periods(measure, today)
        period = self.fields["period"]
        period.choices = [(day.isoformat(), name) for day, name in choices]  # type: ignore[attr-defined]
        period.initial = choices[min(1, len(choices) - 1)][0].isoformat()  # the last that is over
        value = self.fields["value"]
        value.label = _("Percent") if measure.is_percent else measure.unit or _("Number")
        if measure.how == "ratio":
            value.help_text = _("So many of so many, like 31/76, or the share itself.")
            value.widget.attrs["inputmode"] = "text"

    def clean_value(self) -> Typed:
        try:
            typed = read_typed(self.cleaned_data["value"], get_language() or "en")
        except NotANumber:
            raise ValidationError(NOT_A_NUMBER) from None
        if typed is None:
            raise ValidationError(NOT_A_NUMBER)
        if typed.value is None and self.measure.how != "ratio":
            raise ValidationError(NOT_A_NUMBER)
        refuse_impossible(self.measure, typed)
        return typed

    @property
    def period_on(self) -> date:
        return date.fromisoformat(self.cleaned_data["period"])


def open_periods(measure: Measure, today: date, count: int = 24) -> list[tuple[date, str]]:
    """The periods for which a number can be entered, the current one first."""
    last = min(today, measure.stops_on) if measure.stops_on else today
    start = periods.start_of(measure.frequency, last)
    days = [periods.step(measure.frequency, start, -number) for number in range(count)]
    return [(day, periods.name_of(measure.frequency, day)) for day in days]


class NoteForm(forms.Form):
    """A note on a chart: a thing that the platform knows, or a few words with a day."""

    thing = forms.ChoiceField(label=_("A story, session or test"), required=False)
    text = forms.CharField(label=_("or in a few words"), required=False, max_length=200)
    on = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "input--short"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, team: Team, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = links.offers(team, user)
        self.targets = {f"{t.kind}:{t.pk}": t for _word, found in groups for t in found}
        choices: list[Any] = [("", _("nothing of these"))]
        choices += [(word, [(f"{t.kind}:{t.pk}", t.title) for t in found]) for word, found in groups]
        self.fields["thing"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("thing") or self.errors:
            return data
        if not data.get("text"):
            self.add_error("text", _("Choose something, or say what happened."))
        elif not data.get("on"):
            self.add_error("on", _("Say on which day it was."))
        return data

    @property
    def target(self) -> links.Target | None:
        return self.targets.get(self.cleaned_data["thing"])


class RebaseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"), max_length=300, help_text=_("What changed for good? Everybody reads this.")
    )


class BaselineForm(forms.Form):
    """The first and the last period on which the centre line is frozen."""

    first = forms.ChoiceField(label=_("From"))
    last = forms.ChoiceField(label=_("to"))

    def __init__(self, *args: Any, rows: Sequence[tuple[date, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(day.isoformat(), name) for day, name in rows]
        for name in ("first", "last"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if choices:
            self.fields["first"].initial = choices[0][0]
            self.fields["last"].initial = choices[min(5, len(choices) - 1)][0]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first", "") > data.get("last", "~"):
            self.add_error("last", _("It cannot end before it starts."))
        return data


def audience_of(measure: Measure) -> Any:
    """Who reads the numbers of `measure`, in words for "Read by …"."""
    if measure.visibility == Audience.SERIES:
        return _("everybody in the series")
    return _("our team, our coach and the facilitators")
