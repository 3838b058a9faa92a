"""Numbers as people write them, rows as they copy them."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures import periods
from measures.parsing import NotANumber, Typed, read_day, read_number, read_paste, read_typed

PERIODS = [date(2027, month, 1) for month in range(5, 11)]


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("41", "en", "41"),
        ("41 %", "en", "41"),
        ("40.8", "en", "40.8"),
        ("40,8", "es", "40.8"),
        ("40,8", "en", "40.8"),
        ("40.8", "es", "40.8"),
        ("1,234", "en", "1234"),
        ("1.234", "es", "1234"),
        ("1,234", "es", "1.234"),
        ("1.234", "en", "1.234"),
        ("1.234,5", "en", "1234.5"),
        ("1,234.5", "es", "1234.5"),
        ("1 234", "en", "1234"),
        ("\u22123", "en", "-3"),
        ("0", "en", "0"),
        (".5", "en", "0.5"),
    ],
)
def test_numbers(text, language, number):
    assert read_number(text, language) == Decimal(number)


def test_a_blank_is_nothing_never_zero():
    assert read_number("  ", "en") is None
    assert read_typed("", "es") is None


@pytest.mark.parametrize(
    "text", ["many", "1.2.3", "12a", "--1", "1e5", "3/0", "3/", "/4", "9" * 13, "NaN", "²"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber):
        read_typed(text, "en")


def test_so_many_of_so_many():
    assert read_typed("31 / 76", "en") == Typed(numerator=Decimal(31), denominator=Decimal(76))


@given(st.text(max_size=12))
def test_any_text_is_a_number_nothing_or_refused(text):
    with suppress(NotANumber):
        read_typed(text, "es")


@given(st.decimals(-99999, 99999, places=3), st.sampled_from(["en", "es"]))
def test_what_is_written_with_a_plain_mark_comes_back(number, language):
    mark = "," if language == "es" else "."

    assert read_number(f"{number:f}".replace(".", mark), language) == number


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("2027-10-31", "en", date(2027, 10, 1)),
        ("2027-10", "en", date(2027, 10, 1)),
        ("10/5/2027", "en", date(2027, 10, 1)),
        ("10/5/2027", "es", date(2027, 5, 1)),
        ("31/10/2027", "en", date(2027, 10, 1)),
        ("10/31/2027", "es", date(2027, 10, 1)),
        ("9/2027", "en", date(2027, 9, 1)),
        ("october 2027", "en", date(2027, 10, 1)),
        ("Sum", "en", None),
        ("2027-13-01", "en", None),
    ],
)
def test_days_name_periods(text, language, day):
    assert read_day(text, language, "monthly", PERIODS) == day


def paste(text, names=("Rooms", "Meetings"), language="en"):
    return read_paste(text, names=names, language=language, frequency="monthly", periods=PERIODS)


def test_rows_of_periods_in_the_order_of_the_grid():
    found = paste("2027-09-30\t12\t3\n2027-10-31\t\t4\n")

    assert found.cells == {
        (0, date(2027, 9, 1)): "12",
        (1, date(2027, 9, 1)): "3",
        (1, date(2027, 10, 1)): "4",
    }


def test_a_first_row_may_name_the_measures():
    found = paste("Month\tMeetings\tOther\tRooms\nOctober 2027\t4\t99\t12\nTotal\t1\t2\t3")

    assert found.cells == {(1, date(2027, 10, 1)): "4", (0, date(2027, 10, 1)): "12"}
    assert found.unread == ("Total",)


def test_rows_may_be_measures():
    found = paste("\t2027-09\t2027-10\nRooms\t12\t13\nChairs\t1\t2")

    assert found.cells == {(0, date(2027, 9, 1)): "12", (0, date(2027, 10, 1)): "13"}
    assert found.unread == ("Chairs",)


@given(st.text(alphabet="ab1/\t\n2027-", max_size=60))
def test_any_paste_is_survived(text):
    paste(text)


@pytest.mark.parametrize(
    ("frequency", "day", "start", "following"),
    [
        ("weekly", date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 4)),
        ("monthly", date(2027, 12, 31), date(2027, 12, 1), date(2028, 1, 1)),
        ("quarterly", date(2027, 12, 31), date(2027, 10, 1), date(2028, 1, 1)),
    ],
)
def test_periods(frequency, day, start, following):
    assert periods.start_of(frequency, day) == start
    assert periods.step(frequency, start) == following
    assert periods.step(frequency, following, -1) == start
    assert periods.between(frequency, day, following) == [start, following]
