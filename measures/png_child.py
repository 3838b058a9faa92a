"""Makes a PNG of an SVG, in a process of its own that may be killed: `python -m measures.png_child FONTS`.

The SVG comes in on standard input, the PNG goes out on standard output. Imports nothing of ours; Typst
is the rasteriser, and would keep what it drew in the memory of a long-lived process.
"""

import resource
import sys
from contextlib import suppress

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 10
PIXELS_PER_INCH = 144
PAGE = """#set page(width: auto, height: auto, margin: 12pt, fill: rgb("#fffefa"))
#image(bytes(sys.inputs.svg), format: "svg", width: 645pt)
"""


def limit() -> None:
    """Bind this process; where the system knows no such limit, the parent's clock still holds."""
    limits = ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_CORE, 0))
    for kind, amount in limits:
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (amount, amount))


def main() -> int:
    limit()
    import typst  # noqa: PLC0415 - after the limits are set

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[sys.argv[1]])
    svg = sys.stdin.buffer.read().decode()
    png = typst.compile(
        PAGE.encode(), format="png", ppi=PIXELS_PER_INCH, font_paths=fonts, sys_inputs={"svg": svg}
    )
    sys.stdout.buffer.write(png)
    return 0


if __name__ == "__main__":
    sys.exit(main())
