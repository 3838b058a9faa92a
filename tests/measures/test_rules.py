"""The run-chart rules against published tables, worked cases and a reference written another way."""

import json
import statistics
from fractions import Fraction
from itertools import groupby, pairwise, permutations, product
from math import log2
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.rules import (
    arrangements,
    crossings_limit,
    judge,
    longest_of,
    longest_run_limit,
    median_of,
    rebased,
    runs_limits,
    runs_of,
    trends_of,
)

DATA = Path(__file__).parent / "data"


def data(name):
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


# --- published tables --------------------------------------------------------------------------------


@pytest.mark.parametrize(("useful", "longest", "crossings"), data("anhoej_limits")["rows"])
def test_limits_are_those_of_anhoej(useful, longest, crossings):
    assert longest_run_limit(useful) == longest
    assert crossings_limit(useful) == crossings


@pytest.mark.parametrize("one", range(2, 12))
def test_runs_limits_are_those_of_swed_and_eisenhart(one):
    for other, (few, many) in zip(range(2, 21), data("swed_eisenhart")["rows"][str(one)], strict=True):
        fewest, most = runs_limits(one, other)
        reachable = 2 * min(one, other) + (one != other)

        assert fewest == few + 1
        assert most == min(many - 1, reachable)
        assert runs_limits(other, one) == (fewest, most)


def test_tails_are_those_of_swed_and_eisenhart():
    examples = data("swed_eisenhart_examples")
    for case in examples["arrangements"]:
        assert arrangements(*case["split"], case["runs"]) == case["orders"]
    for case in examples["tails"]:
        above, below = case["split"]
        runs = range(1, case["most"] + 1) if "most" in case else range(case["least"], above + below + 1)
        total = sum(arrangements(above, below, r) for r in range(1, above + below + 1))
        found = sum(arrangements(above, below, r) for r in runs) / total

        assert found == pytest.approx(case["p"], abs=5e-7)


def test_seats_at_the_lunch_counter_have_eleven_runs():
    seats = [1.0 if seat == "E" else -1.0 for seat in data("swed_eisenhart_examples")["seats"]]

    assert len(runs_of(seats, 0.0)) == 11
    assert runs_limits(11, 5) == (5, 11)  # 5.8 % for eleven or more: no signal


