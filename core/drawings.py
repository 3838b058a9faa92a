"""The product's pictures, drawn on the server as inline SVG.

Colour comes from the classes of the style sheets (`is-drv-1` … `is-drv-6`), never from here, so that
light, dark, print and forced colours follow. What looks random is seeded by a stable key (a team's
slug, a period's id): a drawing is the same on every request. Ids inside a drawing carry the caller's
key, so that two drawings on a page do not share one.
"""

import itertools
import math
import random
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

HIDDEN = 'aria-hidden="true" focusable="false"'
SHAPES = {
    1: '<path d="M1.5 1.5h13v13h-13z"/>',
    2: '<circle cx="8" cy="8" r="7"/>',
    3: '<path d="M8 .8 15.6 14.5H.4z"/>',
    4: '<path d="M8 .2 15.8 8 8 15.8.2 8z"/>',
    5: '<path d="M5.4 1h5.2v4.4H15v5.2h-4.4V15H5.4v-4.4H1V5.4h4.4z"/>',
    6: '<path fill-rule="evenodd" d="M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 3.6a3.4 3.4 0 1 0 0 6.8'
    'a3.4 3.4 0 0 0 0-6.8z"/>',
}
KnotKind = Literal["start", "mid", "end"]
FlowKind = Literal["start", "run", "mid", "end"]


def _svg(text: str) -> SafeString:
    """Mark `text` as safe: numbers and constants of this module; words went through `conditional_escape`."""
    return mark_safe(text)


@cache
def shape(slot: int, classes: str = "drv__m") -> SafeString:
    """The mark of palette slot 1 to 6: square, circle, triangle, diamond, cross, ring."""
    return _svg(f'<svg class="{classes}" viewBox="0 0 16 16" {HIDDEN}>{SHAPES[slot]}</svg>')


@cache
def gauge(level: int) -> SafeString:
    """How firm the evidence is: 0 none yet, 1 one source, 2 several. Words go beside it."""
    cells = "".join(
        f"<rect{' class=' + chr(34) + 'on' + chr(34) if i < level else ''}"
        f' x="{1 + i * 10.5:g}" y="1" width="8.5" height="10" rx="1"/>'
        for i in range(2)
    )
    return _svg(f'<svg class="evid__g" viewBox="0 0 22 12" {HIDDEN}>{cells}</svg>')


# --- the story map ---------------------------------------------------------------------------------


def water(entries: int) -> int:
    """The level of a pool that holds `entries`: 0 none, 1 one or two, 2 three or four, 3 more."""
    return 0 if entries < 1 else 1 if entries < 3 else 2 if entries < 5 else 3


@lru_cache(maxsize=512)
def pool(level: int, seed: str, *, plan: bool = False) -> SafeString:
    """Water behind one driver in one Action Period; `level` as `water` gives it, 0 is a thread of dots.

    `plan` draws the dashed outline of a period that has not begun. Stretched to its cell.
    """
    head = f'<svg class="pool" viewBox="0 0 100 100" preserveAspectRatio="none" {HIDDEN}>'
    if level == 0:
        return _svg(head + '<path class="thread" d="M0 50H100"/></svg>')
    wobble = random.Random(seed)
    half, lip, taper = {1: 30, 2: 38, 3: 44}[level], 1.6, 10
    top = [50 - half + wobble.uniform(-4, 4) for _ in range(4)]
    low = [50 + half + wobble.uniform(-4, 4) for _ in range(4)]
    xs = [taper + i * (100 - 2 * taper) / 3 for i in range(4)]
    near, far = taper * 0.75, taper * 0.3
    d = f"M0 {50 - lip}C{near:.1f} {50 - lip} {far:.1f} {top[0]:.1f} {xs[0]:.1f} {top[0]:.1f}"
    for i in range(3):
        mid = (xs[i] + xs[i + 1]) / 2
        d += f"C{mid:.1f} {top[i]:.1f} {mid:.1f} {top[i + 1]:.1f} {xs[i + 1]:.1f} {top[i + 1]:.1f}"
    d += f"C{100 - far:.1f} {top[3]:.1f} {100 - near:.1f} {50 - lip} 100 {50 - lip}V{50 + lip}"
    d += f"C{100 - near:.1f} {50 + lip} {100 - far:.1f} {low[3]:.1f} {xs[3]:.1f} {low[3]:.1f}"
    for i in (2, 1, 0):
        mid = (xs[i] + xs[i + 1]) / 2
        d += f"C{mid:.1f} {low[i + 1]:.1f} {mid:.1f} {low[i]:.1f} {xs[i]:.1f} {low[i]:.1f}"
    d += f"C{far:.1f} {low[0]:.1f} {near:.1f} {50 + lip} 0 {50 + lip}Z"
    return _svg(f'{head}<path{" class=" + chr(34) + "plan" + chr(34) if plan else ""} d="{d}"/></svg>')


