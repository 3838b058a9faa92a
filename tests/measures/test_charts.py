"""The drawings: well-formed, told in words, honest about gaps."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from measures import periods
from measures.charts import (
    Band,
    Centre,
    Dot,
    Figure,
    Flag,
    describe,
    run_chart,
    scale_of,
    small_multiple,
    sparkline,
)

SVG = "{http://www.w3.org/2000/svg}"


def figure(values, **fields):
    days = [periods.step("monthly", date(2026, 11, 1), place) for place in range(len(values))]
    dots = [
        Dot(day, value, periods.mark_of("monthly", day), periods.name_of("monthly", day), year=str(day.year))
        for day, value in zip(days, values, strict=True)
    ]
    return Figure(**({"key": "run", "title": "Students, Pearl River", "dots": dots} | fields))


TWELVE = [12.0, 14.0, 11.0, 15.0, 13.0, 18.0, 17.0, 24.0, 27.0, 31.0, 36.0, 41.0]


def parsed(drawing):
    return ET.fromstring(str(drawing))


def by_class(root, word):
    return [node for node in root.iter() if word in node.get("class", "").split()]


def test_a_chart_is_told_in_words():
    drawn = figure(TWELVE, centres=[Centre(0, 11, 17.5)], unit="%", target=50.0, says="It moved.")
    root = parsed(run_chart(drawn))
    title, desc = (root.find(f"{SVG}{name}") for name in ("title", "desc"))

    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
    assert title.text == "Students, Pearl River"
    assert desc.text.startswith("Nov 12%, Dec 14%")
    assert desc.text.endswith("Median 17.5%. Target 50%. It moved.")


def test_words_of_people_are_escaped():
    drawn = figure([1.0], title='<script>"&', flags=[Flag(date(2026, 11, 1), "a<")], says="</desc>")

    assert parsed(run_chart(drawn)).find(f"{SVG}title").text == '<script>"&'


def test_a_gap_is_a_gap():
    root = parsed(run_chart(figure([1.0, 2.0, None, 0.0, 3.0])))

    assert by_class(root, "line")[0].get("d").count("M") == 2
    assert len(by_class(root, "dot")) == 4  # a true zero has a dot, a gap has none


def test_signals_are_filled_and_named():
    root = parsed(run_chart(figure(TWELVE, signalling=frozenset({5, 6}))))

    assert len(by_class(root, "dot--sig")) == 2
    assert by_class(root, "dot--sig")[0].find(f"{SVG}title").text == "April 2027: 18"
    assert len(by_class(root, "dot--now")) == 1


def test_the_centre_line_breaks_where_it_was_set_anew():
    centres = [Centre(0, 5, 13.5), Centre(6, 11, 29.0)]
    lines = by_class(parsed(run_chart(figure(TWELVE, centres=centres))), "median")

    assert [line.get("d").split("H")[1] for line in lines] == ["397", "748"]


def test_bands_flags_and_target_are_drawn():
    drawn = figure(
        TWELVE,
        target=50.0,
        bands=[Band(date(2026, 11, 1), date(2027, 4, 30), "Action Period 1")],
        flags=[Flag(date(2027, 1, 1), "a"), Flag(date(2027, 1, 2), "b")],
    )
    root = parsed(run_chart(drawn))
    heads = [float(node.get("cx")) for node in by_class(root, "flag-m")]

    assert len(by_class(root, "phase")) == 1
    assert len(by_class(root, "target")) == 1
    assert heads[1] - heads[0] >= 24  # side by side, though a day apart


def test_ids_carry_the_key_and_nothing_is_styled_inline():
    two = str(run_chart(figure(TWELVE, key="m1"))) + str(run_chart(figure(TWELVE, key="m2")))
    ids = re.findall(r' id="([^"]+)"', two)

    assert len(ids) == len(set(ids)) == 4
    assert "style=" not in two
    assert not re.search(r"\son\w+=", two)


def test_labels_beside_the_plot_do_not_touch():
    root = parsed(run_chart(figure([41.0] * 12, centres=[Centre(0, 11, 41.0)], target=41.0)))
    beside = sorted(float(t.get("y")) for t in root.iter(f"{SVG}text") if t.get("x") == "756")

    assert all(later - earlier >= 16 for earlier, later in pairwise(beside))


@pytest.mark.parametrize("values", [[], [5.0], [None], [0.0, 0.0], [-3.0, 4.0], [1e6, 2.0], [0.001, 0.002]])
def test_any_values_can_be_drawn(values):
    drawn = figure(values, centres=[Centre(0, len(values) - 1, v) for v in values[:1] if v is not None])

    for drawing in (run_chart(drawn), sparkline(drawn), small_multiple(drawn, scale_of([drawn]))):
        assert parsed(drawing) is not None
        assert "nan" not in str(drawing)


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=60))
def test_every_value_lies_on_the_paper(values):
    root = parsed(run_chart(figure(values)))

    for dot in by_class(root, "dot"):
        assert 46 <= float(dot.get("cx")) <= 748
        assert 45.9 <= float(dot.get("cy")) <= 348.1


def test_small_ones_share_a_scale():
    low, high = figure([1.0, 2.0, 3.0], key="a"), figure([50.0, 60.0, 90.0], key="b")
    scale = scale_of([low, high])
    tops = [[t.text for t in parsed(small_multiple(one, scale)).iter(f"{SVG}text")] for one in (low, high)]

    assert tops[0] == tops[1] == ["0", "100"]


def test_percent_ends_at_a_hundred():
    assert scale_of([figure([97.0, 99.0], unit="%")]).high == 100


def test_a_sparkline_is_hidden_from_screen_readers():
    assert parsed(sparkline(figure(TWELVE))).get("aria-hidden") == "true"


def test_numbers_are_written_as_the_reader_does():
    drawn = figure([12.5], unit="%")
    with translation.override("es"):
        assert "12,5%" in describe(drawn)


def test_thin_dots_are_dashed():
    drawn = figure(TWELVE)
    thin = replace(drawn, dots=[replace(dot, is_thin=place == 3) for place, dot in enumerate(drawn.dots)])

    assert len(by_class(parsed(run_chart(thin)), "dot--thin")) == 1
