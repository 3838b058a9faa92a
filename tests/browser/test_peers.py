"""Teams among themselves: an exchange, who shows what of themselves, a search, and what mail one wants."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import faults, resize
from tests.browser.people import Visitors, as_sample
from tests.browser.stack import Stack, running_stack, text_of

INES, TATE, MARISOL, HANA, LUZ, KIARA = (
    f"{name}@example.org"
    for name in ("ines.olmo", "mr.tate", "marisol.q", "hana.whitfield", "luz.ortega", "kiara.b")
)
SERIES = "/series/engagement-for-all"
OURS = f"{SERIES}/teams/pearl-river-youth-assembly"
POST = "The chairs stand in a ring. Who opens the room when the caretaker is ill?"
ANSWER = "We gave the key to two students, and the caretaker keeps a list."


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, static_root: Path) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("peers"), static_root, "load_sample") as made:
        yield made


def come(stack: Stack, visitors: Visitors, email: str, *, phone: bool = True) -> Page:
    page = visitors.come(stack, phone=phone)
    as_sample(page, email)
    return page


def to_map_notes(page: Page) -> None:
    page.goto(f"{OURS}/story/")
    page.locator("a[href*='/notes/map/']").first.click()


def write(page: Page, words: str, audience: str = "") -> None:
    """Write a note beside the team's map."""
    to_map_notes(page)
    form = page.locator(".noteform--new").first
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    form.locator("textarea[name=text]").fill(words)
    if audience:
        form.locator("[name=audience]").first.select_option(audience)
    form.locator("button.btn").click()
    expect(page.locator(".note__t", has_text=words)).to_be_visible()


def whole(page: Page, width: int = 360) -> None:
    """Nothing is wrong with the page; back to the width on which the test goes on."""
    assert faults(page) == []
    resize(page, width)


def test_a_round_is_opened_posted_to_dealt_answered_and_thanked(stack: Stack, visitors: Visitors):
    ines = come(stack, visitors, INES, phone=False)
    ines.goto(f"{SERIES}/")
    ines.get_by_role("link", name="Peer exchange").first.click()
    ines.get_by_role("link", name="Open a round").click()
    today = date.today()
    ines.get_by_label("What should they tell?").fill("What is hard, and what would you ask?")
    ines.get_by_label("First day").fill(str(today - timedelta(days=1)))
    ines.get_by_label("Last day to post").fill(str(today + timedelta(days=3)))
    ines.get_by_label("Last day to answer").fill(str(today))
    ines.get_by_role("button", name="Open the round").click()
    expect(ines.locator(".errors")).to_contain_text("must be after the last day to post")
    expect(ines.get_by_label("What should they tell?")).to_have_value("What is hard, and what would you ask?")
    whole(ines, 1280)
    ines.get_by_label("Last day to answer").fill(str(today + timedelta(days=9)))
    ines.get_by_role("button", name="Open the round").click()
    expect(ines.get_by_role("heading", level=1)).to_contain_text("Exchange round")
    whole(ines, 1280)
    round_ = ines.url

    tate, marisol = come(stack, visitors, TATE), come(stack, visitors, MARISOL)
    for page, words in ((tate, POST), (marisol, "La cocina se llena. ¿Quién lava?")):
        page.goto(round_)
        page.locator("#ours a.btn--pencil").click()
        post = page.locator("form:has(textarea[name=text]) button.btn--pencil")
        post.click()  # nothing said yet
        expect(page.locator(".errors")).to_be_visible()
        page.locator("textarea[name=text]").fill(words)
        whole(page)
        post.click()
        expect(page.get_by_text(words)).to_be_visible()

    ines.goto(round_)
    ines.get_by_role("button", name="Give out now").click()
    expect(ines.get_by_text("2 answers were given out.")).to_be_visible()
    whole(ines, 1280)

    marisol.goto(round_)
    marisol.locator("#ours").get_by_role("link", name=re.compile("Pearl River")).click()
    offers, send = marisol.locator("textarea[name=offers]"), marisol.locator("#answer button.btn--pencil")
    offers.fill(ANSWER)
    whole(marisol)
    send.click()
    expect(marisol.locator(".note", has_text=ANSWER)).to_be_visible()
    marisol.locator("form[action$='/withdraw/'] button").click()
    expect(marisol.locator(".note", has_text=ANSWER)).to_have_count(0)
    expect(offers).to_have_value(ANSWER)
    send.click()
    expect(marisol.locator(".note", has_text=ANSWER)).to_be_visible()

    tate.goto(round_)
    got = tate.locator("#ours .note", has_text=ANSWER)
    got.get_by_role("button", name="Thank them").click()
    expect(tate.locator("#ours .note", has_text=ANSWER).get_by_text("Thanked")).to_be_visible()
    whole(tate)
    tate.get_by_role("link", name="Our post").click()
    tate.get_by_role("button", name="Keep it on our map").click()
    tate.locator("section[aria-labelledby=became-h]").get_by_role("link").first.click()
    expect(tate.get_by_role("heading", level=1)).to_contain_text("The chairs stand in a ring")
    assert visitors.complaints == []