@cache
def knot(slots: tuple[int, ...], kind: KnotKind = "mid") -> SafeString:
    """The drivers, in the order of their lanes, meeting at a Learning Session; `end` is the Summit."""
    height = 100 * len(slots)
    out = [f'<svg class="knot" viewBox="0 0 100 {height}" preserveAspectRatio="none" {HIDDEN}>']
    for i, slot in enumerate(slots):
        y, c = 50 + 100 * i, height / 2 + (i - (len(slots) - 1) / 2) * 3
        d = {
            "start": f"M50 {c:g}C62 {c:g} 66 {y} 100 {y}",
            "end": f"M0 {y}C34 {y} 38 {c:g} 50 {c:g}",
            "mid": f"M0 {y}C34 {y} 30 {c:g} 50 {c:g}S66 {y} 100 {y}",
        }[kind]
        out.append(f'<path class="is-drv-{slot}" d="{d}"/>')
    return _svg("".join(out) + "</svg>")


@cache
def vflow(slots: tuple[int, ...], kind: FlowKind) -> SafeString:
    """The same river on a phone, in the left gutter."""
    out = [f'<svg class="vflow" viewBox="0 0 24 100" preserveAspectRatio="none" {HIDDEN}>']
    gap = 20 / max(len(slots) - 1, 1)
    for i, slot in enumerate(slots):
        x = 2 + i * gap if len(slots) > 1 else 12.0
        c, a = 12 + (i - (len(slots) - 1) / 2) * 1.6, (4 if i % 2 else -4)
        fall = f"C{c:.1f} 60 {x:.1f} 60 {x:.1f} 100"
        meet = f"M{x:.1f} 0C{x:.1f} 10 {c:.1f} 8 {c:.1f} 18"
        d = {
            "start": f"M{c:.1f} 18{fall}",
            "mid": meet + fall,
            "end": meet,
            "run": f"M{x:.1f} 0C{x + a:.1f} 8 {x + a:.1f} 17 {x:.1f} 25S{x - a:.1f} 42 {x:.1f} 50"
            f"S{x + a:.1f} 67 {x:.1f} 75S{x - a:.1f} 92 {x:.1f} 100",
        }[kind]
        out.append(f'<path class="is-drv-{slot}" d="{d}"/>')
    return _svg("".join(out) + "</svg>")


def reach_segment(share: float, key: str) -> SafeString:
    """One Action Period in the thin timeline; `share`, 0 to 1, is how much of it has passed."""
    wave = "M0 10C12 2 18 2 30 10S48 18 60 10 78 2 90 10 108 18 120 10"
    width = 120 * min(max(share, 0), 1)
    return format_html(
        '<span class="reach__a" aria-hidden="true"><svg viewBox="0 0 120 20" preserveAspectRatio="none"'
        ' focusable="false"><clipPath id="reach-{key}"><rect width="{width}" height="20"/></clipPath>'
        '<path class="bed" d="{wave}"/><path class="water" clip-path="url(#reach-{key})" d="{wave}"/>'
        "</svg></span>",
        key=key,
        width=f"{width:.0f}",
        wave=wave,
    )


