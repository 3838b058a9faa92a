"""What a team fills in: a check-in, a plan item, the words over a plan."""

from datetime import date
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.widgets import DriverChoices
from progress.models import Channel, CheckIn, Going, HelpFrom, Plan, PlanItem
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
        fields = ("what", "drivers", "who", "due_on", "first_step")
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


class PlanForm(forms.ModelForm):
    class Meta:
        model = Plan
        fields = ("question", "support_wanted")
        widgets = {"question": short_area(), "support_wanted": short_area()}
