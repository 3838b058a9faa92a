"""Checking in and planning in the browser: who may, what comes back, and how much it reads."""

import uuid
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import drafts
from accounts.models import Draft
from accounts.permissions import Role
from progress.models import CheckIn, Going, Plan, PlanItem
from tests.factories.progress import AT, make_check_in, make_due, make_item
from tests.factories.teams import join, make_team, person_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def client_as(signed_in, client):
    def sign_in(role, team):
        person = person_as(role, team)
        return client if person is None else signed_in(person)

    return sign_in


def base(team):
    return f"/series/{team.series.slug}/teams/{team.slug}"


def check_in_url(due):
    return f"{base(due.team)}/check-in/{due.due_on}/"


def answers(**fields):
    return {"going": "well", "submission_id": str(uuid.uuid4())} | fields


# role, reads, files a check-in, edits the plan
ROLES = [
    ("lead", 200, 302, 302),
    ("storyteller", 200, 302, 302),
    ("member", 200, 302, 302),
    ("data_contact", 200, 302, 302),
    ("coach", 200, 302, 403),
    ("facilitator", 200, 302, 403),
    ("organizer", 200, 302, 403),
    ("peer", 404, 404, 404),
    ("expert", 404, 404, 404),
    ("observer", 404, 404, 404),
    ("stranger", 404, 404, 404),
    ("administrator", 404, 404, 404),
    (None, 302, 302, 302),
]


@pytest.mark.parametrize(("role", "read", "write", "edit"), ROLES)
def test_check_in_permissions(client_as, role, read, write, edit):
    due = make_due()
    client = client_as(role, due.team)
    extra = {"channel": "phone"} if role in ("coach", "facilitator", "organizer") else {}

    assert client.get(check_in_url(due)).status_code == read
    assert client.post(check_in_url(due), answers(**extra)).status_code == write
    assert CheckIn.objects.count() == int(write == 302 and role is not None)


@pytest.mark.parametrize(("role", "read", "write", "edit"), ROLES)
def test_plan_permissions(client_as, role, read, write, edit):
    item = make_item()
    client, url = client_as(role, item.team), f"{base(item.team)}/plan/"

    assert client.get(url).status_code == read
    assert client.get(f"{url}1/").status_code == read
    assert client.post(f"{url}1/add/", {"what": "x"}).status_code == edit
    assert client.post(f"{url}1/words/", {"question": "x", "version": 0}).status_code == edit
    assert client.post(f"{url}items/{item.pk}/status/", {"status": "going"}).status_code == edit
    assert client.post(f"{url}items/{item.pk}/", {"what": "y", "version": 1}).status_code == edit


@pytest.mark.parametrize(
    ("role", "status"),
    [("coach", 302), ("facilitator", 302), ("lead", 403), ("peer", 404), ("stranger", 404), (None, 302)],
)
def test_excuse_permissions(client_as, role, status):
    due = make_due()

    answer = client_as(role, due.team).post(f"{check_in_url(due)}excuse/", {"reason": "School break"})

    due.refresh_from_db()
    assert answer.status_code == status
    assert due.is_excused is (role in ("coach", "facilitator"))


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "0000-00-00", "2026-05-30"])
def test_dates_that_are_none_are_404(client_as, day):
    due = make_due()

    assert client_as("lead", due.team).get(f"{base(due.team)}/check-in/{day}/").status_code == 404


# --- check-ins -----------------------------------------------------------------------------------------


def test_one_tap_files_it_and_says_what_comes_next(client_as):
    due = make_due()
    make_due(due.team, date(2026, 6, 30))
    client = client_as("member", due.team)
    assert "11 days left" in client.get(check_in_url(due)).content.decode()

    page = client.post(check_in_url(due), answers(going="nothing"), follow=True).content.decode()

    assert CheckIn.objects.get().going == Going.NOTHING
    assert "Thank you" in page
    assert "Nothing to report" in page
    assert "30 June 2026" in page
    assert "File this check-in" not in page


def test_nothing_tapped_is_422_with_the_text_still_there(client_as):
    due = make_due()

    answer = client_as("member", due.team).post(check_in_url(due), {"moved": "Two rooms joined."})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Tap one of the five" in page
    assert "Two rooms joined." in page


def test_filed_one_shows_who_when_and_that_it_was_late(client_as):
    due = make_due(due_on=date(2026, 5, 10))
    make_check_in(
        due, by=join(due.team, Role.LEAD), filed_on=date(2026, 5, 12), moved="<b>The board</b> agreed."
    )

    page = client_as("coach", due.team).get(check_in_url(due)).content.decode()

    assert "Filed by Lead" in page
    assert '<span class="pill">late</span>' in page
    assert "&lt;b&gt;The board&lt;/b&gt;" in page