# --- teams and series ------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def signature(slug: str, width: int = 56, height: int = 56) -> str:
    """The path of a team's own river line, drawn from its slug. A mark, not a map."""
    bend = random.Random("river-" + slug)
    points: list[tuple[float, float]] = []
    steps = 4
    for i in range(steps + 1):
        if i % 2 == 0:
            x = bend.uniform(8, width - 8)
        elif points[-1][0] < width / 2:
            x = bend.uniform(width * 0.55, width - 4)
        else:
            x = bend.uniform(4, width * 0.45)
        points.append((x, -6 + i * (height - 6) / steps))
    d = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        mid = (y0 + y1) / 2
        d += f"C{x0:.0f} {mid:.0f} {x1:.0f} {mid:.0f} {x1:.0f} {y1:.0f}"
    return d


def weeks(counts: Sequence[int | None], label: str) -> SafeString:
    """Entries each week: a bar, a low tick for none, a paler tick (None) for weeks to come."""
    bars = []
    for i, n in enumerate(counts):
        x = i * 6
        if n:
            height = min(26, 6 + n * 5)
            bars.append(f'<rect x="{x}" y="{28 - height}" width="4" height="{height}"/>')
        else:
            bars.append(
                f'<rect class="{"future" if n is None else "z"}" x="{x}" y="26" width="4" height="2"/>'
            )
    return _svg(
        f'<svg class="weeks" viewBox="0 0 {max(len(counts) * 6 - 2, 1)} 28" role="img"'
        f' aria-label="{conditional_escape(label)}">{"".join(bars)}</svg>'
    )


class Node(NamedTuple):
    """A stop on the braid: where it lies (share of the whole, 0 to 1), its letter, its state."""

    share: float
    letter: str  # empty for the Summit, which is drawn as a sun
    state: Literal["done", "next", "to"]


type Line = list[tuple[float, float]]


def _braid_lines(
    count: int, xs: Sequence[float], width: float, height: float, pad: float, seed: str
) -> list[Line]:
    """One line a team: apart in the periods, together at the stops `xs` (the first of them is the spring)."""
    mix, centre = random.Random(seed), height / 2
    tie = 5 if count <= 12 else 60 / count
    lines: list[Line] = [[(xs[0], pad + (height - 2 * pad) * i / max(count - 1, 1))] for i in range(count)]
    for s, x in enumerate(xs[1:]):
        order = list(range(count))
        mix.shuffle(order)
        for rank, i in enumerate(order):
            lines[i].append((x, centre + (rank - (count - 1) / 2) * tie))
        if s < len(xs) - 2:
            mix.shuffle(order)
            for rank, i in enumerate(order):
                spread = (rank / max(count - 1, 1) - 0.5) * (height - 2 * pad) * 0.92
                middle = (x + xs[s + 2]) / 2 + mix.uniform(-0.02, 0.02) * width
                lines[i].append((middle, centre + spread))
    return lines


def _flow(line: Line, *, vertical: bool) -> str:
    def at(a: float, b: float) -> str:
        return f"{b:.0f} {a:.0f}" if vertical else f"{a:.0f} {b:.0f}"

    d = "M" + at(*line[0])
    for (a0, b0), (a1, b1) in itertools.pairwise(line):
        mid = (a0 + a1) / 2
        d += f"C{at(mid, b0)} {at(mid, b1)} {at(a1, b1)}"
    return d


def _sun(x: float, y: float, r: float) -> str:
    q, e = r * 0.42, r * 0.294
    return (
        f"M{x:.0f} {y - q:.1f}V{y + q:.1f}M{x - q:.1f} {y:.0f}H{x + q:.1f}"
        f"M{x - e:.1f} {y - e:.1f}L{x + e:.1f} {y + e:.1f}M{x - e:.1f} {y + e:.1f}L{x + e:.1f} {y - e:.1f}"
    )


