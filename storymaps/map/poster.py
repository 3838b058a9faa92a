"""The story map as one sheet of A1, drawn in millimetres: lanes, pools, knots, cards, lines.

It stands alone: colours and fonts are in the picture, always light, so that it prints and can be kept.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from core.drawings import signature
from storymaps.map.markup import entries_words, evidence_words, short
from storymaps.map.picture import Bank, Card, Cell, Column, Picture, Stretch

WIDE, HIGH = 841, 594  # A1, landscape
EDGE = 26  # what a plotter leaves white, and some air
TOP, BOTTOM = 96, HIGH - 44  # the lanes
LABELS = 66  # the column with the names of the drivers
CARD_WIDE, CARD_HIGH, GAP = 66.0, 19.0, 3.5
SMALLEST = 0.5
MARKS_BELOW = 34  # a narrower period shows marks instead of cards
PAPER, INK, SOFT, SURFACE = "#f6f4ed", "#1b2a26", "#43524c", "#fffefa"
COLOURS = {1: "#23329a", 2: "#0a7373", 3: "#7a1440", 4: "#8b5a01", 5: "#8538cc", 6: "#0f3f06"}
WASHES = {1: "#dde1f6", 2: "#cfe8e4", 3: "#f3dae4", 4: "#f6e4bb", 5: "#e9dcf7", 6: "#d8e8c9"}
SHAPES = {
    1: "M1.5 1.5h13v13h-13z",
    2: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z",
    3: "M8 .8 15.6 14.5H.4z",
    4: "M8 .2 15.8 8 8 15.8.2 8z",
    5: "M5.4 1h5.2v4.4H15v5.2h-4.4V15H5.4v-4.4H1V5.4h4.4z",
    6: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 3.6a3.4 3.4 0 1 0 0 6.8a3.4 3.4 0 0 0 0-6.8z",
}
READ, PLAIN = "Faustina, Georgia, serif", "'Atkinson Hyperlegible Next', Arial, sans-serif"


@dataclass(frozen=True)
class Sheet:
    """What stands at the head of the poster."""

    team: str
    slug: str
    code: str
    series: str
    place: str
    coaches: str
    on: date


@dataclass
class Frame:
    """Where the columns and lanes lie, and where each entry was put."""

    picture: Picture
    lefts: list[float] = field(default_factory=list)
    wides: list[float] = field(default_factory=list)
    boxes: dict[int, tuple[float, float, float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = self.picture.columns
        space = WIDE - 2 * EDGE - LABELS
        banks = sum(isinstance(column.what, Bank) for column in columns)
        bank = min(30.0, 0.3 * space / max(banks, 1))
        weights = [0.0 if isinstance(c.what, Bank) else _weight(c) for c in columns]
        left = float(EDGE + LABELS)
        for weight in weights:
            wide = weight / sum(weights) * (space - banks * bank) if weight else bank
            self.lefts.append(left)
            self.wides.append(wide)
            left += wide
        self.lane = (BOTTOM - TOP) / max(len(self.picture.lanes), 1)

    def middle(self, lane: int) -> float:
        return TOP + (lane + 0.5) * self.lane


def _weight(column: Column) -> float:
    """How wide a period is beside the others: a full one up to twice an empty one."""
    return 1 + min(max((len(cell.cards) for cell in column.cells), default=0), 12) / 12


def draw_poster(picture: Picture, sheet: Sheet) -> SafeString:
    """The sheet as SVG."""
    frame = Frame(picture)
    cards = _join([_cells(column, frame, i) for i, column in enumerate(picture.columns)])
    title = gettext("Story map of %(team)s: %(entries)s") % {
        "team": sheet.team,
        "entries": entries_words(picture.total),
    }
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="a1" width="{w}mm" height="{h}mm"'
        ' viewBox="0 0 {w} {h}" role="img" aria-label="{title}"><title>{title}</title>'
        '<rect width="{w}" height="{h}" fill="{paper}"/>'
        "{head}{lanes}{water}{lines}{cards}{foot}</svg>",
        w=WIDE,
        h=HIGH,
        title=title,
        paper=PAPER,
        head=_head(sheet, picture),
        lanes=_lanes(frame),
        water=_join([_column(column, frame, i) for i, column in enumerate(picture.columns)]),
        lines=_lines(frame),
        cards=cards,
        foot=_foot(picture),
    )


def _join(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _n(value: float) -> str:
    """A length with a point, whatever the reader's language."""
    return f"{value:.1f}"


