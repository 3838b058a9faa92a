"""A check-in from an open mail on a thin line: seconds until its form is there, and until it is saved.

The line is tests/browser/thin_line.py: 400 kbit/s, a round trip of 400 ms, 2 % of the packets lost. Each
round is another phone that has never been here. One taps as soon as the form is there, while letters and
drawings are still on their way; the next reads first, and the line has hung up meanwhile.
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from _floor import Report
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import PHONE
from tests.browser.stack import Stack, servers
from tests.browser.thin_line import ThinLine, thin_line, through

LIMIT_S = 8
MOST_KILOBYTES = 16  # both ways, from the tap to the page that says so
ROUNDS = 24
FILL = f"import sys; sys.path.insert(0, 'bench'); import thin_line; thin_line.serve_check_ins({ROUNDS})"
SAVED = """
from progress.models import CheckIn
print(*(one.filed_at.timestamp() for one in CheckIn.objects.order_by("filed_at")))
"""


def serve_check_ins(count: int) -> None:
    """Fill the database of a stack with so many open check-ins; print their secret addresses."""
    from django.urls import reverse  # noqa: PLC0415 - after Django is set up

    from accounts.permissions import Role  # noqa: PLC0415
    from core import clock  # noqa: PLC0415
    from progress.links import make_token  # noqa: PLC0415
    from tests.factories.progress import make_due  # noqa: PLC0415
    from tests.factories.series import make_series  # noqa: PLC0415
    from tests.factories.teams import join, make_team  # noqa: PLC0415

    today = clock.today("UTC")
    series = make_series(today - timedelta(days=40), slug="bench-line")
    for _number in range(count):
        due = make_due(make_team(series), today + timedelta(days=3))
        token = make_token(join(due.team, Role.LEAD), due)
        print("link", reverse("progress:check-in-link", args=[token]))


@dataclass(frozen=True)
class Round:
    """One check-in: seconds to the form, the moment of the tap, seconds from it to the thanks.

    `kilobytes` went over the line from the tap on, both ways; None where the page was still on its way.
    """

    form_s: float
    tapped_at: float
    thanks_s: float
    kilobytes: float | None


def check_in(chromium: Browser, base: str, url: str, line: ThinLine, *, reads_first: bool) -> Round:
    """File the check-in at `url` on a new phone."""
    context = chromium.new_context(base_url=base, **PHONE)
    page = context.new_page()
    began = time.time()
    page.goto(f"{url}?going=well", wait_until="commit", timeout=60_000)
    button = page.locator(".panel form > div > button").first
    button.wait_for(timeout=60_000)
    form_s = time.time() - began
    if reads_first:
        page.wait_for_load_state("networkidle", timeout=60_000)
        line.hang_up()
    before, tapped_at = line.carried_bytes, time.time()
    button.tap(no_wait_after=True)
    page.get_by_role("heading", name="Thank you").wait_for(timeout=60_000)
    thanks_s = time.time() - tapped_at
    page.wait_for_load_state("networkidle", timeout=60_000)
    kilobytes = (line.carried_bytes - before) / 1000 if reads_first else None
    context.close()
    return Round(form_s, tapped_at, thanks_s, kilobytes)


def main() -> int:
    report = Report()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder), Path(folder) / "static", {})
        try:
            stack.prepare()
            links = [row.split()[1] for row in stack.python(FILL).splitlines() if row.startswith("link ")]
            stack.start()
            with thin_line(stack.port) as line:
                chromium = playwright.chromium.launch(
                    executable_path=servers.installed_browser(),
                    args=["--no-sandbox", "--disable-dev-shm-usage", through(line)],
                )
                rounds = [
                    check_in(chromium, stack.base, link, line, reads_first=number % 2 == 1)
                    for number, link in enumerate(links)
                ]
                chromium.close()
            saved = [float(moment) for moment in stack.python(SAVED).splitlines()[-1].split()]
            lost = line.up.lost_packets + line.down.lost_packets
        finally:
            stack.stop()
    assert lost, "a line that lost nothing was not this one"
    saved_s = [at - one.tapped_at for at, one in zip(saved, rounds, strict=True)]
    report.line("thin-line-form-s", median(one.form_s for one in rounds), LIMIT_S)
    report.line("thin-line-saved-s", median(saved_s), LIMIT_S)
    report.line("thin-line-saved-worst-s", max(saved_s), LIMIT_S)
    report.line("thin-line-thanks-s", median(one.thanks_s for one in rounds), LIMIT_S)
    report.line("thin-line-kilobytes", max(one.kilobytes or 0 for one in rounds), MOST_KILOBYTES)
    return int(report.is_short)


if __name__ == "__main__":
    sys.exit(main())