def _nodes(nodes: Sequence[Node], width: float, height: float, r: float, *, vertical: bool) -> list[str]:
    out = []
    for node in nodes:
        x, y = (height / 2, node.share * width) if vertical else (node.share * width, height / 2)
        out.append(f'<circle class="node node--{node.state}" cx="{x:.0f}" cy="{y:.0f}" r="{r:g}"/>')
        if node.letter:
            out.append(
                f'<text class="node-t node-t--{node.state}" x="{x:.0f}" y="{y + r * 0.36:.0f}">'
                f"{conditional_escape(node.letter)}</text>"
            )
        else:
            out.append(f'<path class="node-sun" d="{_sun(x, y, r)}"/>')
    return out


def braid(
    names: Sequence[str],
    nodes: Sequence[Node],
    now: float,
    key: str,
    *,
    vertical: bool = False,
    today: str = "",
    many: bool = False,
) -> SafeString:
    """Teams part and meet again; the last node is the Summit, after which they open to the public.

    `names` stand at the springs, one line each (over 12, `many` draws hair lines without names). `now`
    is today's share of the whole, 0 before the series opens; beyond it the bed is dashed. `key` seeds
    the lines and names the ids. `vertical` is the phone's picture, without words.
    """
    width, height, r = (820.0, 120.0, 22.0) if vertical else (1240.0, 340.0, 30.0)
    pad, spring = (8.0, 0.0) if vertical else (20.0, 196.0 if names and not many else 0.0)
    count = max(len(names), 1)
    xs = [spring, *(node.share * width for node in nodes)]
    lines = _braid_lines(count, xs, width, height, pad, key)
    tie, centre, rays = (5 if count <= 12 else 60 / count), height / 2, min(count * 3, 60)
    fan: list[Line] = [
        [
            (xs[-1], centre + (j / max(rays - 1, 1) - 0.5) * tie * count),
            (width + 10, centre + (j / max(rays - 1, 1) - 0.5) * (height - 2 * pad) * 1.02),
        ]
        for j in range(rays)
    ]
    cut, clip = min(max(now, 0), 1) * width, f"braid-{conditional_escape(key)}-{'v' if vertical else 'h'}"
    size = f'width="{height + 60:.0f}" height="{cut + 30:.0f}"'
    if not vertical:
        size = f'width="{cut + 30:.0f}" height="{height + 60:.0f}"'
    box = f"0 0 {height:.0f} {width:.0f}" if vertical else f"0 0 {width:.0f} {height:.0f}"
    classes = f"braid braid--{'v' if vertical else 'h'}{' many' if many else ''}"
    paths = [_flow(line, vertical=vertical) for line in lines]
    out = [
        f'<svg class="{classes}" viewBox="{box}" {HIDDEN}>',
        f'<clipPath id="{clip}"><rect x="-30" y="-30" {size}/></clipPath>',
        '<g class="bed">' + "".join(f'<path d="{d}"/>' for d in paths) + "</g>",
        '<g class="fan">' + "".join(f'<path d="{_flow(p, vertical=vertical)}"/>' for p in fan) + "</g>",
        f'<g class="water" clip-path="url(#{clip})">',
        "".join(f'<path class="w{i % 7}" d="{d}"/>' for i, d in enumerate(paths)) + "</g>",
    ]
    if not vertical:
        if 0 < now < 1 and today:
            out.append(
                f'<path class="today" d="M{cut:.0f} 8V{height:.0f}"/>'
                f'<text class="today-t" x="{cut:.0f}" y="-2">{conditional_escape(today)}</text>'
            )
        if not many:
            out += [
                f'<text class="from" x="{spring - 14:.0f}" y="{line[0][1] + 5:.0f}">'
                f"{conditional_escape(name)}</text>"
                for line, name in zip(lines, names, strict=False)
            ]
    out += _nodes(nodes, width, height, r, vertical=vertical)
    return _svg("".join(out) + "</svg>")


