"""The calendar of a series: laid out, checked, moved and read."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate, pairwise

import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from series.calendar import (
    PRESETS,
    Kind,
    Layout,
    Mode,
    PeriodDates,
    SessionDates,
    ShapeKind,
    State,
    SummitDates,
    add_days,
    add_months,
    check,
    lay_out,
    letter_of,
    month_grid,
    move_session,
    one_community,
    own_shape,
    periods_between,
    position_on,
    several_places,
    spread_months,
    state_on,
)

DAY = timedelta(days=1)

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
month_lists = st.lists(st.integers(1, 12), min_size=1, max_size=9)
layouts = st.builds(
    lay_out,
    month_lists,
    days,
    session_days=st.integers(1, 10),
    summit_days=st.integers(1, 4),
)


def session(letter: str, starts_on: date, ends_on: date | None = None) -> SessionDates:
    return SessionDates(starts_on, ends_on or starts_on + DAY, letter)


def layout(*sessions: SessionDates, summit_on: date, opens_on: date | None = None) -> Layout:
    return Layout(opens_on or sessions[0].starts_on, sessions, SummitDates(summit_on, summit_on))


PILOT = Layout(
    opens_on=date(2013, 9, 1),
    sessions=(
        session("A", date(2013, 11, 7), date(2013, 11, 11)),
        session("B", date(2014, 9, 18), date(2014, 9, 22)),
        session("C", date(2015, 3, 19), date(2015, 3, 21)),
    ),
    summit=SummitDates(date(2015, 7, 11), date(2015, 7, 11)),
)
# Mondays to Fridays, 6 months apart, opened 24 months before the Summit: nothing to warn of.
CALM = layout(
    session("A", date(2026, 9, 15)),
    session("B", date(2027, 3, 15)),
    session("C", date(2027, 9, 15)),
    summit_on=date(2028, 3, 15),
    opens_on=date(2026, 3, 15),
)


# ---------------------------------------------------------------- months


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 8, 31), 12, date(2027, 8, 31)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -6, date(2025, 9, 30)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2099, 8, 30), 6, date(2100, 2, 28)),  # no leap year
        (date(9999, 6, 1), 12, date.max),
        (date(1, 6, 1), -12, date.min),
    ],
)
def test_add_months_clamps_to_the_months_end(day, months, expected):
    assert add_months(day, months) == expected


@given(days, st.integers(-60, 60))
def test_add_months_keeps_the_day_or_takes_the_last(day, months):
    moved = add_months(day, months)

    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + DAY).day == 1)


def test_add_days_stops_at_the_ends_of_the_calendar():
    assert add_days(date.max, 5) == date.max
    assert add_days(date.min, -5) == date.min


@pytest.mark.parametrize(("number", "letter"), [(1, "A"), (3, "C"), (26, "Z"), (27, "AA"), (53, "BA")])
def test_letter_of_a_session(number, letter):
    assert letter_of(number) == letter


@pytest.mark.parametrize(
    ("total", "periods", "expected"),
    [
        (24, 7, (3, 4, 3, 4, 3, 4, 3)),
        (24, 6, (4,) * 6),
        (24, 8, (3,) * 8),
        (18, 3, (6, 6, 6)),
        (5, 1, (5,)),
    ],
)
def test_spread_months(total, periods, expected):
    assert spread_months(total, periods) == expected


@given(st.integers(1, 40), st.integers(1, 20))
def test_spread_months_is_even(total, periods):
    assume(total >= periods)

    months = spread_months(total, periods)

    assert sum(months) == total
    assert len(months) == periods
    assert max(months) - min(months) <= 1


# ---------------------------------------------------------------- laying out


def test_several_places_take_eighteen_months_after_six_of_pre_work():
    laid = lay_out(several_places(), date(2026, 9, 15))

    assert laid == replace(CALM, months=(6, 6, 6))
    assert laid.is_generated
    assert check(laid).is_fine
    assert several_places().note == (
        "18 months from Session A to the Summit. Before that come about 6 months of pre-work: "
        "about 24 months in all."
    )


def test_one_community_opens_with_session_a():
    laid = lay_out(one_community(), date(2026, 9, 15))

    assert laid.opens_on == date(2026, 9, 15)
    assert [event.starts_on for event in laid.events] == [
        date(2026, 9, 15), date(2026, 12, 15), date(2027, 4, 15), date(2027, 7, 15),
        date(2027, 11, 15), date(2028, 2, 15), date(2028, 6, 15), date(2028, 9, 15),
    ]  # fmt: skip
    assert [found.code for found in check(laid).warnings] == []
    assert one_community().note == "24 months from Session A to the Summit."


def test_presets_last_two_years():
    assert [shape.total_months + shape.pre_work_months for shape in PRESETS] == [24, 24, 24, 24]
    assert [len(shape.months) for shape in PRESETS] == [3, 6, 7, 8]
    assert [shape.kind for shape in PRESETS[:2]] == [ShapeKind.SEVERAL_PLACES, ShapeKind.ONE_COMMUNITY]


def test_month_ends_are_counted_from_the_first_session():
    laid = lay_out(several_places(), date(2026, 8, 31))

    assert [event.starts_on for event in laid.events] == [
        date(2026, 8, 31), date(2027, 2, 28), date(2027, 8, 31), date(2028, 2, 29),
    ]  # fmt: skip
    assert laid.opens_on == date(2026, 2, 28)
    # From 28 February to 31 August is over six months, and to 29 February 2028 a day over 24: both clamped.
    assert {found.code for found in check(laid).warnings} == {"weekend"}


def test_layout_of_the_design_counts_its_days():
    laid = layout(
        session("A", date(2026, 11, 6)),
        session("B", date(2027, 5, 7)),
        session("C", date(2027, 11, 5)),
        summit_on=date(2028, 8, 25),
    )
    laid = replace(laid, summit=SummitDates(date(2028, 8, 25), date(2028, 8, 26)))

    assert laid.days_together == 8
    assert laid.weeks_at_home == 93


@given(layouts)
def test_generated_layouts_have_no_error_and_no_length_warning(laid):
    findings = check(laid)

    assert findings.errors == ()
    assert not {found.code for found in findings.warnings} & {"period-short", "period-long"}
    assert laid.is_generated


@given(layouts)
def test_sessions_and_periods_alternate_without_gap_or_overlap(laid):
    line = [part for pair in zip(laid.sessions, laid.periods, strict=True) for part in pair] + [laid.summit]

    assert all(part.days >= 1 for part in line)
    for before, after in pairwise(line):
        assert after.starts_on == before.ends_on + DAY
    assert [period.number for period in laid.periods] == list(range(1, len(laid.sessions) + 1))


@given(month_lists, days)
def test_every_event_is_counted_from_the_first(months, first):
    laid = lay_out(months, first)

    assert [event.starts_on for event in laid.events] == [
        add_months(first, offset) for offset in accumulate(months, initial=0)
    ]


@given(st.sampled_from(PRESETS), days)
def test_presets_warn_of_weekends_alone(shape, first):
    assert {found.code for found in check(lay_out(shape, first)).warnings} <= {"weekend"}


@pytest.mark.parametrize("months", [[], [3, 0], [-1]])
def test_lay_out_refuses_months_that_are_none(months):
    with pytest.raises(ValueError, match="at least one month"):
        lay_out(months, date(2026, 9, 15))


def test_lay_out_refuses_an_event_without_a_day():
    with pytest.raises(ValueError, match="at least one day"):
        lay_out([6], date(2026, 9, 15), session_days=0)


def test_spread_and_layout_refuse_what_they_cannot_be():
    with pytest.raises(ValueError, match="at least one month"):
        spread_months(5, 6)
    with pytest.raises(ValueError, match="at least one Learning Session"):
        Layout(date(2026, 1, 1), (), CALM.summit)
    with pytest.raises(ValueError, match="one number for each"):
        replace(CALM, months=(6, 6))


@pytest.mark.parametrize("year", [1, 26, 9999])
def test_a_mistyped_year_ends_in_findings(year):
    laid = lay_out(several_places(), date(year, 12, 31))
    mistyped = layout(
        session("A", date(year, 12, 30)), session("B", date(2027, 1, 4)), summit_on=date(2028, 3, 15)
    )

    assert all(found.message for found in (*check(laid).errors, *check(laid).warnings))
    assert not check(mistyped).is_fine
    assert len(month_grid(mistyped)) <= 60


# ---------------------------------------------------------------- the pilot


def test_pilot_periods_are_the_real_ones():
    assert periods_between(PILOT.sessions, PILOT.summit) == (
        PeriodDates(date(2013, 11, 12), date(2014, 9, 17), 1),
        PeriodDates(date(2014, 9, 23), date(2015, 3, 18), 2),
        PeriodDates(date(2015, 3, 22), date(2015, 7, 10), 3),
    )
    assert PILOT.periods[0].days == 310


def test_pilot_is_warned_of_and_never_refused():
    findings = check(PILOT)

    assert findings.errors == ()
    assert [found.code for found in findings.warnings] == [
        "total", "session-length", "period-long", "session-length",
        "period-long", "session-length", "weekend",
    ]  # fmt: skip
    assert check(PILOT, accepted=[found.key for found in findings.warnings]).is_fine


def test_pilot_misprint_is_refused_with_both_names():
    misprint = session("A", date(2014, 11, 7), date(2014, 11, 11))
    # As printed: Session A on November 7-11, 2014, Session B on September 18-22, 2014.
    printed = replace(PILOT, sessions=(misprint, *PILOT.sessions[1:]))

    errors = check(printed).errors

    assert [(found.code, found.field) for found in errors] == [("order", "session-2-starts_on")]
    assert "Session A" in errors[0].message
    assert "Session B" in errors[0].message
    assert "2014" in errors[0].message


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("changed", "code", "field", "names"),
    [
        pytest.param(
            {"B": (date(2026, 8, 3), date(2026, 8, 4))},
            "order", "session-2-starts_on", ("Session B", "Session A"), id="B before A",
        ),
        pytest.param(
            {"A": (date(2026, 9, 15), date(2026, 9, 14))},
            "ends-early", "session-1-ends_on", ("Session A",), id="ends before it begins",
        ),
        pytest.param(
            {"summit": (date(2028, 3, 15), date(2028, 3, 14))},
            "ends-early", "summit-ends_on", ("Final Summit",), id="Summit ends before it begins",
        ),
        pytest.param(
            {"B": (date(2027, 3, 15), date(2027, 9, 15))},
            "overlap", "session-3-starts_on", ("Session C", "Session B"), id="overlap",
        ),
        pytest.param(
            {"B": (date(2026, 9, 15), date(2026, 9, 16))},
            "overlap", "session-2-starts_on", ("Session B", "Session A"), id="same day",
        ),
        pytest.param(
            {"B": (date(2026, 9, 17), date(2026, 9, 18))},
            "no-gap", "session-2-starts_on", ("Session B", "Session A"), id="no day between",
        ),
        pytest.param(
            {"summit": (date(2027, 9, 17), date(2027, 9, 17))},
            "no-gap", "summit-starts_on", ("Final Summit", "Session C"), id="no day before the Summit",
        ),
        pytest.param(
            {"summit": (date(2027, 9, 16), date(2027, 9, 20))},
            "overlap", "summit-starts_on", ("Final Summit", "Session C"), id="Summit in Session C",
        ),
        pytest.param(
            {"summit": (date(2027, 9, 1), date(2027, 9, 1))},
            "order", "summit-starts_on", ("Final Summit", "Session C"), id="Summit before Session C",
        ),
        pytest.param(
            {"opens_on": date(2026, 9, 16)},
            "opens-late", "opens_on", ("Session A",), id="opens after Session A",
        ),
    ],
)  # fmt: skip
def test_refusals_stand_at_their_field_and_name_both_events(changed, code, field, names):
    sessions = tuple(
        replace(s, starts_on=changed[s.letter][0], ends_on=changed[s.letter][1]) if s.letter in changed else s
        for s in CALM.sessions
    )
    summit = SummitDates(*changed["summit"]) if "summit" in changed else CALM.summit
    broken = Layout(changed.get("opens_on", CALM.opens_on), sessions, summit)

    errors = check(broken).errors

    assert [(found.code, found.field) for found in errors] == [(code, field)]
    assert all(name in errors[0].message for name in names)
    assert str(errors[0]) == errors[0].message


def test_one_wrong_session_is_one_error_for_each_event_it_bars():
    late_b = replace(CALM, sessions=(CALM.sessions[0], session("B", date(2028, 6, 1)), CALM.sessions[2]))

    errors = check(late_b).errors

    assert [(found.code, found.field) for found in errors] == [
        ("order", "session-3-starts_on"),
        ("order", "summit-starts_on"),
    ]


def test_one_day_between_two_events_is_enough():
    near = replace(CALM, sessions=(CALM.sessions[0], session("B", date(2026, 9, 18)), CALM.sessions[2]))

    assert check(near).errors == ()
    assert near.periods[0].days == 1


def test_a_refused_pair_is_not_warned_of_as_a_short_period_too():
    touching = replace(CALM, sessions=(CALM.sessions[0], session("B", date(2026, 9, 17)), CALM.sessions[2]))

    findings = check(touching)

    assert [found.code for found in findings.errors] == ["no-gap"]
    assert "period-short" not in {found.code for found in findings.warnings}


def test_errors_cannot_be_accepted():
    broken = replace(CALM, summit=SummitDates(date(2027, 9, 1), date(2027, 9, 1)))
    keys = [found.key for found in check(broken).errors]

    assert len(check(broken, accepted=keys).errors) == 1


# ---------------------------------------------------------------- warnings


def _with(place: int, starts_on: date, ends_on: date | None = None) -> Layout:
    sessions = list(CALM.sessions)
    sessions[place] = session(sessions[place].letter, starts_on, ends_on)
    return replace(CALM, sessions=tuple(sessions))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param(CALM, [], id="six months, two days, 24 in all"),
        pytest.param(_with(1, date(2026, 12, 15)), ["period-long:session-3-starts_on"], id="three months"),
        pytest.param(
            _with(1, date(2026, 12, 14)),
            ["period-short:session-2-starts_on", "period-long:session-3-starts_on"], id="a day under three",
        ),
        pytest.param(_with(1, date(2027, 3, 16)), ["period-long:session-2-starts_on"], id="a day over six"),
        pytest.param(_with(2, date(2027, 9, 14)), ["period-long:summit-starts_on"], id="to the Summit"),
        pytest.param(
            _with(1, date(2027, 3, 15), date(2027, 3, 17)), ["session-length:session-2-ends_on"], id="3 days",
        ),
        pytest.param(
            _with(1, date(2027, 3, 15), date(2027, 3, 15)), ["session-length:session-2-ends_on"], id="1 day",
        ),
        pytest.param(
            _with(1, date(2027, 3, 13)),
            ["weekend:session-2-starts_on", "period-long:session-3-starts_on"], id="Saturday",
        ),
        pytest.param(
            _with(1, date(2027, 3, 14)),
            ["weekend:session-2-starts_on", "period-long:session-3-starts_on"], id="Sunday",
        ),
        pytest.param(_with(1, date(2027, 3, 12)), ["period-long:session-3-starts_on"], id="Friday is fine"),
        pytest.param(
            replace(CALM, summit=SummitDates(date(2028, 3, 12), date(2028, 3, 12))),
            ["total:summit-starts_on", "weekend:summit-starts_on"], id="Summit on a Sunday",
        ),
        pytest.param(
            replace(CALM, summit=SummitDates(date(2028, 3, 15), date(2028, 3, 18))), [], id="long Summit",
        ),
        pytest.param(replace(CALM, opens_on=date(2026, 3, 16)), ["total:summit-starts_on"], id="under 24"),
        pytest.param(replace(CALM, opens_on=date(2026, 1, 15)), ["total:summit-starts_on"], id="26 months"),
    ],
)  # fmt: skip
def test_warnings_are_those_of_the_rule(changed, expected):
    findings = check(changed)

    assert findings.errors == ()
    assert [f"{found.code}:{found.field}" for found in findings.warnings] == expected
    assert all(found.message for found in findings.warnings)


def test_period_warning_names_both_events_and_the_period():
    (warning,) = check(_with(1, date(2027, 3, 16))).warnings

    assert warning.message == "From Session A to Session B it is more than 6 months: Action Period 1 is long."


def test_an_accepted_warning_asks_again_when_the_fact_is_another():
    long = _with(1, date(2027, 3, 16))
    keys = {found.key for found in check(long).warnings}
    longer = _with(1, date(2027, 4, 16))

    assert check(long, keys).is_fine
    assert [found.code for found in check(long, keys).accepted] == ["period-long"]
    assert "period-long" in {found.code for found in check(longer, keys).warnings}


@given(layouts, st.integers(0, 9), st.integers(-400, 400))
def test_keys_are_unique_and_the_same_each_time(laid, index, by):
    index %= len(laid.events)
    moved = move_session(laid, index, laid.events[index].starts_on + timedelta(days=by)).layout
    findings = check(moved)
    keys = [found.key for found in (*findings.errors, *findings.warnings)]

    assert len(set(keys)) == len(keys)
    assert check(moved, keys).warnings == ()
    assert {found.key for found in check(moved).warnings} == {found.key for found in findings.warnings}


def test_periods_of_own_months_warn_only_once_moved_by_hand():
    laid = lay_out(own_shape([8, 8, 2]), date(2026, 9, 15))

    assert {found.code for found in check(laid).warnings} <= {"total", "weekend"}

    moved = move_session(laid, 1, date(2027, 5, 18)).layout
    assert not moved.is_generated
    # Periods 1 and 2 have a moved end; period 3 still stands as it was laid out.
    found = [warning.key for warning in check(moved).warnings if warning.code.startswith("period")]
    assert [key.rsplit(":", 1)[0] for key in found] == ["period-long:1", "period-long:2"]


def test_the_same_dates_typed_by_hand_do_warn():
    by_hand = replace(lay_out([8, 4], date(2026, 9, 15)), months=())

    assert "period-long" in {found.code for found in check(by_hand).warnings}


# ---------------------------------------------------------------- moves


def test_only_this_one_stretches_and_shrinks_its_neighbours():
    move = move_session(CALM, 1, date(2027, 3, 22), Mode.ONLY)

    assert move.layout.sessions[1] == session("B", date(2027, 3, 22))
    assert move.layout.sessions[2] == CALM.sessions[2]
    assert [(change.name, change.days_later, change.days_longer) for change in move.changes] == [
        ("Action Period 1", 0, 7),
        ("Session B", 7, 0),
        ("Action Period 2", 7, -7),
    ]


def test_shift_all_moves_the_later_ones_and_the_summit():
    by_hand = move_session(CALM, 2, date(2027, 10, 1)).layout

    move = move_session(by_hand, 1, date(2027, 3, 22), "shift_all")

    assert [event.starts_on for event in move.layout.events] == [
        date(2026, 9, 15), date(2027, 3, 22), date(2027, 10, 8), date(2028, 3, 22),
    ]  # fmt: skip
    assert [(change.name, change.days_later, change.days_longer) for change in move.changes] == [
        ("Action Period 1", 0, 7),
        ("Session B", 7, 0),
        ("Action Period 2", 7, 0),
        ("Session C", 7, 0),
        ("Action Period 3", 7, 0),
        ("Final Summit", 7, 0),
    ]


def test_the_summit_can_be_moved():
    move = move_session(CALM, 3, date(2028, 3, 20))

    assert move.layout.summit == SummitDates(date(2028, 3, 20), date(2028, 3, 20))
    assert [change.name for change in move.changes] == ["Action Period 3", "Final Summit"]


@given(layouts, st.integers(0, 9), st.integers(-400, 400), st.sampled_from(Mode))
def test_moving_there_and_back_is_as_before(laid, index, by, mode):
    index %= len(laid.events)
    start = laid.events[index].starts_on

    there = move_session(laid, index, start + timedelta(days=by), mode)
    back = move_session(there.layout, index, start, mode)

    assert back.layout == laid
    assert [event.days for event in there.layout.events] == [event.days for event in laid.events]
    assert there.layout.events[:index] == laid.events[:index]
    assert bool(there.changes) == bool(by)


@given(layouts, st.integers(0, 9), st.integers(-400, 400))
def test_shift_all_keeps_every_later_period(laid, index, by):
    index %= len(laid.events)

    new_start = laid.events[index].starts_on + timedelta(days=by)

    moved = move_session(laid, index, new_start, Mode.SHIFT_ALL).layout

    lengths = [[period.days for period in one.periods[index:]] for one in (laid, moved)]
    assert lengths[0] == lengths[1]


def test_a_move_into_another_session_is_refused_by_check():
    move = move_session(CALM, 1, date(2027, 9, 15))

    assert [found.code for found in check(move.layout).errors] == ["overlap"]


def test_move_refuses_what_is_not_there():
    with pytest.raises(IndexError):
        move_session(CALM, 4, date(2027, 1, 1))
    with pytest.raises(IndexError):
        move_session(CALM, -1, date(2027, 1, 1))
    with pytest.raises(ValueError, match="sideways"):
        move_session(CALM, 1, date(2027, 1, 1), "sideways")


# ---------------------------------------------------------------- where a day stands


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 3, 14), State.RECRUITING),
        (date(2026, 3, 15), State.PRE_WORK),
        (date(2026, 9, 14), State.PRE_WORK),
        (date(2026, 9, 15), State.RUNNING),
        (date(2028, 3, 14), State.RUNNING),
        (date(2028, 3, 15), State.SUMMIT),
        (date(2028, 3, 16), State.SUMMIT),
        (date(2028, 3, 17), State.CLOSED),
    ],
)
def test_state_follows_the_dates(day, state):
    assert state_on(day, date(2026, 3, 15), date(2026, 9, 15), date(2028, 3, 15), date(2028, 3, 16)) is state


def test_one_community_has_no_pre_work():
    dates = (date(2026, 9, 15), date(2026, 9, 15), date(2028, 9, 15), date(2028, 9, 15))

    assert state_on(date(2026, 9, 14), *dates) is State.RECRUITING
    assert state_on(date(2026, 9, 15), *dates) is State.RUNNING


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 3, 14), "Recruiting"),
        (date(2026, 3, 15), "Pre-work, week 1 of 27"),
        (date(2026, 9, 14), "Pre-work, week 27 of 27"),
        (date(2026, 9, 15), "Session A, day 1 of 2"),
        (date(2026, 9, 17), "Action Period 1, week 1 of 26"),
        (date(2026, 9, 23), "Action Period 1, week 1 of 26"),
        (date(2026, 9, 24), "Action Period 1, week 2 of 26"),
        (date(2027, 3, 14), "Action Period 1, week 26 of 26"),
        (date(2027, 3, 16), "Session B, day 2 of 2"),
        (date(2028, 3, 15), "Final Summit"),
        (date(2028, 3, 16), "Closed"),
    ],
)
def test_position_says_where_we_are(day, text):
    assert str(position_on(day, CALM)) == text


def test_position_of_the_design_is_week_23_of_26():
    laid = layout(
        session("A", date(2026, 11, 6)),
        session("B", date(2027, 5, 7)),
        session("C", date(2027, 11, 5)),
        summit_on=date(2028, 8, 25),
    )
    position = position_on(date(2027, 10, 14), laid)

    assert (position.kind, position.number, position.week, position.weeks) == (Kind.PERIOD, 2, 23, 26)
    assert (position.name, position.detail) == ("Action Period 2", "week 23 of 26")


@given(layouts, st.integers(-100, 2000))
def test_position_and_state_agree_on_every_day(laid, offset):
    day = laid.opens_on + timedelta(days=offset)
    position = position_on(day, laid)

    assert (position.kind is Kind.FREE) == (position.state in (State.RECRUITING, State.CLOSED))
    assert (position.kind in (Kind.SESSION, Kind.PERIOD)) == (position.state is State.RUNNING)
    assert 0 <= position.week <= position.weeks
    assert 0 <= position.day <= position.days


def test_words_speak_the_readers_language_when_they_are_read():
    broken = replace(CALM, summit=SummitDates(date(2027, 9, 1), date(2027, 9, 1)))
    (error,) = check(broken).errors

    with translation.override("es"):
        in_spanish = error.message

    assert "septiembre" in in_spanish
    assert "septiembre" not in error.message


# ---------------------------------------------------------------- the drawn months


def test_month_grid_draws_two_years_day_by_day():
    grid = month_grid(lay_out(one_community(6), date(2026, 9, 15)))
    cells = {day.on: day for month in grid for day in month.days}

    assert (grid[0].starts_on, grid[-1].starts_on, len(grid)) == (date(2026, 9, 1), date(2028, 9, 1), 25)
    assert cells[date(2026, 9, 14)].kind is Kind.FREE
    assert (cells[date(2026, 9, 15)].kind, cells[date(2026, 9, 15)].is_first) == (Kind.SESSION, True)
    assert (cells[date(2026, 9, 16)].number, cells[date(2026, 9, 16)].is_first) == (1, False)
    assert (cells[date(2026, 9, 17)].kind, cells[date(2026, 9, 17)].number) == (Kind.PERIOD, 1)
    assert (cells[date(2027, 1, 17)].kind, cells[date(2027, 1, 17)].number) == (Kind.PERIOD, 2)
    assert cells[date(2028, 9, 15)].kind is Kind.SUMMIT
    assert cells[date(2028, 9, 16)].kind is Kind.FREE


def test_month_grid_is_never_shorter_than_two_years():
    assert len(month_grid(lay_out([3, 3], date(2026, 9, 15)))) == 24


@given(layouts)
def test_month_grid_agrees_with_position(laid):
    grid = month_grid(laid)

    assert all(month.days[0].on == month.starts_on for month in grid)
    every_day = [day for month in grid for day in month.days]
    assert [later.on - earlier.on for earlier, later in pairwise(every_day)] == [DAY] * (len(every_day) - 1)
    for day in every_day[::17]:
        position = position_on(day.on, laid)
        assert (day.kind, day.number) == (position.kind, position.number)


def test_an_event_covers_the_period_in_which_it_is_mistakenly_put():
    # Session B in the pre-work: what the wizard draws while the error stands beside the field.
    broken = replace(CALM, sessions=(CALM.sessions[0], session("B", date(2026, 8, 3)), CALM.sessions[2]))
    cells = {day.on: day for month in month_grid(broken) for day in month.days}

    assert (cells[date(2026, 8, 3)].kind, cells[date(2026, 8, 3)].number) == (Kind.SESSION, 2)
    assert (cells[date(2026, 9, 15)].kind, cells[date(2026, 9, 15)].number) == (Kind.SESSION, 1)
