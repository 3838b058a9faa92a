"""The main job: a series is made, a team tells, a coach answers, reminders stop, the public reads.

One story in order, on one stack. A step that fails ends the story.
"""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.cast import (
    DANA,
    INES,
    KIARA,
    MAKER,
    MARTA,
    PASSWORD,
    accept_invitation,
    errors_on,
    is_spanish,
    metadata_of,
    path_of,
    photo,
    today_in,
    weekday_before,
    zone_at_midday,
)
from tests.browser.checks import faults, sideways
from tests.browser.people import Visitors, sign_in_by_code
from tests.browser.stack import Stack, link_in, running_stack, text_of

pytestmark = pytest.mark.journey
QUESTION = "How do neighbors decide together what their river town eats?"
BREAD, NORTH = "Bread and Water", "North Side"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, static_root: Path) -> Iterator[Stack]:
    """A fresh installation: nobody is there."""
    with running_stack(tmp_path_factory.mktemp("journey"), static_root) as made:
        yield made


@pytest.fixture(scope="module")
def crowd(browser: Browser) -> Iterator[Visitors]:
    """The browsers of all who take part; they stay open from step to step."""
    with Visitors(browser) as made:
        yield made


@pytest.fixture(scope="module")
def story(stack: Stack, crowd: Visitors) -> SimpleNamespace:
    """What the steps hand on: pages, addresses, and whether one has failed."""
    zone = zone_at_midday()
    return SimpleNamespace(stack=stack, crowd=crowd, zone=zone, today=today_in(zone), broken="")


@pytest.fixture(autouse=True)
def _in_order(request: pytest.FixtureRequest, story: SimpleNamespace) -> Iterator[None]:
    if story.broken:
        pytest.fail(f"The story ended at {story.broken}.", pytrace=False)
    story.broken = request.node.name
    yield
    if not getattr(request.node, "has_failed", False):
        story.broken = ""
    assert story.crowd.complaints == []