def delta(slots: Sequence[int]) -> SafeString:
    """The Summit's cover: the drivers flow in low and open to the public."""
    spray, width, height, cx, cy = random.Random("delta"), 1400, 660, 830, 560
    out = [
        f'<svg class="delta" viewBox="0 0 {width} {height}" preserveAspectRatio="xMaxYMax slice" {HIDDEN}>'
    ]
    rays = 44
    for i in range(rays):
        t = i / (rays - 1)
        y, c1, c2 = (
            -90 + t * (height + 160),
            cx + 120 + spray.uniform(-20, 50),
            width * 0.8 + spray.uniform(-70, 60),
        )
        kind = "d3" if i % 11 == 5 else ("d2" if i % 3 == 0 else "d1")
        out.append(
            f'<path class="{kind}" d="M{cx} {cy + (t - 0.5) * 26:.1f}C{c1:.0f} {cy + (t - 0.5) * 36:.1f}'
            f' {c2:.0f} {y:.1f} {width + 20} {y + spray.uniform(-12, 12):.1f}"/>'
        )
    for i, slot in enumerate(slots):
        y, m = height - 74 + i * 20, i - (len(slots) - 1) / 2
        out.append(
            f'<path class="dd is-drv-{slot}" d="M-20 {y:.0f}C300 {y - 4:.0f} 560 {cy + m * 8 + 22:.0f}'
            f' {cx} {cy + m * 7:.0f}"/>'
        )
    return _svg("".join(out) + "</svg>")


def minibraid(sessions: int) -> SafeString:
    """The rhythm of a shape, for the choice cards of the wizard."""
    width, height = 260, 54
    xs = [18 + (width - 36) * i / sessions for i in range(sessions + 1)]
    out = [f'<svg class="minib" viewBox="0 0 {width} {height}" {HIDDEN}>']
    for a in (-20, -7, 7, 20):
        d = f"M{xs[0]:.0f} 27"
        for p, q in itertools.pairwise(xs):
            d += f"C{p + (q - p) * 0.25:.0f} {27 + a} {p + (q - p) * 0.75:.0f} {27 + a} {q:.0f} 27"
        out.append(f'<path d="{d}"/>')
    for i, x in enumerate(xs):
        letter = chr(65 + i) if i < sessions else "S"
        out.append(f'<circle cx="{x:.0f}" cy="27" r="9.5"/><text x="{x:.0f}" y="32">{letter}</text>')
    return _svg("".join(out) + "</svg>")


class Stop(NamedTuple):
    """A Learning Session, or the Summit as the last of a series, with its first and last day."""

    letter: str  # empty for the Summit
    starts_on: date
    ends_on: date


def _kind_of_day(day: date, stops: Sequence[Stop]) -> str:
    if any(stop.starts_on <= day <= stop.ends_on for stop in stops):
        return "s"
    if not stops or not stops[0].starts_on <= day <= stops[-1].ends_on:
        return "o"
    return "a1" if sum(stop.starts_on <= day for stop in stops) % 2 else "a2"


def _month(
    first: date, x: float, y: float, stops: Sequence[Stop], week_starts: int, today: date | None = None
) -> tuple[str, str]:
    """One month's days as a path a kind, and the marks of the stops that begin in it."""
    cell, row, marks = 8.2, 0, ""
    kinds: dict[str, str] = {}
    for number in range(1, monthrange(first.year, first.month)[1] + 1):
        day = first.replace(day=number)
        column = (day.isoweekday() - week_starts) % 7
        row += column == 0 and number > 1
        left, top = x + column * cell, y + 15 + row * cell
        kind = _kind_of_day(day, stops)
        kinds[kind] = kinds.get(kind, "") + f"M{left:.1f} {top:.1f}h6.6v6.6h-6.6z"
        if day == today:
            marks += (
                f'<rect class="t" x="{left - 1.2:.1f}" y="{top - 1.2:.1f}" width="9" height="9" rx="1.5"/>'
            )
        for stop in stops:
            if stop.starts_on != day:
                continue
            cx, cy = left + (7.5 if column < 6 else 3.3), top + 3.3
            marks += f'<circle class="sc" cx="{cx:.1f}" cy="{cy:.1f}" r="9.5"/>'
            if stop.letter:
                letter = conditional_escape(stop.letter)
                marks += f'<text class="st" x="{cx:.1f}" y="{cy + 4.3:.1f}">{letter}</text>'
            else:
                marks += f'<path class="ss" d="{_sun(cx, cy, 10.7)}"/>'
    return "".join(f'<path class="{kind}" d="{d}"/>' for kind, d in kinds.items()), marks


