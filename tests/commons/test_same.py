"""Teams who met the same: what counts as the same, and that each match says why."""

from datetime import date

import pytest

from commons.same import Piece, Sign, Usage, compare, stem, teams_that_met, words_of

FEW = Usage()  # where little is told, every word counts
POLICY, PRACTICE = 1, 2


def piece(team, text="", drivers=(POLICY,), result="", on=date(2026, 3, 4), pk=None, about=None):
    head = frozenset(words_of(text if about is None else about))
    return Piece("story", pk or team * 10, team, on, frozenset(drivers), words_of(text), result, head)


def test_a_word_is_the_same_in_the_plural_with_and_without_accents_and_in_capitals():
    assert stem("Boards") == stem("board")
    assert stem("Reunión") == stem("reunion")
    assert words_of("The board, the BOARDS and what they said about it") == {"board": "board"}
    assert words_of("¿Qué hicimos con la política?") == {"politi": "política"}


def test_what_everybody_speaks_of_tells_no_two_teams_apart():
    pieces = [piece(number, "students") for number in range(8)]
    usage = Usage.of([*pieces, piece(8, "students and the bus"), piece(9, "students and lockers")])

    assert usage.is_common("studen")
    assert not usage.is_common("locker")
    assert not Usage.of(pieces[:6]).is_common("studen")


def test_a_word_that_some_use_is_not_enough_by_itself():
    usage = Usage(20, {"calend": 5, "locker": 5, "tabled": 2})

    assert compare(piece(1, "calendar"), piece(2, "calendar"), usage) is None
    assert compare(piece(1, "calendar lockers"), piece(2, "calendar lockers"), usage) is not None
    assert compare(piece(1, "calendar lockers"), piece(2, "calendar lockers", drivers=[]), usage) is None
    assert compare(piece(1, "calendar tabled"), piece(2, "calendar tabled", drivers=[]), usage) is not None


@pytest.mark.parametrize(
    ("mine", "other", "is_match"),
    [
        (piece(1, "the superintendent tabled it"), piece(2, "superintendent"), True),  # driver and one word
        (piece(1, "superintendent"), piece(2, "superintendent", drivers=[PRACTICE]), False),
        (
            piece(1, "superintendent and calendar"),
            piece(2, "calendar of the superintendent", drivers=[]),
            True,
        ),  # two words, in no lane
        (piece(1, result="not"), piece(2, result="mixed"), True),  # neither got on, under the same driver
        (piece(1, result="not"), piece(2, result="moved"), False),
        (piece(1, result="not"), piece(2, result="not", drivers=[PRACTICE]), False),
        (piece(1, "superintendent"), piece(1, "superintendent"), False),  # one's own team
        (piece(1), piece(2), False),
    ],
)
def test_under_a_driver_one_word_is_enough_and_otherwise_it_takes_two(mine, other, is_match):
    assert (compare(mine, other, FEW) is not None) is is_match


def test_one_word_is_enough_only_where_one_of_them_is_about_it():
    mine, other = piece(1, "tabled", about=""), piece(2, "tabled", about="")

    assert compare(mine, other, FEW) is None
    assert compare(mine, piece(2, "tabled"), FEW) is not None
    assert compare(piece(1, "tabled"), other, FEW) is not None


def test_a_match_tells_the_words_of_the_other_team():
    found = compare(piece(1, "Meetings at the library"), piece(2, "One meeting, one library"), FEW)

    assert found is not None
    assert found.words == ("meeting", "library")
    assert found.drivers == (POLICY,)


def test_common_words_count_nothing():
    assert compare(piece(1, "students"), piece(2, "students"), Usage(9, {"studen": 9})) is None


def test_a_team_stands_once_with_what_is_closest_and_the_closest_team_first():
    mine = piece(1, "superintendent tabled calendar")
    others = [
        piece(2, "calendar", pk=20),
        piece(2, "superintendent calendar", pk=21),
        piece(3, "superintendent", pk=30, on=date(2026, 4, 1)),
        piece(4, "superintendent", pk=40, on=date(2026, 2, 1)),
    ]

    found = teams_that_met(
        mine, others, {4: [Sign("met")], 5: [Sign("asks", "Policy")], 1: [Sign("met")]}, usage=FEW
    )

    assert [(one.team, one.piece.pk if one.piece else None) for one in found] == [
        (4, 40), (2, 21), (5, None), (3, 30),
    ]  # fmt: skip
    assert found[0].signs == (Sign("met"),)


def test_no_more_teams_than_are_asked_for():
    others = [piece(number, "superintendent") for number in range(2, 20)]

    assert len(teams_that_met(piece(1, "superintendent"), others, {}, usage=FEW, most=5)) == 5


def test_the_order_does_not_hang_on_the_order_of_reading():
    mine = piece(1, "superintendent calendar")
    others = [piece(number, "superintendent calendar") for number in range(2, 9)]

    assert teams_that_met(mine, others, {}, usage=FEW) == teams_that_met(mine, others[::-1], {}, usage=FEW)
