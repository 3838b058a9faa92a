"""Run charts as SVG, drawn on the server: the same in page, mail, report and print, without a script.

Pure but for escaping and the reader's decimal mark. Colours stand as presentation attributes, which the
style sheets override where there are any, so that a saved file or a mail shows the chart, too. Ids carry
the caller's key. A gap is a gap: nothing is drawn where nothing was measured.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from measures.words import number

INK, SOFT, LINE, PAPER, PENCIL, BAND = "#1b2a26", "#43524c", "#d8d4c6", "#fffefa", "#f6c02d", "#efece0"
FONT = "Atkinson Hyperlegible Next, Segoe UI, sans-serif"
DOTS = {
    "": f'class="dot" r="5.5" fill="{PAPER}" stroke="{INK}" stroke-width="2.5"',
    "sig": f'class="dot dot--sig" r="5.5" fill="{INK}" stroke="{INK}" stroke-width="2.5"',
    "thin": f'class="dot dot--thin" r="5.5" fill="{PAPER}" stroke="{INK}" stroke-width="1.5"'
    ' stroke-dasharray="2.5 2"',
    "now": f'class="dot dot--now" r="7" fill="{PENCIL}" stroke="{INK}" stroke-width="2.5"',
}
MOST_LABELS = 13


@dataclass(frozen=True)
class Dot:
    """A period: `value` None is a gap; `is_thin` tells of too few answers, `year` opens a year."""

    on: date
    value: float | None
    mark: str  # under the axis, as short as can be
    name: str  # in full
    is_thin: bool = False
    year: str = ""


@dataclass(frozen=True)
class Centre:
    """A stretch of the centre line, from the dot `first` to the dot `last`."""

    first: int
    last: int
    value: float


@dataclass(frozen=True)
class Band:
    """A stretch of time with a name: an Action Period."""

    starts_on: date
    ends_on: date
    name: str


@dataclass(frozen=True)
class Flag:
    """A note on the chart: its day and its letter. Its words stand in the list beside the chart."""

    on: date
    letter: str
    words: str = ""


@dataclass(frozen=True)
class Figure:
    """All that a chart shows. `key` makes its ids its own; `title` and `says` are its text alternative."""

    key: str
    title: str
    dots: Sequence[Dot]
    centres: Sequence[Centre] = ()
    unit: str = ""
    target: float | None = None
    bands: Sequence[Band] = ()
    flags: Sequence[Flag] = ()
    signalling: frozenset[int] = field(default_factory=frozenset)
    says: str = ""  # the verdict
    median_word: str = "Median"
    target_word: str = "Target"

    @property
    def values(self) -> list[float]:
        return [dot.value for dot in self.dots if dot.value is not None]


@dataclass(frozen=True)
class Scale:
    """The vertical axis: from `low` to `high` in even steps."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + i * self.step for i in range(count + 1)]


