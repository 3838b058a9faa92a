"""A browser, the stack it looks at, and what is kept of a test that failed."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.people import Visitors
from tests.browser.stack import ROOT, Stack, running_stack, servers

KEPT = ROOT / "test-results" / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


# Of the package, not of the session: other tests may touch a database only without the browser's loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    path = servers.installed_browser()
    if path is None:
        pytest.skip("No Chromium was found. This brings it: sudo apt-get install chromium")
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=[*options, "--disable-dev-shm-usage"], headless=True
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the hashed static files are collected, once for all stacks."""
    return tmp_path_factory.mktemp("static-of-stacks") / "static"


@pytest.fixture(scope="package")
def sample_stack(tmp_path_factory: pytest.TempPathFactory, static_root: Path) -> Iterator[Stack]:
    """Two web processes and a worker on the pilot and the sample series."""
    folder = tmp_path_factory.mktemp("sample-stack")
    with running_stack(folder, static_root, "load_pilot", "load_sample", web_workers=2) as stack:
        yield stack


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    """Browsers for this test; pictures of their pages are kept where it fails."""
    with Visitors(browser) as made:
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    """Keep pictures of the open pages and the ends of the logs with a test that failed."""
    report = yield
    if report.failed and call.when in ("setup", "call"):
        item.has_failed = True  # type: ignore[attr-defined]
        values = list(getattr(item, "funcargs", {}).values())
        for value in values:
            if isinstance(value, Stack):
                report.sections.append(("processes", value.logs()))
        contexts = {c for v in values if isinstance(v, Visitors) for c in v.contexts}
        if kept := picture_all(contexts, item.nodeid):
            report.sections.append(("pictures", "\n".join(kept)))
    return report


def picture_all(contexts: set[BrowserContext], name: str) -> list[str]:
    """Take a picture of every open page; return where they are."""
    kept = []
    stem = re.sub(r"[^\w-]+", "-", name.rsplit("/", 1)[-1])
    for number, page in enumerate(page for context in contexts for page in context.pages):
        path = KEPT / f"{stem}-{number}.png"
        try:
            page.screenshot(path=path, full_page=True, timeout=5000)
        except Exception as error:  # noqa: BLE001 - a page that is gone must not hide the failure
            kept.append(f"{page.url}: {error}")
        else:
            kept.append(f"{path}  {page.url}")
    return kept