def test_second_person_keeps_what_they_typed(client_as):
    due = make_due()
    make_check_in(due, by=join(due.team, Role.LEAD), going=Going.STUCK)

    answer = client_as("member", due.team).post(check_in_url(due), answers(moved="My own words."))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Lead filed this check-in while you were writing" in page
    assert "My own words." in page
    assert CheckIn.objects.get().going == Going.STUCK


def test_double_tap_ends_on_the_same_page(client_as):
    due = make_due()
    client, sent = client_as("member", due.team), answers()

    first, second = client.post(check_in_url(due), sent), client.post(check_in_url(due), sent)

    assert (first.status_code, second.status_code) == (302, 302)
    assert CheckIn.objects.count() == 1


def test_coach_files_on_behalf_with_the_channel(client_as):
    due = make_due()
    client = client_as("coach", due.team)
    assert b"How did you hear it?" in client.get(check_in_url(due)).content

    assert client.post(check_in_url(due), answers()).status_code == 422
    client.post(check_in_url(due), answers(channel="visit"))

    filed = CheckIn.objects.get()
    assert (filed.is_on_behalf, filed.channel) == (True, "visit")


def test_draft_comes_back_and_goes_with_the_filing(signed_in):
    due = make_due()
    person = join(due.team)
    drafts.save_draft(
        person, "check-in", f"due:{due.pk}", {"going": ["stuck"], "moved": ["Half a word"]}, 0, at=AT
    )
    client = signed_in(person)

    page = client.get(check_in_url(due)).content.decode()
    assert "Half a word" in page
    assert 'data-draft-seq="1"' in page
    client.post(check_in_url(due), answers(moved="Half a word more"))

    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2026, 5, 20), "It is due today"),
        (date(2026, 5, 19), "The day has passed"),
        (date(2026, 5, 21), "One day left"),
    ],
)
def test_page_speaks_of_the_day(client_as, due_on, words):
    due = make_due(due_on=due_on)

    assert words in client_as("member", due.team).get(check_in_url(due)).content.decode()


def test_later_date_is_not_open_yet(client_as):
    team = make_due().team
    later = make_due(team, date(2026, 6, 30))
    client = client_as("member", team)

    assert "It opens on Mon 1 June 2026" in client.get(check_in_url(later)).content.decode()
    assert client.post(check_in_url(later), answers()).status_code == 409
    assert not CheckIn.objects.exists()


def test_closed_series_can_only_be_read(client_as):
    due, item = make_due(), make_item()
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        client = client_as("member", due.team)
        assert "This series is over" in client.get(check_in_url(due)).content.decode()
        assert client.post(check_in_url(due), answers()).status_code == 409
        client = client_as("lead", item.team)
        page = client.get(f"{base(item.team)}/plan/1/").content.decode()
        assert ("This series is over" in page, "Add to our plan" in page) == (True, False)
        assert client.post(f"{base(item.team)}/plan/1/add/", {"what": "x"}).status_code == 409
        assert (
            client.post(f"{base(item.team)}/plan/1/words/", {"question": "x", "version": 0}).status_code
            == 409
        )
        assert (
            client.post(f"{base(item.team)}/plan/items/{item.pk}/", {"what": "x", "version": 1}).status_code
            == 409
        )
        status_url = f"{base(item.team)}/plan/items/{item.pk}/status/"
        assert client.post(status_url, {"status": "done"}, headers={"HX-Request": "true"}).status_code == 409
    assert not CheckIn.objects.exists()
    item.refresh_from_db()
    assert item.status == "not_started"


def test_excused_date_says_why_and_still_takes_a_check_in(client_as):
    due = make_due(is_excused=True, excused_because="School break")
    client = client_as("member", due.team)

    assert "School break" in client.get(check_in_url(due)).content.decode()
    assert client.post(check_in_url(due), answers()).status_code == 302


# --- plans -----------------------------------------------------------------------------------------------


def test_item_is_added_with_drivers_and_a_first_step(client_as):
    team = make_team()
    driver = team.series.drivers.first()
    sent = {
        "what": "Ask the board for one seat", "drivers": [driver.pk], "who": "Kiara", "due_on": "2026-06-10",
        "first_step": "Find out when they meet", "submission_id": str(uuid.uuid4()),
    }  # fmt: skip
    client, url = client_as("member", team), f"{base(team)}/plan/1/add/"

    page = client.post(url, sent, follow=True).content.decode()
    client.post(url, sent)

    item = PlanItem.objects.get()
    assert (item.what, item.who, item.due_on) == ("Ask the board for one seat", "Kiara", date(2026, 6, 10))
    assert list(item.drivers.all()) == [driver]
    assert "Find out when they meet" in page
    assert "One thing we will try" in page


