"""Whether what was typed about a story is well formed, and only reaches for what its writer may reach."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.drafts import draft_context, fill
from accounts.kinds import ACCEPT, ENDINGS, FileKind, ending_of
from accounts.models import File, FileState
from core import clock
from core.widgets import Cards, Checks, DriverChoices, FilePick
from progress.models import Channel, PlanItem, TestCycle
from series.models import Driver
from storymaps import services
from storymaps.earlier import Choice, choices, ids_of
from storymaps.models import (
    Result,
    StoryEntry,
    Strand,
    Visibility,
)
from teams.models import Team

STRAND_NOTES = {
    "research": _("we found out"),
    "story": _("someone lived it"),
    "improvement": _("we changed it"),
}
WHO_READS = [(value.value, value.label) for value in (Visibility.TEAM, Visibility.SERIES)]
QUICK = (
    "text", "drivers", "strand", "photo", "alt_text", "began_on", "grew_out_of_items", "result",
    "names_people", "visibility", "channel",
)  # fmt: skip


class DayInput(forms.DateInput):
    """A day by the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__({"class": "input--short"}, format="%Y-%m-%d")


class StoryEntryForm(forms.ModelForm):
    """A story entry; only what happened is asked for. `is_quick` leaves the rarer fields to the full form."""

    drivers = forms.ModelMultipleChoiceField(
        Driver.objects.none(), label=_("Which drivers does it touch?"), required=False, widget=DriverChoices
    )
    strand = forms.ChoiceField(
        label=_("What kind of entry is it?"),
        choices=Strand.choices,
        required=False,
        widget=Cards(notes=STRAND_NOTES),
    )
    result = forms.ChoiceField(
        label=_("How did it go?"), choices=Result.choices, required=False, widget=Cards(grid=2)
    )
    photo = forms.FileField(
        label=_("Photo, sound, video or document"),
        required=False,
        widget=FilePick(ACCEPT, _("Choose a photo or file"), key_name="photo_key"),
    )
    photo_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    alt_text = forms.CharField(
        label=_("What does it show?"),
        help_text=_("In a sentence, for those who cannot see it."),
        max_length=300,
        required=False,
    )
    grew_out_of_items = forms.ModelMultipleChoiceField(
        PlanItem.objects.none(),
        label=_("What in our plan did it grow out of?"),
        required=False,
        widget=Checks,
    )
    grew_out_of_tests = forms.ModelMultipleChoiceField(
        TestCycle.objects.none(),
        label=_("Which of our tests did it grow out of?"),
        required=False,
        widget=Checks,
    )
    grew_out_of_entries = forms.ModelMultipleChoiceField(
        StoryEntry.objects.none(), label=_("It grew out of these stories"), required=False, widget=Checks
    )
    find = forms.CharField(
        label=_("Find an earlier story"),
        help_text=_("Of our team, or one that another team shared."),
        max_length=200,
        required=False,
    )

    class Meta:
        model = StoryEntry
        fields = (
            "text", "title", "began_on", "ended_on", "place", "who", "why_it_matters", "strand", "result",
            "is_intended", "names_people", "language", "visibility", "channel", "how", "now_think",
            "values_shown", "sphere", "partner", "partner_name",
        )  # fmt: skip
        widgets = {
            "text": forms.Textarea({"rows": 3, "class": "area--short"}),
            "why_it_matters": forms.Textarea({"rows": 2, "class": "area--short"}),
            "how": forms.Textarea({"rows": 2, "class": "area--short"}),
            "now_think": forms.Textarea({"rows": 2, "class": "area--short"}),
            "began_on": DayInput(),
            "ended_on": DayInput(),
            "visibility": forms.Select(choices=WHO_READS),
        }
        help_texts = {
            "text": _("One sentence is enough. The rest can wait."),
            "title": _("Without one, the first sentence is the title."),
            "who": _("For example: two ninth graders, a bus driver."),
            "place": _("A town or a school is enough."),
            "now_think": _("If it did not work, or not quite: what did it teach you?"),
            "partner_name": _("A school board, a parents’ group, a bus company: by role, not by name."),
        }
        labels = {
            "channel": _("How did it reach you?"),
            "is_intended": _("We intend this; it is not yet tried"),
        }

    def __init__(
        self,
        *args: Any,
        team: Team,
        user: Any,
        is_quick: bool = False,
        on_behalf: bool | None = None,
        **kwargs: Any,
    ) -> None:
        """`on_behalf` spares asking whether `user` files for a team that is not theirs."""
        self.team, self.user = team, user
        super().__init__(*args, **kwargs)
        self.kept_photo: File | None = None
        self._scope(is_quick=is_quick)
        if self.instance.pk is None:
            self.initial["language"] = user.language
            self.initial["began_on"] = clock.today(team.time_zone)
        else:  # evidence has its own forms on the page of the entry
            for name in ("photo", "photo_key", "alt_text"):
                self.fields.pop(name)
        if not is_quick and team.series.uses_boundary_partners:
            self.fields["partner"].queryset = team.partners.all()  # type: ignore[attr-defined]
        else:
            self.fields.pop("partner")
        if self.instance.visibility == Visibility.PUBLIC:
            self.fields.pop("visibility")
        else:
            self.fields["visibility"].choices = WHO_READS  # type: ignore[attr-defined]
        is_author = self.instance.pk is None or self.instance.author_id == user.pk
        if on_behalf is None:
            on_behalf = is_author and services.files_on_behalf(user, team)
        if not on_behalf:
            self.fields.pop("channel")
        if self.is_bound:
            self._fill_usual()
        if is_quick:
            for name in set(self.fields) - {*QUICK, "photo_key"}:
                self.fields.pop(name)

    def _fill_usual(self) -> None:
        """Only the text is asked for: what else must be there has its usual value where none was sent."""
        kept = self.instance
        usual = {
            "began_on": (kept.began_on or clock.today(self.team.time_zone)).isoformat(),
            "language": kept.language if kept.pk else self.user.language,
            "visibility": kept.visibility,
            "channel": kept.channel or Channel.WEB,
        }
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in usual.items():
            if name in self.fields and not data.get(name):
                data[name] = value
        self.data = data

    def _scope(self, *, is_quick: bool) -> None:
        """Let every choice reach what this person may reach, and offer what is near at hand."""
        fields: dict[str, Any] = self.fields
        fields["drivers"].queryset = self.team.series.drivers.all()
        items = PlanItem.objects.filter(plan__team=self.team).select_related("plan__period")
        fields["grew_out_of_items"].queryset = items
        fields["grew_out_of_items"].widget.choices = self._near_items(items)
        if is_quick:
            self.fields.pop("grew_out_of_tests")
        else:
            tests = TestCycle.objects.filter(item__plan__team=self.team).select_related("item__plan__period")
            fields["grew_out_of_tests"].queryset = tests
            fields["grew_out_of_tests"].widget.choices = self._near_tests(tests)
        readable = StoryEntry.objects.visible_to(self.user).exclude(pk=self.instance.pk)
        fields["grew_out_of_entries"].queryset = readable
        if self.instance.pk:
            self.initial["drivers"] = [driver.pk for driver in self.instance.drivers.all()]
            self.initial["grew_out_of_items"] = [item.pk for item in self.instance.grew_out_of_items.all()]
            linked = readable.filter(became_entries=self.instance) if not is_quick else readable.none()
            self.initial["grew_out_of_entries"] = list(linked.values_list("pk", flat=True))

    def _near_items(self, items: Iterable[PlanItem]) -> list[tuple[int, str]]:
        """The plan of the period of today (else of the newest plan), and what is linked already."""
        today = clock.today(self.team.time_zone)
        mine = {item.pk for item in self.instance.grew_out_of_items.all()} if self.instance.pk else set()
        rows = sorted(items, key=lambda item: (item.plan.period.number, item.position, item.pk))
        begun = [item.plan.period.number for item in rows if item.plan.period.starts_on <= today]
        now = max(begun, default=0)
        return [(i.pk, i.what) for i in rows if i.pk in mine or i.plan.period.number == now]

    def _near_tests(self, tests: Iterable[TestCycle]) -> list[tuple[int, str]]:
        """The tests of the newest period that has any begun, and what is linked already, the newest first."""
        mine = {test.pk for test in self.instance.grew_out_of_tests.all()} if self.instance.pk else set()
        self.initial["grew_out_of_tests"] = sorted(mine)
        rows = sorted(tests, key=lambda test: (test.item.plan.period.number, test.item_id, -test.number))
        now = max((test.item.plan.period.number for test in rows), default=0)
        near = [test for test in rows if test.pk in mine or test.item.plan.period.number == now]
        return [(test.pk, f"{test.item.what}: {test}") for test in near]

    @property
    def earlier(self) -> list[Choice]:
        """What may be chosen as a source: what is chosen, then what was looked for."""
        chosen = ids_of(self["grew_out_of_entries"].value() or ())
        words = str(self["find"].value() or "")
        return choices(self.team, self.user, chosen, words, but=self.instance.pk or 0)

    def clean_photo_key(self) -> UUID | None:
        """A file kept from an earlier try, or sent before the form: the writer's own, and in no entry yet."""
        key: UUID | None = self.cleaned_data["photo_key"]
        if key is None:
            return None
        mine = File.objects.filter(key=key, uploaded_by=self.user, evidence=None)
        self.kept_photo = mine.exclude(state=FileState.REFUSED).first()
        return key if self.kept_photo else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        upload, kept = data.get("photo"), self.kept_photo
        name = upload.name if upload else kept.name if kept else ""
        is_photo = name and getattr(ENDINGS.get(ending_of(name)), "kind", "") == FileKind.PHOTO
        if is_photo and "alt_text" in self.fields and not data.get("alt_text"):
            self.add_error(
                "alt_text", _("Say in a sentence what the photo shows, for those who cannot see it.")
            )
        return data

    def keep_photo(self, file: File) -> None:
        """Hold on to a file that came with the form: shown again with it, if the form comes back."""
        self.kept_photo = file
        if self.is_bound:
            data = QueryDict(mutable=True)
            data.update(self.data)
            data["photo_key"] = str(file.key)
            self.data = data

    def links(self) -> dict[str, Any]:
        """What the services take beside the draft itself."""
        data = self.cleaned_data
        return {
            "drivers": list(data.get("drivers") or ()),
            "items": list(data.get("grew_out_of_items") or ()),
            "tests": list(data.get("grew_out_of_tests") or ()),
            "entries": list(data.get("grew_out_of_entries") or ()),
            **({"photo": self.kept_photo, "alt_text": data["alt_text"]} if "alt_text" in data else {}),
        }


