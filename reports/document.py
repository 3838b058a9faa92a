"""The one source of every form of a report: `ReportDoc`, plain JSON with a version.

Page, PDF, Word and slides read this and nothing else, so they cannot disagree. Whoever builds it has asked
what the reader may see; from here on nobody looks into the database. Words stand in it as they will be
shown: labels and dates already translated, texts as the tree of `core.text.to_ast`.

As JSON:

    {"version": 1, "meta": {…}, "labels": {…}, "sections": [{"id", "title", "blocks": [{"kind": …}, …]}, …]}

A block's `kind` says what else it holds; `BLOCKS` lists the kinds. A kind to come (a photo: id, file, alt,
caption) gets a class there and leaves the version as it is, since older documents hold none.
"""

import hashlib
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar, get_args

from django.utils import translation
from django.utils.translation import gettext as _

from core import text as words
from core.text import Ast, Node
from reports.figures import from_plain

VERSION = 1
LONGEST_ENTRY = 50_000  # bytes of UTF-8
LONGEST_LINE = 2000  # letters of a title, a name or a cell
LONGEST_RUN = 40  # letters without a place to break the line
MOST_COLUMNS = 12
HIGHEST_NUMBER = 999_999_999  # of a list item, as in CommonMark
BREAK = "\u200b"
JOINERS = "\u200c\u200d"

