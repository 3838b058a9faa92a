"""Numbers that are due stand in the check-in, signed in and behind the mail's link."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from measures.models import DataPoint
from progress.links import make_token
from progress.models import CheckIn
from progress.numbers import numbers_part
from tests.factories.measures import make_measure, make_points
from tests.factories.progress import AT, make_due
from tests.factories.teams import join, make_team, person_as

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _in_june():
    with time_machine.travel(AT + timedelta(days=20), tick=False):
        yield


@pytest.fixture
def due():
    return make_due(due_on=date(2026, 6, 12))


@pytest.fixture
def lead(due):
    return join(due.team, Role.LEAD)


@pytest.fixture
def measure(due):
    return make_measure(due.team, starts_on=date(2026, 1, 1))


def box(measure, day=MAY) -> str:
    return f"number-{measure.pk}-{day}"


def page_of(due) -> str:
    return reverse("progress:check-in", args=[due.team.series.slug, due.team.slug, due.due_on])


def answers(**more):
    return {"going": "well", "submission_id": uuid.uuid4()} | more


def test_one_form_files_the_check_in_and_the_number_and_says_what_it_says(signed_in, due, lead, measure):
    browser = signed_in(lead)
    assert f'name="{box(measure)}"' in browser.get(page_of(due)).text

    page = browser.post(page_of(due), answers(**{box(measure): "12"}), follow=True).text

    point = DataPoint.objects.get()
    assert (point.value, point.period_on, point.entered_by) == (12, MAY, lead)
    assert "What the numbers say" in page
    assert "12</b>" in page


def test_a_blank_box_is_no_number_and_no_error(signed_in, due, lead, measure):
    signed_in(lead).post(page_of(due), answers(**{box(measure): " "}))

    assert CheckIn.objects.count() == 1
    assert not DataPoint.objects.exists()


def test_what_is_no_number_comes_back_with_all_that_was_typed(signed_in, due, lead, measure):
    other = make_measure(due.team, name="Policy meetings", starts_on=date(2026, 1, 1))
    given = answers(moved="The bus came.", **{box(measure): "many", box(other): "3"})

    answer = signed_in(lead).post(page_of(due), given)

    assert answer.status_code == 422
    for words in ("The bus came.", 'value="many"', 'value="3"', "aria-invalid"):
        assert words in answer.text
    assert not CheckIn.objects.exists()
    assert not DataPoint.objects.exists()


def test_behind_the_mails_link_too_with_a_comma_in_spanish(due, lead, measure):
    lead.language = "es"
    lead.save()
    address = f"/check-in/{make_token(lead, due)}/"
    assert box(measure) in Client().get(address).text

    page = Client().post(address, answers(**{box(measure): "40,5"}), follow=True).text

    assert DataPoint.objects.get().value == 40.5
    assert "40,5</b>" in page


def test_a_number_that_somebody_entered_meanwhile_is_corrected_not_lost(signed_in, due, lead, measure):
    browser = signed_in(lead)
    make_points(measure, [7], first=MAY)

    browser.post(page_of(due), answers(**{box(measure): "9"}))

    point = DataPoint.objects.get()
    assert point.value == 9
    assert [old.value for old in measure.versions.all()] == [7]


def test_a_week_that_begins_at_the_end_of_a_month_is_corrected_too(signed_in, due, lead):
    weekly = make_measure(due.team, frequency="weekly", starts_on=date(2026, 1, 1))
    last_week = date(2026, 6, 29)
    with time_machine.travel(AT + timedelta(days=48), tick=False):
        browser = signed_in(lead)
        assert box(weekly, last_week) in browser.get(page_of(due)).text
        make_points(weekly, [7], first=last_week)

        browser.post(page_of(due), answers(**{box(weekly, last_week): "9"}))

    assert DataPoint.objects.get().value == 9


def test_boxes_of_other_teams_and_of_no_period_are_not_there(due, lead, measure):
    other = make_measure(make_team(due.team.series))
    sent = {box(other): "1", "number-99999999-2026-05-01": "1", f"number-{measure.pk}-2026-13-01": "1"}

    part = numbers_part(due, by=lead, data=sent)

    assert [cell.measure for cell in part.cells] == [measure]


@pytest.mark.parametrize(
    ("role", "enters"),
    [("lead", True), ("data_contact", True), ("member", False), ("storyteller", False), ("coach", True)],
)
def test_who_enters_no_numbers_is_asked_for_none(signed_in, due, measure, role, enters):
    person = person_as(role, due.team)
    browser = signed_in(person)

    assert (box(measure) in browser.get(page_of(due)).text) == enters
    browser.post(page_of(due), answers(channel="phone", **{box(measure): "12"}))
    assert DataPoint.objects.exists() == enters
    assert CheckIn.objects.count() == 1


def test_the_page_asks_the_same_number_of_questions_of_the_database(signed_in, due, lead, measure):
    browser, counts = signed_in(lead), []
    for _more in range(2):
        with CaptureQueriesContext(connection) as captured:
            browser.get(page_of(due))
        counts.append(len(captured))
        for number in range(6):
            make_measure(due.team, name=f"Measure {number}", starts_on=date(2026, 1, 1))

    assert counts[0] == counts[1]
