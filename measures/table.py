"""The numbers of a chart as a table: what a page, a mail and a report put beside the drawing.

Written here and not in a template, because a page may hold a hundred of them.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from measures import words
from measures.reading import Row


def numbers_table(rows: Iterable[Row], *, url: str = "", is_full: bool = True) -> SafeString:
    """A line a period, newest first; a period without a number says so.

    `url` is the address of the measure, under which each number has its history; without `is_full` who
    added a number and what they noted is left out.
    """
    when, value, answers, by, note = (
        escape(word) for word in (_("When"), _("Value"), _("Answers"), _("Added by"), _("Note"))
    )
    no_number, caption = escape(_("no number")), escape(_("Values, newest first"))
    nothing = f'<span class="meta">{no_number}</span>'
    heads = _head(when) + _head(value, "n") + _head(answers, "n")
    if is_full:
        heads += _head(by) + _head(note)
    lines = []
    for row in rows:
        point, name = row.point, escape(row.name)
        if is_full and url and point is not None:
            name = mark_safe(f'<a href="{url}numbers/{row.period.isoformat()}/">{name}</a>')
        cells = [
            f'<th scope="row" role="rowheader">{name}</th>',
            f'<td role="cell" data-l="{value}" class="n">{row.shown if point is not None else nothing}</td>',
            f'<td role="cell" data-l="{answers}" class="n">{_answers(row)}</td>',
        ]
        if is_full:
            author = escape(point.entered_by.name) if point is not None else ""
            cells.append(f'<td role="cell" data-l="{by}">{author}</td>')
            cells.append(f'<td role="cell" data-l="{note}">{_note(row)}</td>')
        lines.append(f'<tr role="row">{"".join(cells)}</tr>')
    return mark_safe(
        '<table class="tbl tbl--fold" role="table">'
        f'<caption class="vh">{caption}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(lines)}</tbody></table>'
    )


def _head(word: str, look: str = "") -> str:
    classes = f' class="{look}"' if look else ""
    return f'<th scope="col" role="columnheader"{classes}>{word}</th>'


def _answers(row: Row) -> str:
    found: Decimal | int | None = row.point.answers if row.point is not None else None
    return "" if found is None else words.number(found, places=0)


def _note(row: Row) -> str:
    """What was noted, that it is an estimate, that it was corrected."""
    point = row.point
    if point is None:
        return ""
    said: list[str] = [escape(point.note)] if point.note else []
    if point.is_estimated:
        estimate = escape(_("an estimate"))
        said.append(f'<span class="meta">{estimate}</span>')
    if row.was_corrected:
        corrected = escape(_("corrected"))
        said.append(f'<span class="meta">{corrected}</span>')
    return " ".join(said)
