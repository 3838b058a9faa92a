"""What is asked of the search."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from search.registry import KINDS
from search.words import terms_of
from series.models import Series

LONGEST = 200


class SearchForm(forms.Form):
    """Words, and where to look. Without words nothing is asked yet."""

    words = forms.CharField(
        label=_("Words"),
        max_length=LONGEST,
        required=False,
        error_messages={"max_length": _("Use at most 200 letters: a few words find more.")},
    )
    series = forms.ModelChoiceField(
        label=_("Series"),
        queryset=Series.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("Every series of mine"),
    )
    kind = forms.ChoiceField(label=_("What"), required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        choices=[("", _("Best first")), ("newest", _("Newest first"))],
        required=False,
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data, auto_id="s-%s")
        for name in ("series", "kind", "order"):
            self.fields[name].widget.attrs["class"] = "select"
        mine: Any = self.fields["series"]
        mine.queryset = Series.objects.visible_to(user).order_by("name")
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", _("Everything")), *((kind.name, kind.label) for kind in KINDS.values())]

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if words and not terms_of(words):
            raise ValidationError(_("There is no word in this. Type letters or numbers."))
        return words
