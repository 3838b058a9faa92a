"""On a phone: a large photo outlives three cuts of the line, and a story is spoken and played back."""

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import checks
from tests.browser.people import Visitors
from tests.browser.stack import Stack
from tests.browser.test_slow import find_log_form

pytestmark = pytest.mark.sqlite
MEGABYTE = 1024 * 1024
FAKE_MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


def large_photo(path: Path) -> Path:
    """Noise of 8 MB, as no phone takes it, but as large."""
    out = BytesIO()
    Image.frombytes("RGB", (3200, 2700), os.urandom(3200 * 2700 * 3)).save(out, "JPEG", quality=92)
    path.write_bytes(out.getvalue())
    assert path.stat().st_size > 6 * MEGABYTE
    return path


def at_home(page: Page) -> str:
    page.goto("/account/login/")
    emails = page.locator(".demo input[name=email]").evaluate_all("all => all.map(one => one.value)")
    return find_log_form(page, emails)


class Line:
    """The phone's line, as slow as it is told, and cut when it is told."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")

    def set(self, *, cut: bool) -> None:
        speed = {"downloadThroughput": -1, "uploadThroughput": MEGABYTE, "latency": 20}
        self.session.send("Network.emulateNetworkConditions", {"offline": cut, **speed})


def test_large_photo_outlives_three_cuts(visitors: Visitors, sample_stack: Stack, tmp_path: Path):
    page = visitors.come(sample_stack, phone=True)
    page.goto(at_home(page))
    line = Line(page)
    line.set(cut=False)
    form = page.locator("#log-form")
    form.locator("input[type=file]").set_input_files(large_photo(tmp_path / "ring.jpg"))
    said = form.locator("[data-upload-for] [role=status]")
    expect(said).to_contain_text("On its way")
    form.locator("[name=text]").fill("Forty chairs in a ring.")
    form.locator("[name=alt_text]").fill("Chairs in a ring")

    for _cut in range(3):
        page.wait_for_timeout(1200)
        line.set(cut=True)
        expect(said).to_contain_text("The line is cut")
        line.set(cut=False)
        expect(said).to_contain_text(re.compile("On its way|It has arrived"), timeout=20000)
    form.locator(".log__save button").click()  # before it has arrived: the form waits for the file

    expect(page).to_have_url(re.compile(r"/story/"), timeout=60000)
    page.goto(page.url.split("#")[0])
    page.get_by_role("link", name="Forty chairs in a ring.").first.click()
    page.locator("article").wait_for()
    for _try in range(40):
        if page.locator("figure img").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    size = page.locator("figure img").evaluate("one => one.decode().then(() => one.naturalWidth)")
    assert size > 300
    assert [c for c in visitors.complaints if "ERR_INTERNET_DISCONNECTED" not in c] == []


@pytest.fixture
def with_microphone(browser: Browser) -> Iterator[Visitors]:
    """A browser that hears a tone."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    path = browser.browser_type.executable_path
    from tests.browser.stack import servers

    hearing = browser.browser_type.launch(
        executable_path=servers.installed_browser() or path, args=[*root, *FAKE_MICROPHONE], headless=True
    )
    with Visitors(hearing) as made:
        yield made
    hearing.close()


def test_story_is_spoken_played_back_and_written_down(with_microphone: Visitors, sample_stack: Stack):
    page = with_microphone.come(sample_stack, phone=True)
    page.goto(at_home(page))
    page.get_by_role("link", name="Speak it instead").click()
    button = page.locator("[data-record]")
    expect(button).to_be_visible()
    assert checks.faults(page) == []

    button.dispatch_event("pointerdown", {"button": 0, "pointerId": 1})
    expect(button).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(2500)
    button.dispatch_event("pointerup", {"button": 0, "pointerId": 1})
    player = page.locator("[data-record-play]")
    expect(player).to_be_visible()
    expect(page.locator("[data-record-status]")).to_contain_text("Listen to it")
    page.get_by_role("button", name="Save to our map").click()

    page.wait_for_url(re.compile(r"/story/\d+/"))
    for _try in range(40):
        if page.locator("figure audio").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.wait_for_function("document.querySelector('figure audio').readyState >= 1")
    lasts = page.locator("figure audio").evaluate("one => one.duration")
    assert 1 < lasts < 10
    assert checks.faults(page) == []

    page.get_by_role("link", name="Write it down").click()
    page.locator("[name=transcript]").fill("We asked for two seats.")
    assert checks.faults(page) == []
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator("figure details")).to_contain_text("We asked for two seats.")
    assert with_microphone.complaints == []
