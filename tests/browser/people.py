"""Somebody with a browser: a person's contexts, what their console said, and how they sign in."""

import re
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.stack import Stack, text_of

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
# An answer of 4xx is written to the console by the browser; where a test means it, it is no fault.
# So is a request that htmx gave up because a newer one, or another page, took its place.
MEANT = re.compile(
    r"Failed to load resource: the server responded with a status of 4\d\d|htmx:(afterRequest|sendAbort),"
)


class Visitors:
    """Makes contexts, listens to them, and closes them at the end of a test."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for context in self.contexts:
            context.close()

    def come(self, stack: Stack, *, phone: bool = False, language: str = "en", **options: Any) -> Page:
        """A new browser at the door of `stack`, with nothing in it."""
        look = {**(PHONE if phone else DESK), **options}
        locale = {"en": "en-US", "es": "es-MX"}[language]
        context = self.browser.new_context(base_url=stack.base, locale=locale, **look)
        context.set_default_timeout(15000)
        self.contexts.append(context)
        context.on("page", self.listen)
        return context.new_page()

    def listen(self, page: Page) -> None:
        """Note every complaint of a page: errors of scripts, of the console and of the security policy."""
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self.note(page, message))

    def note(self, page: Page, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or MEANT.match(message.text):
            return
        self.complaints.append(f"{page.url}: {message.type}: {message.text}")


def as_sample(page: Page, email: str) -> None:
    """Sign in as a person of the sample series, by the demo's door."""
    page.goto("/account/login/")
    page.locator(f"form:has(input[value='{email}']) button").click()
    page.wait_for_url(lambda url: "/account/" not in url)


def code_in(stack: Stack, email: str, *, after: int) -> str:
    """The code that was mailed to `email`, in the mail number `after` + 1."""
    text = text_of(stack.wait_for_mail(email, after=after))
    found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", text, re.M)
    assert found, f"no code in:\n{text}"
    return found.group(1)


def sign_in_by_code(page: Page, stack: Stack, email: str) -> None:
    """Ask for a code on the sign-in page, read the mail, type the code in."""
    before = len(stack.mails(email))
    page.goto("/account/login/")
    page.locator("#code-email").fill(email)
    page.locator("form:has(#code-email) button").click()
    page.locator("input[name=code]").fill(code_in(stack, email, after=before))
    page.locator("form:has(input[name=code]) button.btn--pencil").click()
    page.wait_for_url(lambda url: "/account/" not in url)
