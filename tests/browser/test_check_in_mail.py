"""From the open mail to a filed check-in: two taps on a phone, and nobody signed in."""

import pytest

from tests.browser.checks import faults
from tests.browser.people import Visitors
from tests.browser.stack import Stack

pytestmark = pytest.mark.slow
MOST = 2

# Owe somebody a reminder of an open check-in, and let its mail be due now.
OWE = """
from django.utils import timezone
from core import clock
from jobs.models import Job
from notices.models import NoticeKind
from notices.services import owe_reminder, receivers_of, why_not
from progress.models import DueDate

def pick():
    for due in DueDate.objects.open().filter(team__series__status="open").order_by("due_on"):
        day = clock.today(due.team.time_zone)
        if not -20 <= (due.due_on - day).days <= 40 or due.team.due_dates.filter(
            due_on__range=(day, due.due_on)
        ).exclude(pk=due.pk).exists():
            continue
        for member in receivers_of([due.team_id])[due.team_id]:
            if not why_not(due, member.person, on=day):
                return due, member.person, clock.today(member.person.time_zone or due.team.time_zone)

due, person, day = pick()
owe_reminder(person, due, day, kind=NoticeKind.CHECK_IN, object_id=due.pk, rung=-1)
Job.objects.filter(kind="notices.send_daily", payload__person_id=person.pk).update(
    state="pending", done_at=None, due_at=timezone.now()
)
print(due.pk, person.email)
"""


def test_a_check_in_takes_two_taps_from_the_open_mail(sample_stack: Stack, visitors: Visitors):
    due_id, address = sample_stack.python(OWE).split()
    sample_stack.wait_for_mail(address, within_s=60)
    letter = sample_stack.mails(address)[-1]
    page = visitors.come(sample_stack, phone=True, language="en")
    html = letter.get_body(("html",))
    assert html is not None
    page.set_content(html.get_content())
    taps = 0

    page.locator("a[href*='going=well']").first.tap()
    taps += 1
    page.wait_for_url("**/check-in/**")
    assert page.locator("[name=going][value=well]").is_checked()
    assert faults(page) == []
    page.locator(".panel form > div > button").first.tap()
    taps += 1
    page.wait_for_url(lambda url: "going=" not in url)

    filed = sample_stack.python(
        f"from progress.models import CheckIn; print(CheckIn.objects.get(due={due_id}).filed_by.email)"
    )
    assert filed == address
    assert taps <= MOST
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.context.cookies() == []
    assert visitors.complaints == []
