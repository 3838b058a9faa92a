"""The run-chart rules (rule R2), pure: what the values of one measure in date order say, and what not.

A *useful* observation is neither missing nor on the centre line; runs and crossings count useful ones
only. Limits are computed in whole numbers, never typed.

Sources: Anhøj & Olesen (2014), PLoS ONE 9(11): e113825, and Anhøj (2015), PLoS ONE 10(3): e0121349 (the
default rules); Perla, Provost & Murray (2011), BMJ Qual Saf 20:46–51 (shift, trend, number of runs);
Swed & Eisenhart (1943), Ann Math Stat 14:66–87 (how the number of runs is distributed).
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

type Rules = Literal["anhoej", "perla"]
type Good = Literal["up", "down", "none"]
type Side = Literal[-1, 0, 1]
type Reason = Literal["long_run", "few_crossings", "shift", "trend", "few_runs", "many_runs"]
type Word = Literal["", "improvement", "worsening", "change"]
type Values = Sequence[float | None]

FEWEST_USEFUL = 10
SHIFT = 6  # useful observations on one side (Perla)
TREND = 5  # values that all rise or all fall (Perla)
TAIL = (1, 40)  # 2.5 % a tail, as a fraction
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Run:
    """Useful observations in a row on one side of the centre line; `places` are their indices."""

    side: Side
    places: tuple[int, ...]

    @property
    def length(self) -> int:
        return len(self.places)


@dataclass(frozen=True)
class Trend:
    """Values in a row that all rise (`way` 1) or all fall (-1); equal neighbours count once in `length`."""

    way: Side
    places: tuple[int, ...]
    length: int


@dataclass(frozen=True)
class Verdict:
    """What the rules say. `state`: "early" (not enough data yet), "quiet" (no signal) or "signal"."""

    rules: Rules
    state: Literal["early", "quiet", "signal"]
    word: Word
    reasons: tuple[Reason, ...]
    centre: float | None  # None without a single value
    is_frozen: bool  # the centre line comes from elsewhere: the longest run alone decides
    useful: int
    lacking: int  # useful observations still missing before there can be a verdict
    above: int
    below: int
    longest: Run | None
    longest_most: int  # the longest run that chance explains
    crossings: int
    crossings_fewest: int
    runs: int
    runs_range: tuple[int, int] | None  # what chance explains; None where all stand on one side
    trends: tuple[Trend, ...]

    @property
    def has_long_run(self) -> bool:
        """Whether the length of the longest run is a signal: then re-basing can be offered."""
        return "long_run" in self.reasons or "shift" in self.reasons

    @property
    def signalling(self) -> frozenset[int]:
        """The places that a chart fills in: of the longest run, and of the trends where they count."""
        places: set[int] = set()
        if self.has_long_run and self.longest is not None:
            places.update(self.longest.places)
        if "trend" in self.reasons:
            places.update(place for trend in self.trends for place in trend.places)
        return frozenset(places)


def are_equal(one: float, other: float) -> bool:
    """Equality with a tolerance: a rate like 7/30 must lie on a median that was computed another way."""
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def median_of(values: Values) -> float | None:
    """The median of the values that are there; None if there is none."""
    present = [value for value in values if value is not None]
    return statistics.median(present) if present else None


def side_of(value: float | None, centre: float) -> Side | None:
    """1 above the line, -1 below, 0 on it; None for a missing value."""
    if value is None:
        return None
    if are_equal(value, centre):
        return 0
    return 1 if value > centre else -1


def runs_of(values: Values, centre: float) -> list[Run]:
    """The runs about `centre`, in order. What is missing or on the line neither breaks nor lengthens one."""
    found: list[tuple[Side, list[int]]] = []
    for place, value in enumerate(values):
        side = side_of(value, centre)
        if not side:
            continue
        if not found or found[-1][0] != side:
            found.append((side, []))
        found[-1][1].append(place)
    return [Run(side, tuple(places)) for side, places in found]


def longest_of(runs: Sequence[Run]) -> Run | None:
    """The longest run; of equally long ones the latest."""
    return max(reversed(runs), key=lambda run: run.length, default=None)


def trends_of(values: Values) -> list[Trend]:
    """Stretches of five or more values that all rise or all fall.

    Of equal neighbours one counts; a missing value breaks a trend; the line plays no part. The value at
    which the way turns ends one trend and begins the next. Source: Perla et al. (2011).
    """
    found: list[Trend] = []
    for begin, end in _unbroken(values):
        places, length, way = [begin], 1, 0
        for place in range(begin + 1, end):
            before, value = values[place - 1], values[place]
            assert before is not None
            assert value is not None
            step = side_of(value, before)
            if step == 0:
                places.append(place)
                continue
            if way and step != way:
                _add_trend(found, way, places, length)
                # the turn: the equal neighbours at the end of the old trend begin the new one
                places, length = _level_end(values, places), 1
            way = step or 0
            places.append(place)
            length += 1
        _add_trend(found, way, places, length)
    return found


def _unbroken(values: Values) -> list[tuple[int, int]]:
    """The stretches [begin, end) without a missing value."""
    stretches: list[tuple[int, int]] = []
    begin: int | None = None
    for place, value in enumerate([*values, None]):
        if value is None:
            if begin is not None:
                stretches.append((begin, place))
            begin = None
        elif begin is None:
            begin = place
    return stretches


def _level_end(values: Values, places: list[int]) -> list[int]:
    """The last of `places` and those right before it with the same value."""
    kept = [places[-1]]
    for place in reversed(places[:-1]):
        one, other = values[place], values[kept[0]]
        if one is None or other is None or not are_equal(one, other):
            break
        kept.insert(0, place)
    return kept


def _add_trend(found: list[Trend], way: int, places: list[int], length: int) -> None:
    if length >= TREND:
        found.append(Trend(1 if way > 0 else -1, tuple(places), length))


# --- limits ------------------------------------------------------------------------------------------


def longest_run_limit(useful: int) -> int:
    """The longest run among `useful` observations that chance explains: round(log2(useful)) + 3.

    In whole numbers: log2(u) rounded is the half of log2(2u²) rounded down. Source: Anhøj & Olesen (2014).
    """
    return ((2 * useful * useful).bit_length() - 1) // 2 + 3 if useful else 0


@lru_cache(maxsize=1024)
def crossings_limit(useful: int) -> int:
    """The fewest crossings that chance explains: the 5 % quantile of Binomial(useful - 1, 0.5).

    The smallest k with P(crossings ≤ k) ≥ 5 %. Source: Anhøj & Olesen (2014).
    """
    chances = max(useful - 1, 0)
    summed = 0
    for crossings in range(chances + 1):
        summed += math.comb(chances, crossings)
        if 20 * summed >= 1 << chances:
            return crossings
    return chances


def arrangements(above: int, below: int, runs: int) -> int:
    """In how many orders `above` and `below` observations make exactly `runs` runs (Swed & Eisenhart)."""
    if above < 1 or below < 1 or runs < 2:
        return int(runs == 1 and (above == 0) != (below == 0))
    half, odd = divmod(runs, 2)
    more, fewer = math.comb(above - 1, half - 1), math.comb(below - 1, half - 1)
    if not odd:
        return 2 * more * fewer
    return math.comb(above - 1, half) * fewer + more * math.comb(below - 1, half)


@lru_cache(maxsize=4096)
def runs_limits(above: int, below: int) -> tuple[int, int] | None:
    """The fewest and the most runs that chance explains with this split: each tail beyond is under 2.5 %.

    None where all observations stand on one side: then there is nothing to arrange.
    """
    if above < 1 or below < 1:
        return None
    part, whole = TAIL
    total = math.comb(above + below, above)
    most = 2 * min(above, below) + (above != below)
    fewest_expected, summed = 2, 0
    while whole * (summed := summed + arrangements(above, below, fewest_expected)) < part * total:
        fewest_expected += 1
    most_expected, summed = most, 0
    while whole * (summed := summed + arrangements(above, below, most_expected)) < part * total:
        most_expected -= 1
    return fewest_expected, most_expected


# --- the verdict -------------------------------------------------------------------------------------


def judge(
    values: Values, *, rules: Rules = "anhoej", good: Good = "none", centre: float | None = None
) -> Verdict:
    """What the rules say of `values`, one measure in date order; None is a missing period.

    For a ratio the values are the rates. `centre` is a frozen centre line; without it the line is the
    median of the values. With it the runs test and the limit of crossings do not hold exactly, and the
    longest run alone decides. Under the default rules a trend is told, and is no signal.
    """
    is_frozen = centre is not None
    line = centre if centre is not None else median_of(values)
    runs = runs_of(values, line) if line is not None else []
    above = sum(run.length for run in runs if run.side == 1)
    useful = sum(run.length for run in runs)
    longest = longest_of(runs)
    most = longest_run_limit(useful) if rules == "anhoej" else SHIFT - 1
    crossings, fewest = max(len(runs) - 1, 0), crossings_limit(useful)
    limits = runs_limits(above, useful - above)
    trends = tuple(trends_of(values))
    reasons: list[Reason] = []
    if useful >= FEWEST_USEFUL:
        if longest is not None and longest.length > most:
            reasons.append("long_run" if rules == "anhoej" else "shift")
        if not is_frozen and rules == "anhoej" and crossings < fewest:
            reasons.append("few_crossings")
        if not is_frozen and rules == "perla":
            reasons += _perla(len(runs), limits, trends)
    state: Literal["early", "quiet", "signal"] = "quiet"
    if useful < FEWEST_USEFUL:
        state = "early"
    elif reasons:
        state = "signal"
    return Verdict(
        rules=rules,
        state=state,
        word=_word(reasons, longest, good),
        reasons=tuple(reasons),
        centre=line,
        is_frozen=is_frozen,
        useful=useful,
        lacking=max(FEWEST_USEFUL - useful, 0),
        above=above,
        below=useful - above,
        longest=longest,
        longest_most=most,
        crossings=crossings,
        crossings_fewest=fewest,
        runs=len(runs),
        runs_range=limits,
        trends=trends,
    )


def _perla(runs: int, limits: tuple[int, int] | None, trends: Sequence[Trend]) -> list[Reason]:
    """The signals of Perla et al. beside the shift."""
    reasons: list[Reason] = ["trend"] if trends else []
    if limits is not None and runs < limits[0]:
        reasons.append("few_runs")
    if limits is not None and runs > limits[1]:
        reasons.append("many_runs")
    return reasons


def _word(reasons: Sequence[Reason], longest: Run | None, good: Good) -> Word:
    """Improvement or worsening by the side of the longest run, where its length is a signal; else change."""
    if not reasons:
        return ""
    if good == "none" or longest is None or not {"long_run", "shift"} & set(reasons):
        return "change"
    return "improvement" if (longest.side == 1) == (good == "up") else "worsening"


def rebased(values: Values, verdict: Verdict) -> tuple[int, float] | None:
    """Where a new centre line would begin and lie, after a run that signals: offered, never automatic.

    The place of the run's first observation, and the median of all its useful observations up to now;
    None where the length of the longest run is no signal.
    """
    if not verdict.has_long_run or verdict.longest is None:
        return None
    centre = median_of([values[place] for place in verdict.longest.places])
    return None if centre is None else (verdict.longest.places[0], centre)