def test_the_first_person_comes_by_the_first_link(story: SimpleNamespace, stack: Stack, crowd: Visitors):
    link = stack.manage("first_link").strip()
    page = story.marta = crowd.come(stack)

    page.goto(link)
    assert not faults(page)
    page.get_by_label("Your name").fill(MARTA.name)
    page.get_by_label("E-mail address").fill(MARTA.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Marta")
    assert crowd.come(stack).goto(link).status == 404, "the link works once"


def test_two_years_are_laid_out_and_a_wrong_order_is_refused(story: SimpleNamespace):
    page, today = story.marta, story.today
    page.goto("/me/")
    page.get_by_role("link", name="Create a series").click()
    page.get_by_label("Guiding question").fill(QUESTION)
    page.get_by_label("Name of the series").fill("River Towns Eat")
    # A Tuesday far enough back that Action Period 1 runs; a check-in a week, due tomorrow.
    first_day = weekday_before(today, 45, 1)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label("First day of Session A").fill(first_day.isoformat())
        page.get_by_label("First day of Session A").blur()
    expect(page.locator("#id_session-1-starts_on")).to_have_value(first_day.isoformat())
    expect(page.locator("#cal")).to_contain_text("3 Learning Sessions and the Final Summit")
    expect(page.locator("#cal svg").first).to_be_visible()
    story.session_b = page.locator("#id_session-2-starts_on").input_value()
    assert path_of(page) == "/series/new/", "nothing is saved yet"

    page.get_by_text("Every few weeks").click()
    page.get_by_label("Weeks between check-ins").select_option("1")
    page.get_by_label("Weekday").select_option(str((today + timedelta(days=1)).weekday()))
    page.get_by_label("Time zone").select_option(story.zone)
    page.get_by_role("checkbox", name="Spanish").check()
    page.locator("#id_session-2-starts_on").fill((first_day - timedelta(days=7)).isoformat())
    page.locator("#id_session-2-ends_on").fill((first_day - timedelta(days=6)).isoformat())
    page.locator("button[name=act][value=save]").click()

    told = errors_on(page, "session-2-starts_on")
    assert "Session A" in told
    assert "Session B" in told


def test_a_warning_is_accepted_and_the_series_is_saved(story: SimpleNamespace):
    page = story.marta
    b = weekday_before(story.today.fromisoformat(story.session_b), 0, 5)  # a Saturday
    page.locator("#id_session-2-starts_on").fill(b.isoformat())
    page.locator("#id_session-2-ends_on").fill((b + timedelta(days=1)).isoformat())
    page.locator("button[name=act][value=save]").click()

    expect(page.get_by_role("alert")).to_contain_text("Look at each warning")
    while (open_ones := page.locator("input[name=accepted]:not(:checked)")).count():
        open_ones.first.check()
    page.locator("button[name=act][value=save]").click()
    page.wait_for_url("**/set-up/teams/")
    story.series = path_of(page).removesuffix("set-up/teams/")


def test_teams_are_added_people_invited_and_a_coach_assigned(
    story: SimpleNamespace, stack: Stack, crowd: Visitors
):
    page = story.marta
    for name, place in ((BREAD, "Burlington, Vermont"), (NORTH, "Troy, New York")):
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Place").fill(place)
        page.get_by_role("button", name="Add the team").click()
        expect(page.get_by_text(name, exact=True)).to_be_visible()

    def invite(addresses: str, role: str, team: str, language: str) -> None:
        page.goto(f"{story.series}set-up/people/")
        page.get_by_label("Addresses").fill(addresses)
        page.locator("#id_role").select_option(role)
        if team:
            page.locator("#id_team").select_option(label=team)
        page.locator("#id_language").select_option(language)
        page.get_by_role("button", name="Look at the list first").click()
        page.locator("button[name=act][value=invite]").click()
        expect(page.get_by_role("alert").or_(page.locator(".toast")).first).to_be_visible()

    invite(f"{INES.name} <{INES.email}>", "lead", BREAD, "es")
    invite(f"{KIARA.email},\n{KIARA.email};", "storyteller", BREAD, "en")
    invite(DANA.email, "coach", "", "en")

    invitation = stack.wait_for_mail(INES.email)
    assert is_spanish(text_of(invitation))
    assert QUESTION in text_of(invitation)
    story.ines = crowd.come(stack, phone=True, language="es")
    story.kiara = crowd.come(stack, phone=True)
    story.dana = crowd.come(stack)
    accept_invitation(story.ines, stack, INES)
    accept_invitation(story.kiara, stack, KIARA, looks=True)
    accept_invitation(story.dana, stack, DANA)
    assert len(stack.mails(KIARA.email)) == 2, "one invitation for an address that was pasted twice, one code"
    dead = crowd.come(stack)
    assert dead.goto(link_in(invitation, "/invitations/")).status == 404, "an invitation works once"

    page.goto(f"{story.series}set-up/coaches/")
    for name in (BREAD, NORTH):
        coaches = page.get_by_label(f"A coach for {name}")
        coaches.select_option(coaches.locator("option", has_text=DANA.name).get_attribute("value"))
        page.get_by_role("button", name=re.compile(f"Assign.*{name}")).click()
    expect(page.get_by_role("heading", name=NORTH)).to_be_visible()


def test_the_series_is_opened(story: SimpleNamespace):
    # Kiara wants her reminders late in the day: until then her team will have filed.
    story.kiara.goto("/me/settings/")
    story.kiara.get_by_label("Send my reminders at").select_option("23")
    story.kiara.get_by_role("button", name="Save").first.click()

    page = story.marta
    page.goto(f"{story.series}set-up/")
    page.get_by_role("button", name="Open it now").click()

    expect(page.locator(".toast")).to_contain_text("The series is open.")
    expect(page.get_by_text(BREAD).first).to_be_visible()


QUICK = "Two students asked to lead the next meeting."
SEEN = "The bakery opened its kitchen to twelve neighbors."
CLEAR = "The school bought its first sack of local flour."
ON_THE_MAP = re.compile(r"/story/(\?.*)?#")
ITEM = "Ask the bakery to open its kitchen one evening"
ALT = "Twelve people around a long table with dough."


def test_a_plan_item_is_added_on_a_phone(story: SimpleNamespace):
    page = story.kiara
    page.goto("/me/")
    page.get_by_role("link", name=BREAD).click()
    story.team = path_of(page)
    page.get_by_role("link", name="Begin with one thing").click()
    page.locator("#id_what").fill(ITEM)
    page.locator("label.choice--drv", has_text="Practice").first.tap()
    page.get_by_role("button", name="Add to our plan").tap()

    expect(page.get_by_role("heading", name=ITEM)).to_be_visible()


def test_a_story_is_logged_in_four_interactions(story: SimpleNamespace):
    page = story.kiara
    page.goto(story.team)
    form = page.locator("#log-form")
    expect(page.get_by_text("is due next.")).to_be_visible()
    expect(page.locator(".teamside").get_by_role("heading", name=ITEM)).to_be_visible()

    form.locator("#id_text").fill(QUICK)  # one
    form.locator("label.choice--drv", has_text="Practice").tap()  # two
    form.locator("label", has_text="someone lived it").tap()  # three
    form.get_by_role("button", name="Save to our map").tap()  # four

    page.wait_for_url(ON_THE_MAP)
    expect(page.locator(".toast")).to_contain_text("It is on your map.")
    expect(page.locator("#main").get_by_role("link", name=QUICK)).to_have_count(1)


def test_a_draft_comes_back_on_return_and_on_another_device(story: SimpleNamespace):
    page = story.kiara
    page.goto(story.team)
    page.locator("#log-form #id_text").fill(SEEN)
    expect(page.locator("#log-form [data-draft-status]")).to_contain_text("Draft kept")
    page.goto("/me/")

    page.goto(story.team)
    expect(page.locator("#log-form #id_text")).to_have_value(SEEN)
    laptop = story.crowd.come(story.stack)
    sign_in_by_code(laptop, story.stack, KIARA.email)
    laptop.goto(story.team)
    expect(laptop.locator("#log-form #id_text")).to_have_value(SEEN)


def test_a_story_with_a_photo_grows_out_of_the_plan(story: SimpleNamespace, tmp_path: Path):
    page, form = story.kiara, story.kiara.locator("#log-form")
    form.locator("label.choice--drv", has_text="Practice").tap()
    form.locator("label.choice--drv", has_text="Strategy").tap()
    form.locator("label", has_text="we changed it").tap()
    form.locator("input[type=file]").set_input_files(photo(tmp_path / "kitchen.jpg"))
    form.locator("#id_alt_text").fill(ALT)
    form.locator("summary").tap()
    form.get_by_role("checkbox", name=ITEM).check()
    form.get_by_role("button", name="Save to our map").tap()

    page.wait_for_url(ON_THE_MAP)
    page.goto(story.team)
    expect(form.locator("#id_text")).to_have_value(""), "the draft is done with"
    page.locator("#main").get_by_role("link", name=SEEN).first.click()
    story.photo_entry = path_of(page)
    picture = page.get_by_role("img", name=ALT)
    for _attempt in range(40):
        if picture.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(picture).to_be_visible()
    for address in (picture.get_attribute("src"), page.locator("figure a:has(img)").get_attribute("href")):
        served = page.request.get(str(address))
        assert served.ok
        assert metadata_of(served.body()) == {}
        assert MAKER not in served.body()
    expect(page.locator("#chain").get_by_role("link", name=ITEM)).to_be_visible()
    for driver in ("Practice", "Strategy"):
        expect(page.locator(".entryhead").get_by_text(driver)).to_be_visible()


def test_a_story_is_told_from_its_plan_item_and_all_stand_on_the_map(story: SimpleNamespace):
    page = story.kiara
    page.locator("#chain").get_by_role("link", name=ITEM).click()
    story.item = path_of(page)
    page.get_by_role("link", name="Log what became of it").click()
    page.locator("#id_text").fill(CLEAR)
    page.locator("label.choice--drv", has_text="Policy").tap()
    page.get_by_role("checkbox", name=ITEM).check()
    page.get_by_role("button", name="Save to our map").tap()

    page.wait_for_url(ON_THE_MAP)
    for text, lanes in ((QUICK, 1), (SEEN, 2), (CLEAR, 1)):
        expect(page.locator("#main").get_by_role("link", name=text)).to_have_count(lanes)
    assert page.locator("#main svg path").count() > 0, "the river and its lines are drawn"
    assert not sideways(page)


def test_the_coach_sees_what_is_new_and_who_is_quiet(story: SimpleNamespace, stack: Stack):
    # Time cannot be moved under processes: the second team is said to have joined earlier.
    joined = story.today - timedelta(days=40)
    stack.python(
        "from datetime import date; from teams.models import Team; "
        f"Team.objects.filter(name={NORTH!r}).update(joined_on=date.fromisoformat('{joined}'))"
    )
    page = story.dana
    page.goto("/me/")
    page.get_by_role("link", name="Open my inbox").click()

    first = page.locator("section", has=page.get_by_role("heading", name="First of all"))
    expect(first).to_contain_text(NORTH)
    expect(first).to_contain_text("Quiet")
    for text in (QUICK, SEEN, CLEAR):
        expect(page.get_by_role("link", name=text)).to_be_visible()


def test_a_note_reaches_its_author_at_once_and_is_answered(story: SimpleNamespace, stack: Stack):
    had = len(stack.mails(KIARA.email))
    page, kiara = story.dana, story.kiara
    page.get_by_role("link", name=SEEN).click()
    page.locator(".noteform--new").get_by_role("textbox").first.fill("What did they say on their way home?")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".note__t")).to_contain_text("on their way home")

    letter = stack.wait_for_mail(KIARA.email, after=had)
    assert "your coach" in text_of(letter)
    kiara.goto(link_in(letter, story.photo_entry))
    note = kiara.locator(".note", has_text="on their way home")
    note.locator("summary").tap()
    note.get_by_role("textbox").fill("That they want to bake for the school.")
    note.get_by_role("button", name="Send").tap()
    expect(note.locator(".note--reply")).to_contain_text("bake for the school")

    page.goto("/coaching/")
    expect(page.get_by_text("bake for the school")).to_be_visible()
    assert "bake for the school" in text_of(stack.wait_for_mail(DANA.email, after=2))


