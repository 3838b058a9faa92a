"""Words that a note speaks of, found again in a text that changed."""

from hypothesis import given
from hypothesis import strategies as st

from storymaps.quotes import AROUND, LONGEST, Quote, locate, locate_in, take, tidy

TEXT = "We sat in a circle. Ana spoke first.\n\nThen we sat in a circle again, and *nobody* left."


def found(text: str, quote: Quote) -> str:
    place = locate(text, quote)
    return text[place.start : place.end] if place else ""


def test_blanks_line_ends_and_marks_are_not_seen():
    quote = take(TEXT, "first. Then we sat in a circle  again, and nobody left")

    assert quote is not None
    assert found(TEXT, quote) == "first.\n\nThen we sat in a circle again, and *nobody* left"


def test_words_that_stand_twice_are_told_apart_by_what_is_around_them():
    second = Quote("sat in a circle", before=TEXT[len(TEXT) - 60 : TEXT.rindex("sat")], after=" again, and")

    place = locate(TEXT, second)

    assert place is not None
    assert place.start == TEXT.rindex("sat")


def test_a_light_edit_is_followed_and_said():
    quote = take(TEXT, "Ana spoke first.")
    edited = TEXT.replace("Ana spoke first.", "Ana Ruiz spoke first of all.")

    place = locate(edited, quote)

    assert place is not None
    assert place.is_changed
    assert edited[place.start : place.end].startswith("Ana")


def test_what_is_gone_is_said_to_be_gone():
    assert locate("We walked home in the rain.", take(TEXT, "Ana spoke first.")) is None
    assert take(TEXT, "Nobody spoke") is None
    assert take(TEXT, "  ") is None


def test_another_text_word_for_word_wins_over_a_changed_one():
    quote = take(TEXT, "Ana spoke first.")

    number, place = locate_in(["Ana spoke quite first.", TEXT], quote)

    assert number == 1
    assert not place.is_changed


@given(st.text(max_size=200), st.text(max_size=400), st.text(max_size=60))
def test_any_text_any_words(text, words, around):
    quote = take(text, words)
    if quote is not None:
        place = locate(text, quote)
        assert place is not None
        assert not place.is_changed
        assert tidy(text[place.start : place.end]) == quote.words
        assert len(quote.words) <= LONGEST
        assert len(quote.before) <= AROUND
    place = locate(text, Quote(words, around, around))
    assert place is None or 0 <= place.start < place.end <= len(text)
