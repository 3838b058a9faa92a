"""The pictures: the same on every request, any number of drivers and sessions, nobody's words as markup."""

from datetime import date
from xml.etree import ElementTree

import pytest

from core import drawings
from core.icons import PATHS, icon

A = drawings.Stop("A", date(2026, 9, 18), date(2026, 9, 19))
SUMMIT = drawings.Stop("", date(2027, 3, 20), date(2027, 3, 20))


def drawn(text: str) -> ElementTree.Element:
    """Parse a drawing; anything that is not well formed raises."""
    return ElementTree.fromstring(text)


@pytest.mark.parametrize("slots", [(1,), (1, 2, 3, 4), (6, 5, 4, 3, 2, 1)])
@pytest.mark.parametrize("kind", ["start", "mid", "end"])
def test_knot_draws_one_line_a_driver(slots, kind):
    lines = list(drawn(drawings.knot(slots, kind)))

    assert [line.get("class") for line in lines] == [f"is-drv-{slot}" for slot in slots]


@pytest.mark.parametrize("slots", [(1,), (1, 2, 3, 4, 5, 6)])
def test_vflow_draws_one_line_a_driver(slots):
    assert len(drawn(drawings.vflow(slots, "run"))) == len(slots)


@pytest.mark.parametrize(("entries", "level"), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (90, 3)])
def test_water_rises_with_the_entries(entries, level):
    assert drawings.water(entries) == level


def test_pool_is_the_same_for_the_same_seed():
    drawings.pool.cache_clear()
    first = drawings.pool(2, "1-policy")
    drawings.pool.cache_clear()

    assert drawings.pool(2, "1-policy") == first
    assert drawings.pool(2, "2-policy") != first


def test_calendar_draws_each_day_once_and_marks_the_stops():
    picture = drawn(drawings.calendar(date(2026, 9, 1), [A, SUMMIT], "Two years"))
    squares = {path.get("class"): path.get("d", "").count("M") for path in picture.iter("path")}

    assert picture.get("aria-label") == "Two years"
    assert len(list(picture.iter("circle"))) == 2
    assert [text.text for text in picture.iter("text") if text.get("class") == "st"] == ["A"]
    assert squares["s"] == 1  # the Summit's month is the last that is drawn: one day


def test_calendar_survives_dates_that_are_out_of_order():
    late = drawings.Stop("A", date(2027, 9, 18), date(2027, 9, 17))

    drawn(drawings.calendar(date(2028, 1, 1), [late, A], "As typed"))


@pytest.mark.parametrize("count", [0, 1, 7, 100])
def test_braid_draws_any_number_of_teams(count):
    nodes = [drawings.Node(0.3, "A", "done"), drawings.Node(0.9, "", "to")]
    names = [f"Team <{n}>" for n in range(count)]

    picture = drawn(drawings.braid(names, nodes, 0.5, "x", today="Today", many=count > 12))

    assert len(list(picture.iter("circle"))) == 2


def test_reach_segment_keeps_to_its_bounds():
    assert 'width="120"' in drawings.reach_segment(1.4, "a")
    assert 'width="0"' in drawings.reach_segment(-1, "a")


def test_words_in_drawings_are_escaped():
    assert "<b>" not in drawings.weeks([1, None, 0], "<b>")


@pytest.mark.parametrize("name", PATHS)
def test_every_icon_is_well_formed(name):
    drawn(icon(name))
