"""Makes one PDF safe, in a process of its own that may be killed: it opens what a stranger sent.

    python -m accounts.pdf_child SOURCE MADE - EXTENSION

Saves its pages anew without information about who made it, scripts, actions, forms, files inside, sounds
and earlier versions. Links to web pages stay.
"""

import os
import sys
from pathlib import Path
from typing import Any

from accounts.limits import Refused, limit, report
from accounts.pictures import plain_jpeg

FILE_BYTES = 64 * 1024 * 1024
MOST_PAGES, MOST_OBJECTS = 1000, 300_000
# Wherever these stand in a dictionary, they go.
GONE = (
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/AF", "/AcroForm",
    "/XFA", "/Metadata", "/PieceInfo", "/LastModified", "/RichMediaContent", "/RichMediaSettings",
    "/Collection", "/Requirements", "/Thumb", "/SpiderInfo", "/Threads", "/Perms", "/DSS", "/Legal",
)  # fmt: skip
ROOT_GONE = ("/URI", "/Extensions")
MARKS_GONE = {
    "/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/Widget", "/Popup", "/Projection",
}  # fmt: skip
# What a note in a PDF says about who wrote it, and when.
OF_A_NOTE = ("/T", "/M", "/CreationDate", "/NM", "/RC")
WEB = ("http://", "https://", "mailto:")


def make_safe(source: Path, made: Path) -> dict[str, object]:
    """Save the pages of `source` as `made`."""
    import pikepdf  # noqa: PLC0415 - only inside the limits

    try:
        with pikepdf.open(source) as pdf:
            if pdf.is_encrypted:
                raise Refused("locked")
            if len(pdf.pages) > MOST_PAGES or len(pdf.objects) > MOST_OBJECTS:
                raise Refused("unpacks")
            if len(pdf.pages) == 0:
                raise Refused("broken")
            del pdf.docinfo
            for name in ROOT_GONE:
                if name in pdf.Root:
                    del pdf.Root[name]
            for page in pdf.pages:
                _clean_marks(pikepdf, page.obj)
            for thing in pdf.objects:
                _clean(pikepdf, thing, depth=0)
            pdf.save(
                made,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
                fix_metadata_version=False,
            )
    except pikepdf.PasswordError as error:
        raise Refused("locked") from error
    except (pikepdf.PdfError, OSError, ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
        raise Refused("broken") from error
    _sync(made)
    return {"kind": "pdf", "type": "application/pdf", "ending": ".pdf"}


def _sync(made: Path) -> None:
    with made.open("rb") as out:
        os.fsync(out.fileno())


def _clean_marks(pikepdf: Any, page: Any) -> None:
    """Leave out the marks on a page that play, hold or run something."""
    marks = page.get("/Annots")
    if not isinstance(marks, pikepdf.Array):
        return
    kept = [
        m for m in marks if isinstance(m, pikepdf.Dictionary) and str(m.get("/Subtype")) not in MARKS_GONE
    ]
    for mark in kept:
        for name in OF_A_NOTE:
            if name in mark:
                del mark[name]
    page["/Annots"] = pikepdf.Array(kept)


def _clean(pikepdf: Any, thing: Any, depth: int) -> None:
    """Take out of `thing`, and of what stands directly in it, all that acts, holds or tells."""
    if depth > 40:
        raise Refused("broken")
    if isinstance(thing, pikepdf.Stream):
        _clean_stream(pikepdf, thing)
    parts: list[Any] = []
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        _leave_out(pikepdf, thing)
        parts = [thing[name] for name in thing.keys()]  # noqa: SIM118 - it has no iterator of its own
    elif isinstance(thing, pikepdf.Array):
        parts = list(thing)
    for part in parts:
        if isinstance(part, pikepdf.Dictionary | pikepdf.Array) and not part.is_indirect:
            _clean(pikepdf, part, depth + 1)


def _leave_out(pikepdf: Any, thing: Any) -> None:
    for name in GONE:
        if name in thing:
            del thing[name]
    for name in ("/A", "/PA", "/Next"):
        if name in thing and not _is_plain_link(pikepdf, thing[name]):
            del thing[name]


def _is_plain_link(pikepdf: Any, action: Any) -> bool:
    """True for what leads to a page of the document or of the web, and for what is no action at all."""
    if not isinstance(action, pikepdf.Dictionary):
        return True
    kind = str(action.get("/S", ""))
    if kind == "/URI":
        return str(action.get("/URI", "")).strip().lower().startswith(WEB)
    return kind == "/GoTo"


def _clean_stream(pikepdf: Any, stream: Any) -> None:
    """A photo in the document loses where it was taken."""
    if str(stream.get("/Type", "")) == "/EmbeddedFile":
        stream.write(b"")
        return
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array) and len(filters) == 1:
        filters = filters[0]
    if isinstance(filters, pikepdf.Name) and str(filters) == "/DCTDecode":
        parms = stream.get("/DecodeParms")
        stream.write(plain_jpeg(stream.read_raw_bytes()), filter=pikepdf.Name.DCTDecode, decode_parms=parms)


def main(source: str, made: str, _preview: str, _extension: str) -> None:
    limit(FILE_BYTES)
    report(lambda: make_safe(Path(source), Path(made)), "unpacks")


if __name__ == "__main__":
    main(*sys.argv[1:])
