"""Make the fonts of printed reports, and the table of what they can write.

Not needed to run the product: the results stand in `reports/fonts/`. To make them again, in an environment
with `fonttools` and `brotli`, from the unpacked npm packages `@fontsource-variable/faustina` and
`@fontsource-variable/atkinson-hyperlegible-next` and a folder with the static TTF files of Noto Sans:

    python tools/report_fonts.py FAUSTINA ATKINSON NOTO reports/fonts

The web's fonts are variable and cut into scripts; Typst wants static files. So each weight is pinned, the
Latin and extended Latin parts are joined, and Noto stands behind them, cut down to what reports meet.
`coverage.json` holds
ranges of code points for each file (see `reports/glyphs.py`).
"""

import json
import sys
from io import BytesIO
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

STYLES = {400: "Regular", 600: "SemiBold", 700: "Bold"}
FACES = [
    ("Faustina", "faustina", 400, False),
    ("Faustina", "faustina", 400, True),
    ("Faustina", "faustina", 600, False),
    ("Faustina", "faustina", 600, True),
    ("Faustina", "faustina", 700, False),
    ("Atkinson Hyperlegible Next", "atkinson-hyperlegible-next", 400, False),
    ("Atkinson Hyperlegible Next", "atkinson-hyperlegible-next", 400, True),
    ("Atkinson Hyperlegible Next", "atkinson-hyperlegible-next", 700, False),
]
LATIN_GREEK_CYRILLIC = [(0x20, 0x52F), (0x1DC4, 0x1DFF), (0x1E00, 0x1EFF), (0x2000, 0x218F), (0x25CC, 0x25CC)]
SYMBOLS = [(0x25A0, 0x27BF), (0x2B05, 0x2B1C)]
ARROWS_AND_MATHS = [(0x2190, 0x22FF)]
HEBREW = [(0x20, 0x7E), (0x590, 0x5FF), (0x200C, 0x200F), (0x25CC, 0x25CC)]
ARABIC = [(0x20, 0x40), (0x600, 0x6FF), (0x200C, 0x200F), (0x25CC, 0x25CC)]
NOTO = [
    ("NotoSans-Regular", LATIN_GREEK_CYRILLIC),
    ("NotoSans-Bold", LATIN_GREEK_CYRILLIC),
    ("NotoSansSymbols2-Regular", SYMBOLS),
    ("NotoSansMath-Regular", ARROWS_AND_MATHS),
    ("NotoSansHebrew-Regular", HEBREW),
    ("NotoSansArabic-Regular", ARABIC),
]


def pinned(path: Path, weight: int) -> BytesIO:
    """The variable font at `path`, as a static one of `weight`."""
    font = instantiateVariableFont(TTFont(path), {"wght": weight}, inplace=True)
    for table in ("STAT", "HVAR", "MVAR", "avar", "prep", "gasp"):
        if table in font:
            del font[table]
    font.flavor = None
    out = BytesIO()
    font.save(out)
    out.seek(0)
    return out


def name(font: TTFont, family: str, weight: int, *, italic: bool) -> str:
    """Give `font` the names and flags by which Typst finds it; the name of its file."""
    style = STYLES[weight]
    if italic:
        style = "Italic" if weight == 400 else f"{style} Italic"
    file_name = f"{family}-{style}".replace(" ", "")
    names = {1: family, 2: style, 3: file_name, 4: f"{family} {style}", 6: file_name, 16: family, 17: style}
    for record in list(font["name"].names):
        if record.nameID in {1, 2, 3, 4, 6, 16, 17, 21, 22, 25}:
            font["name"].removeNames(nameID=record.nameID)
    for key, value in names.items():
        font["name"].setName(value, key, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = (0x01 if italic else 0) | (0x20 if weight == 700 else 0) or 0x40
    font["head"].macStyle = (0x02 if italic else 0) | (0x01 if weight == 700 else 0)
    return f"{file_name}.ttf"


def make_design_faces(sources: dict[str, Path], out: Path) -> None:
    for family, stem, weight, italic in FACES:
        slope = "italic" if italic else "normal"
        parts = [
            pinned(sources[stem] / "files" / f"{stem}-{script}-wght-{slope}.woff2", weight)
            for script in ("latin", "latin-ext")
        ]
        font = merge.Merger().merge(parts)
        font.save(out / name(font, family, weight, italic=italic))


def make_noto_faces(source: Path, out: Path) -> None:
    options = subset.Options(hinting=False, name_IDs=["*"], notdef_outline=True, layout_features=["*"])
    for stem, ranges in NOTO:
        font = subset.load_font(str(source / f"{stem}.ttf"), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=[point for first, last in ranges for point in range(first, last + 1)])
        cutter.subset(font)
        subset.save_font(font, str(out / f"{stem}.ttf"), options)


def ranges_of(points: set[int]) -> list[list[int]]:
    """`points` as a sorted list of first and last of each run."""
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


def coverage(folder: Path) -> dict[str, list[list[int]]]:
    """What each font in `folder` can write."""
    return {path.stem: ranges_of(set(TTFont(path).getBestCmap())) for path in sorted(folder.glob("*.ttf"))}


def main() -> None:
    faustina, atkinson, noto, out = (Path(argument) for argument in sys.argv[1:5])
    make_design_faces({"faustina": faustina, "atkinson-hyperlegible-next": atkinson}, out)
    make_noto_faces(noto, out)
    (out / "coverage.json").write_text(json.dumps(coverage(out), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
