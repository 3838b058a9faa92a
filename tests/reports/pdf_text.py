"""Reads a PDF back: the words of each page as a reader copies them, and its tags."""

from collections import Counter
from io import BytesIO
from typing import Any

import pikepdf


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def page_texts(pdf: bytes) -> list[str]:
    """The words of each page, in drawing order and without spaces, since a PDF may leave these out."""
    with opened(pdf) as document:
        return [_page_text(page) for page in document.pages]


def tags(pdf: bytes) -> Counter[str]:
    """How often each tag stands in the structure tree."""
    found: Counter[str] = Counter()
    with opened(pdf) as document:
        todo: list[Any] = [document.Root.StructTreeRoot]
        while todo:
            node = todo.pop()
            if isinstance(node, pikepdf.Array):
                todo.extend(node)
            elif isinstance(node, pikepdf.Dictionary):
                if "/S" in node:
                    found[str(node.S).removeprefix("/")] += 1
                todo.extend([node.K] if "/K" in node else [])
    return found


def languages(pdf: bytes) -> set[str]:
    """Every language that a tag declares."""
    with opened(pdf) as document:
        return {
            str(thing.Lang)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/S" in thing and "/Lang" in thing
        }


def _page_text(page: pikepdf.Page) -> str:
    maps = {name: _to_unicode(font) for name, font in page.resources.get("/Font", {}).items()}
    words: list[str] = []
    current: dict[bytes, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            current = maps[str(operands[0])]
        elif str(operator) in {"Tj", "TJ"}:
            parts = operands[0] if str(operator) == "TJ" else operands
            for part in parts:
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    words += [current.get(codes[i : i + 2], "") for i in range(0, len(codes), 2)]
    return "".join("".join(words).replace("\u200b", "").split())


def _to_unicode(font: Any) -> dict[bytes, str]:
    """The font's own table from its codes of two bytes to letters."""
    table: dict[bytes, str] = {}
    mode = ""
    for operands, operator in pikepdf.parse_content_stream(font.ToUnicode):
        mode = str(operator)
        pairs = [bytes(value) for value in operands if isinstance(value, pikepdf.String)]
        if mode == "endbfchar":
            table |= {
                code: text.decode("utf-16-be") for code, text in zip(pairs[::2], pairs[1::2], strict=True)
            }
    return table
