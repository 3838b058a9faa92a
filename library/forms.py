"""Whether what was typed of a resource, or of its use, is well formed. A file that came is never lost."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.kinds import ACCEPT
from accounts.models import File, FileState
from core.widgets import DriverChoices, FilePick
from library.models import Resource, Use
from progress.models import PlanItem
from series.models import Driver, Series
from storymaps.models import StoryEntry
from storymaps.pages.evidence_forms import KeepsFile
from teams.models import Team
from teams.permissions import is_under_18


class ResourceForm(KeepsFile, forms.ModelForm):
    """A resource: what it is and why it is useful, with a link, a file or a text."""

    file = forms.FileField(
        label=_("A file"), required=False, widget=FilePick(ACCEPT, _("Choose a file"), mark="file")
    )
    drivers = forms.ModelMultipleChoiceField(
        Driver.objects.none(),
        label=_("Which drivers does it help?"),
        help_text=_("None means: all of them."),
        required=False,
        widget=DriverChoices,
    )
    url = forms.URLField(
        label=_("Address of the page"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("We show the address and never open it ourselves."),
    )

    class Meta:
        model = Resource
        fields = ("title", "kind", "why", "url", "text", "licence", "language", "team")
        widgets = {
            "why": forms.Textarea({"rows": 2, "class": "area--short"}),
            "text": forms.Textarea({"rows": 5}),
        }
        help_texts = {
            "why": _("In a sentence: what did it help you to do?"),
            "text": _("A letter, a list of questions, an answer: what one can copy."),
        }

    def __init__(self, *args: Any, series: Series, user: Any, teams: list[Team], **kwargs: Any) -> None:
        """`teams` are those for which `user` may share in `series`."""
        self.user = user
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["drivers"].queryset = series.drivers.all()
        if self.instance.pk:
            self.initial["drivers"] = [driver.pk for driver in self.instance.drivers.all()]
            self.fields.pop("team")
            return
        self.initial.setdefault("language", user.language)
        if not teams:
            self.fields.pop("team")
            return
        fields["team"].queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
        fields["team"].empty_label = _("for no team, in my own name")
        if teams[0].is_own:  # type: ignore[attr-defined]
            self.initial.setdefault("team", teams[0].pk)
        if is_under_18(user):  # the team speaks; the name of a young person is not told
            fields["team"].required, fields["team"].empty_label = True, None

    def clean_file_key(self) -> UUID | None:
        """The writer's own file, and in no place yet."""
        key: UUID | None = self.cleaned_data["file_key"]
        if key is None:
            return None
        mine = File.objects.filter(key=key, uploaded_by=self.user, evidence=None, resource=None)
        self.kept = mine.exclude(state=FileState.REFUSED).first()
        return key if self.kept else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        has_some = self.has_file or self.instance.file_id or data.get("url") or data.get("text", "").strip()
        if not self.errors and not has_some:
            raise forms.ValidationError(_("Give a link, a file or a text."))
        return data

    @property
    def draft(self) -> Resource:
        """The resource as it was typed, not saved yet."""
        resource: Resource = self.instance
        if self.kept is not None:
            resource.file = self.kept
        return resource


class UseForm(forms.ModelForm):
    """In a line how a team used something, and where in its plan or its stories that stands."""

    class Meta:
        model = Use
        fields = ("note", "item", "story")

    def __init__(self, *args: Any, team: Team, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        items = PlanItem.objects.visible_to(user).filter(plan__team=team).select_related("plan")
        fields["item"].queryset = items.order_by("-plan__period__number", "position", "pk")
        stories = StoryEntry.objects.visible_to(user).filter(team=team, is_intended=False)
        fields["story"].queryset = stories.order_by("-began_on", "-pk")


class LineForm(forms.Form):
    """What a change does, in a line of the package."""

    line = forms.CharField(label=_("What does it do? In one line"), max_length=300, required=False)
