"""From an answer to the plan of another team: an expert shares it, a team marks it and takes it over."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.checks import faults, resize
from tests.browser.people import Visitors, as_sample
from tests.browser.stack import Stack, running_stack

HANA, TATE, INES, BRAM = (
    f"{name}@example.org" for name in ("hana.whitfield", "mr.tate", "ines.olmo", "bram.keller")
)
SERIES = "/series/engagement-for-all"
TITLE = "Who writes the agenda, in one page"

# A team asks the expert; what it asks must stay with those who read the call.
ASK = """
import uuid
from django.utils import timezone
from coaching.models import HelpCall
from teams.models import Team
team = Team.objects.get(slug="headwaters-circle", series__slug="engagement-for-all")
call = HelpCall.objects.create(
    team=team, asked_of="expert", driver=team.series.drivers.first(),
    text="Our principal writes every agenda.",
    asked_by=team.memberships.get(role="lead").person, asked_at=timezone.now(),
    submission_id=uuid.uuid4(),
)
print(call.pk)
"""
PLANNED = (
    "from library.models import Use;"
    f"use = Use.objects.get(resource__title='{TITLE}'); print(use.team.code, use.item.what)"
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, static_root: Path) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("library"), static_root, "load_sample") as made:
        yield made


def test_an_answer_becomes_a_resource_and_a_change_in_another_plan(stack: Stack, visitors: Visitors):
    call = stack.python(ASK)
    hana = visitors.come(stack, phone=True)
    as_sample(hana, HANA)
    hana.goto(f"{SERIES}/help/")
    hana.get_by_role("link", name="Our principal writes every agenda.").click()
    hana.locator("#id_text").fill("Let two people **write** the agenda, never one.")
    hana.get_by_role("button", name="Send the answer").click()
    hana.get_by_role("link", name="Make this a resource").click()
    expect(hana.get_by_text("all teams in the series read the text below")).to_be_visible()
    expect(hana.locator("#id_text")).to_have_value("Let two people **write** the agenda, never one.")
    assert "Our principal" not in hana.locator("main").inner_text()
    assert faults(hana) == []
    resize(hana, 360)
    hana.locator("#id_title").fill(TITLE)
    hana.get_by_role("button", name="Put it on the shelf").click()  # without saying why
    expect(hana.locator(".errors")).to_be_visible()
    expect(hana.locator("#id_title")).to_have_value(TITLE)
    hana.locator("#id_why").fill("It ends the fight about who speaks first.")
    hana.get_by_role("button", name="Put it on the shelf").click()
    expect(hana.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert faults(hana) == []

    tate = visitors.come(stack, phone=True)
    as_sample(tate, TATE)
    tate.goto(f"{SERIES}/")
    tate.get_by_role("link", name="Resource shelf").click()
    assert faults(tate) == []
    resize(tate, 360)
    row = tate.locator(".res", has_text=TITLE)
    row.get_by_role("button", name="We use this").click()
    expect(row.get_by_text("used by 1 team")).to_be_visible()
    row.get_by_role("button", name="Undo").click()
    expect(row.get_by_text("used by 1 team")).to_have_count(0)
    row.get_by_role("button", name="Into our plan").click()
    row.get_by_role("link", name="In the plan").click()
    expect(tate.get_by_role("heading", level=1)).to_contain_text(TITLE)
    tate.locator("#chain").get_by_role("link", name=TITLE).click()
    page = tate.locator("main").inner_text()
    assert "Headwaters Circle" not in page
    assert "Our principal" not in page
    assert faults(tate) == []
    assert stack.python(PLANNED) == f"JXN Try: {TITLE}"
    answered = tate.request.get(f"{SERIES}/teams/headwaters-circle/help/{call}/")
    assert answered.status == 404
    assert visitors.complaints == []


def test_the_facilitator_chooses_and_everybody_reads_and_prints(stack: Stack, visitors: Visitors):
    ines = visitors.come(stack)
    as_sample(ines, INES)
    ines.goto(f"{SERIES}/package/")
    ines.get_by_role("link", name=re.compile("Choose.*Practice")).click()
    offered = ines.locator("section[aria-labelledby=sto-h] .res").first
    title = offered.get_by_role("link").first.inner_text()
    offered.locator("summary").click()
    offered.get_by_label("What does it do? In one line").fill("It makes room for the quiet ones.")
    assert faults(ines) == []
    resize(ines, 1280)
    offered.get_by_role("button", name="Put it in").click()
    expect(ines.locator("section[aria-labelledby=in-h]").get_by_role("link", name=title)).to_be_visible()

    bram = visitors.come(stack, phone=True)
    as_sample(bram, BRAM)
    bram.goto(f"{SERIES}/package/")
    expect(bram.get_by_text("It makes room for the quiet ones.")).to_be_visible()
    expect(bram.get_by_role("button", name="We are trying this too")).to_have_count(0)
    assert faults(bram) == []
    pages = bram.pdf(format="Letter").count(b"/Type /Page\n")
    assert pages == bram.locator(".packd").count() == 4
    assert visitors.complaints == []
