"""What holds on every page: axe finds nothing, nothing scrolls sideways, there is one first heading."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
EVERYTHING = {"type": "tag", "values": TAGS}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
MOST_NODES = 5  # of one violation, in a message
WIDTHS = (360, 1280)
NARROWEST = 320
# Animations are ended first: a colour on its way to another has the contrast of neither.
RUN = """async (only) => {
  for (const running of document.getAnimations()) { try { running.finish(); } catch { running.cancel(); } }
  const found = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return found.violations.map((v) => ({
    id: v.id, help: v.help,
    nodes: v.nodes.map((n) => ({ where: n.target.join(" "), html: n.html, why: n.failureSummary })),
  }));
}"""


def axe(page: Page, only: Mapping[str, Any] = EVERYTHING) -> list[str]:
    """Let axe look at the page as it stands; one readable text a violation."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return [told(found) for found in page.evaluate(RUN, only)]


def told(violation: dict[str, Any]) -> str:
    """A violation in words: the rule, where, and why."""
    nodes = violation["nodes"]
    lines = [f"{violation['id']}: {violation['help']} ({len(nodes)} places)"]
    for node in nodes[:MOST_NODES]:
        why = " ".join(node["why"].split())
        lines += [f"    {node['where']}", f"      {node['html'][:200]}", f"      {why[:300]}"]
    return "\n".join(lines)


def sideways(page: Page) -> str:
    """What sticks out to the right, if the page scrolls sideways."""
    return page.evaluate("""() => {
      const page = document.scrollingElement;
      if (page.scrollWidth <= innerWidth) return "";
      const wide = [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(-3).map((e) => e.outerHTML.slice(0, 120));
      return `${page.scrollWidth} > ${innerWidth}: ${wide.join(" | ")}`;
    }""")


def headings(page: Page) -> str:
    """What is wrong with the headings, if anything: one h1, no level skipped."""
    levels = page.evaluate("""() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .filter((h) => h.checkVisibility({ visibilityProperty: true }))
      .map((h) => Number(h.tagName[1]))""")
    if levels.count(1) != 1:
        return f"{levels.count(1)} first headings"
    skips = [(a, b) for a, b in pairwise(levels) if b > a + 1]
    return f"skips from h{skips[0][0]} to h{skips[0][1]}" if skips else ""


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740 if width < 700 else 900})


def faults(page: Page, *, themes: Iterable[str] = ("light", "dark")) -> list[str]:
    """Everything that is wrong with the page as it stands, in both widths and themes.

    The theme is set as the server sets it: by the attribute of the root element. It changes colours and
    nothing else, so that after the first only those are looked at again.
    """
    found, themes = [], list(themes)
    if wrong := headings(page):
        found.append(f"headings: {wrong}")
    for width in WIDTHS:
        resize(page, width)
        for theme in themes:
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            only = EVERYTHING if theme == themes[0] else COLOURS
            found += [f"[{width} px, {theme}] {text}" for text in axe(page, only)]
        if wide := sideways(page):
            found.append(f"[{width} px] scrolls sideways: {wide}")
    resize(page, NARROWEST)
    if wide := sideways(page):
        found.append(f"[{NARROWEST} px] scrolls sideways: {wide}")
    return found
