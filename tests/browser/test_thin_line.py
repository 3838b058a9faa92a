"""At the edge of a network a check-in from the mail goes through, and little goes over the line for it.

How long it takes is measured by bench/thin_line.py.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.people import Visitors
from tests.browser.stack import Stack, servers
from tests.browser.thin_line import Line, ThinLine, thin_line, through

pytestmark = pytest.mark.slow
MOST_BYTES = 16_000  # both ways, from the tap to the page that says thank you
# Four times the loss of the line that is measured, so that some packet is lost whatever the dice say.
LOSES_MUCH = Line(lost_share=0.08)
# An open check-in that a mail link files: its date, and the secret address.
OPEN = """
from core import clock
from django.urls import reverse
from progress.links import make_token
from progress.models import DueDate
from teams.models import Membership

def pick():
    running = {"team__series__status": "open", "team__status": "active"}
    for due in DueDate.objects.open().filter(**running).order_by("due_on"):
        day = clock.today(due.team.time_zone)
        others = due.team.due_dates.filter(due_on__range=(day, due.due_on)).exclude(pk=due.pk)
        if not -20 <= (due.due_on - day).days <= 40 or others.exists():
            continue
        for member in Membership.objects.on(day).filter(team=due.team, role="lead"):
            return due, member.person

due, person = pick()
print(due.pk, reverse("progress:check-in-link", args=[make_token(person, due)]))
"""
FILED = "from progress.models import CheckIn; print(CheckIn.objects.filter(due={0}).count())"


@pytest.fixture
def line(sample_stack: Stack) -> Iterator[ThinLine]:
    with thin_line(sample_stack.port, LOSES_MUCH) as made:
        yield made


@pytest.fixture
def on_the_line(browser: Browser, line: ThinLine) -> Iterator[Visitors]:
    """A browser that reaches the platform by the thin line only."""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    chromium = browser.browser_type.launch(
        executable_path=servers.installed_browser(),
        args=[*root, "--disable-dev-shm-usage", through(line)],
        headless=True,
    )
    with Visitors(chromium) as made:
        yield made
    chromium.close()


def test_a_check_in_goes_through_a_thin_line(sample_stack: Stack, line: ThinLine, on_the_line: Visitors):
    due_id, url = sample_stack.python(OPEN).splitlines()[-1].split()
    page = on_the_line.come(sample_stack, phone=True)
    page.set_default_timeout(60_000)
    page.goto(f"{url}?going=well", wait_until="networkidle")
    line.hang_up()  # while the person reads
    before, connections = line.carried_bytes, line.connections

    page.locator(".panel form > div > button").first.tap()
    page.get_by_role("heading", name="Thank you").wait_for()
    page.wait_for_load_state("networkidle")

    assert line.connections > connections
    assert line.up.lost_packets + line.down.lost_packets > 0
    assert 0 < line.carried_bytes - before < MOST_BYTES
    assert sample_stack.python(FILED.format(due_id)) == "1"
    assert on_the_line.complaints == []