def _words(
    x: float,
    y: float,
    size: float,
    words: str,
    *,
    font: str = PLAIN,
    fill: str = INK,
    bold: bool = False,
    italic: bool = False,
    anchor: str = "start",
) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-family="{}" font-size="{}" fill="{}" text-anchor="{}"{}{}>{}</text>',
        _n(x),
        _n(y),
        font,
        _n(size),
        fill,
        anchor,
        SafeString(' font-weight="700"') if bold else "",
        SafeString(' font-style="italic"') if italic else "",
        words,
    )


def wrapped(words: str, wide: float, size: float, lines: int) -> list[str]:
    """The words in at most so many lines of `wide` mm; a letter is about half as wide as high."""
    letters = max(int(wide / (size * 0.5)), 4)
    return textwrap.wrap(words, letters, max_lines=lines, placeholder=" …", break_long_words=True)


def _head(sheet: Sheet, picture: Picture) -> SafeString:
    said = [sheet.series, sheet.place]
    if sheet.coaches:
        said.append(gettext("Coach: %(names)s") % {"names": sheet.coaches})
    said += [entries_words(picture.total), date_format(sheet.on, "DATE_FORMAT")]
    left = EDGE + 36
    return format_html(
        '<svg x="{}" y="{}" width="28" height="28" viewBox="0 0 56 56">'
        '<rect width="56" height="56" fill="{}"/>'
        '<path d="{}" fill="none" stroke="#f6c02d" stroke-width="2.5"/>{}</svg>{}{}',
        EDGE,
        EDGE,
        INK,
        signature(sheet.slug),
        _words(28, 48, 13, sheet.code, fill=PAPER, bold=True, anchor="middle"),
        _words(left, EDGE + 16, 19, wrapped(sheet.team, WIDE - EDGE - left, 19, 1)[0], font=READ, bold=True),
        _words(left, EDGE + 27, 7, " · ".join(part for part in said if part), fill=SOFT),
    )


def _lanes(frame: Frame) -> SafeString:
    parts = []
    for i, lane in enumerate(frame.picture.lanes):
        y = frame.middle(i)
        parts.append(
            format_html(
                '<path transform="translate({} {}) scale(.7)" d="{}" fill="{}" fill-rule="evenodd"/>',
                EDGE,
                _n(y - 19),
                SHAPES[lane.slot],
                COLOURS[lane.slot],
            )
        )
        lines = wrapped(lane.name, LABELS - 6, 8.5, 2)
        parts += [
            _words(EDGE, y + 2 + 9 * k, 8.5, line, font=READ, bold=True) for k, line in enumerate(lines)
        ]
        parts.append(_words(EDGE, y + 2 + 9 * len(lines), 5, entries_words(lane.entries), fill=SOFT))
    return _join(parts)


def _column(column: Column, frame: Frame, i: int) -> SafeString:
    what, left, wide = column.what, frame.lefts[i], frame.wides[i]
    parts = []
    if isinstance(what, Bank):
        for k, lane in enumerate(frame.picture.lanes):
            parts.append(_knot(column, frame, i, k, lane.slot))
        parts.append(_session(column, what, left + wide / 2, wide))
        return _join(parts)
    size = min(7.0, wide / 8)
    month = date_format(what.starts_on, "M Y"), date_format(what.ends_on, "M Y")
    for k, line in enumerate(wrapped(what.name, wide - 2, size, 2)):
        parts.append(_words(left + 2, TOP - 22 + k * size * 1.15, size, line, font=READ, bold=True))
    span = gettext("%(first)s to %(last)s") % {"first": month[0], "last": month[1]}
    parts.append(_words(left + 2, TOP - 5, min(4.6, wide / 11), span, fill=SOFT))
    for k, cell in enumerate(column.cells):
        parts.append(_pool(cell, column, left, frame.middle(k), wide, frame.lane))
    return _join(parts)


