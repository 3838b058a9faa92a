"""Which mail a person wants."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.models import NoticeKind


class MailForm(forms.Form):
    """The kinds of mail that one can do without; sign-in codes are apart."""

    kinds = forms.MultipleChoiceField(
        label=_("Which mail do you want?"),
        required=False,
        choices=[
            (NoticeKind.CHECK_IN, _("Reminders of check-ins, in one mail a day")),
            (NoticeKind.COMMENT, _("Notes on what I wrote, as they come")),
            (NoticeKind.MONDAY, _("On Mondays, how the series that I run is doing")),
            (NoticeKind.HELP, _("Calls for help that are mine to answer, and answers to mine, as they come")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "What you do without stands on your pages all the same. Codes for signing in always come."
        ),
    )
