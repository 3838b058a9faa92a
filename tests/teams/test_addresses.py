"""How pasted addresses are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teams.addresses import read_addresses, without_links


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("a@example.org", ["a@example.org"]),
        ("A@Example.org, b@example.org;c@example.org\nd@example.org", [f"{c}@example.org" for c in "abcd"]),
        ("Ana Ruiz <ana@example.org>, b@example.org", ["ana@example.org", "b@example.org"]),
        ('"Ruiz, Ana" <ana@example.org>', ["ana@example.org"]),
        ("<a@example.org>", ["a@example.org"]),
        ("a@example.org b@example.org", ["a@example.org", "b@example.org"]),
        ("mailto:a@example.org", ["a@example.org"]),
        ("\n , ;\n", []),
    ],
)
def test_addresses_are_read_as_people_paste_them(text, emails):
    assert [address.email for address in read_addresses(text)] == emails


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ana", "There is no @ in it."),
        ("ana ruiz@example.org", "There is a space in it."),
        ("ana@example", "This is not an e-mail address."),
        ("Ana <ana>", "There is no @ in it."),
        (f"{'a' * 300}@example.org", "It is too long."),
    ],
)
def test_a_bad_address_says_why(text, reason):
    (found,) = read_addresses(text)

    assert (found.email, found.reason) == ("", reason)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text):
    for address in read_addresses(text):
        assert bool(address.email) != bool(address.reason)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Pearl River", "Pearl River"),
        ("https://evil.example/x?y", "https evil example/x?y"),
        ("see evil.example", "see evil example"),
        ("write to me@evil.example", "write to me evil example"),
        ("St. Louis", "St. Louis"),
    ],
)
def test_a_name_carries_no_link_into_a_mail(text, plain):
    assert without_links(text) == plain
