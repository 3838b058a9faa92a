"""What people type, on a page and in a document."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import (
    DEEPEST,
    Mark,
    clamp,
    first_sentence,
    is_link,
    normalise,
    render_markdown,
    render_marked,
    to_ast,
    words_of,
)

XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<div hx-get='/me/' hx-trigger='load'>x</div>",
    "<p data-hx-get='/me/' id=main class=board style='position:fixed'>x</p>",
    "<style>*{display:none}</style>",
    "<math><mtext></p><style><!--</style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action=/sign-out/><button>x</button></form>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/)",
    "[x](/sign-out/)",
    "[x](https:evil.example)",
    '[x](https://a.example/"onmouseover="alert(1))',
    "[x](https://a.example 'title\" onclick=\"alert(1)')",
    "<javascript:alert(1)>",
    "![x](https://evil.example/pixel.gif)",
    '![x"onerror="alert(1)](https://a.example/x.png)',
    "[x]: javascript:alert(1)\n\n[x]",
    '```"onload=alert(1)\n<b>x</b>\n```',
    "`<script>alert(1)</script>`",
    "# <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "**<b onclick=alert(1)>x</b>**",
    "<!-- --><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "\\<script>alert(1)\\</script>",
]
ALLOWED = {"div", "p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a"}


class Tags(HTMLParser):
    """Every tag and attribute that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def assert_safe(html: str) -> None:
    (first, attributes), *rest = Tags(html).seen
    assert (first, attributes) == ("div", {"hx-disable": None})
    for tag, attributes in rest:
        assert tag in ALLOWED - {"div"}
        assert set(attributes) <= {"a": {"href", "rel"}, "ol": {"start"}}.get(tag, set())
        if "href" in attributes:
            assert re.match("(https?://|mailto:)", attributes["href"] or "")
            assert attributes["rel"] == "noopener nofollow"


@pytest.mark.parametrize("payload", XSS)
def test_markdown_lets_no_attack_through(payload: str) -> None:
    assert_safe(render_markdown(payload))


@given(st.text(alphabet="<>[]()`*_&#;:!\"'/ \n\\=-abjst1", max_size=200))
def test_markdown_is_safe_whatever_is_typed(text: str) -> None:
    assert_safe(render_markdown(text))


def test_markdown_of_an_ordinary_note() -> None:
    html = render_markdown("We *tried* **it**.\nTwice.\n\n- one\n- [two](https://a.example/)\n\n> said Ana")

    assert html == (
        "<div hx-disable><p>We <em>tried</em> <strong>it</strong>.<br>\nTwice.</p>\n<ul>\n<li>one</li>\n"
        '<li><a href="https://a.example/" rel="noopener nofollow">two</a></li>\n</ul>\n'
        "<blockquote>\n<p>said Ana</p>\n</blockquote>\n</div>"
    )


def test_markdown_headings_become_bold_lines() -> None:
    assert "<p><strong>Big</strong></p>" in render_markdown("# Big")
    assert "<p><strong>Big</strong></p>" in render_markdown("Big\n===")
    assert to_ast("## Big") == [["p", [["strong", ["Big"], None]], None]]


@pytest.mark.parametrize(
    "typed", ["<b>x</b>", "![a](https://b.example/c.png)", "[a]: https://b.example", "&copy; &#8238;"]
)
def test_words_that_are_no_markup_of_ours_are_shown_as_typed(typed: str) -> None:
    words = words_of(to_ast(typed))

    assert words in {typed, "!a"}


def test_ast_of_an_ordinary_note() -> None:
    ast = to_ast("A [link](mailto:a@b.example) and `code`\n\n3. three\n\n> quoted\n\n```\nx = 1\n```")

    assert ast == [
        ["p", ["A ", ["link", ["link"], "mailto:a@b.example"], " and ", ["code", ["code"], None]], None],
        ["ol", [["li", [["p", ["three"], None]], None]], 3],
        ["quote", [["p", ["quoted"], None]], None],
        ["pre", ["x = 1"], None],
    ]
    assert json.loads(json.dumps(ast)) == ast