def test_a_reminder_comes_in_the_readers_language_and_stops_when_it_is_filed(
    story: SimpleNamespace, stack: Stack
):
    due = story.today + timedelta(days=1)
    # The invitation, a code, and then the reminder: the worker looks once a minute.
    letter = stack.wait_for_mail(INES.email, after=2, within_s=100)
    assert is_spanish(text_of(letter))
    assert letter["Message-ID"].startswith("<daily.")
    story.ines.goto(link_in(letter, "/check-in/"))
    expect(story.ines.locator("form:has([name=going])")).to_be_visible()
    assert story.ines.locator("html").get_attribute("lang") == "es"

    page, had = story.kiara, len(stack.mails(KIARA.email))
    page.goto(f"{story.team}check-in/{due}/")
    page.locator("[name=going] + *, label:has([name=going])").first.tap()
    page.get_by_role("button", name="File this check-in").tap()
    expect(page.locator(".toast")).to_contain_text("reminders for this date stop")

    # Kiara's own reminder waits for her hour. Time cannot be moved, so her hour is moved to now.
    moved = stack.python(
        "from accounts.models import User; from django.utils import timezone; from jobs.models import Job; "
        f"kiara = User.objects.get(email={KIARA.email!r}); "
        "mine = Job.objects.filter(kind='notices.send_daily', payload__person_id=kiara.pk, state='pending'); "
        "print(mine.update(due_at=timezone.now()))"
    )
    assert moved == "1"
    ask = (
        "from notices.models import Notice; "
        f"mine = Notice.objects.filter(person__email={KIARA.email!r}, kind='check_in'); "
        "print(list(mine.values_list('state', 'reason')))"
    )
    end = time.monotonic() + 30
    while "it was filed" not in (ledger := stack.python(ask)) and time.monotonic() < end:
        time.sleep(0.5)
    assert ledger == "[('skipped', 'it was filed')]"
    assert len(stack.mails(KIARA.email)) == had, "no mail after the team has filed"


