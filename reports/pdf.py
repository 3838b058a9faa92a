"""A ReportDoc as a tagged PDF (PDF/UA-1 and PDF/A-2a), set by Typst in a process of its own."""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from core.text import words_of
from measures.charts import run_chart
from reports import glyphs
from reports.document import ReportDoc, breakable, normalise, to_json
from reports.figures import from_plain

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
TEMPLATE = HERE / "typst" / "report.typ"
LOOK_EVERY = 0.02  # seconds between looks at the child
SPEAK_EVERY = 5.0  # seconds between calls of on_progress while nothing changes
MOST_IN_CONTENTS = 60  # entries; above, the contents list chapters and headings only
LONG_ENTRY = 1400  # letters; a shorter entry is kept on one page

logger = logging.getLogger(__name__)

type Progress = Callable[[str], None]


class RenderFailed(Exception):
    """The PDF could not be made. The message is for the organizer: what happened, and where."""

    def __init__(self, message: str, *, where: str = "", detail: str = "") -> None:
        super().__init__(f"{message} ({where})" if where else message)
        self.where = where
        self.detail = detail


class OutOfBounds(RenderFailed):
    """It needed more memory or time than it may have."""


def render_pdf(
    doc: ReportDoc,
    *,
    at: datetime,
    memory_mb: int = 1500,
    seconds: int = 60,
    on_progress: Progress | None = None,
) -> bytes:
    """`doc` as PDF. The same document and `at` give the same bytes.

    `on_progress` is called with "preparing", "setting" and "packing", and again every few seconds
    meanwhile, so that a lease can be renewed. Signs that no font has are printed as □ and named on the last
    page. Raises OutOfBounds when the child exceeds `memory_mb` or `seconds`, RenderFailed when Typst
    refuses the document.
    """
    tell = on_progress or (lambda stage: None)
    tell("preparing")
    data = to_json(normalise(doc))
    deadline = time.monotonic() + seconds
    try:
        return _set(_prepared(data), at, memory_mb, deadline, tell)
    except RenderFailed as failure:
        if not _is_about_a_sign(failure):
            raise
        logger.warning("A letter and its accent are in no font together; setting again: %s", failure.detail)
    return _set(_prepared(data, keep_accents=False), at, memory_mb, deadline, tell)


def _is_about_a_sign(failure: RenderFailed) -> bool:
    return "could not be displayed" in failure.detail or "codepoint" in failure.detail


def _prepared(data: dict[str, Any], *, keep_accents: bool = True) -> dict[str, Any]:
    """`data` with what only paper needs: □ for missing signs, directions, what may break over pages."""
    data, unprintable = glyphs.replace_unprintable(data, keep_accents=keep_accents)
    blocks = [block for section in data["sections"] for block in section["blocks"]]
    for block in blocks:
        if block["kind"] == "table":
            narrow = _letters_a_line(len(block["header"]))
            block["header"] = [breakable(cell, narrow) for cell in block["header"]]
            block["rows"] = [[breakable(cell, narrow) for cell in row] for row in block["rows"]]
        if block["kind"] == "chart":
            block["svg"] = str(run_chart(from_plain(block.pop("figure"))))
        if "ast" in block:
            words = words_of(block["ast"])
            block["dir"] = _direction(words)
            block["long"] = len(words) > LONG_ENTRY
    entries = sum(block["kind"] == "entry" for block in blocks)
    and_more = data["labels"]["and_more"]
    return data | {
        "unprintable": [name or and_more for name in unprintable],
        "contents_depth": 3 if entries <= MOST_IN_CONTENTS else 2,
    }


def _letters_a_line(columns: int) -> int:
    """How many letters surely fit into a table's narrowest column: `report.typ` makes the first one wider."""
    points, inset, letter = (420 / (columns + 1), 6, 4.6) if columns > 6 else (420 / (columns + 1), 12, 5.5)
    return max(4, int((points - inset) / letter))


def _direction(text: str) -> str:
    """The direction of the first letter that has one."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def _set(data: dict[str, Any], at: datetime, memory_mb: int, deadline: float, tell: Progress) -> bytes:
    """One run of the child in a private folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="report-") as folder:  # 0700
        root = Path(folder).resolve()
        shutil.copyfile(TEMPLATE, root / "report.typ")
        (root / "doc.json").write_text(json.dumps(data))
        job = {"fonts": str(FONTS), "timestamp": int(at.timestamp())}
        (root / "job.json").write_text(json.dumps(job))
        code = _run(root, memory_mb, deadline, tell)
        if code == 0:
            return (root / "report.pdf").read_bytes()
        raise _failure(root, code, memory_mb)


def _run(root: Path, memory_mb: int, deadline: float, tell: Progress) -> int | None:
    """The child's exit code, or None if it was stopped at `deadline`."""
    seconds = max(1, int(deadline - time.monotonic()) + 1)
    command = [sys.executable, "-m", "reports.pdf_child", str(root), str(memory_mb), str(seconds)]
    with (root / "errors").open("wb") as errors:
        child = subprocess.Popen(
            command,
            cwd=HERE.parent,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
    try:
        return _watch(child, root / "stage", deadline, tell)
    finally:
        child.kill()
        child.wait()


def _environment() -> dict[str, str]:
    """No secret goes to the child; few threads, so that the memory limit means the same everywhere."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {"PYTHONPATH": str(HERE.parent), "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}


def _watch(child: subprocess.Popen[bytes], stage_file: Path, deadline: float, tell: Progress) -> int | None:
    stage, spoke = "", time.monotonic()
    while True:
        try:
            return child.wait(timeout=LOOK_EVERY)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
        if now > deadline:
            return None
        seen = stage_file.read_text() if stage_file.exists() else ""
        if seen and (seen != stage or now - spoke > SPEAK_EVERY):
            stage, spoke = seen, now
            tell(stage)


def _failure(root: Path, code: int | None, memory_mb: int) -> RenderFailed:
    """Why there is no PDF, in plain words."""
    if code is None:
        return OutOfBounds("Making the PDF took too long and was stopped")
    with (root / "errors").open("rb") as file:
        errors = file.read(20_000).decode(errors="replace")
    if (root / "failure.json").exists():
        failure = json.loads((root / "failure.json").read_text())
        return RenderFailed("The PDF could not be set", where=failure["where"], detail=failure["message"])
    if code < 0 or "MemoryError" in errors or "memory allocation" in errors:
        return OutOfBounds(f"The PDF needs more than the {memory_mb} MB of memory it may use", detail=errors)
    return RenderFailed("The PDF could not be made", detail=errors)
