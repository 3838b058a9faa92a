"""Makes one Word or Excel file safe, in a process of its own: it opens what a stranger sent.

    python -m accounts.office_child SOURCE MADE - EXTENSION

Writes the parts anew without who wrote it and when, and refuses what unpacks to too much, runs, holds other
files or loads something from elsewhere.
"""

import os
import re
import stat
import sys
import zlib
from pathlib import Path
from typing import Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from accounts.limits import Refused, limit, report
from accounts.pictures import plain_jpeg, plain_png

FILE_BYTES = 128 * 1024 * 1024
MOST_PARTS, MOST_BYTES, MOST_PART, MOST_RATIO = 2000, 100 * 1024 * 1024, 50 * 1024 * 1024, 200
SMALL = 64 * 1024  # a small part may be packed as tightly as it likes
ALWAYS = (1980, 1, 1, 0, 0, 0)
XML_PARTS = (".xml", ".rels", ".vml")
PICTURES = {".jpg": plain_jpeg, ".jpeg": plain_jpeg, ".png": plain_png}
AS_THEY_ARE = {".gif", ".emf", ".wmf", ".bmp", ".odttf", ".fntdata"}
KINDS = {
    ".docx": ("word/document.xml", "document", "wordprocessingml.document"),
    ".xlsx": ("xl/workbook.xml", "sheet", "spreadsheetml.sheet"),
}
PACKAGE = "application/vnd.openxmlformats-officedocument."
PROPERTIES = {
    "docprops/core.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docprops/app.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docprops/custom.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}
# Attributes that say who changed or noted something are emptied (some are required), when: left out.
_AUTHORS = re.compile(
    rb"""(\s(?:\w+:)?(?:author|initials|userId|providerId|displayName|lastEditedBy|userName))"""
    rb"""=(?:"[^"]*"|'[^']*')"""
)
_DATES = re.compile(rb"""\s(?:w:date|w16du:dateUtc)=(?:"[^"]*"|'[^']*')""")
_AUTHOR_PARTS = (
    "comments", "people", "person", "threadedcomment", "revision", "document", "header", "footer", "workbook",
)  # fmt: skip
_AUTHOR_ELEMENT = re.compile(rb"(<(?:\w+:)?author>)[^<]*(</)")
_ABS_PATH = re.compile(rb"<x15ac:absPath\b[^>]*/>")  # the folder in which the sheet was last saved


def make_safe(source: Path, made: Path, extension: str) -> dict[str, object]:
    """Write the parts of `source` into `made`."""
    main_part, kind, named = KINDS[extension]
    try:
        with ZipFile(source) as package:
            parts = _checked(package)
            if main_part not in parts:
                other = {p for p, _k, _n in KINDS.values()} & parts.keys()
                raise Refused("name" if other else "type")
            if "[Content_Types].xml" not in parts:
                raise Refused("type")
            with ZipFile(made, "w", ZIP_DEFLATED) as out:
                for name, info in parts.items():
                    fresh = ZipInfo(name, ALWAYS)
                    fresh.compress_type = ZIP_DEFLATED
                    out.writestr(fresh, _clean(name, _read(package, info), main_part))
    except (BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, KeyError) as error:
        raise Refused("broken") from error
    except RuntimeError as error:  # so zipfile says that a password is needed
        raise Refused("locked") from error
    with made.open("rb") as written:
        os.fsync(written.fileno())
    return {"kind": kind, "type": f"{PACKAGE}{named}", "ending": extension}


def _checked(package: ZipFile) -> dict[str, ZipInfo]:
    """The parts by name, after all that can be seen before unpacking is seen to be in order."""
    infos = package.infolist()
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
        raise Refused("unpacks")
    parts: dict[str, ZipInfo] = {}
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if info.is_dir():
            continue
        if info.flag_bits & 0x1:
            raise Refused("locked")
        is_odd = name.startswith("/") or "\\" in name or ":" in name or "\0" in name
        if is_odd or ".." in name.split("/") or stat.S_ISLNK(info.external_attr >> 16):
            raise Refused("broken")
        if name.lower() in seen or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Refused("broken")
        if info.file_size > MOST_PART:
            raise Refused("unpacks")
        if info.file_size > SMALL and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise Refused("unpacks")
        seen.add(name.lower())
        parts[name] = info
    return parts


def _read(package: ZipFile, info: ZipInfo) -> bytes:
    with package.open(info) as part:
        data = part.read(MOST_PART + 1)
    if len(data) != info.file_size:
        raise Refused("unpacks")
    return data


def _clean(name: str, data: bytes, main_part: str) -> bytes:
    low = name.lower()
    ending = os.path.splitext(low)[1]
    if "vbaproject" in low or "macrosheets" in low or low.endswith("vbadata.xml"):
        raise Refused("macros")
    if low in PROPERTIES:
        return PROPERTIES[low]
    if low.startswith("docprops/thumbnail"):
        return b""
    if ending in PICTURES:
        return PICTURES[ending](data)
    if ending in XML_PARTS or low == "[content_types].xml":
        return _clean_xml(low, data)
    if ending in AS_THEY_ARE:
        return data
    # printer settings name a printer and its place; nothing is lost without them
    if low.startswith(("word/printersettings/", "xl/printersettings/")):
        return b""
    raise Refused("holds")


def _clean_xml(low: str, data: bytes) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16").encode()
        data = re.sub(rb"""encoding=["'][^"']*["']""", b'encoding="UTF-8"', data, count=1)
    _parse(data, low)
    if low.endswith(".rels"):
        return _without_template(data)
    if low.startswith("customxml/") and not os.path.basename(low).startswith("itemprops"):
        return _emptied(data)
    base = os.path.basename(low)
    if base.startswith(_AUTHOR_PARTS):
        data = _AUTHOR_ELEMENT.sub(rb"\1\2", _DATES.sub(b"", _AUTHORS.sub(rb'\1=""', data)))
    return _ABS_PATH.sub(b"", data)


def _without_template(data: bytes) -> bytes:
    """A template is named by where it lies on somebody's machine: the bare name stays."""

    def named(match: "re.Match[bytes]") -> bytes:
        whole = match.group(0)
        if b"/attachedTemplate" not in whole:
            return whole
        return re.sub(rb"""Target=("[^"]*"|'[^']*')""", b'Target="Normal.dotm"', whole)

    return re.sub(rb"<(?:\w+:)?Relationship\b[^>]*>", named, data)


def _emptied(data: bytes) -> bytes:
    """The outermost element alone: properties of a document store, or sources of quotations."""
    found: list[tuple[str, dict[str, str]]] = []

    def first(tag: str, attrs: dict[str, str]) -> None:
        if not found:
            found.append((tag, attrs))

    parser = expat.ParserCreate()
    parser.StartElementHandler = first
    parser.Parse(data, True)
    tag, attrs = found[0]
    spaces = "".join(
        f' {k}="{v.replace("&", "&amp;").replace(chr(34), "&quot;").replace("<", "&lt;")}"'
        for k, v in attrs.items()
        if k.startswith("xmlns")
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag}{spaces}/>'.encode()


def _parse(data: bytes, low: str) -> None:
    """Refuse a part that is no XML, declares entities, runs, or loads something from elsewhere."""

    def no_entities(*_args: Any) -> Any:
        raise Refused("fetches")

    def look(tag: str, attrs: dict[str, str]) -> None:
        kind = attrs.get("ContentType", "").lower()
        if "macroenabled" in kind or "vbaproject" in kind:
            raise Refused("macros")
        if tag.rpartition(":")[2] == "Relationship":
            _check_relation(attrs)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = no_entities
    parser.EntityDeclHandler = no_entities
    parser.ExternalEntityRefHandler = no_entities
    parser.StartElementHandler = look
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Refused("broken") from error


def _check_relation(attrs: dict[str, str]) -> None:
    kind, target = attrs.get("Type", "").rpartition("/")[2], attrs.get("Target", "")
    if kind in ("vbaProject", "oleObject", "control", "package", "activeXControlBinary", "externalLink"):
        raise Refused("macros" if kind == "vbaProject" else "holds")
    if attrs.get("TargetMode", "").lower() != "external" or kind == "attachedTemplate":
        return
    is_web = target.strip().lower().startswith(("http://", "https://", "mailto:", "#"))
    if kind != "hyperlink" or not is_web:
        raise Refused("fetches")


def main(source: str, made: str, _preview: str, extension: str) -> None:
    limit(FILE_BYTES)
    report(lambda: make_safe(Path(source), Path(made), extension), "unpacks")


if __name__ == "__main__":
    main(*sys.argv[1:])
