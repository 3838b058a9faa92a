"""Every page, as the right person sees it: in both languages, themes and widths, for eyes, ears and fingers."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.checks import faults
from tests.browser.people import Visitors, as_sample, sign_in_by_code
from tests.browser.routes import BY_ADDRESS, NO_PAGE, Place, follow, pages
from tests.browser.stack import Stack

pytestmark = pytest.mark.sqlite
LANGUAGES = ("en", "es")
ADMINISTRATOR = "administrator@example.org"


@pytest.fixture(scope="module")
def people(browser: Browser, sample_stack: Stack) -> Iterator[SimpleNamespace]:
    """A browser for each person of the sample series, for an administrator, and for a stranger; and the map."""
    sample_stack.python(
        "from accounts.models import User; "
        f"User.objects.create_superuser({ADMINISTRATOR!r}, 'three rivers and a bridge', name='Ada')"
    )
    with Visitors(browser) as crowd:
        who: dict[str, Page] = {}
        door = who[""] = crowd.come(sample_stack)
        door.goto("/account/login/")
        emails = door.locator(".demo input[name=email]").evaluate_all("all => all.map(one => one.value)")
        for email in emails:
            who[email] = crowd.come(sample_stack)
            as_sample(who[email], email)
        who[ADMINISTRATOR] = crowd.come(sample_stack)
        sign_in_by_code(who[ADMINISTRATOR], sample_stack, ADMINISTRATOR)
        found: dict[str, list[Place]] = {name: [Place("", path)] for name, path in BY_ADDRESS.items()}
        for email, page in who.items():
            follow(page, email, found)
        yield SimpleNamespace(pages=who, found=found, crowd=crowd, language=dict.fromkeys(who, "en"))


def speak(people: SimpleNamespace, person: str, language: str) -> Page:
    """The page of a person, in a language chosen by the button that every page has."""
    page: Page = people.pages[person]
    if people.language[person] != language:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto("/me/" if person else "/account/login/")
        page.locator(f"button[name=language][value={language}]:visible").first.click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        people.language[person] = language
    return page


def test_every_page_is_found_by_following_links(people: SimpleNamespace):
    missing = [name for name in pages() if not people.found.get(name)]

    assert missing == [], "no link leads there; link it, or give the reason in NO_PAGE"
    assert not NO_PAGE.keys() & BY_ADDRESS.keys()


@pytest.mark.parametrize("name", pages())
@pytest.mark.parametrize("language", LANGUAGES)  # all pages in one, then all in the other
def test_page_has_no_faults(people: SimpleNamespace, name: str, language: str):
    for place in people.found.get(name, ()):
        page = speak(people, place.person, language)
        people.crowd.complaints.clear()
        answer = page.goto(place.path)

        assert answer
        assert answer.status == 200
        assert page.locator("html").get_attribute("lang") == language
        wrong = faults(page)
        assert not wrong, f"{place.path} as {place.person or 'a stranger'}, {language}:\n" + "\n".join(wrong)
        assert people.crowd.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_is_kept_in_a_cookie(visitors: Visitors, sample_stack: Stack, theme: str):
    page = visitors.come(sample_stack, color_scheme="light" if theme == "dark" else "dark")
    page.goto("/account/login/")
    page.evaluate("value => document.querySelector('[data-theme-form] button').value = value", theme)
    page.locator("[data-theme-form] button:visible").first.click()

    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    page.goto("/")
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
    home = next(p for p in people.found["desk:team-home"] if people.pages[p.person].request.get(p.path).text().count('id="log-form"'))
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
