"""The question with its words marked, the river, the days."""

from datetime import date
from types import SimpleNamespace

from summit.pages import marked, river, stops_of

DRIVERS = [SimpleNamespace(name="Practice", slot=2), SimpleNamespace(name="Public narrative", slot=3)]
STOPS = (
    SimpleNamespace(letter="A", place="Jackson", starts_on="2026-04-06", ends_on="2026-04-07"),
    SimpleNamespace(letter="B", place="", starts_on="2026-10-05", ends_on="2026-10-06"),
    SimpleNamespace(letter="", place="", starts_on="2028-04-03", ends_on="2028-04-04"),
)
FACE = SimpleNamespace(stops=STOPS, teams=(), slug="pilot", opens_on="2026-01-05")


def test_question_marks_each_driver_once():
    words = marked("What practice, public narrative and practice?", DRIVERS)

    assert words.count('class="word is-drv-2"') == 1
    assert words.count('class="word is-drv-3"') == 1


def test_question_is_escaped():
    assert "<b>" not in marked("<b>practice</b>", DRIVERS)
    assert marked("<b>", []) == "&lt;b&gt;"


def test_stops_are_done_next_and_to_come():
    assert [stop["state"] for stop in stops_of(FACE, date(2026, 6, 1))] == ["done", "next", "to"]
    assert [stop["state"] for stop in stops_of(FACE, date(2026, 4, 7))] == ["next", "to", "to"]
    assert [stop["state"] for stop in stops_of(FACE, date(2030, 1, 1))] == ["done", "done", "done"]


def test_river_draws_before_during_and_after():
    for today in (date(2025, 1, 1), date(2026, 6, 1), date(2030, 1, 1)):
        picture = river(FACE, stops_of(FACE, today), today)
        assert picture["wide"].startswith("<svg")
        assert ("today" in picture["wide"]) == (today.year == 2026)