def depth(ast: list) -> int:
    return max((1 + depth(node[1]) for node in ast if not isinstance(node, str)), default=0)


@pytest.mark.parametrize(
    "typed", [">" * 12 + " deep", ">" * 40 + " deep", "- " * 9 + "deep", "- " * 40 + "deep"]
)
def test_deep_nesting_is_clamped_and_keeps_its_words(typed: str) -> None:
    ast = to_ast(typed)

    assert depth(ast) <= DEEPEST
    assert "deep" in words_of(ast)
    assert "deep" in render_markdown(typed)


def test_deep_emphasis_is_clamped() -> None:
    ast = to_ast("*a " * 60 + "x" + "*" * 60)

    assert depth(ast) <= DEEPEST
    assert words_of(ast).count("a") == 60


def test_clamp_keeps_the_words() -> None:
    assert clamp([["quote", [["quote", [["p", ["a"], None]], None]], None]], 1) == [["quote", ["a"], None]]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\x07\x9fb", "ab"),
        ("a\ud800b", "ab"),
        ("a\ufffe\uffff\U0001fffeb", "ab"),
        ("a\u202eb\u2066c", "abc"),
        ("e\u0301", "é"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a\tb"),
        ("\ufeffa", "a"),
        ("😀 שלום 你好", "😀 שלום 你好"),
    ],
)
def test_normalise(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


@given(st.text())
def test_normalise_twice_is_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    normalise(text).encode()


def test_is_link() -> None:
    assert is_link("https://a.example/b?c#d")
    assert is_link("mailto:a@b.example")
    assert not is_link("https://a.example/ b")
    assert not is_link("https://a.example/" + "x" * 2000)
    assert not is_link("ftp://a.example")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("We met. Then we ate.", "We met."),
        ("**We** met!\nThen", "We met!"),
        ("“We met.” Then", "“We met.”"),
        ("It cost 3.50 dollars a day. Yes", "It cost 3.50 dollars a day."),
        ("", ""),
        ("The young people of the town asked", "The young people of…"),
        ("Theyoungpeopleofthetownasked", "Theyoungpeopleofthe…"),
    ],
)
def test_first_sentence(typed: str, sentence: str) -> None:
    assert first_sentence(typed, 20 if len(sentence) <= 20 else 40) == sentence


def test_marks_never_cross_a_tag_and_carry_their_letter():
    text = "Hello **bold words** and [a link](https://a.example/x) here."
    start = text.index("words")

    html = render_marked(text, [Mark(start, len(text), "a", "#note-1", "Note a")])

    assert '<strong>bold <mark data-pair="a">words</mark></strong>' in html
    assert '<a class="ref" href="#note-1" aria-label="Note a">a</a></p>' in html
    assert re.sub(r"</?mark[^>]*>|<a class=.ref.*?</a>", "", html) == render_markdown(text)


def test_a_letter_never_stands_inside_a_link():
    text = "See [the whole thing](https://a.example/x) now"

    html = render_marked(text, [Mark(5, 14, "a", "#note-1", "Note a")])

    assert '</a><a class="ref"' in html


def test_a_mark_that_would_break_the_markup_is_left_out():
    text = "See [it](https://a.example/x) now"

    assert render_marked(text, [Mark(12, 31, "a", "#n", "Note a")]) == render_markdown(text)


@given(st.text(max_size=120), st.integers(0, 120), st.integers(0, 120))
def test_marked_text_keeps_its_words(text, one, other):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    if start == end:
        return
    html = render_marked(text, [Mark(start, end, "a", "#n", '"<x>')])

    without = re.sub(r'</?mark[^>]*>|<a class="ref".*?</a>', "", html)
    plain = re.sub("[\ue000-\uf8ff]", "\ufffd", text)
    assert without in (render_markdown(text), render_markdown(plain))


@pytest.mark.parametrize("text", XSS)
def test_marks_open_no_door(text):
    html = render_marked(text, [Mark(0, len(text), "a", '"><script>', '"><script>')])

    assert "<script" not in html
    assert not re.search(r"<[^>]*\son\w+\s*=", html)
