"""The wizard's form, and the small ones of the set-up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import zones
from core.widgets import Checks, Segments
from series.calendar import (
    Finding,
    Findings,
    Layout,
    Mode,
    PeriodDates,
    SessionDates,
    ShapeKind,
    SummitDates,
    add_days,
    check,
    letter_of,
)
from series.models import RhythmKind, Series
from series.recipe import MOST_SESSIONS, Recipe, followed, read_months

DRIVERS = (
    gettext_lazy("Policy"),
    gettext_lazy("Practice"),
    gettext_lazy("Public narrative"),
    gettext_lazy("Strategy"),
)
PALETTE = range(1, 7)
NAMES_OF_MODEL = (
    "name",
    "shape",
    "time_zone",
    "rhythm",
    "rhythm_weeks",
    "rhythm_weekday",
    "rhythm_month_day",
)


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput(), input_formats=["%Y-%m-%d"], **more)


def place_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=120, required=False)


def driver_fields(initial: dict[int, str]) -> dict[str, forms.CharField]:
    """The six places of the palette, each with a name or free."""
    return {
        f"driver-{slot}": forms.CharField(
            label=_("Driver %(number)s") % {"number": slot},
            max_length=60,
            required=False,
            initial=initial.get(slot, ""),
        )
        for slot in PALETTE
    }


def clean_drivers(form: forms.Form) -> list[str]:
    """The six names, empty where free; puts an error on the first name that is there twice."""
    names = [str(form.cleaned_data.get(f"driver-{slot}", "")) for slot in PALETTE]
    seen: set[str] = set()
    for slot, name in zip(PALETTE, names, strict=True):
        if name and name.casefold() in seen:
            form.add_error(f"driver-{slot}", _("This name is there already."))
        seen.add(name.casefold())
    if not any(names):
        form.add_error("driver-1", _("Name at least one driver."))
    return names


@dataclass
class Slot:
    """One event of the calendar as the page shows it: fields, what is wrong, and the period after it."""

    letter: str  # empty for the Summit
    name: str
    starts: BoundField
    ends: BoundField
    place: BoundField
    was: str  # for `let_last_days_follow`, with the name of its hidden field
    was_name: str
    period: PeriodDates | None
    warnings: list[Finding]


class SeriesForm(forms.Form):
    """A series in one page: its question, its rhythm, and every date of two years.

    The upper answers (shape, first day, sessions, months) are a recipe. `laid_out` tells for which recipe
    the dates below were made; where the recipe has changed, they are made anew before anything is checked.
    """

    question = forms.CharField(
        label=gettext_lazy("Guiding question"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "area--short"}),
        help_text=gettext_lazy("The one question under which all teams work. It can be reworded later."),
    )
    name = forms.CharField(label=gettext_lazy("Name of the series"), max_length=120)
    shape = forms.ChoiceField(
        choices=[(kind.value, kind) for kind in ShapeKind], initial=ShapeKind.SEVERAL_PLACES
    )
    start = day_field(
        gettext_lazy("First day of Session A"),
        help_text=gettext_lazy("Everything else follows from this day."),
    )
    sessions = forms.IntegerField(
        label=gettext_lazy("Learning Sessions"), min_value=1, max_value=MOST_SESSIONS,
        help_text=gettext_lazy("Before the Final Summit."),
    )  # fmt: skip
    months = forms.CharField(
        label=gettext_lazy("Months in each Action Period"),
        max_length=60,
        help_text=gettext_lazy("One number for all, or one for each: 3 4 3 4."),
    )
    opens_on = day_field(gettext_lazy("Pre-work begins"))
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often do teams check in?"),
        choices=[
            (RhythmKind.MONTHLY, gettext_lazy("Monthly")),
            (RhythmKind.WEEKS, gettext_lazy("Every few weeks")),
        ],
        initial=RhythmKind.MONTHLY,
        widget=Segments(),
    )
    rhythm_month_day = forms.TypedChoiceField(
        label=gettext_lazy("Day of the month"), coerce=int, initial=31,
        choices=[*((day, str(day)) for day in range(1, 29)), (31, gettext_lazy("the last day"))],
    )  # fmt: skip
    rhythm_weeks = forms.TypedChoiceField(
        label=gettext_lazy("Weeks between check-ins"),
        coerce=int,
        initial=2,
        choices=[(n, str(n)) for n in range(1, 9)],
    )
    rhythm_weekday = forms.TypedChoiceField(
        label=gettext_lazy("Weekday"), coerce=int, initial=4, choices=list(WEEKDAYS.items())
    )
    language = forms.ChoiceField(label=gettext_lazy("Main language"), choices=settings.LANGUAGES)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages that people write in"), choices=settings.LANGUAGES, widget=Checks()
    )
    laid_out = forms.CharField(widget=forms.HiddenInput(), required=False)

    def __init__(self, data: QueryDict | None, *, suggestion: Recipe, language: str, zone: str) -> None:
        self.is_laid_out_anew = False
        recipe = suggestion
        if data is not None:
            data = data.copy()
            let_last_days_follow(data)
            recipe = self.read_recipe(data) or suggestion
        self.rows = recipe.sessions
        self.months_of_recipe = recipe.months
        initial: dict[str, Any] = {
            "shape": recipe.kind.value,
            "sessions": recipe.sessions,
            "months": recipe.months_text,
        }
        initial |= {"start": recipe.start, "laid_out": recipe.signature, "time_zone": zone}
        initial |= {"language": language, "languages": [language]}
        initial |= dates_of(recipe.lay_out())
        super().__init__(data, initial=initial)
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=[("", _("Choose")), *zones.choices()]
        )
        self.fields.update(driver_fields({n: str(name) for n, name in enumerate(DRIVERS, start=1)}))
        for number in range(1, self.rows + 1):
            name = _("Session %(letter)s") % {"letter": letter_of(number)}
            self.add_event(f"session-{number}", name)
        self.add_event("summit", _("Final Summit"))

    def add_event(self, key: str, name: str) -> None:
        """Three fields an event. Its name is heard in each label, and seen beside them."""
        missing = {"required": _("Choose the days of %(event)s.") % {"event": name}}
        for part, words in (("starts_on", _("First day")), ("ends_on", _("Last day"))):
            label = format_html('<span class="vh">{}: </span>{}', name, words)
            self.fields[f"{key}-{part}"] = day_field(label, error_messages=missing)
        self.fields[f"{key}-place"] = place_field(
            format_html('<span class="vh">{}: </span>{}', name, _("Host place"))
        )

    def read_recipe(self, data: QueryDict) -> Recipe | None:
        """The recipe in `data`, and the dates laid out anew in it where it has changed; None if it is none.

        Without a good recipe the dates stay as they were typed, so many as there were.
        """
        laid_out = data.get("laid_out", "")
        asked = {
            "kind": data.get("shape", ""),
            "sessions": data.get("sessions", ""),
            "months": data.get("months", ""),
        }
        answers = followed({name: value.strip() for name, value in asked.items()}, laid_out)
        data["sessions"], data["months"] = answers["sessions"], answers["months"]
        try:
            start = date.fromisoformat(data.get("start", ""))
            sessions = int(answers["sessions"])
            if not 1 <= sessions <= MOST_SESSIONS:
                raise ValueError
            recipe = Recipe(ShapeKind(answers["kind"]), start, read_months(answers["months"], sessions))
        except (ValueError, ValidationError):
            return self.recipe_of(laid_out)
        if recipe.signature != laid_out:
            self.is_laid_out_anew = True
            data["laid_out"] = recipe.signature
            for name, value in dates_of(recipe.lay_out()).items():
                data[name] = value.isoformat()
        return recipe

    def recipe_of(self, signature: str) -> Recipe | None:
        """The recipe for which the dates in the form were made; None where the form was not ours."""
        try:
            kind, start, sessions, months = signature.split("|")
            if not 1 <= int(sessions) <= MOST_SESSIONS:
                return None
            return Recipe(ShapeKind(kind), date.fromisoformat(start), read_months(months, int(sessions)))
        except (ValueError, ValidationError):
            return None

    def clean_months(self) -> str:
        text: str = self.cleaned_data["months"]
        if sessions := self.cleaned_data.get("sessions"):
            read_months(text, sessions)
        return text

    def clean(self) -> None:
        self.drivers = clean_drivers(self)
        language = self.cleaned_data.get("language")
        others = self.cleaned_data.get("languages", [])
        self.all_languages = [language, *(code for code in others if code != language)]
        if self.layout is not None and not self.errors.keys() & dates_of(self.layout).keys():
            for found in self.findings.errors:
                self.add_error(found.field, found.message)

    @property
    def event_keys(self) -> list[str]:
        return [*(f"session-{number}" for number in range(1, self.rows + 1)), "summit"]

    def day_of(self, name: str) -> date | None:
        """The day that stands in a field, as typed or as laid out; None if it is none."""
        value = self[name].value()
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            return None

    @cached_property
    def layout(self) -> Layout | None:
        """The calendar as it stands in the form, good or not; None while a date is missing."""
        days = {name: self.day_of(name) for name in ("opens_on", *date_names(self.event_keys))}
        if not all(days.values()):
            return None
        dates: dict[str, date] = {name: day for name, day in days.items() if day}
        return Layout(
            opens_on=dates["opens_on"],
            sessions=tuple(
                SessionDates(dates[f"session-{n}-starts_on"], dates[f"session-{n}-ends_on"], letter_of(n))
                for n in range(1, self.rows + 1)
            ),
            summit=SummitDates(dates["summit-starts_on"], dates["summit-ends_on"]),
            months=self.months_of_recipe,
        )

    @cached_property
    def accepted(self) -> list[str]:
        return list(self.data.getlist("accepted")) if isinstance(self.data, QueryDict) else []

    @cached_property
    def findings(self) -> Findings:
        """What is wrong with the dates; nothing while one is missing."""
        return check(self.layout, self.accepted) if self.layout else Findings((), ())

    def slots(self) -> Iterator[Slot]:
        """The events in order, for the page."""
        asked = [] if self.findings.errors else [*self.findings.warnings, *self.findings.accepted]
        for place, key in enumerate(self.event_keys):
            is_summit = key == "summit"
            period = self.layout.periods[place] if self.layout and not is_summit else None
            yield Slot(
                letter="" if is_summit else letter_of(place + 1),
                name=_("Final Summit")
                if is_summit
                else _("Session %(letter)s") % {"letter": letter_of(place + 1)},
                starts=self[f"{key}-starts_on"],
                ends=self[f"{key}-ends_on"],
                place=self[f"{key}-place"],
                was=f"{self.day_of(f'{key}-starts_on')}/{self.day_of(f'{key}-ends_on')}",
                was_name=f"{key}-was",
                period=period if period and period.days > 0 else None,
                warnings=[found for found in asked if found.field.startswith(f"{key}-")],
            )

    @property
    def places(self) -> list[str]:
        return [self.cleaned_data[f"{key}-place"] for key in self.event_keys]

    def forget_what_is_not_dates(self) -> None:
        """Drop the errors of all other fields: whoever looks at the calendar is not asked for a name yet."""
        about = {"shape", "start", "sessions", "months", "opens_on", *date_names(self.event_keys)}
        for name in [name for name in self.errors if name not in about]:
            del self.errors[name]

    def series(self, submission_id: Any) -> Series:
        """The series of this form, not saved."""
        values = {name: self.cleaned_data[name] for name in NAMES_OF_MODEL}
        return Series(
            submission_id=submission_id,
            languages=self.all_languages,
            accepted_warnings=self.accepted,
            **values,
        )


def let_last_days_follow(data: QueryDict) -> None:
    """Move the last day of each event whose first day was moved and whose last day was not touched.

    Each event carries along the two days that the page showed; an event that is moved keeps its length.
    """
    for name in [name for name in data if name.endswith("-was")]:
        key = name.removesuffix("-was")
        try:
            first, last = (date.fromisoformat(day) for day in data.get(name, "").split("/"))
            moved_to = date.fromisoformat(data.get(f"{key}-starts_on", ""))
        except ValueError:
            continue
        if moved_to != first and data.get(f"{key}-ends_on") == last.isoformat():
            data[f"{key}-ends_on"] = add_days(last, (moved_to - first).days).isoformat()


def date_names(keys: list[str]) -> list[str]:
    return [f"{key}-{part}" for key in keys for part in ("starts_on", "ends_on")]


def dates_of(layout: Layout) -> dict[str, date]:
    """The dates of a layout by the names of their fields."""
    dates = {"opens_on": layout.opens_on}
    for place, event in enumerate(layout.events):
        key = "summit" if place == len(layout.sessions) else f"session-{place + 1}"
        dates |= {f"{key}-starts_on": event.starts_on, f"{key}-ends_on": event.ends_on}
    return dates


class MoveForm(forms.Form):
    """A new first day for one event, and what becomes of the later ones."""

    starts_on = day_field(gettext_lazy("New first day"))
    mode = forms.ChoiceField(
        label=gettext_lazy("What about the later ones?"),
        choices=[
            (
                Mode.ONLY.value,
                gettext_lazy("Move only this one; the Action Periods beside it stretch and shrink"),
            ),
            (Mode.SHIFT_ALL.value, gettext_lazy("Shift all later ones by the same number of days")),
        ],
        initial=Mode.ONLY.value,
        widget=forms.RadioSelect(),
    )
    was_on = forms.DateField(widget=forms.HiddenInput())


class PlaceForm(forms.Form):
    """Where a session is held."""

    place = place_field(gettext_lazy("Host place"))


class WordsForm(forms.Form):
    """The question as it now stands, and the names of the drivers."""

    question = forms.CharField(
        label=gettext_lazy("Guiding question"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "area--short"}),
        help_text=gettext_lazy("Earlier wordings are kept."),
    )

    def __init__(self, data: QueryDict | None, *, series: Series) -> None:
        self.there = {driver.slot: driver.name for driver in series.drivers.all()}
        newest = series.questions.first()
        super().__init__(data, initial={"question": newest.text if newest else ""})
        self.fields.update(driver_fields(self.there))

    def clean(self) -> None:
        self.drivers = clean_drivers(self)
        for slot in self.there:
            if not self.drivers[slot - 1]:
                self.add_error(
                    f"driver-{slot}", _("A driver can be renamed, not taken away: stories may stand on it.")
                )
