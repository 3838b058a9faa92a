"""Whether what was typed about teams and their people is well formed."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import TEAM_ROLES, Role
from core import zones
from core.widgets import Cards, Checks
from series.forms import day_field
from series.models import Series
from teams.invitations import Offer
from teams.models import GONE, CoachAssignment, Team, TeamStatus, TeamStatusChange
from teams.status import CHANGES


class TeamForm(forms.ModelForm):
    """A new team. Its code is made of its place where none is typed."""

    code = forms.RegexField(
        "^[A-Za-z0-9]{2,4}$",
        label=gettext_lazy("Code"),
        required=False,
        max_length=4,
        help_text=gettext_lazy(
            "Two to four letters for the team’s mark. Left empty, it is made of the place."
        ),
        error_messages={"invalid": gettext_lazy("Use two to four letters or digits.")},
    )

    class Meta:
        model = Team
        fields = ("name", "place", "focus_area", "code", "time_zone")
        help_texts = {
            "place": gettext_lazy("Town and state or country."),
            "focus_area": gettext_lazy("In a few words."),
        }

    def __init__(self, data: QueryDict | None, *, instance: Team) -> None:
        super().__init__(data, instance=instance, initial={"time_zone": instance.series.time_zone})
        self.fields["time_zone"] = forms.ChoiceField(label=_("Time zone"), choices=zones.choices())

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self.instance.series.teams.filter(name__iexact=name).exists():
            raise ValidationError(_("There is a team of this name already."))
        return name


class InviteForm(forms.Form):
    """Pasted addresses, and what they are invited to.

    `roles` are those that the person may grant. With `team` the form is of that team alone.
    """

    addresses = forms.CharField(
        label=gettext_lazy("Addresses"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "area--short", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Paste them as they are: one a line, or with commas. Names may stand before them."
        ),
    )
    role = forms.ChoiceField(label=gettext_lazy("As"))
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=settings.LANGUAGES)
    is_under_18 = forms.BooleanField(
        label=gettext_lazy("They are under 18"),
        required=False,
        help_text=gettext_lazy("Nothing of theirs is made public without consent. No birth date is kept."),
    )

    def __init__(
        self, data: QueryDict | None, *, series: Series, roles: list[Role], team: Team | None = None
    ) -> None:
        self.series, self.own_team = series, team
        super().__init__(data, initial={"role": Role.MEMBER, "language": series.languages[0]})
        in_team = [(role.value, role.label.capitalize()) for role in roles if role in TEAM_ROLES]
        others = [(role.value, role.label.capitalize()) for role in roles if role not in TEAM_ROLES]
        groups = [(_("In a team"), in_team), (_("In the whole series"), others)]
        self.fields["role"].choices = [group for group in groups if group[1]]  # type: ignore[attr-defined]
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, name) for code, name in settings.LANGUAGES if code in series.languages
        ] or settings.LANGUAGES
        if team is None:
            self.fields["team"] = forms.ModelChoiceField(
                label=_("Team"),
                queryset=series.teams.exclude(status__in=GONE),
                required=False,
                empty_label=_("No team: the whole series"),
            )
            self.order_fields(["addresses", "role", "team", "language", "is_under_18"])

    def clean(self) -> None:
        if "role" not in self.cleaned_data or "language" not in self.cleaned_data:
            return
        self.offer = Offer(
            series=self.series,
            role=Role(self.cleaned_data["role"]),
            team=self.own_team or self.cleaned_data.get("team"),
            language=self.cleaned_data["language"],
            is_under_18=self.cleaned_data["is_under_18"],
        )
        try:
            self.offer.clean()
        except ValidationError as error:
            is_about_age = self.offer.is_under_18 and self.offer.role not in TEAM_ROLES
            where = "is_under_18" if is_about_age else "team" if "team" in self.fields else "role"
            self.add_error(where, error)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[(role.value, role.label) for role in TEAM_ROLES]
    )


class CoachForm(forms.Form):
    """Who coaches which team from now on."""

    team = forms.ModelChoiceField(queryset=Team.objects.none(), widget=forms.HiddenInput())
    coach = forms.ModelChoiceField(
        label=gettext_lazy("Coach"), queryset=User.objects.none(), empty_label=gettext_lazy("Choose")
    )

    def __init__(self, data: QueryDict | None, *, teams: Any, people: Any) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["coach"].queryset = people  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    """What the next coach must know, until when the present one goes on, and who comes after.

    `people` are those who may take over; None where the person names nobody.
    """

    note = forms.CharField(
        label=gettext_lazy("Handover note"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "What the next coach must know: where the team stands, what was agreed, what is open."
        ),
    )
    last_on = day_field(
        gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Left empty, it ends at once.")
    )
    successor = forms.ModelChoiceField(
        label=gettext_lazy("Who takes over"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
        help_text=gettext_lazy("They find the hand-over pack in their inbox."),
    )
    begins_on = day_field(
        gettext_lazy("They begin on"), required=False, help_text=gettext_lazy("Left empty, they begin today.")
    )

    def __init__(self, data: QueryDict | None, *, initial: dict[str, Any], people: Any) -> None:
        super().__init__(data, initial=initial)
        if people is None:
            del self.fields["successor"], self.fields["begins_on"]
        else:
            self.fields["successor"].queryset = people  # type: ignore[attr-defined]


class CoverForm(forms.Form):
    """Who stands in for a coach, with which teams, from when until when.

    `assignments` are those for which the person may name a cover, `people` who may stand in.
    """

    assignments = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Teams"), queryset=CoachAssignment.objects.none(), widget=Checks()
    )
    person = forms.ModelChoiceField(
        label=gettext_lazy("Who covers"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("They may decline."),
    )
    starts_on = day_field(gettext_lazy("First day"))
    ends_on = day_field(gettext_lazy("Last day"))
    note = forms.CharField(
        label=gettext_lazy("What they must know"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "area--short"}),
        help_text=gettext_lazy("They read it in their inbox and in the pack. The team does not."),
    )

    def __init__(
        self, data: QueryDict | None, *, initial: dict[str, Any], assignments: Any, people: Any, by: User
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        field: Any = self.fields["assignments"]
        field.queryset = assignments
        field.label_from_instance = lambda row: (
            row.team.name if row.coach_id == by.pk else f"{row.team.name} ({row.coach.name})"
        )


STATUS_NOTES = {
    TeamStatus.ACTIVE: gettext_lazy("Check-ins are due again from here on."),
    TeamStatus.PAUSED: gettext_lazy(
        "Nothing is due, nobody is reminded. With a last day it comes back by itself."
    ),
    TeamStatus.MERGED: gettext_lazy("It goes on as part of another team."),
    TeamStatus.WITHDRAWN: gettext_lazy("It left the series. What it told stays and counts."),
    TeamStatus.COMPLETED: gettext_lazy("Its work is done. Nothing more is due."),
}


class StatusForm(forms.ModelForm):
    """That a team pauses, comes back, merges, leaves or is done."""

    status = forms.ChoiceField(label=gettext_lazy("From now on the team is"), widget=Cards(grid=2))
    on = day_field(gettext_lazy("Since when"))
    ends_on = day_field(
        gettext_lazy("Last day of the pause"),
        required=False,
        help_text=gettext_lazy("Left empty, it lasts until somebody says that the team is back."),
    )

    class Meta:
        model = TeamStatusChange
        fields = ("status", "on", "ends_on", "into", "reason")
        labels = {"into": gettext_lazy("Merged into"), "reason": gettext_lazy("Why")}
        help_texts = {
            "reason": gettext_lazy("In a line, without names. Of a team that left it stands in the report."),
        }

    def __init__(self, data: QueryDict | None, *, instance: TeamStatusChange) -> None:
        super().__init__(data, instance=instance)
        team: Team = instance.team
        offered = [status for status in CHANGES if status != team.status or status == TeamStatus.PAUSED]
        fields: dict[str, Any] = self.fields
        fields["status"].choices = [(status.value, status.label) for status in offered]
        fields["status"].widget.notes = {status.value: STATUS_NOTES[status] for status in offered}
        fields["into"].queryset = team.series.teams.exclude(status__in=GONE).exclude(pk=team.pk)
        fields["into"].empty_label = _("no team")
        fields["into"].widget.attrs["class"] = "select"