def _knot(column: Column, frame: Frame, i: int, lane: int, slot: int) -> SafeString:
    """One driver on its way through a session."""
    left, wide, y = frame.lefts[i], frame.wides[i], frame.middle(lane)
    lanes = len(frame.picture.lanes)
    c, x, right = (TOP + BOTTOM) / 2 + (lane - (lanes - 1) / 2) * 2, left + wide / 2, left + wide
    third = wide / 3
    into = f"M{left:.1f} {y:.1f}C{left + third:.1f} {y:.1f} {left + third:.1f} {c:.1f} {x:.1f} {c:.1f}"
    out = f"M{x:.1f} {c:.1f}C{right - third:.1f} {c:.1f} {right - third:.1f} {y:.1f} {right:.1f} {y:.1f}"
    d = {"start": out, "end": into, "mid": into + out}[column.knot]
    dash = SafeString(' stroke-dasharray="1.2 3"') if column.state == "to" else ""
    return format_html('<path d="{}" fill="none" stroke="{}" stroke-width="1.8"{}/>', d, COLOURS[slot], dash)


def _session(column: Column, bank: Bank, x: float, wide: float) -> SafeString:
    y, radius = (TOP + BOTTOM) / 2, min(9.0, wide * 0.38)
    ahead = column.state == "to"
    size = min(5.5, wide / 5)
    lines = wrapped(bank.name, wide, size, 2)
    return format_html(
        '{}<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="1"/>{}{}',
        _join(
            [
                _words(x, TOP - 22 + k * size * 1.15, size, line, font=READ, bold=True, anchor="middle")
                for k, line in enumerate(lines)
            ]
        ),
        _n(x),
        _n(y),
        _n(radius),
        PAPER if ahead else INK,
        INK,
        _words(
            x,
            y + radius * 0.36,
            radius * 1.1,
            bank.letter or "☀",
            font=READ,
            fill=INK if ahead else PAPER,
            bold=True,
            anchor="middle",
        ),
        _words(x, TOP - 5, min(3.8, wide / 7), short(bank.starts_on), fill=SOFT, anchor="middle"),
    )


def _pool(cell: Cell, column: Column, left: float, y: float, wide: float, high: float) -> SafeString:
    """The water of a driver in a period: wide where much was logged, dashed where it is intended."""
    slot = cell.lane.slot
    if not cell.level:
        return format_html(
            '<path d="M{} {}H{}" stroke="{}" stroke-width="1.4" stroke-dasharray="1 3"/>',
            _n(left),
            _n(y),
            _n(left + wide),
            COLOURS[slot],
        )
    half = high * {1: 0.34, 2: 0.41, 3: 0.47}[cell.level]
    right, bend = left + wide, min(6.0, wide / 6)
    near, far, up, down = left + bend, right - bend, y - half, y + half
    d = (
        f"M{left:.1f} {y:.1f}C{near:.1f} {y:.1f} {left:.1f} {up:.1f} {near:.1f} {up:.1f}H{far:.1f}"
        f"C{right:.1f} {up:.1f} {far:.1f} {y:.1f} {right:.1f} {y:.1f}"
        f"C{far:.1f} {y:.1f} {right:.1f} {down:.1f} {far:.1f} {down:.1f}H{near:.1f}"
        f"C{left:.1f} {down:.1f} {near:.1f} {y:.1f} {left:.1f} {y:.1f}Z"
    )
    if cell.is_plan:
        return format_html(
            '<path d="{}" fill="none" stroke="{}" stroke-dasharray="1.2 2.6"/>', d, COLOURS[slot]
        )
    return format_html('<path d="{}" fill="{}"/>', d, WASHES[slot])


