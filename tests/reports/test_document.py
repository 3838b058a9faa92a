"""The one source of every form of a report."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text import words_of
from reports.document import (
    BREAK,
    DocumentInvalid,
    DriverMark,
    Entry,
    Heading,
    Origin,
    Table,
    Text,
    checksum,
    from_json,
    labels_in,
    normalise,
    to_json,
    without,
)
from tests.reports.documents import LABELS, make_doc, make_entry, make_full_doc


def first_block(*blocks):
    return normalise(make_doc(*blocks)).sections[0].blocks[0]


def test_json_and_back_is_the_same_document() -> None:
    doc = make_full_doc()

    assert from_json(json.loads(json.dumps(to_json(doc)))) == doc


def test_json_names_the_version_and_the_kinds() -> None:
    data = to_json(make_full_doc())

    assert data["version"] == 1
    kinds = [block["kind"] for section in data["sections"] for block in section["blocks"]]
    assert kinds == ["text", "heading", "entry", "entry", "table", "entry"]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["version"], 2, "version"),
        (["meta"], None, "meta"),
        (["meta", "title"], 3, "meta.title"),
        (["meta", "extra"], "", "meta.extra"),
        (["sections"], {}, "sections"),
        (["sections", 0, "blocks", 0, "kind"], "photo", "sections[0].blocks[0].kind"),
        (["sections", 0, "blocks", 0, "ast"], [["p", "no list", None]], "sections[0].blocks[0].ast"),
        (["sections", 0, "blocks", 2, "id"], True, "sections[0].blocks[2].id"),
        (["sections", 1, "blocks", 0, "rows"], [[1]], "sections[1].blocks[0].rows"),
    ],
)
def test_broken_json_is_refused_and_the_place_named(path, value, message) -> None:
    data = to_json(make_full_doc())
    at = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value

    with pytest.raises(DocumentInvalid) as caught:
        from_json(data)

    assert message in str(caught.value)


def test_a_missing_field_is_named() -> None:
    data = to_json(make_full_doc())
    del data["meta"]["question"]

    with pytest.raises(DocumentInvalid, match="question"):
        from_json(data)


def test_checksum_changes_with_the_words_and_only_with_them() -> None:
    doc = make_full_doc()

    assert checksum(doc) == checksum(make_full_doc())
    assert checksum(doc) != checksum(replace(doc, meta=replace(doc.meta, title="Other")))
    assert len(checksum(doc)) == 64


def test_without_an_entry_its_block_and_the_lines_that_quote_it_go() -> None:
    quoting = make_entry(id=2, grew_out_of=(Origin(text="The first", entry_id=1), Origin(text="A plan item")))
    doc = make_doc(make_entry(id=1, title="The first"), quoting)

    left = without(doc, {1})

    assert [block.id for block in left.sections[0].blocks] == [2]
    assert left.sections[0].blocks[0].grew_out_of == (Origin(text="A plan item"),)
    assert "The first" not in json.dumps(to_json(left))


def test_without_an_entry_bare_headings_and_empty_sections_go() -> None:
    entry = make_entry(id=1)

    assert without(make_doc(Heading(text="Policy"), entry), [1]).sections == ()
    two = make_doc(Heading(text="Policy"), entry, Heading(text="Practice"), make_entry(id=2))
    assert [type(block) for block in without(two, [1]).sections[0].blocks] == [Heading, Entry]
    assert without(two, [9]) == two


def test_empty_titles_are_named() -> None:
    assert first_block(make_entry(title=" \u202e\x00 ")).title == "(untitled)"
    assert first_block(Heading(text=BREAK)).text == "(untitled)"
    assert normalise(make_doc(title="")).meta.title == "(untitled)"


def test_long_runs_can_break_and_addresses_stay_whole() -> None:
    address = "https://a.example/" + "x" * 100
    entry = first_block(make_entry(f"{'w' * 20_000} [{address}]({address})", title="t" * 90))

    assert entry.title == "t" * 40 + BREAK + "t" * 40 + BREAK + "t" * 10
    assert max(map(len, words_of(entry.ast).replace(BREAK, " ").split())) == 40
    assert entry.ast[0][1][-1][2] == address


def test_an_accent_stays_with_its_letter() -> None:
    entry = first_block(make_entry(title="q\u0323" * 60))

    assert f"{BREAK}\u0323" not in entry.title
    assert BREAK in entry.title


def test_an_entry_holds_fifty_kilobytes() -> None:
    entry = first_block(make_entry("é words " * 10_000))

    text = words_of(entry.ast)
    assert 49_000 < len(text.encode()) <= 50_000
    assert text.endswith("…")


def test_deep_trees_are_clamped() -> None:
    ast = ["deep"]
    for _ in range(50):
        ast = [["quote", ast, None]]

    entry = first_block(make_entry(ast=ast))

    assert json.dumps(entry.ast).count("quote") == 6
    assert words_of(entry.ast) == "deep"


def test_links_without_words_or_without_a_good_address() -> None:
    ast = [["p", [["link", [], "https://a.example/"], ["link", ["x"], "javascript:alert(1)"]], None]]

    assert first_block(Text(ast=ast)).ast == [
        ["p", [["link", ["https://a.example/"], "https://a.example/"], ["em", ["x"], None]], None]
    ]


def test_rows_are_as_long_as_their_header() -> None:
    table = first_block(Table(header=("Team", "Filed"), rows=((), ("a", "b", "c")), caption=" "))

    assert table.rows == (("", ""), ("a", "b"))
    assert table.caption == ""


def test_what_no_renderer_knows_is_left_out() -> None:
    marks = (DriverMark(name="Policy", slot=1), DriverMark(name="?", slot=7))
    entry = first_block(make_entry(drivers=marks, language="not a code", grew_out_of=(Origin(text="\x00"),)))

    assert entry.drivers == marks[:1]
    assert entry.language == ""
    assert entry.grew_out_of == ()
    assert normalise(make_doc(language="")).meta.language == "en"


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_normalise_twice_is_once(title: str, text: str, cells: list[str]) -> None:
    doc = make_doc(
        make_entry(text, title=title),
        Text(ast=[text, ["link", [text], title]]),
        Table(header=(), rows=(tuple(cells),)),
    )

    once = normalise(doc)

    assert normalise(once) == once
    json.dumps(to_json(once)).encode()


def test_normalise_twice_is_once_for_what_is_too_long() -> None:
    once = normalise(make_doc(make_entry("x" * 70_000), make_entry("é" * 30_000)))

    assert normalise(once) == once


def test_labels_are_in_the_language_of_the_document() -> None:
    assert labels_in("en") == LABELS
