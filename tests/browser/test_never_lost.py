"""What somebody types is never lost: not with the browser, the sign-in, the line or the server."""

import os
import signal
from ast import literal_eval
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.checks import faults
from tests.browser.people import Visitors, as_sample, code_in
from tests.browser.stack import Stack, running_stack

pytestmark = pytest.mark.slow
KIARA, DEVON = "kiara.b@example.org", "devon.m@example.org"
HOME = "/series/engagement-for-all/teams/pearl-river-youth-assembly/"
TEXT = "#log-form textarea[name=text]"
# Sign everybody out, as a person does who signs out everywhere.
END = """
from accounts.models import User
from django.db.models import F
User.objects.update(auth_epoch=F("auth_epoch") + 1)
"""
FILED = """
from progress.models import CheckIn
print(*CheckIn.objects.order_by("-pk").values_list("filed_by__email", flat=True)[:1])
"""
DRAFTS = """
from accounts.models import Draft
print(*Draft.objects.filter(form="log").values_list("data", flat=True))
"""
TOLD = """
from storymaps.models import StoryEntry
told = StoryEntry.objects.filter(text__contains={0!r}).order_by("pk")
print(list(told.values_list("text", "author__email")))
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, static_root: Path) -> Iterator[Stack]:
    """A stack of its own, since it is killed here."""
    with running_stack(tmp_path_factory.mktemp("never-lost"), static_root, "load_sample") as made:
        yield made


def at_home(visitors: Visitors, stack: Stack, email: str = KIARA, *, phone: bool = True) -> Page:
    page = visitors.come(stack, phone=phone)
    as_sample(page, email)
    page.goto(HOME)
    return page


def type_kept(page: Page, text: str) -> None:
    """Type, and wait until the server has it."""
    with page.expect_response(lambda answer: "/drafts/" in answer.url and answer.ok):
        page.locator(TEXT).fill(text)
    expect(page.locator("#log-form [data-draft-status]")).to_contain_text("Draft kept")


def told(stack: Stack, words: str) -> list[tuple[str, str]]:
    return literal_eval(stack.python(TOLD.format(words)))


# --- killed in mid-typing ----------------------------------------------------------------------------


def test_a_killed_browser_loses_nothing(stack: Stack, visitors: Visitors):
    page = at_home(visitors, stack)
    type_kept(page, "The bus came late and we")
    page.context.close()

    again = at_home(visitors, stack)

    expect(again.locator(TEXT)).to_have_value("The bus came late and we")


def test_a_killed_server_loses_nothing(stack: Stack, visitors: Visitors):
    page = at_home(visitors, stack)
    type_kept(page, "Kept before the power went")
    os.killpg(stack.processes["web"].pid, signal.SIGKILL)
    stack.processes["web"].wait()
    try:
        page.locator(TEXT).fill("Kept before the power went, and typed after")
        expect(page.locator("#log-form [data-draft-status]")).to_contain_text("no connection", timeout=8000)
        assert "Kept before the power went" in stack.python(DRAFTS)
    finally:
        stack.stop()
        stack.start()

    expect(page.locator("#log-form [data-draft-status]")).to_contain_text("Draft kept", timeout=30000)
    expect(page.locator(TEXT)).to_have_value("Kept before the power went, and typed after")
    other = at_home(visitors, stack)
    expect(other.locator(TEXT)).to_have_value("Kept before the power went, and typed after")


def test_a_cut_line_loses_nothing_and_says_so(stack: Stack, visitors: Visitors):
    page = at_home(visitors, stack)
    page.context.set_offline(True)
    page.locator(TEXT).fill("Written in the tunnel")
    page.locator("#log-form .log__save button.btn--pencil").click()

    expect(page.locator("#log-form [data-held]")).to_contain_text("There is no connection")
    expect(page.locator(TEXT)).to_have_value("Written in the tunnel")
    page.context.set_offline(False)
    page.locator("#log-form .log__save button.btn--pencil").click()
    page.wait_for_url("**/story/**")
    assert told(stack, "in the tunnel") == [("Written in the tunnel", KIARA)]


# --- the sign-in ends --------------------------------------------------------------------------------


def test_an_ended_sign_in_is_asked_for_again_in_place_by_code(stack: Stack, visitors: Visitors):
    page = at_home(visitors, stack)
    stack.python(END)
    page.locator(TEXT).fill("Typed after the sign-in ended")
    status = page.locator("#log-form [data-draft-status]")
    expect(status).to_contain_text("Your sign-in has ended", timeout=8000)
    page.locator("#log-form .log__save button.btn--pencil").click()
    dialog = page.locator("#again")
    expect(dialog).to_be_visible()
    assert faults(page) == []

    before = len(stack.mails(KIARA))
    dialog.locator("#code-email").fill(KIARA)
    dialog.locator("form:has(#code-email) button").click()
    dialog.locator("input[name=code]").fill(code_in(stack, KIARA, after=before))
    dialog.locator("form:has(input[name=code]) button.btn--pencil").click()

    page.wait_for_url("**/story/**")
    assert told(stack, "after the sign-in ended") == [("Typed after the sign-in ended", KIARA)]
    assert visitors.complaints == []


def test_nothing_is_sent_under_the_name_of_somebody_else(stack: Stack, visitors: Visitors):
    page = at_home(visitors, stack)
    page.locator(TEXT).fill("Kiara wrote this")
    stack.python(END)
    page.locator(TEXT).fill("Kiara wrote this herself")
    expect(page.locator("#log-form [data-draft-status]")).to_contain_text("has ended", timeout=8000)
    page.locator("#log-form .log__save button.btn--pencil").click()
    dialog = page.locator("#again")
    dialog.locator(f"form:has(input[value='{DEVON}']) button").click()

    expect(dialog.locator("[data-again-words]")).to_contain_text("Somebody else is signed in")
    expect(page.locator(TEXT)).to_have_value("Kiara wrote this herself")
    assert told(stack, "Kiara wrote this") == []


def test_without_a_script_what_was_sent_too_late_is_there_after_signing_in(stack: Stack, visitors: Visitors):
    page = visitors.come(stack, java_script_enabled=False)
    page.goto("/account/login/")
    page.locator(f"form:has(input[value='{KIARA}']) button").click()
    page.goto(f"{HOME}story/new/")
    page.locator(TEXT).fill("No script, no session, no loss")
    stack.python(END)
    page.locator("#log-form .log__save button.btn--pencil").click()
    assert "/account/login/" in page.url

    page.locator(f"form:has(input[value='{KIARA}']) button").click()
    page.goto(f"{HOME}story/new/")
    assert "No script, no session, no loss" in page.content()


# --- without a line ----------------------------------------------------------------------------------


def choose_to_keep(page: Page) -> None:
    page.goto("/me/settings/")
    page.locator("[data-keeps-yes]").click()
    expect(page.locator("[data-keeps-state]")).to_contain_text("kept in this browser")
    size = page.viewport_size
    assert size
    assert faults(page) == []
    page.set_viewport_size(size)


def write(page: Page, text: str) -> None:
    page.locator(TEXT).fill(text)
    page.locator("#log-form .log__save button.btn--pencil").click()
    expect(page.locator("[data-queued] li", has_text=text)).to_be_visible()


def test_entries_and_a_check_in_wait_and_are_sent_once_and_in_order(stack: Stack, visitors: Visitors):
    page = at_home(visitors, stack)
    choose_to_keep(page)
    page.goto(HOME)
    due = page.locator("a[href*='/check-in/']").first.get_attribute("href")
    assert due
    beside = page.context.new_page()
    beside.goto(due)
    page.context.set_offline(True)
    page.bring_to_front()
    write(page, "Bus, one bar: first")
    write(page, "Bus, one bar: second")
    beside.bring_to_front()
    beside.locator("[name=going][value=steady]").check(force=True)
    beside.get_by_role("button", name="File this check-in").first.click()
    expect(beside.locator("[data-queued] li")).to_have_count(3)
    expect(beside.locator("[data-queued] li .meta").first).to_contain_text("waiting to send")
    assert faults(beside) == []

    # The answers to the first story and to the check-in are lost after the server has stored them.
    lost = lose_answers(page.context)
    page.context.set_offline(False)
    for _try in range(3):
        beside.locator("[data-waiting-send]").click()
        beside.wait_for_timeout(1500)
    expect(beside.locator("[data-queued]")).to_be_hidden()

    assert sorted(lost) == sorted([f"{HOME}story/new/", due])
    assert told(stack, "Bus, one bar") == [("Bus, one bar: first", KIARA), ("Bus, one bar: second", KIARA)]
    assert stack.python(FILED) == KIARA
    beside.goto(due)
    expect(beside.get_by_text("It is filed")).to_be_visible()


def lose_answers(context: BrowserContext) -> list[str]:
    """Lose the answer to the first story and to the first check-in, after they were stored."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.method != "POST" or path in lost:
            route.continue_()
            return
        lost.append(path)
        assert route.fetch(max_redirects=0).status == 302
        route.abort()

    context.route("**/story/new/", lose)
    context.route("**/check-in/**", lose)
    return lost


