"""A map of 500 stories in a real browser: nothing stands on anything else, at a desk and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.checks import faults
from tests.browser.people import Visitors
from tests.browser.stack import Stack, running_stack

pytestmark = pytest.mark.sqlite
FILL = "import sys; sys.path.insert(0, 'bench'); import _many; _many.serve_map()"
# In each cell, every two of what is seen there: cards, "4 more", "24 more in the list", empty words.
OVERLAPS = """() => {
  const found = [];
  const isWide = (one) => one.getBoundingClientRect().width > 1;
  const seen = (one) => one.checkVisibility({ contentVisibilityAuto: true }) && isWide(one);
  const what = ".entry, .cell__rest, .cell__more > summary, .cell__none";
  for (const cell of document.querySelectorAll(".cell")) {
    const parts = [...cell.querySelectorAll(what)].filter(seen);
    const boxes = parts.map((one) => one.getBoundingClientRect());
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, k) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 0.5 && high > 0.5) {
        found.push(`${parts[i].textContent.trim()} | ${parts[i + 1 + k].textContent.trim()}`);
      }
    }));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, static_root: Path) -> Iterator[tuple[Stack, str, str]]:
    """A stack with a map of 500 stories, the map's address, and the cookie of the team's lead."""
    with running_stack(tmp_path_factory.mktemp("map-stack"), static_root) as stack:
        url, cookie = stack.python(FILL).splitlines()[-1].split(" ", 1)
        yield stack, url, cookie


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("query", ["", "?view=dots", "?period=1&driver=policy"])
def test_nothing_overlaps_on_a_map_of_500(
    visitors: Visitors, full: tuple[Stack, str, str], query: str, width: int
):
    stack, url, cookie = full
    page = visitors.come(stack, viewport={"width": width, "height": 900})
    name, _, value = cookie.partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": stack.base}])

    answer = page.goto(url + query)

    assert answer
    assert answer.status == 200
    assert page.locator(".cell .entry").count() <= 150
    assert page.evaluate(OVERLAPS) == []
    page.locator(".cell__more > summary").evaluate_all("all => all.forEach((one) => one.click())")
    assert page.evaluate(OVERLAPS) == []
    assert visitors.complaints == []


@pytest.mark.parametrize("query", ["", "?view=list&period=2", "?compare=1,2", "poster/"])
def test_views_of_a_full_map_have_no_faults(visitors: Visitors, full: tuple[Stack, str, str], query: str):
    stack, url, cookie = full
    page = visitors.come(stack)
    name, _, value = cookie.partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": stack.base}])
    page.goto(url + query)

    assert faults(page, themes=("light",)) == []
