"""The process that sets one PDF and ends: `python -m reports.pdf_child ROOT MEMORY_MB SECONDS`.

A process of its own, because Typst keeps what it has set in memory, and because a hostile or huge document
must hurt nobody else. It imports no Django and reads nothing but ROOT: `report.typ`, `doc.json` and
`job.json` go in; `report.pdf` comes out, or `failure.json`. The file `stage` names what it is doing.
"""

import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

STAGES = ("setting", "packing")
LARGEST_FILE = 400 * 2**20


def limit(memory_mb: int, seconds: int) -> None:
    """Bind this process; where the system knows no such limit, the parent's clock still holds."""
    limits = [
        (resource.RLIMIT_AS, memory_mb * 2**20),
        (resource.RLIMIT_CPU, 2 * seconds),  # Typst works with two threads
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ]
    for kind, amount in limits:
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (amount, amount))


def say(root: Path, stage: str) -> None:
    (root / "stage").write_text(stage)


def compile_pdf(root: Path, doc: str, job: dict[str, Any]) -> bytes:
    import typst  # noqa: PLC0415 - after the limits are set

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[job["fonts"]])
    pdf: bytes = typst.compile(
        str(root / "report.typ"),
        root=str(root),
        font_paths=fonts,
        sys_inputs={"doc": doc},
        pdf_standards=["ua-1", "a-2a"],
        timestamp=job["timestamp"],
        package_path=str(root),
        package_cache_path=str(root),
    )
    return pdf


def pack(root: Path, pdf: bytes) -> None:
    """Write `report.pdf` with its objects in compressed streams: tags are wordy. The same bytes each time."""
    import io  # noqa: PLC0415

    import pikepdf  # noqa: PLC0415

    with pikepdf.open(io.BytesIO(pdf)) as packed:
        packed.save(
            root / "report.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True
        )


def culprit(root: Path, doc: dict[str, Any], job: dict[str, Any]) -> str:
    """The title of the first chapter, and of the entry in it, that cannot be set by itself; empty if none."""
    if not _can_be_set(root, doc | {"sections": []}, job):
        return ""
    for section in doc["sections"]:
        if _can_be_set(root, doc | {"sections": [section]}, job):
            continue
        for block in section["blocks"]:
            if not _can_be_set(root, doc | {"sections": [section | {"blocks": [block]}]}, job):
                return f"{section['title']} / {block.get('title') or block['kind']}"
        return str(section["title"])
    return ""


def _can_be_set(root: Path, doc: dict[str, Any], job: dict[str, Any]) -> bool:
    import typst  # noqa: PLC0415

    try:
        compile_pdf(root, json.dumps(doc), job)
    except typst.TypstError:
        return False
    return True


def main() -> int:
    root = Path(sys.argv[1])
    limit(int(sys.argv[2]), int(sys.argv[3]))
    import typst  # noqa: PLC0415

    doc = (root / "doc.json").read_text()
    job = json.loads((root / "job.json").read_text())
    say(root, STAGES[0])
    try:
        pdf = compile_pdf(root, doc, job)
    except typst.TypstError as error:
        failure = {"message": str(error), "where": culprit(root, json.loads(doc), job)}
        (root / "failure.json").write_text(json.dumps(failure))
        return 3
    say(root, STAGES[1])
    pack(root, pdf)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # no need to tidy up gigabytes
