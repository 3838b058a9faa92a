"""A chart as a file: SVG, PNG, and its numbers as CSV."""

import csv
import io
import os
import subprocess
import sys

from django.conf import settings
from django.utils.translation import gettext as _

from measures.reading import Sheet

SECONDS = 15
FONTS = settings.BASE_DIR / "reports" / "fonts"  # outlines for Typst; the web's own are woff2
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


class NoPicture(Exception):
    """The picture could not be made in time."""


def chart_svg(sheet: Sheet) -> str:
    """The chart as a file of its own; it carries its colours."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{sheet.chart}\n'


def chart_png(sheet: Sheet) -> bytes:
    """The chart as a picture, made in a process of its own. Raises NoPicture."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    env = kept | {"PYTHONPATH": str(settings.BASE_DIR), "RAYON_NUM_THREADS": "2"}  # no secret goes along
    command = [sys.executable, "-m", "measures.png_child", str(FONTS)]
    try:
        done = subprocess.run(
            command,
            input=str(sheet.chart).encode(),
            capture_output=True,
            timeout=SECONDS,
            env=env,
            cwd=settings.BASE_DIR,
        )
    except subprocess.TimeoutExpired as error:
        raise NoPicture from error
    if done.returncode:
        raise NoPicture
    return done.stdout


def chart_csv(sheet: Sheet) -> str:
    """The numbers of a chart, oldest first, a line a period; a period without a number has empty cells.

    Numbers have a decimal point in every language, days are ISO; what a spreadsheet would run as a formula
    is kept from it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    if sheet.measure.is_sample:
        writer.writerow(["SAMPLE"])
    writer.writerow(
        [
            _("period begins"),
            _("value"),
            _("part"),
            _("whole"),
            _("answers"),
            _("estimated"),
            _("note"),
            _("added by"),
        ]
    )
    for row in reversed(sheet.rows):
        point = row.point
        if point is None:
            writer.writerow([row.period.isoformat(), "", "", "", "", "", "", ""])
            continue
        writer.writerow(
            [
                row.period.isoformat(),
                _plain(point.shown(sheet.measure)),
                _plain(point.numerator),
                _plain(point.denominator),
                "" if point.n is None else point.n,
                _("yes") if point.is_estimated else "",
                _tame(point.note),
                _tame(point.entered_by.name),
            ]
        )
    return "\ufeff" + out.getvalue()


def _plain(value: object) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def _tame(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