def calendar(
    opens_on: date, stops: Sequence[Stop], label: str, *, week_starts: int = 0, today: date | None = None
) -> SafeString:
    """Every day of a series from the month of `opens_on`: sessions, periods in turn, the time before.

    `stops` are in the order of their dates, the Summit last. `week_starts` is 0 for Sunday, 1 for Monday.
    `today` is framed.
    Dates that are out of order still draw: the wizard shows what was typed.
    """
    last = max([opens_on, *(stop.ends_on for stop in stops)])
    months = min((last.year - opens_on.year) * 12 + last.month - opens_on.month + 1, 60)
    wide, high = 7 * 8.2 + 9, 6 * 8.2 + 24
    days, marks = "", ""
    for k in range(months):
        first = date(opens_on.year + (opens_on.month - 1 + k) // 12, (opens_on.month - 1 + k) % 12 + 1, 1)
        x, y = (k % 6) * wide, (k // 6) * high
        name = date_format(first, "M Y" if k == 0 or first.month == 1 else "M")
        days += f'<text class="m" x="{x:.0f}" y="{y + 9:.0f}">{conditional_escape(name)}</text>'
        squares, pins = _month(first, x, y, stops, week_starts, today)
        days, marks = days + squares, marks + pins
    return _svg(
        f'<svg class="cal24" viewBox="0 0 {6 * wide - 9:.0f} {-(-months // 6) * high - 2:.0f}" role="img"'
        f' aria-label="{conditional_escape(label)}">{days}{marks}</svg>'
    )


class Dot(NamedTuple):
    """A mark in one of three rings (0 is innermost): what stands in it, and its shape (a palette slot's)."""

    ring: int
    mark: str
    shape: int


RING_RADII = (96.0, 172.0, 248.0)  # where the marks stand
RING_EDGES = (134.0, 210.0, 286.0)


def spheres(dots: Sequence[Dot], names: Sequence[str], centre: str, label: str) -> SafeString:
    """Three rings around `centre`, each with its name at the top and its marks in the order they come.

    Many marks in a ring grow small, and then stand without words: the list beside the drawing has them.
    """
    out = [
        f'<svg class="spheres" viewBox="0 0 600 600" role="img" aria-label="{conditional_escape(label)}">',
        *(f'<circle class="ring" cx="300" cy="300" r="{edge:g}"/>' for edge in reversed(RING_EDGES)),
    ]
    lines, marks = [], []
    for ring, radius in enumerate(RING_RADII):
        mine = [dot for dot in dots if dot.ring == ring]
        gap = 300 / max(len(mine), 1)  # degrees; the top is left to the name
        widest = 23.0 if any(len(dot.mark) > 2 for dot in mine) else 17.0
        size = min(widest, radius * math.radians(gap) * 0.42)
        for number, dot in enumerate(mine):
            turn = math.radians(-60 + gap * (number + 0.5))
            x, y = 300 + radius * math.cos(turn), 300 + radius * math.sin(turn)
            lines.append(f'<path class="tie" d="M300 300L{x:.1f} {y:.1f}"/>')
            place = f"translate({x - size:.1f} {y - size:.1f}) scale({size / 8:.3f})"
            marks.append(f'<g class="dot" transform="{place}">{SHAPES[dot.shape]}</g>')
            if size >= 10:
                look, word = "dot-t dot-t--s" if len(dot.mark) > 2 else "dot-t", conditional_escape(dot.mark)
                marks.append(f'<text class="{look}" x="{x:.1f}" y="{y + 5:.1f}">{word}</text>')
    out += [*lines, '<circle class="core" cx="300" cy="300" r="40"/>']
    out.append(f'<text class="core-t" x="300" y="306">{conditional_escape(centre[:6])}</text>')
    out += marks
    for name, edge in zip(names, RING_EDGES, strict=True):
        out.append(
            f'<text class="ring-t" x="300" y="{300 - edge + 20:.0f}">{conditional_escape(name)}</text>'
        )
    return _svg("".join(out) + "</svg>")
