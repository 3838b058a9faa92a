"""What a person says of themselves."""

from typing import Any

from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.adapter import INVITED
from accounts.models import User
from core import zones


class SignupNameForm(forms.Form):
    """The one question that sign-up adds to address and password."""

    name = forms.CharField(
        label=_("What do people call you?"), max_length=120, help_text=_("A first name is enough.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Fill in the invited address, the only one that can sign up; allauth adds the field."""
        super().__init__(*args, **kwargs)
        if "email" in self.fields and context.request is not None:
            self.fields["email"].initial = context.request.session.get(INVITED)

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class SettingsForm(forms.ModelForm):
    """Name, language, time zone, and the hour at which the day's mail may come."""

    reminder_hour = forms.TypedChoiceField(
        label=_("Send my reminders at"), coerce=int, choices=[(h, f"{h:02d}:00") for h in range(24)]
    )

    class Meta:
        model = User
        fields = ("name", "language", "time_zone", "reminder_hour")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), required=False, choices=[("", _("My team’s")), *zones.choices()]
        )


class FirstPersonForm(forms.Form):
    """The first account of an installation: its administrator."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
