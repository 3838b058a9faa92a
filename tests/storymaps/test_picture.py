"""The layout of the map: pure."""

from datetime import date, timedelta

import pytest

from storymaps.map.picture import Bank, Card, Column, Lane, Note, Stretch, lay_out, stretch_of

DAY = date(2026, 1, 1)


def shores(periods: int, session_days: int = 2, weeks: int = 26):
    """Banks and stretches in turn, each session `session_days` long."""
    banks, stretches, day = [], [], DAY
    for number in range(periods + 1):
        ends = day + timedelta(days=session_days - 1)
        banks.append(Bank("" if number == periods else chr(65 + number), f"S{number}", day, ends))
        begins = ends + timedelta(days=1)
        if number < periods:
            ends = begins + timedelta(weeks=weeks)
            stretches.append(Stretch(f"p{number + 1}", f"AP {number + 1}", begins, ends))
            day = ends + timedelta(days=1)
    return banks, stretches


def lanes(count: int):
    return [Lane(slot, f"Driver {slot}") for slot in range(1, count + 1)]


def card(pk: int, on: date = DAY + timedelta(days=10), slots=(1,), **fields) -> Card:
    return Card(pk=pk, title=f"Story {pk}", url=f"/{pk}", on=on, slots=slots, **fields)


def cells(column: Column) -> list[list[int]]:
    return [[each.pk for each in cell.cards] for cell in column.cells]


@pytest.mark.parametrize("count", range(1, 7))
@pytest.mark.parametrize("periods", [1, 3, 6])
def test_empty_map_has_a_cell_for_each_driver_and_period(count, periods):
    banks, stretches = shores(periods)

    picture = lay_out(lanes(count), banks, stretches, [], DAY)

    assert len(picture.columns) == 2 * periods + 1
    assert all(len(column.cells) == count for column in picture.columns[1::2])
    assert all(cell.level == 0 for column in picture.columns for cell in column.cells)
    assert picture.total == 0
    assert not any(picture.margin)


def test_three_periods_fit_a_desk_and_others_scroll():
    assert "map--s3" in lay_out(lanes(4), *shores(3), [], DAY).classes
    assert "map--auto" in lay_out(lanes(4), *shores(2), [], DAY).classes
    assert "map--d6" in lay_out(lanes(6), *shores(6), [], DAY).classes


def test_entry_of_two_drivers_stands_in_both_lanes_and_counts_once():
    picture = lay_out(lanes(3), *shores(3), [card(1, slots=(1, 3))], DAY)

    assert cells(picture.columns[1]) == [[1], [], [1]]
    assert [lane.entries for lane in picture.lanes] == [1, 0, 1]
    assert picture.total == 1


def test_entry_without_a_driver_of_the_series_is_not_yet_placed():
    picture = lay_out(lanes(2), *shores(3), [card(1, slots=()), card(2, slots=(5,))], DAY)

    assert [each.pk for each in picture.unplaced] == [1, 2]


def test_more_than_three_in_a_cell_stand_behind_more():
    many = [card(pk, on=DAY + timedelta(days=pk)) for pk in range(7, 2, -1)]

    cell = lay_out(lanes(1), *shores(3), many, DAY).columns[1].cells[0]

    assert [each.pk for each in cell.shown] == [5, 6, 7]
    assert [each.pk for each in cell.behind] == [3, 4]
    assert cell.hidden == 0
    assert cell.level == 3


@pytest.mark.parametrize("days", [1, 2, 5])
def test_what_happened_at_a_session_stands_in_the_period_after_it(days):
    banks, stretches = shores(3, session_days=days)

    assert stretch_of(banks[1].starts_on, stretches) == stretches[1]
    assert stretch_of(banks[-1].ends_on, stretches) == stretches[-1]
    assert stretch_of(DAY - timedelta(days=30), stretches) == stretches[0]
    assert stretch_of(DAY, []) is None


def test_intended_entries_are_a_dashed_plan_and_no_water():
    banks, stretches = shores(3)
    soon = card(1, on=stretches[2].starts_on, is_intended=True)
    both = [card(2, is_intended=True), card(3)]

    picture = lay_out(lanes(1), banks, stretches, [soon, *both], DAY + timedelta(days=5))

    assert picture.columns[5].cells[0].is_plan
    assert not picture.columns[1].cells[0].is_plan
    assert picture.columns[1].cells[0].level == 1
    assert picture.lanes[0].entries == 1


def test_states_follow_the_day():
    banks, stretches = shores(3)

    picture = lay_out(lanes(1), banks, stretches, [], stretches[1].starts_on)

    assert [column.state for column in picture.columns] == ["past", "past", "past", "now", "to", "to", "to"]


def test_past_periods_of_a_long_series_are_dots_and_the_current_keeps_its_cards():
    banks, stretches = shores(6)

    columns = lay_out(lanes(2), banks, stretches, [], stretches[3].starts_on).columns[1::2]

    assert [column.is_dots for column in columns] == [True, True, True, False, False, False]
    assert [column.is_focus for column in columns] == [False, False, False, True, False, False]


def test_time_before_session_a_makes_the_first_knot_a_passage():
    banks, stretches = shores(3)
    before = Stretch("before", "Before", DAY - timedelta(days=90), DAY - timedelta(days=1))

    picture = lay_out(lanes(1), banks, [before, *stretches], [card(1, DAY - timedelta(days=3))], DAY)

    assert cells(picture.columns[0]) == [[1]]
    assert picture.columns[1].knot == "mid"


def note(pk: int, entry: int, *, settled: bool = False) -> Note:
    day = DAY + timedelta(days=pk)
    return Note(pk, chr(96 + pk), "words", "Luz", "coach", day, settled, 0, "/", entry)


def test_margin_keeps_to_its_row_and_settled_notes_give_way():
    cards = [card(pk, note=note(pk, pk, settled=pk == 4)) for pk in range(1, 5)]
    cards.append(card(5, slots=(2, 1), note=note(5, 5)))

    picture = lay_out(lanes(2), *shores(3), cards, DAY)

    assert [[each.pk for each in row] for row in picture.margin] == [[2, 3, 5], []]
    assert picture.hidden_notes == (2, 0)