_ID = re.compile(r"[a-z][a-z0-9-]{0,79}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class DocumentInvalid(ValueError):
    """The JSON is no ReportDoc of this version; the message names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A choice that a renderer may draw: `key` tells it which, `name` is what the reader is told."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverMark:
    """A driver by name, and by its slot (1 to 6) in the palette of shapes and colours."""

    name: str
    slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A line of *grew out of*: what stood before, in its own language.

    `entry_id` is set where the line quotes an entry, so that it goes when that entry is withdrawn.
    """

    text: str
    language: str = ""
    entry_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    kind: ClassVar[str] = "text"
    ast: Ast
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a story map. `strand` and `result` keep the keys of their models."""

    kind: ClassVar[str] = "entry"
    id: int
    title: str
    ast: Ast
    team: str
    place: str = ""
    drivers: tuple[DriverMark, ...] = ()
    strand: Word | None = None
    result: Word | None = None
    when: str = ""
    language: str = ""
    grew_out_of: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    kind: ClassVar[str] = "table"
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A run chart. `figure` (reports.figures) is drawn by each renderer; `says` is its verdict in words.

    Its numbers stand beside it as a table of their own.
    """

    kind: ClassVar[str] = "chart"
    title: str
    says: str
    figure: dict[str, Any]


type Block = Heading | Text | Entry | Table | Chart
BLOCKS: dict[str, type[Heading | Text | Entry | Table | Chart]] = {
    block.kind: block for block in (Heading, Text, Entry, Table, Chart)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A chapter. `id` is its own within the document and fit for an address (`#id`)."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What stands on the cover. `on` is the day in ISO form, `date` the same as it is read."""

    title: str
    series: str
    question: str
    language: str
    on: str
    date: str
    edition: str = ""
    is_sample: bool = False
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The words that renderers add, in the language of the document. `labels_in` makes them."""

    contents: str
    question: str
    sample: str
    sample_note: str
    grew_out_of: str
    result: str
    untitled: str
    photo: str
    unprintable: str
    and_more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDoc:
    meta: Meta
    labels: Labels
    sections: tuple[Section, ...] = ()
    version: int = field(default=VERSION)


def labels_in(language: str) -> Labels:
    """The labels in `language`."""
    with translation.override(language):
        return Labels(
            contents=_("Contents"),
            question=_("The guiding question"),
            sample=_("SAMPLE"),
            sample_note=_("Sample content: people, figures and events are invented."),
            grew_out_of=_("Grew out of"),
            result=_("Result"),
            untitled=_("(untitled)"),
            photo=_("Photo"),
            unprintable=_("□ stands for a sign that this file cannot print:"),
            and_more=_("and others"),
        )


def to_json(doc: ReportDoc) -> dict[str, Any]:
    """`doc` as plain JSON values."""
    return _plain(doc)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        kind = {"kind": value.kind} if isinstance(value, get_args(Block.__value__)) else {}
        return kind | {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def from_json(data: Any) -> ReportDoc:
    """The document that `to_json` wrote.

    Raises DocumentInvalid for another version, an unknown kind of block, or a field that is missing,
    unknown or of the wrong type.
    """
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise DocumentInvalid("version: not a document of version 1")
    sections = tuple(
        _made(Section, {**_mapping(item, where), "blocks": _blocks(item, where)}, where)
        for number, item in enumerate(_sequence(data.get("sections"), "sections"))
        for where in [f"sections[{number}]"]
    )
    return ReportDoc(
        meta=_made(Meta, data.get("meta"), "meta"),
        labels=_made(Labels, data.get("labels"), "labels"),
        sections=sections,
    )


def _blocks(section: Any, where: str) -> tuple[Block, ...]:
    blocks = []
    for number, item in enumerate(_sequence(_mapping(section, where).get("blocks"), f"{where}.blocks")):
        here = f"{where}.blocks[{number}]"
        values = dict(_mapping(item, here))
        kind = BLOCKS.get(str(values.pop("kind", "")))
        if kind is None:
            raise DocumentInvalid(f"{here}.kind: unknown")
        blocks.append(_made(kind, {key: _value(key, value, here) for key, value in values.items()}, here))
    return tuple(blocks)


def _value(key: str, value: Any, where: str) -> Any:
    """The value of a block's field `key`, with its own classes."""
    here = f"{where}.{key}"
    if key == "ast":
        return [_node(node, here) for node in _sequence(value, here)]
    if key in {"strand", "result"}:
        return None if value is None else _made(Word, value, here)
    if key == "drivers":
        return tuple(_made(DriverMark, item, here) for item in _sequence(value, here))
    if key == "grew_out_of":
        return tuple(_made(Origin, item, here) for item in _sequence(value, here))
    if key == "header":
        return _strings(value, here)
    if key == "figure":
        return _figure(value, here)
    if key == "rows":
        return tuple(_strings(row, here) for row in _sequence(value, here))
    return value


def _figure(value: Any, where: str) -> dict[str, Any]:
    try:
        from_plain(_mapping(value, where))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DocumentInvalid(f"{where}: not a figure") from error
    return dict(value)


def _node(node: Any, where: str) -> Node:
    if isinstance(node, str):
        return node
    if isinstance(node, list) and len(node) == 3 and isinstance(node[0], str) and isinstance(node[1], list):
        attr = node[2]
        if attr is None or isinstance(attr, str | int):
            return [node[0], [_node(child, where) for child in node[1]], attr]
    raise DocumentInvalid(f"{where}: not a tree of texts")


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DocumentInvalid(f"{where}: not an object")
    return value


def _sequence(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise DocumentInvalid(f"{where}: not a list")
    return value


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if not all(isinstance(item, str) for item in _sequence(value, where)):
        raise DocumentInvalid(f"{where}: not a list of texts")
    return tuple(value)


_SIMPLE = {str: str, int: int, bool: bool, int | None: int | None}


def _made[T](kind: type[T], data: Any, where: str) -> T:
    """An instance of the dataclass `kind` with the fields of `data`; its simple types are checked."""
    values = _mapping(data, where)
    types = {each.name: each.type for each in fields(kind)}  # type: ignore[arg-type]
    if unknown := values.keys() - types.keys():
        raise DocumentInvalid(f"{where}.{min(unknown)}: unknown")
    for name, value in values.items():
        expected = _SIMPLE.get(types[name])  # type: ignore[arg-type]
        wrong_bool = isinstance(value, bool) and expected is not bool
        if expected is not None and (wrong_bool or not isinstance(value, expected)):
            raise DocumentInvalid(f"{where}.{name}: of the wrong type")
    try:
        return kind(**values)
    except TypeError as error:
        raise DocumentInvalid(f"{where}: {str(error).partition(') ')[2]}") from error


def checksum(doc: ReportDoc) -> str:
    """SHA-256 of the canonical JSON of `doc`, in hexadecimal."""
    canonical = json.dumps(to_json(doc), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def without(doc: ReportDoc, entry_ids: Collection[int]) -> ReportDoc:
    """`doc` without the entries of `entry_ids`, and without the lines elsewhere that quote them.

    A heading or a section of which nothing is left goes too.
    """
    gone = frozenset(entry_ids)
    sections = []
    for section in doc.sections:
        kept = [block for block in section.blocks if not (isinstance(block, Entry) and block.id in gone)]
        if len(kept) < len(section.blocks):
            kept = [
                block
                for block, after in itertools.pairwise([*kept, None])
                if block and not _is_bare(block, after)
            ]
            if not kept:
                continue
        blocks = tuple(_without_origins(block, gone) if isinstance(block, Entry) else block for block in kept)
        sections.append(replace(section, blocks=blocks))
    return replace(doc, sections=tuple(sections))


def _is_bare(block: Block, after: Block | None) -> bool:
    """Whether `block` is a heading with nothing under it."""
    return isinstance(block, Heading) and (after is None or isinstance(after, Heading))


def _without_origins(entry: Entry, gone: frozenset[int]) -> Entry:
    return replace(entry, grew_out_of=tuple(line for line in entry.grew_out_of if line.entry_id not in gone))


def normalise(doc: ReportDoc) -> ReportDoc:
    """`doc` such that every renderer can draw it, whatever people typed; doing it twice changes nothing.

    Texts are cleaned, long runs of letters can break, trees are no deeper than `core.text.DEEPEST`, an
    entry holds at most 50 kB, titles are never empty, rows are as long as their header, languages are
    codes.
    """
    labels = _tidy_fields(doc.labels)
    meta = _tidy_fields(doc.meta)
    meta = replace(meta, title=meta.title or labels.untitled, language=_language(meta.language) or "en")
    sections = tuple(
        replace(
            section,
            id=section.id if _ID.fullmatch(section.id) else f"section-{number}",
            title=_line(section.title) or labels.untitled,
            blocks=tuple(_BLOCK_TIDIERS[type(block)](block, labels) for block in section.blocks),
        )
        for number, section in enumerate(doc.sections, start=1)
    )
    return replace(doc, meta=meta, labels=labels, sections=sections)


def _tidy_fields[T](thing: T) -> T:
    """`thing`, a dataclass, with its texts as clean lines."""
    texts = {name: _line(value) for name, value in asdict(thing).items() if isinstance(value, str)}  # type: ignore[call-overload]
    return replace(thing, **texts)  # type: ignore[type-var]


def _language(code: str) -> str:
    return code if _LANGUAGE.fullmatch(code) else ""


def breakable(text: str, longest: int = LONGEST_RUN) -> str:
    """`text` with an invisible place to break after every `longest` letters of a longer run."""
    return BREAK.join(
        BREAK.join(_pieces(run, longest)) if len(run) > longest else run for run in text.split(BREAK)
    )


def _pieces(text: str, longest: int) -> Iterator[str]:
    """`text` in parts without longer runs; an accent or a joiner stays with its letter."""
    start = run = 0
    for place, letter in enumerate(text):
        if letter.isspace():
            run = 0
            continue
        if run >= longest and letter not in JOINERS and unicodedata.category(letter)[0] != "M":
            yield text[start:place]
            start, run = place, 0
        run += 1
    yield text[start:]


def _line(text: str) -> str:
    """`text` cleaned, on one line; empty if nothing in it is visible."""
    line = " ".join(words.normalise(text).split())
    if len(line.replace(BREAK, "")) > LONGEST_LINE:
        line = line.replace(BREAK, "")[: LONGEST_LINE - 1].rstrip() + "…"
    return breakable(line) if line.replace(BREAK, "").strip() else ""


def _tree(ast: Ast) -> Ast:
    """`ast` clamped, cleaned, and cut to 50 kB with an ellipsis."""
    ast = words.clamp(ast)
    is_long = len(words.words_of(ast).replace(BREAK, "").encode(errors="replace")) > LONGEST_ENTRY
    budget = _Budget(LONGEST_ENTRY - len("…".encode())) if is_long else None
    return [kept for node in ast if (kept := _node_tidied(node, budget)) is not None]


class _Budget:
    """How many bytes of an entry's words may still come."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, text: str) -> str | None:
        """What there is room for, with an ellipsis where it is cut; None when nothing is left."""
        if self.left <= 0:
            return None
        raw = text.replace(BREAK, "").encode()
        self.left -= len(raw)
        return text if self.left >= 0 else raw[: self.left].decode(errors="ignore") + "…"


def _node_tidied(node: Node, budget: _Budget | None) -> Node | None:
    """`node` cleaned, or None if nothing of it is left."""
    if isinstance(node, str):
        text: str | None = words.normalise(node)
        if budget:
            text = budget.take(text or "")
        return None if text is None else breakable(text)
    tag, children, attr = node
    tidied = [_node_tidied(child, budget) for child in children]  # type: ignore[attr-defined]
    kept = [child for child in tidied if child is not None]
    if children and not kept:
        return None
    if tag == "ol":
        return [tag, kept, attr if isinstance(attr, int) and 0 <= attr <= HIGHEST_NUMBER else 1]
    if tag != "link":
        return [tag, kept, None]
    href = attr if isinstance(attr, str) and words.is_link(attr) else ""
    shown = kept if words.words_of(kept).replace(BREAK, "") else [breakable(href)]
    return ["link", shown, href] if href else ["em", shown, None]


def _tidy_entry(entry: Entry, labels: Labels) -> Entry:
    return replace(
        entry,
        title=_line(entry.title) or labels.untitled,
        ast=_tree(entry.ast),
        team=_line(entry.team),
        place=_line(entry.place),
        drivers=tuple(replace(mark, name=_line(mark.name)) for mark in entry.drivers if 1 <= mark.slot <= 6),
        strand=_word(entry.strand),
        result=_word(entry.result),
        when=_line(entry.when),
        language=_language(entry.language),
        grew_out_of=tuple(
            replace(line, text=text, language=_language(line.language))
            for line in entry.grew_out_of
            if (text := _line(line.text))
        ),
    )


def _word(word: Word | None) -> Word | None:
    name = _line(word.name) if word else ""
    return replace(word, name=name) if word and name else None


def _tidy_table(table: Table, labels: Labels) -> Table:
    width = max(1, min(MOST_COLUMNS, len(table.header)))
    header, *rows = (
        tuple(_line(cell) for cell in (*row, *[""] * width)[:width]) for row in (table.header, *table.rows)
    )
    return replace(table, header=header, rows=tuple(rows), caption=_line(table.caption))


def _tidy_chart(chart: Chart, labels: Labels) -> Chart:
    plain = {name: _line(value) if isinstance(value, str) else value for name, value in chart.figure.items()}
    kept = {"key": chart.figure["key"], "title": _line(chart.title) or labels.untitled}
    return replace(chart, title=kept["title"], says=_line(chart.says), figure=plain | kept)


def _tidy_heading(heading: Heading, labels: Labels) -> Heading:
    return replace(heading, text=_line(heading.text) or labels.untitled)


def _tidy_text(block: Text, labels: Labels) -> Text:
    return replace(block, ast=_tree(block.ast), language=_language(block.language))


_BLOCK_TIDIERS: dict[type, Callable[[Any, Labels], Block]] = {
    Heading: _tidy_heading,
    Text: _tidy_text,
    Entry: _tidy_entry,
    Table: _tidy_table,
    Chart: _tidy_chart,
}