def test_the_table_of_perla_is_never_narrower_than_the_exact_limits():
    """The paper’s table rounds to the cautious side: at most one run beside the exact limits."""
    same = 0
    for useful, fewest, most in data("perla_runs")["rows"]:
        exact_fewest, exact_most = runs_limits((useful + 1) // 2, useful // 2)

        assert exact_fewest - fewest in (0, 1)
        assert most - exact_most in (0, 1)
        same += (fewest, most) == (exact_fewest, exact_most)
    assert same == 17


# --- worked cases ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ward", ["WardX", "WardY", "WardZ", "WardV"])
def test_sustained_runs_are_those_of_runcharter(ward):
    """Runs of nine about the median of the first nine months, and the median of the run."""
    found = data("runcharter_signals")
    values, result = [float(v) for v in found["wards"][ward]], found["results"][ward]
    centre = median_of(values[:9])
    long_runs = [run for run in runs_of(values[9:], centre) if run.length >= 9]

    assert centre == result["baseline"]
    if result["run"] is None:
        assert long_runs == []
        return
    first, last, median = result["run"]
    places = [place + 9 for place in long_runs[0].places[:9]]
    assert (places[0], places[-1]) == (first, last)
    assert median_of([values[place] for place in places]) == median


def test_four_runs_in_sixteen_months_are_too_few():
    """Balestracci, Quality Digest, October 2008: runs of 7, 7, 1 and 1; five to twelve were expected."""
    values = [9.0] * 7 + [1.0] * 7 + [9.0, 1.0]
    verdict = judge(values, rules="perla", good="down")

    assert (verdict.runs, verdict.above, verdict.below) == (4, 8, 8)
    assert verdict.runs_range == (5, 13)
    assert set(verdict.reasons) == {"shift", "few_runs"}
    assert verdict.word == "improvement"  # of the two runs of seven the later is below


def test_twelve_values_with_three_on_the_line():
    """The question of elsmar.com, thread 70687."""
    verdict = judge([10, 8, 6, 14, 16, 14, 18, 20, 8, 10, 10, 10])

    assert verdict.centre == 10
    assert (verdict.useful, verdict.runs, verdict.state, verdict.lacking) == (8, 3, "early", 2)


def test_the_length_limit_of_24_points_is_eight():
    """unaettie.com/en-us/faq.php: log2(24) + 3 = 7.58, rounded 8; a run of more than 8 is a shift."""
    below, above = [1.0, 2.0] * 6, [8.0, 9.0] * 6
    eight = judge(above[:2] + below[:4] + above[:8] + below[:8] + above[:2])
    nine = judge(above[:3] + below[:3] + above[:9] + below[:9])

    assert (eight.longest_most, eight.longest.length, eight.reasons) == (8, 8, ("few_crossings",))
    assert nine.reasons == ("long_run", "few_crossings")


# --- the rule, sentence by sentence ------------------------------------------------------------------


def test_the_line_and_gaps_neither_break_nor_lengthen_a_run():
    run = longest_of(runs_of([5.0, 6.0, None, 4.0, 6.0, 7.0, 1.0], 4.0))

    assert (run.side, run.places) == (1, (0, 1, 4, 5))


def test_a_rate_on_the_line_is_on_it_in_spite_of_rounding():
    assert runs_of([0.1 + 0.2, 1.0], 0.3) == runs_of([0.3, 1.0], 0.3)


def test_a_missing_value_is_no_zero():
    with_gap, with_zero = judge([3.0, None, 3.0, 5.0]), judge([3.0, 0.0, 3.0, 5.0])

    assert (with_gap.useful, with_gap.below) == (1, 0)
    assert (with_zero.useful, with_zero.below) == (2, 1)


def test_nine_useful_values_are_not_enough():
    verdict = judge([1.0] * 4 + [2.0] + [3.0] * 5, centre=2.0)

    assert (verdict.state, verdict.word, verdict.reasons, verdict.lacking) == ("early", "", (), 1)


@pytest.mark.parametrize(("good", "word"), [("up", "improvement"), ("down", "worsening"), ("none", "change")])
def test_the_side_of_the_longest_run_and_the_direction_decide_the_word(good, word):
    values = [1.0, 1.1, 1.2, 1.0, 1.1, 1.3, 5.0, 5.1, 5.2, 5.3, 5.0, 5.1, 5.2, 5.0]

    assert judge(values, good=good, centre=1.4).word == word


def test_few_crossings_alone_are_a_change():
    values = [9, 8, 9, 8, 9, 1, 2, 1, 2, 1, 9, 8, 9, 8, 9, 1, 2, 1, 2, 1]
    verdict = judge([float(v) for v in values], good="up")

    assert (verdict.reasons, verdict.word, verdict.signalling) == (("few_crossings",), "change", frozenset())


def test_too_many_runs_is_a_change():
    verdict = judge([1.0, 9.0] * 8, rules="perla", good="up")

    assert (verdict.reasons, verdict.word) == (("many_runs",), "change")


def test_of_equally_long_runs_the_latest_decides():
    verdict = judge([1.0, 2.0] * 4 + [8.0, 9.0] * 4, good="up")

    assert (verdict.longest.side, verdict.word) == (1, "improvement")
    assert verdict.signalling == frozenset(range(8, 16))


def test_with_a_frozen_line_the_longest_run_alone_decides():
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0, 8.0, 1.0, 2.0, 3.0, 9.0]
    free, frozen = judge(values, rules="perla"), judge(values, rules="perla", centre=4.5)

    assert "trend" in free.reasons
    assert (frozen.reasons, frozen.is_frozen) == ((), True)
    few = judge([1.0] * 5 + [9.0] * 5, centre=5.0)
    assert (few.crossings < few.crossings_fewest, few.reasons) == (True, ())


def test_a_trend_is_no_signal_under_the_default_rules():
    values = [1, 9, 2, 8, 1, 2, 3, 4, 8, 9, 1, 9, 2, 8, 1]
    floats = [float(v) for v in values]

    assert judge(floats).state == "quiet"
    assert len(judge(floats).trends) == 1
    assert judge(floats, rules="perla").reasons == ("trend",)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 2, 3, 4, 5], [(1, (0, 1, 2, 3, 4), 5)]),
        ([1, 2, 3, 4], []),
        ([1, 2, 2, 3, 4, 5], [(1, (0, 1, 2, 3, 4, 5), 5)]),  # equal neighbours count once
        ([1, 2, 2, 3, 4], []),
        ([1, 2, 3, None, 4, 5], []),  # a missing period breaks it
        ([5, 4, 3, 2, 1, 2, 3, 4, 5], [(-1, (0, 1, 2, 3, 4), 5), (1, (4, 5, 6, 7, 8), 5)]),
        ([5, 4, 3, 2, 1, 1, 2, 3, 4, 5], [(-1, (0, 1, 2, 3, 4, 5), 5), (1, (4, 5, 6, 7, 8, 9), 5)]),
        ([3, 3, 3, 3, 3, 3], []),
    ],
)
def test_trends(values, found):
    floats = [None if v is None else float(v) for v in values]

    assert [(t.way, t.places, t.length) for t in trends_of(floats)] == found


