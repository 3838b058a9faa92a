"""How a map folds, two periods side by side, and the poster: all pure."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storymaps.map.compare import compare, roots_of
from storymaps.map.fold import MOST_CARDS, MOST_DRAWN, MOST_IN_CELL, share
from storymaps.map.picture import Look, Source, bounds_of, lay_out, stretch_of
from storymaps.map.poster import Sheet, draw_poster, fit, wrapped
from tests.storymaps.test_picture import DAY, card, lanes, shores


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 20)), max_size=200))
def test_share_never_draws_too_many_and_leaves_nothing_over(cells):
    counts, ranks = [count for count, _ in cells], [rank for _, rank in cells]

    given_ = share(counts, ranks)

    assert sum(given_) <= MOST_DRAWN
    assert all(0 <= drawn <= min(count, MOST_IN_CELL) for drawn, count in zip(given_, counts, strict=True))
    if sum(given_) < MOST_DRAWN:
        assert given_ == [min(count, MOST_IN_CELL) for count in counts]


def test_share_serves_the_period_that_is_read_first():
    given_ = share([100] * 60, [0] * 6 + [1] * 54)

    assert all(drawn >= MOST_CARDS for drawn in given_[:6])
    assert min(given_) >= 2
    assert sum(given_) == MOST_DRAWN


@pytest.mark.parametrize("count", [0, 20, 150, 500])
@pytest.mark.parametrize("periods", [1, 3, 12])
def test_picture_draws_at_most_150_and_counts_the_rest(count, periods):
    banks, stretches = shores(periods, weeks=8)
    days = (stretches[-1].ends_on - DAY).days
    many = [
        card(n, DAY + timedelta(days=n * days // max(count, 1)), (1 + n % 4,)) for n in range(1, count + 1)
    ]

    picture = lay_out(lanes(4), banks, stretches, many, stretches[-1].starts_on)

    cells = [cell for column in picture.columns for cell in column.cells]
    assert sum(len(cell.shown) + len(cell.behind) for cell in cells) <= MOST_DRAWN
    assert sum(len(cell.cards) for cell in cells) == count
    assert all(cell.hidden >= 0 for cell in cells)


def test_crowded_past_period_shrinks_to_dots_and_the_current_keeps_its_cards():
    banks, stretches = shores(3)
    many = [card(n) for n in range(1, 12)]

    first, second, _third = lay_out(lanes(1), banks, stretches, many, stretches[1].starts_on).columns[1::2]

    assert first.is_dots
    assert second.is_focus
    assert not second.is_dots


def test_entry_that_is_asked_for_is_drawn_and_its_period_opened():
    banks, stretches = shores(3)
    many = [card(n, DAY + timedelta(days=2 + n // 10)) for n in range(1, 200)]

    column = lay_out(lanes(1), banks, stretches, many, stretches[2].starts_on, Look(entry=5)).columns[1]

    assert column.is_focus
    assert 5 in [each.pk for each in column.cells[0].shown]


def test_one_period_and_one_lane_alone():
    banks, stretches = shores(3)

    picture = lay_out(lanes(4), banks, stretches, [card(1)], DAY, Look(only="p1", slot=2))

    assert [lane.slot for lane in picture.lanes] == [2]
    assert len(picture.columns) == 3
    assert "map--one" in picture.classes


def test_bounds_are_the_days_that_are_drawn_there():
    _banks, stretches = shores(3)

    for stretch in stretches:
        first, last = bounds_of(stretch.key, stretches)
        days = [stretch.starts_on, stretch.ends_on, *(day for day in (first, last) if 2025 < day.year < 2035)]
        assert all(stretch_of(day, stretches) is stretch for day in days)
    assert bounds_of("p9", stretches) is None


def test_two_periods_say_what_is_new_and_what_grew():
    _banks, (one, two, three) = shores(3)
    first, lost = card(1), card(2)
    by_steps = card(3, two.starts_on, grew=(4,))
    direct = card(4, two.starts_on, slots=(1, 2), grew=(1,))
    new = card(5, two.starts_on, slots=())

    pair = compare(lanes(2), one, two, [first, lost, by_steps, direct, new], [one, two, three])

    assert (pair.before, pair.after, pair.grew, pair.new, pair.led_on) == (2, 3, 2, 1, 1)
    assert [told.card.pk for told in pair.rows[0].before] == [1, 2]
    assert [tie.pk for tie in pair.rows[0].before[0].ties] == [3, 4]
    assert [row.lane.name if row.lane else "" for row in pair.rows] == ["Driver 1", "Driver 2", ""]


def test_ring_of_links_ends():
    ring = {1: card(1, grew=(2,)), 2: card(2, grew=(1,))}

    assert roots_of(ring[1], ring) == {2}


@pytest.mark.parametrize("count", [0, 1, 40, 500])
@pytest.mark.parametrize("periods", [1, 3, 24])
def test_poster_is_one_sheet_of_well_formed_svg(count, periods):
    banks, stretches = shores(periods, weeks=4)
    days = (stretches[-1].ends_on - DAY).days
    source = Source("A <b> story", "/", "Bronx & River", "bronx", "NYC")
    many = [
        card(n, DAY + timedelta(days=n * days // count), grew=(n - 1,), elsewhere=(source,), unseen=n % 2)
        for n in range(1, count + 1)
    ]
    picture = lay_out(lanes(6), banks, stretches, many, stretches[-1].starts_on)

    root = ElementTree.fromstring(draw_poster(picture, Sheet("Río <1>", "rio", "R&O", "S", "", "Luz", DAY)))

    assert root.get("width") == "841mm"
    assert root.get("height") == "594mm"


def test_cards_of_a_poster_fit_their_cell():
    assert fit(4, 200, 100)[0] == 1
    scale, columns, rows = fit(30, 200, 100)
    assert scale < 1
    assert columns * rows >= 30
    assert wrapped("word " * 40, 60, 4, 2)[-1].endswith("…")
