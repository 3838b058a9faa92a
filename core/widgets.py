"""Controls of the design for forms: all native inputs, drawn by templates under `components/widgets/`."""

from typing import Any, cast

from django import forms
from django.forms.models import ModelChoiceIteratorValue

from core.drawings import shape
from core.icons import PATHS, icon


class DriverChoices(forms.CheckboxSelectMultiple):
    """Several drivers, each with its shape and colour. For a ModelMultipleChoiceField over drivers."""

    option_template_name = "components/widgets/choice.html"
    grid = 2

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["grid"] = self.grid
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if isinstance(value, ModelChoiceIteratorValue):
            slot = cast(Any, value).instance.slot  # the iterator sets it; the stubs do not know
            option["slot"], option["mark"] = slot, shape(slot, "choice__shape")
        return option


class Cards(forms.RadioSelect):
    """One of a few, as cards in `grid` columns.

    `notes` maps a value to a line under its word; a value that is the name of an icon shows it.
    """

    option_template_name = "components/widgets/choice.html"

    def __init__(self, *args: Any, grid: int = 3, notes: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.grid, self.notes = grid, notes or {}
        super().__init__(*args, **kwargs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["grid"] = self.grid
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["look"], option["note"] = "stack", self.notes.get(str(value), "")
        if str(value) in PATHS:
            option["mark"] = icon(str(value))
        return option


class Segments(forms.RadioSelect):
    """One of two or three short words, side by side."""

    template_name = "components/widgets/segments.html"


class Checks(forms.CheckboxSelectMultiple):
    """Several of a list, as plain check boxes one under the other."""

    template_name = "components/widgets/checks.html"


class FilePick(forms.FileInput):
    """A button that opens the phone's files. No `capture`: what was already taken can be chosen.

    `accept` is what is offered; `key_name` names the hidden field that holds the key of a file that came
    before the form did (static/js/files.js sends large ones in pieces).
    """

    template_name = "components/widgets/photo.html"

    def __init__(self, accept: str, words: Any, key_name: str = "file_key", mark: str = "photo") -> None:
        super().__init__({"accept": accept})
        self.words, self.key_name, self.mark = words, key_name, mark

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"words": self.words, "key_name": self.key_name, "mark": self.mark}
        return context