def test_rebasing_is_offered_after_a_long_run_only():
    values = [1.0, 1.2, 0.9, 1.1, 1.0, 1.05, 5.0, 6.0, None, 1.0, 5.0, 6.0, 5.0, 6.0, 9.0, 7.0]
    verdict = judge(values, centre=1.0, good="up")
    place, centre = rebased(values, verdict)

    assert verdict.longest.places == (3, 5, 6, 7, 10, 11, 12, 13, 14, 15)
    assert (place, centre) == (3, statistics.median([1.1, 1.05, 5, 6, 5, 6, 5, 6, 9, 7]))
    assert rebased(values, judge(values[:9], centre=1.0)) is None


def test_without_values_there_is_nothing_to_say():
    verdict = judge([None, None])

    assert (verdict.state, verdict.centre, verdict.longest, verdict.lacking) == ("early", None, None, 10)


# --- against a reference written another way ---------------------------------------------------------

whole = st.one_of(st.none(), st.integers(0, 6).map(float))


def reference_runs(values, centre):
    """(side, length) by grouping signs."""
    signs = [(v > centre) - (v < centre) for v in values if v is not None and v != centre]
    return [(sign, len(list(group))) for sign, group in groupby(signs)]


def reference_trends(values):
    """(way, length) by taking out the second of equal neighbours and grouping the steps."""
    pieces = "".join("-" if v is None else chr(65 + int(v)) for v in values).split("-")
    found = []
    for piece in pieces:
        levels = [ord(letter) for letter, _ in groupby(piece)]
        steps = [(b > a) - (b < a) for a, b in pairwise(levels)]
        for way, group in groupby(steps):
            length = len(list(group)) + 1
            if length >= 5:
                found.append((way, length))
    return found


@given(st.lists(whole, max_size=30), st.integers(0, 12).map(lambda n: n / 2))
def test_runs_agree_with_the_reference(values, centre):
    found = runs_of(values, centre)

    assert [(run.side, run.length) for run in found] == reference_runs(values, centre)


@given(st.lists(whole, max_size=30))
def test_trends_agree_with_the_reference(values):
    assert [(trend.way, trend.length) for trend in trends_of(values)] == reference_trends(values)


@settings(deadline=None)
@given(st.lists(whole, max_size=40), st.sampled_from(["up", "down", "none"]))
def test_the_default_verdict_agrees_with_the_reference(values, good):
    verdict = judge(values, good=good)
    present = [v for v in values if v is not None]
    runs = reference_runs(values, statistics.median(present)) if present else []
    useful = sum(length for _side, length in runs)
    signal = False
    if useful >= 10:
        longest = max(length for _side, length in runs)
        side = [side for side, length in runs if length == longest][-1]
        is_long = longest > round(log2(useful)) + 3
        few = sum(crossing_chance(useful - 1, k) for k in range(len(runs))) < Fraction(1, 20)
        signal = is_long or few
        if is_long and good != "none":
            assert verdict.word == ("improvement" if (side == 1) == (good == "up") else "worsening")
        else:
            assert verdict.word == ("change" if signal else "")

    assert verdict.useful == useful
    assert verdict.state == ("early" if useful < 10 else "signal" if signal else "quiet")


def crossing_chance(chances, crossings):
    """P(crossings) by multiplying odds, in fractions."""
    p = Fraction(1, 2**chances)
    for k in range(crossings):
        p = p * (chances - k) / (k + 1)
    return p


@pytest.mark.parametrize(("above", "below"), [(1, 1), (1, 4), (2, 3), (3, 3), (4, 3), (2, 6)])
def test_arrangements_agree_with_counting_them(above, below):
    orders = set(permutations([1] * above + [0] * below))
    for runs in range(1, above + below + 1):
        counted = sum(len(list(groupby(order))) == runs for order in orders)

        assert arrangements(above, below, runs) == counted


def test_limits_of_crossings_agree_with_tossing_coins():
    for useful in range(1, 13):
        tosses = sorted(sum(toss) for toss in product((0, 1), repeat=useful - 1))
        # the smallest value below or at which 5 % of all tosses lie
        wanted = next(k for k in range(useful) if 20 * sum(t <= k for t in tosses) >= len(tosses))

        assert crossings_limit(useful) == wanted
