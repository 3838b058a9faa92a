"""What people type: cleaned, and read as Markdown for a page or as a tree for a document.

Words are never lost to markup. HTML, pictures, entities and link definitions are not read as such but
shown as typed; a heading becomes a bold line, since the levels of headings belong to the page around it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

type Node = str | list[object]  # words, or [tag, children, attr]
type Ast = list[Node]

DEEPEST = 6  # tags inside each other in a tree; Typst gives up at 16 quotes
LONGEST_LINK = 2000
DEEPEST_BLOCK = 19  # at 20 the parser drops what is inside without a word
TAGS = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a"}

_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls but tab and line feed
    "\ud800-\udfff"  # half of a pair
    "\ufdd0-\ufdef\ufffe\uffff"  # no characters, by definition
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "\ufeff"  # a byte order mark
    "\u202a-\u202e\u2066-\u2069]"  # turn the reading direction of what follows
)
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+", re.IGNORECASE)


def normalise(text: str) -> str:
    """`text` in NFC and with LF line ends.

    Controls, half surrogates, non-characters and what turns the reading direction are left out.
    """
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", text)


def is_link(href: str) -> bool:
    """Whether `href` may become a link: http, https or mailto, and of a sane length."""
    return len(href) <= LONGEST_LINK and _LINK.fullmatch(href) is not None


def _level_headings(state: StateCore) -> None:
    """Turn headings into bold paragraphs, and leave rules out."""
    kept: list[Token] = []
    for token in state.tokens:
        if token.type == "hr":
            continue
        if token.type in {"heading_open", "heading_close"}:
            token.type = token.type.replace("heading", "paragraph")
            token.tag = "p"
        elif token.type == "inline" and kept and kept[-1].type == "paragraph_open" and kept[-1].markup:
            strong = Token("strong_open", "strong", 1), Token("strong_close", "strong", -1)
            token.children = [strong[0], *(token.children or []), strong[1]]
        kept.append(token)
    state.tokens = kept


def _parser(preset: str) -> MarkdownIt:
    parser = MarkdownIt(preset, {"html": False, "breaks": True, "maxNesting": DEEPEST_BLOCK + 1})
    parser.validateLink = is_link  # type: ignore[assignment, method-assign]
    return parser


_MARKDOWN = _parser("commonmark").disable(
    ["image", "entity", "reference", "code", "html_block", "html_inline"]
)
_MARKDOWN.core.ruler.push("level_headings", _level_headings)
_PLAIN = _parser("zero").enable("newline")


def _parse(text: str) -> tuple[MarkdownIt, list[Token]]:
    """The tokens of `text`, and the parser that made them: nested too deep, it is read as plain lines."""
    text = normalise(text)
    tokens = _MARKDOWN.parse(text)
    if any(token.level >= DEEPEST_BLOCK for token in tokens):
        return _PLAIN, _PLAIN.parse(text)
    return _MARKDOWN, tokens


def _only_links(tag: str, attribute: str, value: str) -> str | None:
    """Addresses and the first number of a list stay; nh3 would keep `title` and `lang` too."""
    if attribute == "href":
        return value if is_link(value) else None
    return value if attribute in {"rel", "start"} else None


@lru_cache(maxsize=512)
def render_markdown(text: str) -> SafeString:
    """`text` as HTML that is safe on any page of ours, in a `div` in which htmx does nothing.

    Kept in the process's own memory: a cache in the database would cost a query for each passage.
    """
    parser, tokens = _parse(text)
    html = nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_only_links,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
        generic_attribute_prefixes=set(),
    )
    return mark_safe(f"<div hx-disable>{html}</div>")


@dataclass(frozen=True)
class Mark:
    """Words of a text that a note speaks of: from `start` to `end`, with the note's letter and address."""

    start: int
    end: int
    letter: str
    href: str
    says: str  # for those who do not see the letter
    is_settled: bool = False


_PRIVATE = re.compile("[\ue000-\uf8ff]")
_PIECE = re.compile("(<[^>]*>|[\ue000-\uf8ff])")
MOST_MARKS = 1000


def render_marked(text: str, marks: Sequence[Mark]) -> SafeString:
    """`render_markdown` of `text` with `marks` drawn in it, each followed by its letter.

    A mark that would disturb the markup (it ends inside the address of a link, say) is left out.
    """
    plain = _PRIVATE.sub("\ufffd", text)
    html = render_markdown(plain)
    kept = [mark for mark in marks[:MOST_MARKS] if _PRIVATE.sub("", _with_ends(plain, [mark])) == html]
    return mark_safe(_draw_marks(_with_ends(plain, kept), kept)) if kept else render_markdown(text)