# --- cards -----------------------------------------------------------------------------------------


def _cells(column: Column, frame: Frame, i: int) -> SafeString:
    parts = []
    for k, cell in enumerate(column.cells):
        if cell.cards:
            parts.append(_cell(cell, column.what, frame, frame.lefts[i], frame.middle(k), frame.wides[i]))
    return _join(parts)


def fit(count: int, wide: float, high: float) -> tuple[float, int, int]:
    """At which scale so many cards fit into a cell, with how many columns and rows of them."""
    scale = 1.0
    while True:
        columns = max(int((wide + GAP) // (CARD_WIDE * scale + GAP)), 1)
        rows = max(int((high + GAP) // (CARD_HIGH * scale + GAP)), 1)
        if columns * rows >= count or scale <= SMALLEST:
            return scale, columns, rows
        scale -= 0.05


def _cell(cell: Cell, what: Bank | Stretch, frame: Frame, left: float, y: float, wide: float) -> SafeString:
    room, high = wide - 12, frame.lane - 14
    if wide < MARKS_BELOW:
        words = entries_words(len(cell.cards))
        return _words(left + wide / 2, y + 2, min(4.5, wide / 7), words, anchor="middle")
    scale, columns, rows = fit(len(cell.cards), room, high)
    shown = cell.cards[-columns * rows :]
    columns = min(columns, -(-len(shown) // rows)) if len(shown) > rows else 1
    lines = -(-len(shown) // columns)
    card_wide = min((room - GAP * (columns - 1)) / columns, CARD_WIDE * 1.25)
    card_high = CARD_HIGH * scale
    x0 = left + (wide - columns * card_wide - (columns - 1) * GAP) / 2
    y0 = y - (lines * card_high + (lines - 1) * GAP) / 2
    parts = []
    for place, card in enumerate(shown):
        x = x0 + (place % columns) * (card_wide + GAP)
        top = y0 + (place // columns) * (card_high + GAP)
        frame.boxes.setdefault(card.pk, (x, top, card_wide, card_high))
        parts.append(_card(card, cell.lane.slot, x, top, card_wide, scale))
    if hidden := len(cell.cards) - len(shown):
        words = ngettext("%(n)s more", "%(n)s more", hidden) % {"n": hidden}
        parts.append(_words(left + wide / 2, y + frame.lane / 2 - 2, 4, words, fill=SOFT, anchor="middle"))
    return _join(parts)


def _outline(card: Card, x: float, y: float, w: float, h: float) -> str:
    """The strand: a card with a tab, a speech card, a cut corner; a plain card where none is said."""
    if card.strand == "improvement":
        return f"M{x:.1f} {y:.1f}h{w - 4:.1f}l4 4v{h - 4:.1f}h{-w:.1f}z"
    if card.strand == "story":
        return f"M{x:.1f} {y:.1f}h{w - 4:.1f}q4 0 4 4v{h - 8:.1f}q0 4 -4 4h{-(w - 4):.1f}z"
    if card.strand == "research":
        return f"M{x:.1f} {y:.1f}v-1.6h12l1.6 1.6h{w - 13.6:.1f}v{h:.1f}h{-w:.1f}z"
    return f"M{x:.1f} {y:.1f}h{w:.1f}v{h:.1f}h{-w:.1f}z"


def _card(card: Card, slot: int, x: float, y: float, w: float, scale: float) -> SafeString:
    h, colour, size = CARD_HIGH * scale, COLOURS[slot], 4.6 * scale
    dash = SafeString(' stroke-dasharray="1.4 1.2"') if card.is_intended or not card.level else ""
    parts = [
        format_html(
            '<path d="{}" fill="{}" stroke="{}" stroke-width=".5"{}/>',
            _outline(card, x, y, w, h),
            SURFACE,
            colour,
            dash,
        )
    ]
    if card.level and not card.is_intended:
        deep = h if card.level == 2 else h / 2
        parts.append(
            format_html(
                '<rect x="{}" y="{}" width="2" height="{}" fill="{}"/>',
                _n(x),
                _n(y + h - deep),
                _n(deep),
                colour,
            )
        )
    is_said = card.strand == "story" or card.is_intended
    for k, line in enumerate(wrapped(card.title, w - 9, size, 2)):
        parts.append(
            _words(
                x + 4.5, y + size * (1.3 + k * 1.12), size, line, font=READ, bold=not is_said, italic=is_said
            )
        )
    foot = gettext("Intended, not yet tried")
    if not card.is_intended:
        foot = f"{evidence_words(card.sources)} · {short(card.on)}"
    parts.append(_words(x + 4.5, y + h - 1.8 * scale, 3.1 * scale, foot, fill=SOFT))
    parts.append(_edge(card, x, y + h))
    return _join(parts)


def _edge(card: Card, x: float, y: float) -> SafeString:
    """The plates of other teams whose stories it grew out of, and how many cannot be seen."""
    marks = [source.code for source in card.elsewhere[:2]]
    over = card.unseen + len(card.elsewhere[2:])
    marks += [f"+{over}"] if over else []
    return _join(
        [
            format_html(
                '<rect x="{}" y="{}" width="9" height="4.6" rx=".8" fill="{}"/>{}',
                _n(x - 3 + k * 9.6),
                _n(y - 2),
                INK,
                _words(x + 1.5 + k * 9.6, y + 1.4, 3, mark, fill=PAPER, bold=True, anchor="middle"),
            )
            for k, mark in enumerate(marks)
        ]
    )


def _lines(frame: Frame) -> SafeString:
    """From every entry to those it grew out of, where both are drawn."""
    parts = []
    cards = {card.pk: card for c in frame.picture.columns for cell in c.cells for card in cell.cards}
    for card in cards.values():
        for source in card.grew:
            if card.pk in frame.boxes and source in frame.boxes:
                parts.append(_line(frame.boxes[source], frame.boxes[card.pk]))
    return format_html(
        '<g fill="none" stroke="{}" stroke-width=".5" stroke-opacity=".65">{}</g>', INK, _join(parts)
    )


def _line(source: tuple[float, float, float, float], target: tuple[float, float, float, float]) -> SafeString:
    x, y = source[0] + source[2], source[1] + source[3] / 2
    to_x, to_y = target[0], target[1] + target[3] / 2
    if x > to_x:  # in one column: round the outside
        to_x = target[0] + target[2]
        edge = max(x, to_x) + 7
        d = f"M{x:.1f} {y:.1f}C{edge:.1f} {y:.1f} {edge:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    else:
        reach = max(10.0, (to_x - x) / 2)
        d = f"M{x:.1f} {y:.1f}C{x + reach:.1f} {y:.1f} {to_x - reach:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
    return format_html('<path d="{}"/>', d)


def _foot(picture: Picture) -> SafeString:
    said = [
        gettext("Tab: research. Round: story. Cut corner: improvement."),
        gettext("Spine: none, one, or several sources."),
        gettext("Dashed: intended, or still to come."),
        gettext("A line leads to what grew out of a story."),
    ]
    if picture.unplaced:
        waiting = len(picture.unplaced)
        said.append(
            ngettext("%(n)s story is not yet placed.", "%(n)s stories are not yet placed.", waiting)
            % {"n": waiting}
        )
    return format_html(
        '<path d="M{} {}H{}" stroke="{}" stroke-width=".6"/>{}',
        EDGE,
        BOTTOM + 10,
        WIDE - EDGE,
        INK,
        _words(EDGE, BOTTOM + 19, 5, " ".join(said), fill=SOFT),
    )
