"""The wizard's form: what it lays out, what it refuses, what it keeps."""

from datetime import date

import pytest
from django.http import QueryDict

from series.calendar import ShapeKind
from series.forms import SeriesForm, dates_of
from series.recipe import Recipe, followed, read_months, suggested

SUGGESTION = Recipe(ShapeKind.SEVERAL_PLACES, date(2026, 9, 17), (6, 6, 6))


def answers(recipe: Recipe = SUGGESTION, **changed: str) -> QueryDict:
    """What a browser sends for `recipe` laid out, with some fields changed."""
    values = {
        "question": "Who writes the plans?",
        "name": "Plans",
        "shape": recipe.kind.value,
        "start": recipe.start.isoformat(),
        "sessions": str(recipe.sessions),
        "months": recipe.months_text,
        "rhythm": "monthly",
        "rhythm_month_day": "31",
        "rhythm_weeks": "2",
        "rhythm_weekday": "4",
        "language": "en",
        "languages": "en",
        "time_zone": "America/Chicago",
        "laid_out": recipe.signature,
        "driver-1": "Policy",
    }
    values |= {name: day.isoformat() for name, day in dates_of(recipe.lay_out()).items()}
    data = QueryDict(mutable=True)
    data.update(values | {name.replace("__", "-"): value for name, value in changed.items()})
    return data


def form_of(data: QueryDict | None = None) -> SeriesForm:
    return SeriesForm(data, suggestion=SUGGESTION, language="en", zone="")


def test_a_blank_form_shows_two_years_laid_out():
    form = form_of()

    assert form.layout == SUGGESTION.lay_out()
    assert [slot.name for slot in form.slots()] == ["Session A", "Session B", "Session C", "Final Summit"]


def test_a_good_form_gives_a_series():
    form = form_of(answers())

    assert form.is_valid(), form.errors
    assert not form.is_laid_out_anew
    assert form.layout == SUGGESTION.lay_out()
    assert form.findings.is_fine


def test_the_misprint_of_the_pilot_is_refused_at_the_field_and_names_both_sessions():
    # The seed text prints Session A in November 2014, after Session B in September 2014.
    pilot = Recipe(ShapeKind.SEVERAL_PLACES, date(2014, 11, 7), (6, 6, 6))
    form = form_of(
        answers(
            pilot,
            **{"session-1-ends_on": "2014-11-11"},
            **{"session-2-starts_on": "2014-09-18", "session-2-ends_on": "2014-09-22"},
        )
    )

    assert not form.is_valid()
    assert form.errors["session-2-starts_on"] == [
        "Session B begins on 18 September 2014. That is before Session A, which begins on 7 November 2014."
    ]
    assert form["session-2-starts_on"].value() == "2014-09-18"  # what was typed stays


def test_a_date_moved_by_hand_is_kept():
    form = form_of(answers(**{"session-2-starts_on": "2027-03-18", "session-2-ends_on": "2027-03-19"}))

    assert form.is_valid()
    assert form.layout.sessions[1].starts_on == date(2027, 3, 18)


def test_the_last_day_follows_the_first_one_unless_it_was_touched():
    was = {"session-2-was": "2027-03-17/2027-03-18", "session-2-starts_on": "2027-03-24"}
    followed_along = form_of(answers(**was, **{"session-2-ends_on": "2027-03-18"}))
    typed = form_of(answers(**was, **{"session-2-ends_on": "2027-03-27"}))
    broken = form_of(answers(**(was | {"session-2-was": "None/x"})))

    assert followed_along.layout.sessions[1].ends_on == date(2027, 3, 25)
    assert typed.layout.sessions[1].ends_on == date(2027, 3, 27)
    assert broken.layout.sessions[1].ends_on == date(2027, 3, 18)


def test_another_first_day_lays_all_dates_out_anew():
    form = form_of(answers(start="2026-10-15"))

    form.is_valid()

    assert form.is_laid_out_anew
    assert form.layout.first_session_on == date(2026, 10, 15)
    assert form["laid_out"].value() == "places|2026-10-15|3|6"


def test_another_shape_brings_its_sessions_and_months():
    form = form_of(answers(shape="community"))

    form.is_valid()

    assert (form["sessions"].value(), form["months"].value()) == ("7", "3 4 3 4 3 4 3")
    assert len(list(form.slots())) == 8


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (("community", "6", "3 4 3 4 3 4 3"), "community|2026-09-17|7|3 4 3 4 3 4 3", ("6", "4")),
        (("community", "6", "6"), "places|2026-09-17|3|6", ("6", "4")),
        (("own", "3", "6"), "places|2026-09-17|3|6", ("3", "6")),
        (("own", "2", "5 9"), "own|2026-09-17|3|6", ("2", "5 9")),
        (("places", "4", "6"), "places|2026-09-17|3|6", ("4", "6")),
        (("places", "", ""), "", ("3", "6")),
    ],
)
def test_followed_moves_only_what_was_not_touched(now, before, expected):
    kind, sessions, months = now

    found = followed({"kind": kind, "sessions": sessions, "months": months}, before)

    assert (found["sessions"], found["months"]) == expected


@pytest.mark.parametrize("months", ["x", "0", "6 6", "-1", "25", "999999999999999999999"])
def test_months_that_cannot_be_are_refused_and_the_dates_stay(months):
    form = form_of(answers(months=months))

    assert not form.is_valid()
    assert "months" in form.errors
    assert form.layout == SUGGESTION.lay_out()


def test_read_months_takes_commas_and_one_for_all():
    assert read_months("6", 3) == (6, 6, 6)
    assert read_months("3, 4,3", 3) == (3, 4, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start", ""),
        ("start", "2026-02-30"),
        ("sessions", "0"),
        ("sessions", "99"),
        ("shape", "x"),
        ("laid_out", "x|y"),
    ],
)
def test_a_broken_recipe_never_breaks_the_page(name, value):
    form = form_of(answers(**{name: value}))

    form.is_valid()

    assert list(form.slots())


def test_a_missing_date_is_asked_for_by_the_name_of_its_event():
    form = form_of(answers(**{"summit-starts_on": ""}))

    assert not form.is_valid()
    assert form.errors["summit-starts_on"] == ["Choose the days of Final Summit."]
    assert form.layout is None


def test_a_warning_asks_until_it_is_accepted():
    data = answers(**{"session-1-ends_on": "2026-09-21"})
    form = form_of(data)
    form.is_valid()
    (asked,) = form.findings.warnings
    data.setlist("accepted", [asked.key])

    again = form_of(data)

    assert again.is_valid()
    assert again.findings.is_fine
    assert again.series("0" * 32).accepted_warnings == [asked.key]


def test_drivers_need_one_name_and_no_two_alike():
    assert "driver-1" in form_of(answers(**{"driver-1": ""})).errors
    assert "driver-3" in form_of(answers(**{"driver-3": "policy"})).errors


def test_the_main_language_comes_first():
    data = answers(language="es")
    form = form_of(data)

    assert form.is_valid()
    assert form.all_languages == ["es", "en"]


def test_the_suggestion_falls_on_working_days():
    recipe = suggested(ShapeKind.SEVERAL_PLACES, date(2026, 3, 2))

    assert all(event.starts_on.weekday() < 5 for event in recipe.lay_out().events)
