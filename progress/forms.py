"""What a team fills in: a check-in, a plan item, the words over a plan."""

from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.widgets import DriverChoices
from progress.models import Channel, CheckIn, Going, HelpFrom, Plan, PlanItem, ProgressScore, TestCycle
from progress.scores import parse_score
from series.models import Driver, Series

ON_BEHALF = [(Channel.PHONE, Channel.PHONE.label), (Channel.MAIL, Channel.MAIL.label),
             (Channel.VISIT, Channel.VISIT.label), (Channel.WEB, _("I am writing it here"))]  # fmt: skip


class Chips(forms.RadioSelect):
    """One of a few, as big chips in two columns."""

    option_template_name = "components/widgets/choice.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["grid"] = 2
        return context


def short_area(rows: int = 2) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "class": "area--short"})


class VersionedForm(forms.ModelForm):
    """Words that several people write: it knows which version was opened, and compares with another."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)

    @property
    def opened_version(self) -> int:
        return int(self.cleaned_data["version"])

    def differences(self, current: models.Model) -> list[tuple[Any, str, str]]:
        """Label, what stands now and what was typed here, for each field in which they differ."""
        found = []
        for name in self._meta.fields or ():
            theirs, mine = shown(current, name), shown(self.instance, name)
            if name in self.cleaned_data and theirs != mine and name != "drivers":
                found.append((self.fields[name].label, theirs, mine))
        return found


def shown(row: models.Model, name: str) -> str:
    """A field of a row as people read it."""
    words = getattr(row, f"get_{name}_display", None)
    value = words() if words else getattr(row, name)
    return "" if value is None else str(value)


class CheckInForm(forms.ModelForm):
    """One required tap; the rest is folded and optional."""

    going = forms.ChoiceField(
        label=_("How is it going?"),
        choices=[(going.value, capfirst(going.label)) for going in Going],
        widget=Chips,
        error_messages={"required": _("Tap one of the five. “Nothing to report” is an answer, too.")},
    )
    help_from = forms.ChoiceField(
        label=_("Help wanted from"),
        required=False,
        choices=[("", _("nobody for now")), *HelpFrom.choices],
    )
    channel = forms.ChoiceField(label=_("How did you hear it?"), choices=ON_BEHALF)

    class Meta:
        model = CheckIn
        fields = ("going", "moved", "hindered", "help_from", "next_step", "channel")
        widgets = {"moved": short_area(), "hindered": short_area(), "next_step": short_area()}

    def __init__(self, *args: Any, is_on_behalf: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_on_behalf:
            del self.fields["channel"]

    @property
    def more(self) -> list[forms.BoundField]:
        """The optional fields."""
        return [self[name] for name in ("moved", "hindered", "help_from", "next_step")]

    @property
    def is_open(self) -> bool:
        """Whether something stands in an optional field, so that it must not be folded away."""
        return any(field.value() or field.errors for field in self.more)


class ExcuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is nothing expected?"), max_length=200, help_text=_("The team reads this.")
    )


class PlanItemForm(forms.ModelForm):
    """One thing to try. Only what it is must be said."""

    drivers = forms.ModelMultipleChoiceField(
        label=_("Which drivers does it touch?"),
        queryset=Driver.objects.none(),
        required=False,
        widget=DriverChoices,
    )

    class Meta:
        model = PlanItem
        fields = ("what", "drivers", "who", "due_on", "first_step", "boundary_partner")
        labels = {"what": _("What will we try?")}
        widgets = {
            "what": short_area(),
            "due_on": forms.DateInput({"type": "date", "class": "input--short"}, format="%Y-%m-%d"),
        }
        help_texts = {"first_step": _("The smallest thing that shows whether it can work.")}

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["drivers"].queryset = series.drivers.all()  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["drivers"] = list(self.instance.drivers.values_list("pk", flat=True))

    def clean_due_on(self) -> date | None:
        due_on: date | None = self.cleaned_data["due_on"]
        if due_on and not 2000 <= due_on.year <= 2100:
            raise forms.ValidationError(_("Look at the year again."))
        return due_on


class EditItemForm(VersionedForm, PlanItemForm):
    """The same, of an item that stands already."""

    class Meta(PlanItemForm.Meta):
        pass


class PlanForm(VersionedForm):
    """The words over a plan."""

    class Meta:
        model = Plan
        fields = ("question", "outcomes", "risks", "support_wanted", "written_at", "agreed_by")
        widgets = {name: short_area() for name in ("question", "outcomes", "risks", "support_wanted")}

    def __init__(self, *args: Any, series: Series, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sessions = self.fields["written_at"]
        sessions.queryset = series.sessions.all()  # type: ignore[attr-defined]
        sessions.empty_label = _("no session, or later")  # type: ignore[attr-defined]


class ReflectionForm(VersionedForm):
    """What a team says at the end of a period."""

    class Meta:
        model = Plan
        fields = ("used_to_think", "now_think", "what_became")
        widgets = {"used_to_think": short_area(), "now_think": short_area(), "what_became": short_area(4)}


class LaterForm(forms.Form):
    """The later day that a team names; `span` are the first and the last that can be named."""

    later_on = forms.DateField(
        label=_("We will send it on"), widget=forms.DateInput({"type": "date", "class": "input--short"})
    )

    def __init__(self, *args: Any, span: tuple[date, date] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if span:
            self.fields["later_on"].widget.attrs |= {"min": str(span[0]), "max": str(span[1])}


class ReceiversForm(forms.Form):
    people = forms.ModelMultipleChoiceField(
        label=_("Who is reminded?"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody chosen means the team lead and the storyteller."),
    )

    def __init__(self, *args: Any, people: Any, named: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
        self.fields["people"].label_from_instance = lambda person: person.name  # type: ignore[attr-defined]
        self.initial["people"] = named


def day_field() -> forms.DateInput:
    return forms.DateInput({"type": "date", "class": "input--short"}, format="%Y-%m-%d")


class CycleForm(VersionedForm):
    """A test before it begins. Only the prediction must be said."""

    class Meta:
        model = TestCycle
        fields = ("question", "prediction", "how_known", "tasks", "starts_on", "target_on")
        widgets = {
            "question": short_area(),
            "prediction": short_area(),
            "how_known": short_area(),
            "tasks": short_area(),
            "starts_on": day_field(),
            "target_on": day_field(),
        }
        help_texts = {"prediction": _("Said before, so that it can surprise us.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["version"].required = False


class ResultForm(VersionedForm):
    """What became of a test that has begun."""

    class Meta:
        model = TestCycle
        fields = ("as_planned", "observations", "matched", "learning", "decision")
        widgets = {
            "as_planned": Chips,
            "observations": short_area(4),
            "matched": Chips,
            "learning": short_area(3),
            "decision": Chips,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("as_planned", "matched", "decision"):
            field: Any = self.fields[name]
            field.choices = [(value, label) for value, label in field.choices if value]


class ScoreForm(forms.ModelForm):
    """A number on the scale, and why."""

    score = forms.CharField(
        label=_("Score"),
        max_length=8,
        widget=forms.TextInput({"inputmode": "decimal", "class": "input--short", "autocomplete": "off"}),
        help_text=_("From 0.5 to 5.0 in half steps."),
    )

    class Meta:
        model = ProgressScore
        fields = ("reason", "advice")
        widgets = {"reason": short_area(3), "advice": short_area()}

    field_order = ("score", "reason", "advice")

    def __init__(self, *args: Any, is_coach: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_coach
        if not is_coach:
            del self.fields["advice"]

    def clean_score(self) -> str:
        self.instance.half_steps = parse_score(self.cleaned_data["score"])
        return str(self.cleaned_data["score"])


class WaysForm(forms.Form):
    """How a series reminds of check-ins, and whether it uses scores."""

    ladder = forms.TypedMultipleChoiceField(
        label=_("When do reminders go out?"),
        required=False,
        coerce=int,
        choices=[
            (-14, _("14 days before")), (-7, _("7 days before")), (-3, _("3 days before")),
            (-1, _("the day before")), (0, _("on the day")), (2, _("2 days after")),
            (5, _("5 days after")), (10, _("10 days after")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Days further from the check-in than half its rhythm are left out."),
    )  # fmt: skip
    has_scores = forms.BooleanField(label=_("Teams and coaches score progress"), required=False)