def test_a_story_is_cleared_by_the_lead_and_one_with_a_photo_is_not(story: SimpleNamespace):
    page = story.marta
    page.goto(f"{story.series}reports/")
    page.get_by_label("Title").fill("What River Towns Eat")
    page.get_by_role("button", name="Begin").click()
    story.report = path_of(page)
    offer = page.locator("#stories li", has_text=CLEAR)
    offer.get_by_role("button", name="Ask the team").click()
    page.goto(story.report)
    expect(offer).to_contain_text("Asked")
    pictured = page.locator("#stories li", has_text=SEEN)
    expect(pictured.get_by_role("button", name="Put in")).to_be_disabled()
    expect(pictured).to_contain_text("photo")
    expect(pictured.get_by_role("button", name="Ask the team")).to_have_count(0)

    lead = story.ines
    lead.goto(story.item)
    lead.locator("#chain").get_by_role("link", name=CLEAR).click()
    story.clear_entry = path_of(lead)
    lead.locator("button[name=answer][value=approve]").tap()
    expect(lead.locator(".errors, .err").first).to_be_visible(), "not without the statement"
    lead.locator("input[name=states_nobody_recognisable]").check()
    lead.locator("button[name=answer][value=approve]").tap()
    expect(lead.locator("#clearance .pill--good")).to_be_visible()