def scale_of(figures: Sequence[Figure]) -> Scale:
    """One axis for all of `figures`: from zero unless they go below, in steps of 1, 2 or 5."""
    found = [value for figure in figures for value in figure.values]
    found += [centre.value for figure in figures for centre in figure.centres]
    found += [figure.target for figure in figures if figure.target is not None]
    low, high = min([0.0, *found]), max([0.0, *found])
    if high - low < 1e-9:
        high = low + 1
    rough = (high - low) / 5
    power = 1.0
    while power > rough:
        power /= 10
    while power * 10 <= rough:
        power *= 10
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    bottom, top = -(-low // step) * step, -(-high // step) * step
    if bottom > low:
        bottom -= step
    percent = all(figure.unit == "%" for figure in figures) and high <= 100
    return Scale(bottom, min(top, 100.0) if percent and 100.0 % step == 0 else top, step)


class _Plane:
    """Where days and values lie on the paper."""

    def __init__(self, days: Sequence[date], scale: Scale, box: tuple[float, float, float, float]) -> None:
        self.left, self.top, self.right, self.bottom = box
        self.scale = scale
        self.ordinals = [day.toordinal() for day in days]
        self.gap = (self.right - self.left) / max(len(days) - 1, 1)

    def x(self, place: float) -> float:
        if len(self.ordinals) == 1:
            return (self.left + self.right) / 2
        return self.left + place * self.gap

    def x_on(self, day: date) -> float:
        """Where a day lies between the dots of its period and the next; kept inside the paper."""
        ordinal, ordinals = day.toordinal(), self.ordinals
        place = bisect_right(ordinals, ordinal) - 1
        if place < 0:
            return self.left - self.gap / 2
        if place >= len(ordinals) - 1:
            return self.x(len(ordinals) - 1) + (self.gap / 2 if ordinal > ordinals[-1] + 31 else 0)
        part = (ordinal - ordinals[place]) / (ordinals[place + 1] - ordinals[place])
        return self.x(place + part)

    def y(self, value: float) -> float:
        span = self.scale.high - self.scale.low
        return self.bottom - (value - self.scale.low) / span * (self.bottom - self.top)


def describe(figure: Figure) -> str:
    """The chart in words: every value by its period, the lines, the verdict."""
    unit = figure.unit
    values = ", ".join(f"{d.mark} {number(d.value, unit=unit)}" for d in figure.dots if d.value is not None)
    parts = [f"{values}."] if values else []
    if figure.centres:
        parts.append(f"{figure.median_word} {number(figure.centres[-1].value, unit=unit)}.")
    if figure.target is not None:
        parts.append(f"{figure.target_word} {number(figure.target, unit=unit)}.")
    if figure.says:
        parts.append(figure.says)
    return " ".join(parts)


def run_chart(figure: Figure, *, scale: Scale | None = None) -> SafeString:
    """The chart of one measure; an empty one is its axes."""
    scale = scale or scale_of([figure])
    plane = _Plane([dot.on for dot in figure.dots], scale, (60, 46, 734, 348))
    key = escape(figure.key)
    parts = [
        f'<svg class="chart run" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 400" role="img"'
        f' aria-labelledby="{key}-t {key}-d" font-family="{FONT}" font-size="13" fill="{SOFT}">'
        f'<title id="{key}-t">{escape(figure.title)}</title>'
        f'<desc id="{key}-d">{escape(describe(figure))}</desc>',
        _bands(figure, plane),
        _grid(scale, plane, figure.unit),
        _lines(figure, plane),
        _flags(figure, plane),
        _curve(figure, plane),
        _dots(figure, plane),
        _marks(figure, plane),
        "</svg>",
    ]
    return mark_safe("".join(parts))


def _bands(figure: Figure, plane: _Plane) -> str:
    out = []
    for band in figure.bands:
        begin, end = max(plane.x_on(band.starts_on), 46.0), min(plane.x_on(band.ends_on), 748.0)
        if end - begin < 4:
            continue
        out.append(
            f'<rect class="phase" x="{begin:.0f}" y="46" width="{end - begin:.0f}" height="302"'
            f' fill="{BAND}" opacity="0.65"/>'
        )
        if end - begin > 7 * len(band.name):
            out.append(f'<text class="phase-t" x="{begin + 8:.0f}" y="64">{escape(band.name)}</text>')
    return "".join(out)


def _grid(scale: Scale, plane: _Plane, unit: str) -> str:
    out = []
    ticks = scale.ticks
    for place, tick in enumerate(ticks):
        y = plane.y(tick)
        said = number(tick, unit=unit if place == len(ticks) - 1 else "")
        out.append(
            f'<path class="gridl" d="M46 {y:.0f}H748" stroke="{LINE}"/>'
            f'<text x="36" y="{y + 4:.0f}" text-anchor="end">{said}</text>'
        )
    return "".join(out)


def _lines(figure: Figure, plane: _Plane) -> str:
    """The centre line, broken where it was set anew, and the target; their words keep apart."""
    out, last = [], len(figure.dots) - 1
    y_median: float | None = None
    for centre in figure.centres:
        y = plane.y(centre.value)
        begin = 46.0 if centre.first == 0 else plane.x(centre.first) - plane.gap / 2
        end = 748.0 if centre.last >= last else plane.x(centre.last) + plane.gap / 2
        out.append(
            f'<path class="median" d="M{begin:.0f} {y:.1f}H{end:.0f}" fill="none" stroke="{SOFT}"'
            ' stroke-width="1.5" stroke-dasharray="7 5"/>'
        )
        if centre.last >= last:
            y_median = y
    y_target = None if figure.target is None else plane.y(figure.target)
    if y_target is not None:
        out.append(
            f'<path class="target" d="M46 {y_target:.1f}H748" fill="none" stroke="{INK}" stroke-width="1.5"'
            ' stroke-dasharray="1.5 4" stroke-linecap="round"/>'
        )
    labels: list[tuple[float, str, str]] = []
    if y_median is not None:
        said = f"{figure.median_word} {number(figure.centres[-1].value, unit=figure.unit)}"
        labels.append((y_median + 4, "", said))
    if y_target is not None and figure.target is not None:
        said = f"{figure.target_word} {number(figure.target, unit=figure.unit)}"
        labels.append((y_target + 4, ' class="t-strong" font-weight="700"', said))
    now = _latest(figure)
    if now is not None:
        said = number(figure.dots[now].value or 0, unit=figure.unit)
        if now == last:
            bold = ' class="t-strong big" font-weight="700" font-size="18"'
            labels.append((plane.y(figure.dots[now].value or 0) + 6, bold, said))
    return "".join(out) + "".join(
        f'<text{look} x="756" y="{y:.0f}">{escape(words)}</text>' for y, look, words in _apart(labels)
    )


def _apart(labels: list[tuple[float, str, str]], gap: float = 17) -> list[tuple[float, str, str]]:
    """The labels beside the plot, moved down where they would touch, and up again at the foot."""
    placed: list[tuple[float, str, str]] = []
    for y, look, words in sorted(labels):
        low = placed[-1][0] + gap if placed else y
        placed.append((max(y, low), look, words))
    over = placed[-1][0] - 352 if placed else 0
    return [(y - max(over, 0), look, words) for y, look, words in placed]


def _flags(figure: Figure, plane: _Plane) -> str:
    out = []
    xs: list[float] = []
    for flag in figure.flags:
        x = min(max(plane.x_on(flag.on), 46.0), 748.0)
        head = max(x, xs[-1] + 26) if xs else x  # heads stand side by side
        xs.append(head)
        out.append(
            f'<path class="flag" d="M{head:.0f} 34L{x:.0f} 46V348" fill="none" stroke="{SOFT}"/>'
            f'<circle class="flag-m" cx="{head:.0f}" cy="22" r="12" fill="{PENCIL}" stroke="{INK}"/>'
            f'<text class="flag-t" x="{head:.0f}" y="27" text-anchor="middle" font-style="italic"'
            f' font-weight="700" font-size="14" fill="{INK}">{escape(flag.letter)}</text>'
        )
    return "".join(out)


def _curve(figure: Figure, plane: _Plane) -> str:
    """The line from value to value, broken at every gap."""
    path, pen_down = [], False
    for place, dot in enumerate(figure.dots):
        if dot.value is None:
            pen_down = False
            continue
        path.append(f"{'L' if pen_down else 'M'}{plane.x(place):.1f} {plane.y(dot.value):.1f}")
        pen_down = True
    if not path:
        return ""
    return (
        f'<path class="line" d="{"".join(path)}" fill="none" stroke="{INK}" stroke-width="2.5"'
        ' stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _latest(figure: Figure) -> int | None:
    return next((i for i in reversed(range(len(figure.dots))) if figure.dots[i].value is not None), None)


def _dots(figure: Figure, plane: _Plane) -> str:
    out, now = [], _latest(figure)
    for place, dot in enumerate(figure.dots):
        if dot.value is None:
            continue
        look = (
            "sig" if place in figure.signalling else "thin" if dot.is_thin else "now" if place == now else ""
        )
        said = f"{escape(dot.name)}: {number(dot.value, unit=figure.unit)}"
        out.append(
            f'<circle cx="{plane.x(place):.1f}" cy="{plane.y(dot.value):.1f}" {DOTS[look]}>'
            f"<title>{said}</title></circle>"
        )
    return "".join(out)


def _marks(figure: Figure, plane: _Plane) -> str:
    """The periods under the axis, as many as fit; a year where it begins."""
    out, every = [], max(1, -(-len(figure.dots) // MOST_LABELS))
    for place, dot in enumerate(figure.dots):
        x = plane.x(place)
        if place % every == 0:
            out.append(f'<text x="{x:.0f}" y="370" text-anchor="middle">{escape(dot.mark)}</text>')
        if dot.year:
            out.append(f'<text x="{x:.0f}" y="388" text-anchor="middle">{escape(dot.year)}</text>')
    return "".join(out)


# --- small ones --------------------------------------------------------------------------------------


def sparkline(figure: Figure) -> SafeString:
    """The bare line and its median, beside words that say the same: hidden from screen readers."""
    plane = _Plane([dot.on for dot in figure.dots], scale_of([figure]), (4, 5, 116, 27))
    median = "".join(
        f'<path class="median" d="M{plane.x(c.first):.1f} {plane.y(c.value):.1f}H{plane.x(c.last):.1f}"'
        f' fill="none" stroke="{SOFT}" stroke-dasharray="4 3"/>'
        for c in figure.centres
    )
    now = _latest(figure)
    dot = ""
    if now is not None:
        x, y = plane.x(now), plane.y(figure.dots[now].value or 0)
        dot = f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{PENCIL}" stroke="{INK}"/>'
    return mark_safe(
        '<svg class="spark" viewBox="0 0 120 32" aria-hidden="true" focusable="false">'
        f"{median}{_curve(figure, plane)}{dot}</svg>"
    )


def small_multiple(figure: Figure, scale: Scale) -> SafeString:
    """One of many charts on one scale: lowest and highest tick, median, target, line, dots that signal."""
    plane = _Plane([dot.on for dot in figure.dots], scale, (40, 10, 270, 90))
    key = escape(figure.key)
    out = [
        f'<svg class="chart mini" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 290 104" role="img"'
        f' aria-labelledby="{key}-t {key}-d" font-family="{FONT}" font-size="13" fill="{SOFT}">'
        f'<title id="{key}-t">{escape(figure.title)}</title>'
        f'<desc id="{key}-d">{escape(describe(figure))}</desc>'
    ]
    for tick in (scale.low, scale.high):
        y = plane.y(tick)
        out.append(
            f'<path class="gridl" d="M34 {y:.0f}H276" stroke="{LINE}"/>'
            f'<text x="28" y="{y + 4:.0f}" text-anchor="end">{number(tick, unit=figure.unit)}</text>'
        )
    for centre in figure.centres:
        y = plane.y(centre.value)
        out.append(
            f'<path class="median" d="M{plane.x(centre.first):.0f} {y:.1f}H{plane.x(centre.last):.0f}"'
            f' fill="none" stroke="{SOFT}" stroke-width="1.5" stroke-dasharray="7 5"/>'
        )
    if figure.target is not None:
        out.append(
            f'<path class="target" d="M34 {plane.y(figure.target):.1f}H276" fill="none" stroke="{INK}"'
            ' stroke-width="1.5" stroke-dasharray="1.5 4"/>'
        )
    out.append(_curve(figure, plane))
    now = _latest(figure)
    for place, dot in enumerate(figure.dots):
        if dot.value is None:
            continue
        look = (
            "sig" if place in figure.signalling else "now" if place == now else "thin" if dot.is_thin else ""
        )
        if look in ("sig", "now"):
            attributes = DOTS[look].replace('r="5.5"', 'r="3.5"').replace('r="7"', 'r="4.5"')
            out.append(f'<circle cx="{plane.x(place):.1f}" cy="{plane.y(dot.value):.1f}" {attributes}/>')
    out.append("</svg>")
    return mark_safe("".join(out))
