"""Makes one photo safe, in a process of its own that may be killed: it opens what a stranger sent.

    python -m accounts.image_child SOURCE PHOTO PREVIEW EXTENSION

Reads nothing but SOURCE, writes two new JPEG files without any metadata, and says one line of JSON:
the size of the photo, or why it was refused. Exit status 0 in both cases.
"""

import contextlib
import os
import sys
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

from accounts.limits import Refused, limit, report

FILE_BYTES = 32 * 1024 * 1024
MOST_PIXELS = 40_000_000
PHOTO_SIDE, PREVIEW_SIDE = 2048, 640
EXTENSIONS = {
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "PNG": {".png"},
    "WEBP": {".webp"},
}


def make_safe(source: Path, photo: Path, preview: Path, extension: str) -> tuple[int, int]:
    """Decode `source`, turn it upright, write `photo` and `preview`; return the photo's width and height."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - only inside the limits

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=list(EXTENSIONS)) as opened:
            kind = "JPEG" if opened.format == "MPO" else str(opened.format)
            if extension not in EXTENSIONS.get(kind, set()):
                raise Refused("name")
            if opened.width * opened.height > MOST_PIXELS:
                raise Refused("pixels")
            opened.draft(
                "RGB", (PHOTO_SIDE, PHOTO_SIDE)
            )  # a JPEG need not be decoded larger than it is shown
            opened.load()
            picture: Any = ImageOps.exif_transpose(opened)
            picture = _plain(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    except UnidentifiedImageError as error:
        raise Refused("type") from error
    except MemoryError as error:
        raise Refused("pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError) as error:
        raise Refused("broken") from error
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.LANCZOS)
    size: tuple[int, int] = picture.size
    _write(picture, photo, 85)
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    _write(picture, preview, 80)
    return size


def _plain(picture: Any) -> Any:
    """The pixels alone, in sRGB on white: a new image, so that no block of metadata can come along."""
    from PIL import Image, ImageCms  # noqa: PLC0415

    if profile := picture.info.get("icc_profile"):
        # A profile that cannot be read is left out: the colours may be a little off, the picture is whole.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            mode = picture.mode if picture.mode in ("RGB", "RGBA") else "RGB"
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            picture = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        clean = Image.new("RGB", picture.size, "white")
        clean.paste(picture, mask=picture.getchannel("A"))
    else:
        clean = Image.new("RGB", picture.size)
        clean.paste(picture.convert("RGB"))
    return clean


def _write(picture: Any, path: Path, quality: int) -> None:
    with path.open("wb") as file:
        picture.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        file.flush()
        os.fsync(file.fileno())


def main(source: str, photo: str, preview: str, extension: str) -> None:
    limit(FILE_BYTES)

    def work() -> dict[str, object]:
        width, height = make_safe(Path(source), Path(photo), Path(preview), extension)
        return {"kind": "photo", "type": "image/jpeg", "ending": ".jpg", "width": width, "height": height}

    report(work, "pixels")


if __name__ == "__main__":
    main(*sys.argv[1:])
