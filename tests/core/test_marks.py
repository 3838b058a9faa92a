"""The template tags: meaning by shape and word; days and moments in the reader's words and zone."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import engines
from django.utils import timezone

from core.templatetags import marks


def rendered(text: str, **context: object) -> str:
    return engines["django"].from_string("{% load marks %}" + text).render(context)


def test_driver_mark_says_shape_colour_and_word():
    driver = SimpleNamespace(slot=5, name="Care & <rest>")

    mark = marks.driver_mark(driver)

    assert "is-drv-5" in mark
    assert "<svg" in mark
    assert "Care &amp; &lt;rest&gt;" in mark


@pytest.mark.parametrize(
    ("value", "word"),
    [("help", "Help wanted"), ("quiet", "Quiet"), ("nudge", "Needs a nudge"), ("steady", "Steady")],
)
def test_state_is_one_of_four_words(value, word):
    assert word in marks.state(value)


def test_strand_of_an_entry_that_has_none_is_nothing():
    assert marks.strand("") == ""


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 11, 6), date(2026, 11, 7), "6–7 Nov 2026"),
        (date(2026, 10, 30), date(2026, 11, 2), "30 Oct – 2 Nov 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 Dec 2026 – 2 Jan 2027"),
        (date(2026, 11, 6), date(2026, 11, 6), "6 Nov 2026"),
        (date(2026, 11, 6), None, "6 Nov 2026"),
    ],
)
def test_days_are_as_short_as_can_be(start, end, words):
    assert f">{words}<" in marks.days(start, end)


def test_day_names_the_weekday():
    assert marks.day(date(2026, 10, 9)) == "Fri 9 October 2026"
    assert marks.day(None) == ""


def test_moment_shows_the_readers_own_time_beside_it():
    at = datetime(2026, 10, 9, 22, 42, tzinfo=UTC)

    with timezone.override(ZoneInfo("America/Los_Angeles")):
        both = marks.moment(at, "America/New_York")
        one = marks.moment(at, "America/Los_Angeles")

    assert "Fri 9 October 2026, 6:42\u00a0p.m. (New York)" in both
    assert "3:42 p.m. where you are" in both
    assert "where you are" not in one


def test_moment_on_another_day_names_the_readers_weekday():
    at = datetime(2026, 10, 9, 22, 42, tzinfo=UTC)

    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert "Sat 7:42 a.m. where you are" in marks.moment(at, "America/New_York")


class Two(forms.Form):
    text = forms.CharField(label="What happened?", help_text="One sentence is enough.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)


def test_field_ties_label_hint_and_error_to_its_control():
    html = rendered("{% field form.text %}", form=Two({}))

    assert '<label class="label" for="id_text">' in html
    assert 'id="id_text_helptext"' in html
    assert 'id="id_text_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_text_helptext id_text_error"' in html
    assert "field--bad" in html


def test_optional_fields_say_so():
    assert "(optional)" in rendered("{% field form.note %}", form=Two())
    assert "(optional)" not in rendered("{% field form.text %}", form=Two())


def test_a_form_with_errors_begins_with_a_summary_that_links_to_each_field():
    html = rendered("{{ form }}", form=Two({}))

    assert html.index('class="errors"') < html.index('id="id_text"')
    assert 'href="#id_text"' in html
    assert 'href="#id_kind"' in html
    assert 'id="id_kind"' in html


def test_choices_are_native_controls():
    html = rendered("{% field form.kind %}", form=Two())

    assert html.count('type="radio"') == 2
    assert "<fieldset" in html
    assert "<legend" in html