def test_people_show_what_they_choose_and_nobody_reaches_the_young(stack: Stack, visitors: Visitors):
    tate, hana = come(stack, visitors, TATE), come(stack, visitors, HANA)
    tate.goto(f"{SERIES}/directory/")
    expect(tate.get_by_text("I draw the posters.")).to_be_visible()  # his own team’s
    tate.get_by_role("link", name="Change what I show").click()
    tate.get_by_label("A line about me").fill("Write me: tate@example.net")
    tate.get_by_role("button", name="Show this").click()
    expect(tate.locator(".errors")).to_be_visible()
    expect(tate.get_by_label("A line about me")).to_have_value("Write me: tate@example.net")
    whole(tate)
    tate.get_by_label("A line about me").fill("I count who speaks.")
    tate.get_by_role("button", name="Show this").click()
    expect(tate.get_by_text("I count who speaks.")).to_be_visible()
    whole(tate)
    tate.goto(f"{OURS}/card/")
    tate.get_by_label("What we offer other teams").fill("A count sheet that fits a palm.")
    whole(tate)
    tate.get_by_role("button", name="Show this").click()

    hana.goto(f"{SERIES}/directory/?words=count")
    expect(hana.get_by_text("I count who speaks.")).to_be_visible()
    whole(hana)
    hana.goto(f"{SERIES}/directory/")
    expect(hana.get_by_text("A count sheet that fits a palm.")).to_be_visible()
    expect(hana.get_by_text("I draw the posters.")).to_have_count(0)

    tate.goto(f"{SERIES}/directory/me/")
    tate.get_by_role("button", name="Show nothing of me any more").click()
    hana.goto(f"{SERIES}/directory/?words=count")
    expect(hana.get_by_text("I count who speaks.")).to_have_count(0)
    assert visitors.complaints == []


def test_a_search_finds_what_one_may_read_and_no_more(stack: Stack, visitors: Visitors):
    luz, kiara = come(stack, visitors, LUZ, phone=False), come(stack, visitors, KIARA)
    write(luz, "Quillwort for coaches.", "coaches")
    write(luz, "Quillwort for all of us.", "team")

    for page, count in ((luz, 2), (kiara, 1)):
        page.goto("/search/")
        page.get_by_label("Words").fill("quillwort")
        page.get_by_role("button", name="Search").click()
        expect(page.locator(".hit")).to_have_count(count)
        whole(page, page.viewport_size["width"] if page.viewport_size else 360)
    expect(kiara.locator(".hit mark")).to_have_text("Quillwort")
    kiara.locator(".hit").get_by_role("link").click()
    expect(kiara.get_by_text("Quillwort for all of us.")).to_be_visible()
    kiara.goto("/search/?words=xyzzyx")
    expect(kiara.get_by_text("Nothing found for “xyzzyx”.")).to_be_visible()
    whole(kiara)
    assert visitors.complaints == []


def test_a_reply_comes_at_once_or_waits_as_one_wishes(stack: Stack, visitors: Visitors):
    luz, tate = come(stack, visitors, LUZ, phone=False), come(stack, visitors, TATE)
    tate.goto("/me/settings/mail/")
    tate.locator("select[name=reply]").select_option("none")
    whole(tate)
    tate.get_by_role("button", name="Save").click()
    expect(tate.locator("select[name=reply]")).to_have_value("none")

    before = len(stack.mails(TATE))
    write(tate, "Who counts on Friday?")
    to_map_notes(luz)
    note = luz.locator(".note", has_text="Who counts on Friday?").last
    note.locator("summary", has_text="Answer").click()
    note.locator("textarea[name=text]").fill("Kiara does, I heard.")
    note.get_by_role("button", name="Send").click()
    expect(luz.get_by_text("Kiara does, I heard.")).to_be_visible()

    tate.goto("/me/unread/")
    row = tate.get_by_role("link", name="The story map of Pearl River")
    for _ in range(20):
        if row.count():
            break
        tate.wait_for_timeout(500)
        tate.reload()
    expect(row).to_be_visible()
    whole(tate)
    row.click()
    expect(tate.get_by_text("Kiara does, I heard.").first).to_be_visible()
    tate.goto("/me/unread/")
    expect(row).to_have_count(0)
    assert not [m for m in stack.mails(TATE)[before:] if "Kiara does" in text_of(m)]
    assert visitors.complaints == []
