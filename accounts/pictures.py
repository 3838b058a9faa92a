"""Pictures inside documents without what was written beside them. No decoder is needed."""

import struct

from accounts.limits import Refused

# The segments that a JPEG needs to be drawn; APP0 is JFIF, APP14 says how Adobe's colours are meant.
_JPEG_DROPPED = {*range(0xE1, 0xEE), 0xEF, 0xFE}
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"bKGD", b"pHYs", b"sBIT",
}  # fmt: skip


def plain_jpeg(data: bytes) -> bytes:
    """`data` without EXIF, XMP, comments and what follows its end. Raises Refused."""
    if data[:2] != b"\xff\xd8":
        raise Refused("broken")
    out, at = [b"\xff\xd8"], 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise Refused("broken")
        mark = data[at + 1]
        if mark == 0xFF:  # padding
            at += 1
            continue
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        if mark == 0xDA:
            end = data.rfind(b"\xff\xd9")
            out.append(data[at : end + 2] if end > at else data[at:])
            return b"".join(out)
        if mark not in _JPEG_DROPPED:
            out.append(data[at : at + 2 + length])
        at += 2 + length
    raise Refused("broken")


def plain_png(data: bytes) -> bytes:
    """`data` with the chunks that draw it, and no other. Raises Refused."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise Refused("broken")
    out, at = [data[:8]], 8
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind in _PNG_KEPT:
            out.append(data[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            return b"".join(out)
    raise Refused("broken")
