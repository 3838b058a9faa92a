"""Every page, as the right person sees it: in both languages, themes and widths."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.cast import PASSWORD
from tests.browser.checks import faults, resize
from tests.browser.people import Visitors, as_sample
from tests.browser.routes import BY_ADDRESS, NO_PAGE, Place, follow, pages, routes
from tests.browser.stack import Stack

pytestmark = pytest.mark.sqlite
LANGUAGES = ("en", "es")
ADMINISTRATOR = "administrator@example.org"


@pytest.fixture(scope="module")
def people(browser: Browser, sample_stack: Stack) -> Iterator[SimpleNamespace]:
    """A browser for each sample person, an administrator and a stranger; and where each page is found."""
    with Visitors(browser) as crowd:
        who: dict[str, Page] = {}
        door = who[""] = crowd.come(sample_stack)
        door.goto("/account/login/")
        emails = door.locator(".demo input[name=email]").evaluate_all("all => all.map(one => one.value)")
        for email in emails:
            who[email] = crowd.come(sample_stack)
            as_sample(who[email], email)
        who[ADMINISTRATOR] = crowd.come(sample_stack)
        make_administrator(who[ADMINISTRATOR], sample_stack)
        asker = crowd.come(sample_stack)  # whoever asks for a code leaves a mail to look at
        asker.goto("/account/login/")
        asker.locator("#code-email").fill(emails[0])
        asker.locator("form:has(#code-email) button").click()
        publish_a_report(who)
        sample_stack.wait_for_mail(emails[0])
        found: dict[str, list[Place]] = {name: [Place("", path)] for name, path in BY_ADDRESS.items()}
        dead = [line for email, page in who.items() for line in follow(page, email, found)]
        yield SimpleNamespace(pages=who, found=found, dead=dead, crowd=crowd, language={})


def make_administrator(page: Page, stack: Stack) -> None:
    """Come by the first link, as whoever installed the platform does."""
    page.goto(stack.manage("first_link").strip())
    page.locator("input[name=name]").fill("Ada")
    page.locator("input[name=email]").fill(ADMINISTRATOR)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button").click()
    page.wait_for_url("**/me/")


def publish_a_report(who: dict[str, Page]) -> None:
    """Begin a report in the sample series, with what is cleared there; publish one edition, make another."""
    for page in who.values():
        page.goto("/me/")
        home = page.locator("main a[href^='/series/']").first
        if not home.count():
            continue
        page.goto(f"{str(home.get_attribute('href')).split('/teams/')[0].rstrip('/')}/reports/")
        if page.locator("input[name=title]").count():
            break
    else:
        raise AssertionError("nobody of the sample series may begin a report")
    page.locator("input[name=title]").fill("What moved in a year")
    page.locator("form:has(input[name=title]) button.btn--pencil").click()
    page.locator("#heading_text").fill("What moved")
    page.locator("form:has(#heading_text) button").click()
    expect(page.locator(".outline li")).to_have_count(1)
    puts = page.locator("#stories form:has(input[value=entry]) button")
    for _story in range(min(3, puts.count())):
        puts.first.click()
    report = page.url
    for is_published in (True, False):
        page.goto(report)
        page.locator("form[action$='/editions/'] button").click()
        page.locator("#state .pill--good").wait_for(timeout=90000)
        if is_published:
            page.locator("a[href$='/publish/']").click()
            page.locator("main form button").first.click()
            page.locator("#public a[href^='/summit/']").wait_for()


def speak(people: SimpleNamespace, person: str, language: str) -> Page:
    """The page of a person, in a language chosen by the button that every page has."""
    page: Page = people.pages[person]
    if people.language.get(person) != language:
        resize(page, 1280)
        page.goto("/me/" if person else "/account/login/")
        if page.locator("html").get_attribute("lang") != language:
            page.locator(f"button[name=language][value={language}]:visible").first.click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        people.language[person] = language
    return page


def test_every_page_is_found_by_following_links(people: SimpleNamespace):
    missing = [name for name in pages() if not people.found.get(name)]

    assert missing == [], "no link leads there; link it, or give the reason in NO_PAGE"
    assert NO_PAGE.keys() <= routes().keys(), "an exception without its route"


def test_no_link_leads_nowhere(people: SimpleNamespace):
    assert people.dead == []


@pytest.mark.parametrize("name", pages())
@pytest.mark.parametrize("language", LANGUAGES)  # all pages in one, then all in the other
def test_page_has_no_faults(people: SimpleNamespace, name: str, language: str):
    # What differs by the reader's role differs in the same way in each language.
    places = people.found.get(name, [])
    for place in places if language == LANGUAGES[0] else places[:2]:
        page = speak(people, place.person, language)
        people.crowd.complaints.clear()
        # The public pages keep no cookie: their language stands in the address.
        answer = page.goto(f"{place.path}?lang={language}" if name.startswith("summit:") else place.path)

        assert answer
        assert answer.status == 200
        assert page.locator("html").get_attribute("lang") == language
        wrong = faults(page)
        assert not wrong, f"{place.path} as {place.person or 'a stranger'}, {language}:\n" + "\n".join(wrong)
        assert people.crowd.complaints == []


def test_faults_are_found(visitors: Visitors, sample_stack: Stack):
    page = visitors.come(sample_stack)
    page.goto("/account/login/")
    page.evaluate("""() => {
      const main = document.querySelector("main");
      const title = main.appendChild(document.createElement("h1"));
      title.textContent = "Another title";
      title.setAttribute("style", "color: red");
      const pale = main.appendChild(document.createElement("p"));
      pale.textContent = "Pale words";
      pale.style.color = "#ccc";
      pale.style.backgroundColor = "#fff";
      const wide = main.appendChild(document.createElement("img"));
      wide.src = "/static/nothing.png";
      wide.style.minWidth = "2000px";
    }""")

    found = "\n".join(faults(page, themes=["light"]))

    for wanted in ("image-alt", "color-contrast", "2 first headings", "[360 px] scrolls", "[320 px] scrolls"):
        assert wanted in found
    assert any("Content Security Policy" in text for text in visitors.complaints)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_is_kept_in_a_cookie(visitors: Visitors, sample_stack: Stack, theme: str):
    page = visitors.come(sample_stack, color_scheme="light" if theme == "dark" else "dark")
    page.goto("/account/login/")
    page.evaluate("value => document.querySelector('[data-theme-form] button').value = value", theme)
    page.locator("[data-theme-form] button:visible").first.click()

    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    page.goto("/account/password/reset/")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    assert not faults(page, themes=[theme])


@pytest.mark.parametrize("address", ["/no/such/page/", "/series/nobody-knows/"])
def test_error_page_helps(people: SimpleNamespace, address: str):
    page = people.pages[ADMINISTRATOR]
    answer = page.goto(address)

    assert answer
    assert answer.status == 404
    assert not faults(page)
    expect(page.locator("main a[href='/']").first).to_be_visible()


def test_main_forms_work_without_script(visitors: Visitors, sample_stack: Stack, people: SimpleNamespace):
    homes = people.found["desk:team-home"]
    home = next(p for p in homes if 'id="log-form"' in people.pages[p.person].request.get(p.path).text())
    page = visitors.come(sample_stack, phone=True, java_script_enabled=False)
    as_sample(page, home.person)
    page.goto(home.path)

    text = "Without any script a story is told."
    page.locator("#log-form textarea[name=text]").fill(text)
    page.locator("#log-form button.btn--pencil").click()
    page.locator("#main").get_by_role("link", name=text).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text)

    page.locator(".noteform--new textarea[name=text]").fill("And a note beside it.")
    page.locator(".noteform--new button.btn").click()
    expect(page.locator(".note__t").first).to_contain_text("And a note beside it.")

    page.goto(home.path)
    page.locator("a[href*='/check-in/']").first.click()
    page.locator("[name=going]").first.check(force=True)
    page.locator("form:has([name=going]) button.btn--pencil").click()
    expect(page.locator(".filed")).to_be_visible()
    assert re.search(r"/check-in/\d{4}-\d\d-\d\d/$", page.url)
