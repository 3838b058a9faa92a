"""A ramp of tests, drawn as steps that climb. Made on the server; the list beside it says the same."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from progress.models import TestCycle

WIDTH, RISE, THICK, HEAD = 104, 22, 34, 10


def draw_ramp(steps: Sequence[TestCycle]) -> SafeString:
    """The SVG of one ramp: a step a test, with its number and what was decided."""
    height = HEAD + RISE * (len(steps) - 1) + THICK
    drawn = format_html_join("", "{}", ((_step(step, place, height),) for place, step in enumerate(steps)))
    return format_html(
        '<svg class="ramp" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}</svg>',
        WIDTH * len(steps),
        height,
        WIDTH * len(steps),
        height,
        _("%(count)s tests as steps of a ramp") % {"count": len(steps)},
        drawn,
    )


def _step(step: TestCycle, place: int, height: int) -> SafeString:
    x, y = place * WIDTH, height - THICK - place * RISE
    state = "ended" if step.ended_at else "begun" if step.begun_at else "planned"
    return format_html(
        '<g class="ramp__s ramp__s--{}"><path d="M{} {}V{}H{}V{}z"/>'
        '<text x="{}" y="{}" class="ramp__n">{}</text><text x="{}" y="{}" class="ramp__d">{}</text></g>',
        state,
        x + 1,
        height - 1,
        y,
        x + WIDTH - 1,
        height - 1,
        x + 10,
        y + 21,
        step.number,
        x + 28,
        y + 21,
        said(step),
    )


def said(step: TestCycle) -> str:
    """In a word where a test stands."""
    if step.decision:
        return step.get_decision_display()
    return _("going") if step.begun_at else _("predicted")
