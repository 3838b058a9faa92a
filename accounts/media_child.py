"""Makes one sound or video safe, in a process of its own that may be killed: it opens what a stranger sent.

    python -m accounts.media_child SOURCE MADE - EXTENSION

Copies one picture stream and one sound stream into a new container and nothing else: no tags, chapters,
covers, subtitles, attachments, tracks of places, nor the notes that cameras put between the pictures. What
is heard and seen is not encoded again.
"""

import os
import sys
from pathlib import Path
from typing import Any

from accounts.limits import Refused, limit, report

FILE_BYTES = 256 * 1024 * 1024
SOUND_SECONDS, VIDEO_SECONDS = 5 * 60 + 5, 10 * 60 + 5  # a clock in a phone runs a little over
MOST_PIXELS = 3840 * 2160
MOST_PACKETS = 200_000
# By ending: the one demuxer that may look at the file (never a playlist), and what is written.
FORMS = {
    ".mp3": ("mp3", "mp3"),
    **dict.fromkeys((".mp4", ".m4v", ".m4a", ".mov"), ("mp4", "mp4")),
    **dict.fromkeys((".webm", ".weba"), ("matroska", "webm")),
}
SOUNDS = {"mp3": {"mp3", "mp3float"}, "mp4": {"aac"}, "webm": {"opus", "libopus"}}
PICTURES: dict[str, set[str]] = {
    "mp3": set(),
    "mp4": {"h264", "hevc", "av1", "libdav1d"},
    "webm": {"vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d"},
}
# Supplemental units of a stream carry free text and, from some cameras, places; nothing that is seen.
FREE_UNITS = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39|40"}
TYPES = {
    ("mp3", "sound"): ("audio/mpeg", ".mp3"),
    ("mp4", "sound"): ("audio/mp4", ".m4a"),
    ("mp4", "video"): ("video/mp4", ".mp4"),
    ("webm", "sound"): ("audio/webm", ".weba"),
    ("webm", "video"): ("video/webm", ".webm"),
}


def make_safe(source: Path, made: Path, extension: str) -> dict[str, object]:
    """Copy what is heard and seen of `source` into `made`; say what it is and how long."""
    import av  # noqa: PLC0415 - only inside the limits
    from av.error import FFmpegError  # noqa: PLC0415

    av.logging.set_level(None)
    demuxer, muxer = FORMS[extension]
    try:
        # Opened here and handed over: the library itself opens no name and no address.
        with source.open("rb") as content, av.open(content, format=demuxer) as opened:
            picture, sound = _streams(opened, muxer)
            kind = "video" if picture is not None else "sound"
            with made.open("w+b") as out:
                seconds = _copy(av, opened, [s for s in (picture, sound) if s], out, muxer, kind)
                out.flush()
                os.fsync(out.fileno())
    except (FFmpegError, OSError, ValueError, EOFError, IndexError, TypeError, KeyError) as error:
        raise Refused("broken") from error
    content_type, ending = TYPES[muxer, kind]
    size = (picture.width, picture.height) if picture is not None else (0, 0)
    return {
        "kind": kind,
        "type": content_type,
        "ending": ending,
        "width": size[0],
        "height": size[1],
        "seconds": round(seconds),
    }


def _streams(opened: Any, muxer: str) -> tuple[Any, Any]:
    """The first picture stream and the first sound stream that are taken; covers do not count."""
    from av.stream import Disposition  # noqa: PLC0415

    pictures = [s for s in opened.streams.video if not s.disposition & Disposition.attached_pic]
    sounds = list(opened.streams.audio)
    if not pictures and not sounds:
        raise Refused("type")
    picture, sound = next(iter(pictures), None), next(iter(sounds), None)
    if muxer == "mp3":
        picture = None
    if picture is not None:
        if picture.codec_context.name not in PICTURES[muxer]:
            raise Refused("codec")
        if not 0 < picture.width * picture.height <= MOST_PIXELS:
            raise Refused("codec")
    if sound is not None and sound.codec_context.name not in SOUNDS[muxer]:
        raise Refused("codec")
    if picture is None and sound is None:
        raise Refused("type")
    return picture, sound


def _copy(av: Any, opened: Any, streams: list[Any], out: Any, muxer: str, kind: str) -> float:
    """Write the packets of `streams` to `out`; return how many seconds they last."""
    most = VIDEO_SECONDS if kind == "video" else SOUND_SECONDS
    options = {"fflags": "+bitexact"}
    if muxer == "mp4":
        options["movflags"] = "+faststart"
    if muxer == "mp3":
        options |= {"write_id3v1": "0", "id3v2_version": "0"}
    longest, packets = 0.0, 0
    with av.open(out, "w", format=muxer, container_options=options) as target:
        target.metadata.clear()
        ways = {}
        for stream in streams:
            copy = target.add_stream_from_template(stream, opaque=True)
            copy.metadata.clear()
            ways[stream.index] = (copy, _without_free_units(stream, copy), _start(stream))
        for packet in opened.demux(streams):
            if packet.dts is None:
                continue
            if packet.is_corrupt:
                raise Refused("broken")
            packets += 1
            copy, cleaner, start = ways[packet.stream.index]
            at = float(((packet.pts if packet.pts is not None else packet.dts) - start) * packet.time_base)
            longest = max(longest, at + float((packet.duration or 0) * packet.time_base))
            if longest > most or packets > MOST_PACKETS:
                raise Refused("long")
            for clean in cleaner.filter(packet) if cleaner else [packet]:
                clean.stream = copy
                target.mux(clean)
        for copy, cleaner, _first in ways.values():
            for clean in cleaner.filter(None) if cleaner else []:
                clean.stream = copy
                target.mux(clean)
    if not packets:
        raise Refused("broken")
    _check_whole(opened, streams, longest)
    return longest


def _without_free_units(stream: Any, copy: Any) -> Any:
    from av.bitstream import BitStreamFilterContext  # noqa: PLC0415

    name = FREE_UNITS.get(stream.codec_context.name)
    return BitStreamFilterContext(name, stream, copy) if name else None


def _start(stream: Any) -> int:
    return int(stream.start_time or 0)


def _check_whole(opened: Any, streams: list[Any], seconds: float) -> None:
    """Refuse what says it lasts much longer than what is there: the end did not come with it."""
    said = [float(s.duration * s.time_base) for s in streams if s.duration]
    if opened.duration and opened.format.name != "mp3":  # an MP3 without a header is only estimated
        said.append(opened.duration / 1_000_000)
    if said and max(said) > seconds * 1.05 + 2:
        raise Refused("broken")


def main(source: str, made: str, _preview: str, extension: str) -> None:
    limit(FILE_BYTES)
    report(lambda: make_safe(Path(source), Path(made), extension), "broken")


if __name__ == "__main__":
    main(*sys.argv[1:])