def log_context(
    user: Any,
    team: Team,
    submission_id: UUID,
    *,
    is_quick: bool = True,
    on_behalf: bool | None = None,
    grew_out_of: StoryEntry | None = None,
) -> dict[str, Any]:
    """What components/log_form.html needs for a blank form, with the draft that `user` left in it.

    `grew_out_of` is the story that the new one is to continue: it is chosen as a source, its drivers too.
    """
    blank = StoryEntry(team=team, submission_id=submission_id)
    form = StoryEntryForm(instance=blank, team=team, user=user, is_quick=is_quick, on_behalf=on_behalf)
    context = draft_context(user, "log", services.draft_target(team))
    fill(form, context["draft"])
    if grew_out_of is not None:
        chosen = ids_of(form.initial.get("grew_out_of_entries") or ())
        form.initial["grew_out_of_entries"] = sorted({*chosen, grew_out_of.pk})
        form.initial.setdefault("drivers", [driver.pk for driver in grew_out_of.drivers.all()])
        form.initial["strand"] = form.initial.get("strand") or grew_out_of.strand
    return context | {"form": form, "submission_id": submission_id, "is_quick": is_quick, "team": team}


class DecisionForm(forms.Form):
    """The lead's answer to a request to publish, given on one version of the text."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    states_nobody_recognisable = forms.BooleanField(
        label=_("Nobody can be recognised in it: not by name, not by what is told."), required=False
    )


AUDIENCE_WORDS = {
    Visibility.TEAM: _("our team, our coach and the facilitators"),
    Visibility.SERIES: _("all teams in the series"),
    Visibility.PUBLIC: _("all teams in the series; cleared for the public"),
}
