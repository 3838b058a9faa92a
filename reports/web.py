"""A document as a web page: its trees of texts as markup, its blocks as a template reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.text import Node, is_link
from measures.charts import run_chart
from reports.document import Block, Chart, Entry, Heading, ReportDoc, Table, Text, normalise
from reports.figures import from_plain

TAGS = {"p", "strong", "em", "code", "pre", "ul", "li"}


def html_of(nodes: Sequence[Node]) -> SafeString:
    """A tree of `core.text.to_ast` as HTML. Words are escaped, and only known tags are written."""
    return format_html_join("", "{}", ((_html(node),) for node in nodes))


def _html(node: Node) -> Any:
    if isinstance(node, str):
        return node
    tag, children, attr = node
    inside = html_of(children)  # type: ignore[arg-type]
    if tag == "br":
        return format_html("<br>")
    if tag == "quote":
        return format_html("<blockquote>{}</blockquote>", inside)
    if tag == "ol":
        return format_html('<ol start="{}">{}</ol>', attr, inside)
    if tag == "link" and is_link(str(attr)):
        return format_html('<a href="{}" rel="noopener nofollow">{}</a>', attr, inside)
    return format_html("<{0}>{1}</{0}>", tag, inside) if tag in TAGS else inside


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A section as the page shows it: `blocks` are dictionaries with a `kind`."""

    id: str
    title: str
    blocks: tuple[dict[str, Any], ...]


def chapters(doc: ReportDoc) -> tuple[Chapter, ...]:
    """The sections of `doc`, ready for components/document.html."""
    doc = normalise(doc)
    here = {story.id: story for story in stories_of(doc)}
    return tuple(
        Chapter(
            id=section.id, title=section.title, blocks=tuple(_block(block, here) for block in section.blocks)
        )
        for section in doc.sections
    )


def _block(block: Block, here: dict[int, Entry]) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": block.kind, "text": block.text}
    if isinstance(block, Text):
        return {"kind": block.kind, "html": html_of(block.ast), "language": block.language}
    if isinstance(block, Chart):
        drawn = run_chart(from_plain(block.figure))
        return {"kind": block.kind, "title": block.title, "says": block.says, "drawn": drawn}
    if isinstance(block, Table):
        return {
            "kind": block.kind,
            "caption": block.caption,
            "header": block.header,
            "rows": [list(zip(block.header, row, strict=True)) for row in block.rows],
        }
    return {
        "kind": block.kind,
        "id": block.id,
        "title": block.title,
        "html": html_of(block.ast),
        "team": block.team,
        "place": block.place if block.place != block.team else "",
        "drivers": block.drivers,
        "strand": block.strand,
        "result": block.result,
        "when": block.when,
        "language": block.language,
        "grew_out_of": [
            {
                "text": line.text,
                "language": line.language,
                "anchor": line.entry_id if line.entry_id in here else None,
            }
            for line in block.grew_out_of
        ],
        "became": [
            {"id": later.id, "title": later.title, "language": later.language}
            for later in here.values()
            if block.id in {line.entry_id for line in later.grew_out_of}
        ],
    }


def stories_of(doc: ReportDoc) -> list[Entry]:
    return [block for section in doc.sections for block in section.blocks if isinstance(block, Entry)]


def slots_of(doc: ReportDoc) -> list[int]:
    """The palette slots of the drivers that occur in `doc`, in order."""
    return sorted({mark.slot for story in stories_of(doc) for mark in story.drivers})
