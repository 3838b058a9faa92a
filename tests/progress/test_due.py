"""When check-ins are due, when they are reminded of, and when silence is long."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.due import Rhythm, due_dates, is_paused, is_quiet, quiet_days, relay, rungs
from series.calendar import add_months, lay_out

FRIDAY = 4
OPENS, ENDS = date(2026, 9, 20), date(2027, 3, 17)  # the period of the rule's example

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
rhythms = st.one_of(
    st.builds(Rhythm.weekly, st.integers(0, 6), st.integers(1, 8)),
    st.builds(Rhythm.monthly, st.integers(1, 31)),
)
periods = st.builds(lambda start, length: (start, start + timedelta(days=length)), days, st.integers(0, 400))


@st.composite
def periods_with_pauses(draw):
    start, end = draw(periods)
    pauses = draw(
        st.lists(st.tuples(st.integers(-30, 400), st.one_of(st.none(), st.integers(0, 60))), max_size=3)
    )
    return start, end, [
        (start + timedelta(days=a), None if n is None else start + timedelta(days=a + n)) for a, n in pauses
    ]  # fmt: skip


# ---------------------------------------------------------------- the example of the rule


def test_monthly_example_of_the_rule():
    assert due_dates(Rhythm.monthly(31), OPENS, ENDS) == [
        date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31),
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 17),
    ]  # fmt: skip


def test_fortnightly_example_of_the_rule():
    dates = due_dates(Rhythm.weekly(FRIDAY, every=2), OPENS, ENDS)

    assert dates == [
        date(2026, 10, 9), date(2026, 10, 23), date(2026, 11, 6), date(2026, 11, 20), date(2026, 12, 4),
        date(2026, 12, 18), date(2027, 1, 1), date(2027, 1, 15), date(2027, 1, 29), date(2027, 2, 12),
        date(2027, 2, 26), date(2027, 3, 17),
    ]  # fmt: skip
    assert date(2027, 3, 12) not in dates


@pytest.mark.parametrize(
    ("opens", "ends", "expected"),
    [
        (
            date(2013, 11, 12), date(2014, 9, 17),
            [date(2013, 12, 31), date(2014, 1, 31), date(2014, 2, 28), date(2014, 3, 31), date(2014, 4, 30),
             date(2014, 5, 31), date(2014, 6, 30), date(2014, 7, 31), date(2014, 8, 31), date(2014, 9, 17)],
        ),
        (
            date(2014, 9, 23), date(2015, 3, 18),
            [date(2014, 10, 31), date(2014, 11, 30), date(2014, 12, 31), date(2015, 1, 31), date(2015, 2, 28),
             date(2015, 3, 18)],
        ),
        # 30 June is ten days before the end, so it falls away.
        (date(2015, 3, 22), date(2015, 7, 10), [date(2015, 4, 30), date(2015, 5, 31), date(2015, 7, 10)]),
    ],
)  # fmt: skip
def test_pilot_is_due_monthly_on_the_last_day(opens, ends, expected):
    assert due_dates(Rhythm.monthly(31), opens, ends) == expected


# ---------------------------------------------------------------- laying out


@pytest.mark.parametrize(
    ("rhythm", "opens", "ends", "expected"),
    [
        pytest.param(
            Rhythm.weekly(0), date(2026, 9, 14), date(2026, 10, 5),  # Mondays
            [date(2026, 9, 21), date(2026, 9, 28), date(2026, 10, 5)], id="just a week after it opens",
        ),
        pytest.param(
            Rhythm.weekly(0), date(2026, 9, 15), date(2026, 10, 7),
            [date(2026, 9, 28), date(2026, 10, 7)], id="weekly: 2 days before the end falls away",
        ),
        pytest.param(
            Rhythm.weekly(0), date(2026, 9, 15), date(2026, 10, 9),
            [date(2026, 9, 28), date(2026, 10, 5), date(2026, 10, 9)], id="weekly: 4 days before stays",
        ),
        pytest.param(
            Rhythm.weekly(0, 2), date(2026, 9, 14), date(2026, 10, 5),
            [date(2026, 9, 28), date(2026, 10, 5)], id="exactly half a rhythm stays",
        ),
        pytest.param(
            Rhythm.monthly(15), date(2026, 9, 17), date(2026, 11, 30),
            [date(2026, 10, 15), date(2026, 11, 15), date(2026, 11, 30)], id="monthly: 4 weeks, 15 days",
        ),
        pytest.param(
            Rhythm.monthly(15), date(2026, 9, 18), date(2026, 11, 29),
            [date(2026, 11, 29)], id="monthly: a day less of either",
        ),
        pytest.param(
            Rhythm.monthly(30), date(2027, 12, 1), date(2028, 4, 30),
            [date(2027, 12, 30), date(2028, 1, 30), date(2028, 2, 29), date(2028, 3, 30), date(2028, 4, 30)],
            id="leap day, and 30 again after it",
        ),
        pytest.param(Rhythm.monthly(1), OPENS, OPENS, [OPENS], id="a period of one day"),
        pytest.param(Rhythm.monthly(1), OPENS, OPENS - timedelta(days=1), [], id="no period"),
        pytest.param(Rhythm.weekly(0, 4), OPENS, date(2026, 10, 10), [date(2026, 10, 10)], id="short"),
        pytest.param(
            Rhythm.weekly(4), date(9999, 12, 1), date.max,
            [date(9999, 12, 10), date(9999, 12, 17), date(9999, 12, 24), date.max], id="the end of time",
        ),
    ],
)  # fmt: skip
def test_due_dates(rhythm, opens, ends, expected):
    assert due_dates(rhythm, opens, ends) == expected


def test_dates_in_a_pause_are_dropped_its_last_day_included():
    pauses = [(date(2026, 11, 1), date(2026, 11, 30)), (date(2027, 3, 10), None)]

    assert due_dates(Rhythm.monthly(31), OPENS, ENDS, pauses=pauses) == [
        date(2026, 10, 31), date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28),
    ]  # fmt: skip
    assert date(2026, 11, 30) in due_dates(
        Rhythm.monthly(31), OPENS, ENDS, pauses=[(date(2026, 11, 1), date(2026, 11, 29))]
    )


def test_dates_near_a_kept_one_are_dropped_the_last_day_too():
    kept = [date(2026, 11, 16), date(2027, 3, 3)]

    # 31 October is 16 days from a kept date, 30 November 14; 28 February 3, and the last day 14.
    assert due_dates(Rhythm.monthly(31), OPENS, ENDS, kept=kept) == [
        date(2026, 10, 31), date(2026, 12, 31), date(2027, 1, 31),
    ]  # fmt: skip


@given(rhythms, periods)
def test_due_dates_lie_inside_and_end_with_the_last_day(rhythm, period):
    opens, ends = period
    dates = due_dates(rhythm, opens, ends)

    assert dates[-1] == ends
    assert all(opens <= day <= ends for day in dates)
    lead = 28 if rhythm.weeks is None else rhythm.days
    assert all((day - opens).days >= lead for day in dates[:-1])
    if dates[:-1]:
        assert (dates[0] - opens).days < lead + max(rhythm.days, 31)


@given(rhythms, periods)
def test_due_dates_are_regular_and_at_least_half_a_rhythm_apart(rhythm, period):
    dates = due_dates(rhythm, *period)
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]

    assert all(gap * 2 >= rhythm.days for gap in gaps)
    if rhythm.weeks is None:
        first = dates[0]
        january = date(first.year, 1, rhythm.month_day)
        assert dates[:-1] == [add_months(january, first.month - 1 + n) for n in range(len(dates) - 1)]
        assert all(gap <= 46 for gap in gaps)
    else:
        assert all(day.weekday() == rhythm.weekday for day in dates[:-1])
        assert all(gap == rhythm.days for gap in gaps[:-1])
        assert all(gap * 2 < rhythm.days * 3 for gap in gaps[-1:])


@given(rhythms, periods_with_pauses(), st.lists(st.integers(-40, 440), max_size=4))
def test_pauses_and_kept_dates_only_take_away(rhythm, case, offsets):
    opens, ends, pauses = case
    kept = [opens + timedelta(days=n) for n in offsets]
    every = due_dates(rhythm, opens, ends)
    dates = due_dates(rhythm, opens, ends, pauses=pauses, kept=kept)

    near = {day for day in every if any(abs((day - held).days) * 2 < rhythm.days for held in kept)}
    paused = {day for day in every if is_paused(day, pauses)}
    assert set(dates) == set(every) - near - paused


@given(st.lists(st.integers(1, 8), min_size=1, max_size=6), days, rhythms)
def test_no_check_in_is_due_on_a_session(months, first, rhythm):
    laid = lay_out(months, first)
    dates = {
        day for period in laid.periods for day in due_dates(rhythm, period.starts_on, period.ends_on)
    }  # fmt: skip

    assert not any(event.covers(day) for event in laid.events for day in dates)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"weeks": 2},
        {"weekday": 3},
        {"weeks": 0, "weekday": 3},
        {"weeks": 1, "weekday": 7},
        {"month_day": 0},
        {"month_day": 32},
        {"weeks": 1, "weekday": 1, "month_day": 1},
    ],
)
def test_a_rhythm_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="a rhythm is"):
        Rhythm(**wrong)


# ---------------------------------------------------------------- a session has moved


def test_relay_lays_anew_only_what_is_ahead_and_not_filed():
    rhythm = Rhythm.monthly(31)
    existing = due_dates(rhythm, OPENS, ENDS)

    # Session B moves from 18 March to 18 May; today is 5 January, December is filed, October was missed.
    answer = relay(
        rhythm,
        [(OPENS, date(2027, 5, 17))],
        existing,
        settled={date(2026, 11, 30), date(2026, 12, 31)},
        today=date(2027, 1, 5),
    )

    assert answer.kept == tuple(existing[:-1])
    assert answer.added == (date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 17))
    assert answer.dropped == (date(2027, 3, 17),)


def test_relay_keeps_a_date_filed_ahead_and_drops_what_is_near_it():
    rhythm = Rhythm.monthly(31)
    existing = due_dates(rhythm, OPENS, ENDS)

    # 28 February was filed early. The period now ends on 9 March: its last day is nine days from it.
    answer = relay(
        rhythm, [(OPENS, date(2027, 3, 9))], existing, settled={date(2027, 2, 28)}, today=date(2027, 1, 5)
    )

    assert answer.kept == tuple(existing[:-1])
    assert answer.added == ()
    assert answer.dropped == (date(2027, 3, 17),)


def test_relay_never_lays_a_date_in_the_past():
    rhythm = Rhythm.weekly(FRIDAY, every=2)
    today = date(2027, 1, 5)
    existing = [date(2026, 12, 30), date(2027, 3, 17)]

    answer = relay(rhythm, [(OPENS, date(2027, 2, 20))], existing, settled=set(), today=today)

    assert answer.kept == (date(2026, 12, 30),)
    # 12 February is eight days before the new last day: more than half a rhythm.
    assert answer.added == (date(2027, 1, 15), date(2027, 1, 29), date(2027, 2, 12), date(2027, 2, 20))
    assert answer.dropped == (date(2027, 3, 17),)


def test_relay_sees_a_filed_date_that_lies_in_another_period_now():
    rhythm = Rhythm.monthly(31)
    first, second = (OPENS, date(2027, 2, 10)), (date(2027, 2, 13), date(2027, 8, 31))

    # 17 March, the old last day of period 1, was filed as excused; it lies in period 2 now, near 31 March.
    answer = relay(
        rhythm, [first, second], [date(2027, 3, 17)], settled={date(2027, 3, 17)}, today=date(2027, 1, 31)
    )

    assert answer.kept == (date(2027, 3, 17),)
    assert answer.added == (
        date(2027, 2, 10), date(2027, 4, 30), date(2027, 5, 31), date(2027, 6, 30), date(2027, 7, 31),
        date(2027, 8, 31),
    )  # fmt: skip


def test_today_is_not_ahead():
    answer = relay(
        Rhythm.monthly(31),
        [(OPENS, date(2027, 1, 10))],
        [date(2026, 12, 31)],
        settled=(),
        today=date(2026, 12, 31),
    )

    assert answer.kept == (date(2026, 12, 31),)
    assert answer.added == ()  # 10 January is ten days from it

    # Nor does a day come to be due on the very day on which somebody moves a session.
    answer = relay(Rhythm.monthly(31), [(OPENS, ENDS)], [], settled=(), today=date(2026, 12, 31))
    assert answer.added == (date(2027, 1, 31), date(2027, 2, 28), ENDS)


@given(rhythms, periods, st.integers(-200, 200), st.integers(-50, 450), st.data())
def test_relay_loses_nothing_and_changes_only_what_is_ahead(rhythm, period, by, passed, data):
    opens, ends = period
    today = opens + timedelta(days=passed)
    existing = due_dates(rhythm, opens, ends)
    settled = data.draw(st.sets(st.sampled_from(existing)))

    answer = relay(rhythm, [(opens, ends + timedelta(days=by))], existing, settled=settled, today=today)

    assert set(answer.kept) | set(answer.dropped) == set(existing)
    assert not set(answer.kept) & set(answer.dropped)
    assert settled <= set(answer.kept)
    assert all(day > today for day in (*answer.added, *answer.dropped))
    firm = [day for day in existing if day in settled or day <= today]
    assert all(abs((day - held).days) * 2 >= rhythm.days for day in answer.added for held in firm)


@given(rhythms, periods, st.integers(-50, 450))
def test_relay_without_a_move_changes_nothing(rhythm, period, passed):
    existing = due_dates(rhythm, *period)

    answer = relay(rhythm, [period], existing, settled=(), today=period[0] + timedelta(days=passed))

    assert (answer.kept, answer.added, answer.dropped) == (tuple(existing), (), ())


# ---------------------------------------------------------------- reminders


@pytest.mark.parametrize(
    ("rhythm", "kept"),
    [
        (Rhythm.weekly(FRIDAY), [-1, 2]),
        (Rhythm.weekly(FRIDAY, every=2), [-7, -1, 2, 5]),
        (Rhythm.monthly(31), [-7, -1, 2, 5]),
    ],
)
def test_rungs_further_than_half_the_rhythm_are_dropped(rhythm, kept):
    due_on = date(2027, 3, 1)

    assert rungs(due_on, rhythm) == [(rung, due_on + timedelta(days=rung)) for rung in kept]


def test_a_series_can_have_its_own_ladder():
    assert rungs(date(2027, 3, 1), Rhythm.monthly(1), ladder=(10, -3, 16, -3)) == [
        (-3, date(2027, 2, 26)),
        (10, date(2027, 3, 11)),
    ]


# ---------------------------------------------------------------- silence

PERIODS = [(date(2026, 9, 20), date(2026, 12, 31)), (date(2027, 1, 3), date(2027, 6, 30))]


@pytest.mark.parametrize(
    ("filed", "joined", "pauses", "today", "expected"),
    [
        pytest.param(date(2026, 10, 1), date(2026, 1, 1), [], date(2026, 10, 1), 0, id="filed today"),
        pytest.param(date(2026, 10, 1), date(2026, 1, 1), [], date(2026, 10, 2), 1, id="day one"),
        pytest.param(date(2026, 12, 30), date(2026, 1, 1), [], date(2027, 1, 4), 3, id="not on a session"),
        pytest.param(None, date(2026, 1, 1), [], date(2026, 9, 20), 0, id="never filed: from the opening"),
        pytest.param(None, date(2026, 1, 1), [], date(2026, 9, 21), 1, id="never filed: day one"),
        pytest.param(None, date(2026, 10, 10), [], date(2026, 10, 20), 10, id="never filed: from joining"),
        pytest.param(None, date(2026, 1, 1), [], date(2026, 5, 1), 0, id="before there is a period"),
        pytest.param(
            date(2026, 10, 1), date(2026, 1, 1),
            [(date(2026, 10, 5), date(2026, 10, 10))], date(2026, 10, 11), 4, id="a pause, last day included",
        ),
        pytest.param(
            date(2026, 10, 1), date(2026, 1, 1),
            [(date(2026, 10, 5), date(2026, 10, 20)), (date(2026, 10, 8), date(2026, 10, 9)),
             (date(2026, 10, 15), None)],
            date(2026, 11, 30), 3, id="pauses that overlap, one without end",
        ),
        pytest.param(date(2027, 6, 29), date(2026, 1, 1), [], date(2027, 12, 1), 1, id="all over"),
        pytest.param(date(2026, 10, 9), date(2026, 1, 1), [], date(2026, 10, 1), 0, id="filed later"),
    ],
)  # fmt: skip
def test_quiet_days(filed, joined, pauses, today, expected):
    assert quiet_days(filed, joined, PERIODS, pauses, today) == expected


def test_quiet_days_without_a_period():
    assert quiet_days(None, date(2026, 1, 1), [], [], date(2027, 1, 1)) == 0


@given(periods_with_pauses(), st.integers(-50, 450), st.integers(-50, 450))
def test_quiet_days_are_those_counted_one_by_one(case, filed, passed):
    opens, ends, pauses = case
    last_filed_on, today = opens + timedelta(days=filed), opens + timedelta(days=passed)

    one_by_one = sum(
        opens <= day <= ends and not is_paused(day, pauses)
        for day in (last_filed_on + timedelta(days=n) for n in range(1, passed - filed + 1))
    )
    assert quiet_days(last_filed_on, opens, [(opens, ends)], pauses, today) == one_by_one


@pytest.mark.parametrize(
    ("rhythm", "last_not_quiet"),
    [
        (Rhythm.weekly(FRIDAY), 20),  # 1.5 rhythms are 10.5 days, but 21 is the least
        (Rhythm.weekly(FRIDAY, every=2), 21),  # more than 21
        (Rhythm.weekly(FRIDAY, every=3), 31),  # more than 31.5
        (Rhythm.monthly(31), 45),
    ],
)
def test_quiet_is_more_than_one_and_a_half_rhythms(rhythm, last_not_quiet):
    assert not is_quiet(last_not_quiet, rhythm)
    assert is_quiet(last_not_quiet + 1, rhythm)