def _with_ends(plain: str, marks: Sequence[Mark]) -> str:
    """`plain` as HTML in which a letter of the private plane stands for each end of each mark."""
    ends = [(mark.end, 0, chr(0xE000 + 2 * number + 1)) for number, mark in enumerate(marks)]
    ends += [(mark.start, 1, chr(0xE000 + 2 * number)) for number, mark in enumerate(marks)]
    pieces, done = [], 0
    for place, _order, letter in sorted(ends):
        pieces += [plain[done:place], letter]
        done = place
    return render_markdown("".join([*pieces, plain[done:]]))


def _draw_marks(html: str, marks: Sequence[Mark]) -> str:
    """`html`, safe already, with the private letters turned into `mark` that never crosses a tag."""
    drawn: list[str] = []
    inside: set[int] = set()
    waiting: list[str] = []  # a letter is a link and cannot stand inside another one
    is_in_link = False
    for piece in _PIECE.split(html):
        if not piece:
            continue
        if _PRIVATE.fullmatch(piece):
            number, is_end = divmod(ord(piece) - 0xE000, 2)
            if not is_end:
                inside.add(number)
            elif number in inside:
                inside.discard(number)
                (waiting if is_in_link else drawn).append(_letter_of(marks[number]))
        elif piece.startswith("<"):
            drawn.append(piece)
            if piece.startswith("<a "):
                is_in_link = True
            elif piece == "</a>":
                is_in_link = False
                drawn += waiting
                waiting = []
        elif inside and not piece.isspace():
            pairs = " ".join(escape(marks[number].letter) for number in sorted(inside))
            drawn.append(f'<mark data-pair="{pairs}">{piece}</mark>')
        else:
            drawn.append(piece)
    return "".join(drawn)


def _letter_of(mark: Mark) -> str:
    look = "ref ref--done" if mark.is_settled else "ref"
    href, says, letter = escape(mark.href), escape(mark.says), escape(mark.letter)
    return f'<a class="{look}" href="{href}" aria-label="{says}">{letter}</a>'


def to_ast(text: str) -> Ast:
    """`text` as a tree that can be kept as JSON and drawn by any renderer: `[tag, children, attr]` or words.

    Tags are p, br, strong, em, code, pre, ul, ol, li, quote and link. `attr` is the address of a link, the
    first number of an ol, else None. Never more than `DEEPEST` tags inside each other.
    """
    _, tokens = _parse(text)
    root: list[Node] = []
    open_nodes: list[list[Node]] = [root]
    for token in _flat(tokens):
        here = open_nodes[-1]
        if token.nesting == 1:
            node = _node(token)
            here.append(node)
            open_nodes.append(node[1])  # type: ignore[arg-type]
        elif token.nesting == -1:
            open_nodes.pop()
        elif token.type in {"softbreak", "hardbreak"}:
            here.append(["br", [], None])
        elif token.type == "code_inline":
            here.append(["code", [token.content], None])
        elif token.type == "fence":
            here.append(["pre", [token.content.rstrip("\n")], None])
        elif token.content:
            here.append(token.content)
    return clamp(root)


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "inline":
            yield from token.children or []
        else:
            yield token


def _node(token: Token) -> list[object]:
    """The node that an opening token begins."""
    tag = {"blockquote": "quote", "a": "link"}.get(token.tag, token.tag)
    attr: object = None
    if tag == "link":
        attr = str(token.attrGet("href") or "")
    elif tag == "ol":
        attr = int(token.attrGet("start") or 1)
    return [tag, [], attr]


def clamp(ast: Ast, deepest: int = DEEPEST) -> Ast:
    """`ast` with at most `deepest` tags inside each other: deeper ones go, their words stay."""
    clamped: Ast = []
    for node in ast:
        if isinstance(node, str):
            clamped.append(node)
        elif deepest:
            tag, children, attr = node
            clamped.append([tag, clamp(children, deepest - 1), attr])  # type: ignore[arg-type]
        elif words := words_of([node]):
            clamped.append(words)
    return clamped


def words_of(ast: Ast) -> str:
    """The words of `ast` without markup: a line for each line, paragraphs and list items included."""
    words: list[str] = []
    todo: list[Node] = list(reversed(ast))
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            words.append(node)
            continue
        tag, children, _ = node
        if tag == "br":
            words.append("\n")
        elif tag in {"p", "li", "pre", "quote"}:
            todo.append("\n")
        todo.extend(reversed(children))  # type: ignore[arg-type, call-overload]
    return re.sub(r"\n\s*\n", "\n", "".join(words)).strip()


def plain(text: str) -> str:
    """The words of Markdown `text`, a line a block, without its marks."""
    return words_of(to_ast(text)) if text else ""


def first_sentence(text: str, limit: int) -> str:
    """The first sentence of `text` without markup, in at most `limit` letters: cut after a word, with "…"."""
    line = words_of(to_ast(text)).partition("\n")[0]
    if end := _SENTENCE_END.search(line):
        line = line[: end.end()]
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    if not line[limit - 1].isspace():
        cut = cut.rpartition(" ")[0] or cut
    return cut.rstrip(" ,;:–—-") + "…"