def test_what_waits_is_its_writers_alone_and_sign_out_asks_first(stack: Stack, visitors: Visitors):
    page = at_home(visitors, stack, phone=False)
    choose_to_keep(page)
    page.goto(HOME)
    type_kept(page, "Only Kiara sees this")
    page.context.set_offline(True)
    write(page, "Only Kiara sees this wait")
    page.route("**/me/again/", lambda route: route.abort())  # the line stays too thin to send
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("[data-queued] li")).to_have_count(1)
    expect(page.locator(TEXT)).to_have_value("")  # the draft of what waits is not offered again

    def sign_out(answer: str) -> None:
        page.locator(".menu--me > summary").click()
        page.locator(".menu--me [data-sign-out] button").click()
        expect(page.locator("#unsent")).to_be_visible()
        expect(page.locator("[data-unsent-count]")).to_contain_text("1")
        page.locator(f"#unsent button[value={answer}]").click()

    sign_out("stay")
    expect(page.locator("[data-queued] li")).to_have_count(1)
    sign_out("keep")
    page.wait_for_url(lambda url: HOME not in url)
    as_sample(page, DEVON)
    page.goto(HOME)
    expect(page.locator("[data-queued]")).to_be_hidden()
    page.unroute("**/me/again/")
    page.context.clear_cookies()
    as_sample(page, KIARA)
    page.goto(HOME)
    expect(page.locator("[data-queued]")).to_be_hidden(timeout=20000)
    assert told(stack, "Only Kiara sees") == [("Only Kiara sees this wait", KIARA)]


def test_a_refused_one_stays_with_its_reason_and_holds_up_nobody(stack: Stack, visitors: Visitors):
    page = at_home(visitors, stack)
    choose_to_keep(page)
    page.goto(HOME)
    page.context.set_offline(True)
    page.locator(TEXT).evaluate("(box) => box.removeAttribute('maxlength')")
    write(page, "Too long " + "x" * 4100)
    write(page, "Short and fine")
    page.context.set_offline(False)
    page.locator("[data-waiting-send]").click()

    expect(page.locator("[data-queued] li")).to_have_count(1)
    expect(page.locator("[data-queued] li .err")).to_contain_text("4000")
    assert told(stack, "Short and fine") == [("Short and fine", KIARA)]
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.locator("[data-queued]")).to_be_hidden()