@pytest.mark.parametrize(
    "wrong", [{"what": ""}, {"due_on": "0026-06-10"}, {"due_on": "x"}, {"drivers": ["0"]}]
)
def test_bad_item_is_422_and_nothing_is_lost(client_as, wrong):
    team = make_team()

    answer = client_as("member", team).post(
        f"{base(team)}/plan/1/add/", {"what": "Ask the board", "who": "Kiara"} | wrong
    )

    assert answer.status_code == 422
    assert "Kiara" in answer.content.decode()
    assert not PlanItem.objects.exists()


def test_status_without_script_goes_back_to_the_item(client_as):
    item = make_item()

    answer = client_as("member", item.team).post(
        f"{base(item.team)}/plan/items/{item.pk}/status/", {"status": "going"}
    )

    assert answer.url == f"{base(item.team)}/plan/1/#item-{item.pk}"
    item.refresh_from_db()
    assert item.status == "going"


def test_status_with_script_gives_the_item_alone(client_as):
    item = make_item()
    item.drivers.set(item.team.series.drivers.all())

    answer = client_as("member", item.team).post(
        f"{base(item.team)}/plan/items/{item.pk}/status/", {"status": "done"}, headers={"HX-Request": "true"}
    )

    page = answer.content.decode()
    assert page.strip().startswith("<li")
    assert 'value="done" aria-pressed="true"' in page
    assert 'data-announce="Changed to done"' in page
    assert "Policy" in page


def test_unknown_status_changes_nothing(client_as):
    item = make_item()
    client, url = client_as("member", item.team), f"{base(item.team)}/plan/items/{item.pk}/status/"

    assert client.post(url, {"status": "x"}, headers={"HX-Request": "true"}).status_code == 422
    assert client.post(url, {"status": "x"}).status_code == 302
    item.refresh_from_db()
    assert item.status == "not_started"


def test_words_of_an_item_change(client_as):
    item = make_item()
    client, url = client_as("member", item.team), f"{base(item.team)}/plan/items/{item.pk}/"
    assert item.what in client.get(url).content.decode()

    assert client.post(url, {"what": ""}).status_code == 422
    client.post(url, {"what": "Three rooms", "version": 1, "drivers": [item.team.series.drivers.first().pk]})

    item.refresh_from_db()
    assert (item.what, item.drivers.count()) == ("Three rooms", 1)


def test_items_of_other_teams_are_404(client_as):
    item = make_item()
    other = make_team(item.team.series)

    assert client_as("lead", other).get(f"{base(other)}/plan/items/{item.pk}/").status_code == 404


def test_plan_is_worded(client_as):
    team = make_team()

    page = client_as("lead", team).post(
        f"{base(team)}/plan/2/words/",
        {"question": "Who decides?", "support_wanted": "Time", "version": 0},
        follow=True,
    )

    assert "Who decides?" in page.content.decode()
    assert Plan.objects.get().period.number == 2


def test_plan_of_no_period_is_404(client_as):
    team = make_team()

    assert client_as("lead", team).get(f"{base(team)}/plan/9/").status_code == 404


def test_plan_page_says_what_stands_where_nothing_does(client_as):
    team = make_team()

    assert "No plan yet" in client_as("lead", team).get(f"{base(team)}/plan/").content.decode()
    assert "written down nothing" in client_as("coach", team).get(f"{base(team)}/plan/").content.decode()
    team.series.periods.all().delete()
    assert "No calendar yet" in client_as("lead", team).get(f"{base(team)}/plan/").content.decode()


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_pages_read_the_same_number_of_rows_at_one_and_at_three(client_as):
    item, due = make_item(), make_due()
    plan_client, due_client = client_as("lead", item.team), client_as("lead", due.team)
    plan_url = f"{base(item.team)}/plan/"
    counts = queries(plan_client, plan_url), queries(due_client, check_in_url(due))

    for number in range(2):
        make_item(item.team).drivers.set(item.team.series.drivers.all())
        make_due(due.team, date(2026, 6, 30 - number))

    assert (queries(plan_client, plan_url), queries(due_client, check_in_url(due))) == counts
    assert max(counts) <= 20


def test_somebody_elses_submission_id_is_answered_in_words(signed_in):
    team = make_team()
    first, second = join(team), join(team)
    sent = {"what": "Ask the board", "submission_id": str(uuid.uuid4())}
    assert signed_in(first).post(f"{base(team)}/plan/1/add/", sent).status_code == 302

    answer = signed_in(second).post(f"{base(team)}/plan/1/add/", sent)

    assert answer.status_code == 409
    assert "This form was used before" in answer.content.decode()
