"""A story map of 500 entries: against its floor, over the line, and on a thin line in a real browser."""

import gzip
import statistics
import sys
import tempfile
from pathlib import Path

from _floor import LIMIT, Report, database, install, prepare, ratio

install()

from _many import full_map
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from tests.browser.stack import Stack, servers

MOST_DRAWN = 150
MOST_QUERIES = 20
MOST_KILOBYTES = 120
MOST_SECONDS = 2.5
LINE = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8, "offline": False}
ROUNDS = 5
# When a reader sees the words of the page: the first and the largest thing painted, in seconds.
PAINTED = """() => new Promise((done) => {
  let largest = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) largest = one.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  const first = performance.getEntriesByName("first-contentful-paint")[0];
  setTimeout(() => done([first.startTime / 1000, largest / 1000]), 300);
})"""


def painted(chromium: Chromium, base: str, url: str, cookie: str) -> tuple[float, float]:
    """Seconds until the first and the largest paint of a first visit on a thin line."""
    name, _, value = cookie.partition("=")
    context = chromium.new_context(base_url=base, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": name, "value": value, "url": base}])
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    page.goto(url, wait_until="load")
    first, largest = page.evaluate(PAINTED)
    context.close()
    return first, largest


def on_a_thin_line(report: Report) -> None:
    """Measure a first visit with an empty cache, several times, in a real browser against real processes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder), Path(folder) / "static", {})
        chromium = playwright.chromium.launch(
            executable_path=servers.installed_browser(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            stack.prepare()
            code = "import sys; sys.path.insert(0, 'bench'); import _many; _many.serve_map()"
            url, cookie = stack.python(code).splitlines()[-1].split(" ", 1)
            stack.start()
            painted(chromium, stack.base, url, cookie)  # what the server reads once, is read
            found = [painted(chromium, stack.base, url, cookie) for _round in range(ROUNDS)]
        finally:
            chromium.close()
            stack.stop()
    report.line("map-500-first-paint-s", statistics.median(first for first, _ in found), MOST_SECONDS)
    report.line("map-500-readable-s", statistics.median(largest for _, largest in found), MOST_SECONDS)


def main() -> int:
    report = Report()
    with database():
        url, lead = full_map()
        browser, queries = prepare("map", url, lead)
        _status, body = browser.get(url)
        report.line("map-500-by-floor", ratio("map", url, browser), LIMIT)
        report.line("map-500-queries", queries, MOST_QUERIES)
        report.line("map-500-entries-drawn", body.count(b'data-entry="'), MOST_DRAWN + 24)
        report.line("map-500-kilobytes-compressed", len(gzip.compress(body, 6)) / 1000, MOST_KILOBYTES)
    on_a_thin_line(report)
    return int(report.is_short)


if __name__ == "__main__":
    sys.exit(main())