def test_the_report_is_made_in_the_background_and_downloaded(story: SimpleNamespace):
    page = story.marta
    page.goto(story.report)
    page.locator("#heading_text").fill("What moved")
    page.get_by_role("button", name="Add the heading").click()
    page.locator("#stories li", has_text=CLEAR).get_by_role("button", name="Put in").click()
    expect(page.locator(".outline")).to_contain_text(CLEAR)
    page.get_by_role("button", name="Freeze an edition").click()

    expect(page.locator("#state progress")).to_be_visible()
    expect(page.locator("#state .pill--good")).to_be_visible(timeout=60000)  # the page asks by itself
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    kept = Path(download.value.path())
    assert kept.read_bytes().startswith(b"%PDF-")
    with pikepdf.open(kept) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot.K
        assert str(pdf.Root.Lang).startswith("en")


def test_the_public_reads_what_is_cleared_and_nothing_else(story: SimpleNamespace, crowd: Visitors):
    page = story.marta
    page.get_by_role("link", name="Publish").click()
    page.locator("main form button").first.click()
    expect(page.locator(".toast")).to_contain_text("It is published.")
    story.public = str(page.get_by_role("link", name="Look at the public page").get_attribute("href"))

    stranger = story.stranger = crowd.come(story.stack)
    assert stranger.goto(story.public).ok
    expect(stranger.get_by_role("heading", name=CLEAR)).to_be_visible()
    words = stranger.locator("body").inner_text()
    for unsaid in (QUICK, SEEN, ALT, KIARA.name, INES.name, "way home"):
        assert unsaid not in words
    assert stranger.context.cookies() == []
    door = stranger.get_by_role("link", name="River Towns Eat").first
    for look in range(20):  # the front page is made by a job, and a browser keeps what it saw for a minute
        stranger.goto(f"/?look={look}")
        if door.count():
            break
        stranger.wait_for_timeout(500)
    door.click()
    expect(stranger.get_by_text(CLEAR).first).to_be_visible()


def test_the_chain_is_walked_both_ways(story: SimpleNamespace):
    page = story.marta
    page.goto(story.report)
    block = page.locator(".outline li", has_text=CLEAR)
    block.get_by_role("link", name=CLEAR).click()
    assert path_of(page) == story.clear_entry
    page.locator("section", has=page.get_by_role("heading", name="Grew out of")).last.get_by_role(
        "link", name=ITEM
    ).click()
    assert path_of(page) == story.item
    became = page.locator("section", has=page.get_by_role("heading", name="What became of it")).last
    expect(became.get_by_role("link", name=SEEN)).to_be_visible()
    became.get_by_role("link", name=CLEAR).click()
    assert path_of(page) == story.clear_entry
    became.get_by_role("link", name="edition 1").click()
    assert path_of(page) == story.public
    told = page.locator("article:target")
    expect(told.get_by_role("heading", name=CLEAR)).to_be_in_viewport()
    expect(told.locator(".grew")).to_contain_text("what the team planned")
    expect(told).not_to_contain_text(ITEM)
    page.go_back()
    became.get_by_role("link", name="What River Towns Eat", exact=True).click()
    assert path_of(page) == story.report
    expect(block.get_by_role("link", name=ITEM)).to_be_visible()


def test_what_is_taken_back_leaves_the_public_page_at_once(story: SimpleNamespace):
    lead, stranger = story.ines, story.stranger
    lead.goto(story.clear_entry)
    lead.locator("form[action$='/clearance/withdraw/'] button").tap()
    expect(lead.locator("#clearance .pill--good")).to_have_count(0)

    # A browser that has just been there may show its own copy for up to a minute; the server does not.
    another = story.crowd.come(story.stack)
    another.goto(story.public)
    stranger.reload()
    for page in (another, stranger):
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert CLEAR not in page.locator("body").inner_text()
