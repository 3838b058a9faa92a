"""A tagged PDF of whatever people typed, made in a process of its own."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.text import to_ast
from reports import glyphs, pdf
from reports.document import BREAK, Entry, Heading, Origin, ReportDoc, Section, Table, Text, to_json
from reports.pdf import OutOfBounds, RenderFailed, render_pdf
from tests.reports.documents import LABELS, make_doc, make_entry, make_full_doc, make_meta
from tests.reports.pdf_text import languages, opened, page_texts, tags

AT = datetime(2015, 7, 11, 12, tzinfo=UTC)


def printed(*blocks: Heading | Text | Entry | Table, **meta: object) -> str:
    """All words of the PDF of these blocks, without spaces."""
    return "".join(page_texts(render_pdf(make_doc(*blocks, **meta), at=AT)))


@pytest.fixture(scope="module")
def full() -> bytes:
    return render_pdf(make_full_doc(is_sample=True), at=AT)


def test_it_declares_title_language_and_tags(full: bytes) -> None:
    with opened(full) as document:
        root = document.Root
        assert root.Lang == "en"
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert document.docinfo["/Title"] == "What we learned"
        assert document.docinfo["/CreationDate"] == "D:20150711120000Z"
        metadata = root.Metadata.read_bytes()
        assert b"pdfuaid:part>1<" in metadata
        assert b"pdfaid:part>2<" in metadata
        assert len(root.Outlines.keys()) > 1


def test_its_tags_follow_the_blocks(full: bytes) -> None:
    found = tags(full)

    assert found["Title"] == 1
    assert found["H1"] == 3  # contents, and two chapters
    assert found["H2"] == 2  # a heading, and the entry that stands under none
    assert found["H3"] == 2  # the entries under it
    assert (found["Table"], found["TH"], found["TD"], found["Caption"]) == (1, 3, 6, 1)
    assert found["BlockQuote"] == 1
    assert found["TOCI"] == 6
    assert "es" in languages(full)


def test_it_shows_everything_of_an_entry(full: bytes) -> None:
    text = "".join(page_texts(full))

    for words in (
        "What the minutes said",
        "Jackson, Mississippi",
        "3 March 2014",
        "Research",
        "Result: It moved",
        "Grew out of",
        "Plan item: read the minutes",
        "Driver 6",
        "El portón",
        "Vermont (left in May 2014)",
    ):
        assert words.replace(" ", "") in text


def test_a_sample_says_so_on_every_page(full: bytes) -> None:
    pages = page_texts(full)

    assert len(pages) == 4
    assert all("SAMPLE" in page for page in pages)
    assert "Samplecontent" in pages[0]


def test_what_is_no_sample_says_so_nowhere() -> None:
    assert not any("SAMPLE" in page for page in page_texts(render_pdf(make_full_doc(), at=AT)))


def test_the_running_header_names_the_chapter_of_the_page() -> None:
    long = tuple(make_entry("words " * 200, id=number) for number in range(6))
    sections = tuple(Section(id=name.lower(), title=name, blocks=long) for name in ("Alpha", "Omega"))
    pages = page_texts(render_pdf(ReportDoc(meta=make_meta(), labels=LABELS, sections=sections), at=AT))

    opening = next(number for number, page in enumerate(pages) if number > 1 and "Omega" in page)
    assert pages[opening - 1].startswith("Alpha")
    assert "Alpha" not in pages[opening]
    assert pages[opening + 1].startswith("Omega")


def test_same_document_and_moment_same_bytes(full: bytes) -> None:
    assert render_pdf(make_full_doc(is_sample=True), at=AT) == full
    assert render_pdf(make_full_doc(is_sample=True), at=AT.replace(hour=13)) != full


def test_markup_of_the_typesetter_is_printed_as_typed() -> None:
    typed = '#read("/etc/passwd") $x^2$ #import "@preview/a:1.0.0" = h @ref <l> // c #panic()'
    entry = make_entry(ast=[["p", [typed], None]], title=typed, grew_out_of=(Origin(text=typed),))

    text = printed(
        entry, Heading(text=typed), Table(header=(typed,), rows=((typed,),)), title=typed, question=typed
    )

    assert text.count(typed.replace(" ", "")) >= 8


@pytest.mark.parametrize(
    "entry",
    [
        make_entry("a\x00b\ud800c\ufffed\ue000", title="\x00"),
        make_entry("> " * 20 + "deep"),
        make_entry("- " * 20 + "deep"),
        make_entry("*a " * 50 + "x" + "*" * 50),
        make_entry("w" * 20_000),
        make_entry(title="word " * 20_000),
        make_entry("- \n- \n\n>\n\n```\n```\n\n1."),
        make_entry(""),
        make_entry("مرحبا بالعالم\n\nשלום עולם", title="שלום", language="ar"),
        make_entry("Z" + "\u0301\u0323\u0489\u05b0\u064b" * 500),
        make_entry(
            ast=[
                ["ol", ["x", ["li", ["y"], None]], -5],
                ["who", ["z"], None],
                ["link", [], "https://a.example/é"],
            ]
        ),
        make_entry(language="zz-nowhere", drivers=(), strand=None, result=None, when="", place="", team=""),
    ],
    ids=[
        "controls",
        "quotes",
        "lists",
        "emphasis",
        "word",
        "title",
        "empty-markup",
        "empty",
        "rtl",
        "accents",
        "odd-tree",
        "bare",
    ],
)
def test_hostile_entries_are_set(entry: Entry) -> None:
    assert render_pdf(make_doc(entry), at=AT).startswith(b"%PDF-1.7")


def test_every_sign_there_is_can_stand_in_a_text() -> None:
    signs = [chr(point) for point in range(0x30000) if not 0xD800 <= point < 0xE000]
    entries = [make_entry(ast=["".join(signs[i : i + 9000])], id=i) for i in range(0, len(signs), 9000)]

    assert "andothers" in printed(*entries)


def test_long_words_in_narrow_columns_can_break() -> None:
    table = Table(header=("Team", "participación"), rows=(("x" * 60, "1"),))
    data = pdf._prepared(to_json(make_doc(table)))["sections"][0]["blocks"][0]

    assert data["header"] == ["Team", "participación"]
    assert max(len(part) for part in data["rows"][0][0].split(BREAK)) <= 23
    assert pdf._letters_a_line(12) < pdf._letters_a_line(6) < pdf._letters_a_line(2)


def test_a_wide_and_a_long_table_are_set() -> None:
    wide = Table(header=tuple("abcdefghijklmnop"), rows=((("x" * 60),) * 16,))
    long = Table(header=("Team", "Filed"), rows=(("Jackson", "1"),) * 300, caption="Filed")

    with opened(render_pdf(make_doc(wide, long), at=AT)) as document:
        assert len(document.pages) > 5


def test_signs_without_a_glyph_are_boxes_and_named_on_the_last_page() -> None:
    text = printed(make_entry("We won 😀 and 你 and 👨\u200d👩\u200d👧 and 👍\U0001f3fd"))

    assert "Wewon□and□and□and□" in text
    assert text.endswith("U+1F467GIRL•U+1F44DTHUMBSUPSIGN") or "U+1F600GRINNINGFACE" in text
    assert LABELS.unprintable.replace(" ", "") in text


def test_without_missing_signs_no_note_is_made() -> None:
    assert LABELS.unprintable.replace(" ", "") not in printed(make_entry("“Sí” – ça va… Ελλάδα, Київ, → ✓ □"))


def test_an_accent_that_no_font_has_with_its_letter_goes_and_is_named() -> None:
    data, named = glyphs.replace_unprintable({"a": ["◧\u0331", "e\u0323"]})

    assert data == {"a": ["◧", "e\u0323"]}
    assert named == ["U+0331 COMBINING MACRON BELOW"]
    assert glyphs.replace_unprintable("e\u0323\u200b", keep_accents=False)[0] == "e\u200b"


def test_the_table_of_glyphs_names_every_font_file() -> None:
    assert len(glyphs.fonts()) > 3
    assert {"□", "é", "ñ", "¿", "→", "✓", "Ж", "ש"} <= glyphs.drawable()
    table = (pdf.FONTS / "coverage.json").read_text()
    assert all(f'"{font.stem}"' in table for font in pdf.FONTS.glob("*.ttf"))


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which private folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def huge() -> ReportDoc:
    text = to_ast("word " * 900)
    return make_doc(*(make_entry(id=number, ast=text) for number in range(3000)))


def no_child_is_left() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def test_too_much_memory_ends_the_child_and_nothing_else(scratch: Path) -> None:
    with pytest.raises(OutOfBounds, match="300 MB"):
        render_pdf(huge(), at=AT, memory_mb=300, seconds=30)

    assert no_child_is_left()
    assert list(scratch.iterdir()) == []
    assert render_pdf(make_doc(), at=AT)


def test_too_much_time_ends_the_child_and_nothing_else(scratch: Path) -> None:
    with pytest.raises(OutOfBounds, match="too long"):
        render_pdf(huge(), at=AT, memory_mb=4000, seconds=1)

    assert no_child_is_left()
    assert list(scratch.iterdir()) == []


def test_a_refused_document_names_chapter_and_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = tmp_path / "report.typ"
    guard = '#for s in doc.sections { for b in s.blocks { assert(b.title != "Bad", message: "no") } }\n'
    template.write_text(pdf.TEMPLATE.read_text() + guard)
    monkeypatch.setattr(pdf, "TEMPLATE", template)

    with pytest.raises(RenderFailed, match=r"could not be set \(Findings / Bad\)") as caught:
        render_pdf(make_doc(make_entry(), make_entry(id=2, title="Bad")), at=AT)

    assert caught.value.where == "Findings / Bad"
    assert "no" in caught.value.detail


def test_progress_is_told_in_order() -> None:
    stages: list[str] = []

    render_pdf(make_full_doc(), at=AT, on_progress=stages.append)

    assert stages[0] == "preparing"
    assert stages == [stage for stage in ("preparing", "setting", "packing") if stage in stages]


def test_the_child_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "s3cret")

    assert "s3cret" not in pdf._environment().values()


def test_the_child_needs_no_django() -> None:
    source = (pdf.HERE / "pdf_child.py").read_text()

    assert "import django" not in source
    assert "from core" not in source
