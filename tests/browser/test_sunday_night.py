"""A Sunday night: one coach, fourteen teams, sixty new stories, and no mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import faults
from tests.browser.people import Visitors, as_sample
from tests.browser.stack import Stack, running_stack

pytestmark = pytest.mark.slow
LUZ = "luz.ortega@example.org"
TEAMS, STORIES = 14, 60

# Twelve more teams for Luz beside her two, and sixty stories that she has not read.
FILL = f"""
import uuid
from django.utils import timezone
from accounts.models import User
from series.models import Series
from storymaps.models import ReadMark, StoryEntry
from teams.models import CoachAssignment, Membership, Team
luz = User.objects.get(email="{LUZ}")
series = Series.objects.get(slug="engagement-for-all")
teams = list(Team.objects.filter(coach_assignments__coach=luz, series=series))
today = timezone.now().date()
teller = Membership.objects.filter(team=teams[0]).exclude(person=luz).first().person
for number in range({TEAMS} - len(teams)):
    team = Team.objects.create(
        series=series, name=f"River {{number}}", slug=f"river-{{number}}", code=f"R{{number}}",
        time_zone="UTC", joined_on=today, submission_id=uuid.uuid4(), is_sample=True,
    )
    CoachAssignment.objects.create(team=team, coach=luz, starts_on=today)
    teams.append(team)
for entry in StoryEntry.objects.filter(team__in=teams):
    ReadMark.objects.get_or_create(person=luz, entry=entry, defaults={{"read_at": timezone.now()}})
for number in range({STORIES}):
    StoryEntry.objects.create(
        team=teams[number % len(teams)], author=teller, text=f"Story {{number}} of this week.",
        began_on=today, logged_at=timezone.now(), submission_id=uuid.uuid4(), is_sample=True,
    )
print(len(teams))
"""
LEFT = (
    "from accounts.models import User; from desk.reading import unread_by; from teams.models import Team;"
    f"luz = User.objects.get(email='{LUZ}');"
    "print(unread_by(luz, list(Team.objects.coached_by(luz))).count())"
)
SAID = (
    "from storymaps.models import Comment;"
    f"print(Comment.objects.filter(author__email='{LUZ}', text__startswith='Read on Sunday').count())"
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, static_root: Path) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("sunday"), static_root, "load_sample") as made:
        yield made


def first_story(page: Page) -> None:
    """Move down with j until a story has the focus."""
    for _ in range(40):
        page.keyboard.press("j")
        if str(page.evaluate("document.activeElement.id")).startswith("story-"):
            return
    raise AssertionError("no story within forty rows")


def test_all_is_read_and_answered_by_keyboard(stack: Stack, visitors: Visitors):
    assert stack.python(FILL) == str(TEAMS)
    page = visitors.come(stack)
    as_sample(page, LUZ)
    page.goto("/coaching/")
    expect(page.get_by_text(f"{STORIES} stories wait to be read.")).to_be_visible()
    assert faults(page) == []

    first_story(page)
    for number in range(STORIES):
        if number % 20 == 0:
            page.keyboard.press("r")
            page.keyboard.type(f"Read on Sunday: {number}")
            with page.expect_navigation():
                page.keyboard.press("Tab")
                page.keyboard.press("Enter")
        elif number % 20 == 10:
            with page.expect_navigation():
                page.keyboard.press("z")
        else:
            with page.expect_navigation():
                page.keyboard.press("s")
        if number < STORIES - 1 and not page.evaluate("document.activeElement.id").startswith("story-"):
            first_story(page)

    expect(page.get_by_text("You have read every story.")).to_be_visible()
    assert stack.python(SAID) == "3"
    assert stack.python(LEFT) == "3"  # put off by a week
    expect(page.get_by_text("3 things come back later.")).to_be_visible()
    assert visitors.complaints == []


def test_single_keys_can_be_switched_off_and_are_not_heard_while_typing(stack: Stack, visitors: Visitors):
    page = visitors.come(stack, phone=True)
    as_sample(page, LUZ)
    page.goto("/coaching/")
    assert faults(page) == []
    page.locator("[data-keys-switch]").uncheck()
    page.reload()

    page.keyboard.press("j")

    assert page.evaluate("document.activeElement === document.body")
    assert not page.locator("[data-keys-switch]").is_checked()


def test_the_keys_are_told_by_one_of_them_and_arrows_walk_the_rows(stack: Stack, visitors: Visitors):
    stack.python(FILL)
    page = visitors.come(stack)
    as_sample(page, LUZ)
    page.goto("/coaching/")

    page.keyboard.press("ArrowDown")
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") != first
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == first
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("down a row")
    assert faults(page) == []
    page.keyboard.press("j")  # not heard behind the dialog
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == first
    with page.expect_navigation(url="**/call/"):
        page.keyboard.press("c")
    assert visitors.complaints == []
