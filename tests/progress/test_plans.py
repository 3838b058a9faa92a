"""Plans in full: no words are overwritten unseen, what is open goes on, a period is looked back on."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError

from progress import services
from progress.models import Plan, PlanItem, PlanItemStatus
from tests.factories.progress import AT, first_period, make_item
from tests.factories.teams import join, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def item():
    return make_item(first_step="Ask the board", boundary_partner="The school board")


@pytest.fixture
def member(item):
    return join(item.team)


def base(team):
    return f"/series/{team.series.slug}/teams/{team.slug}/plan/"


def test_the_words_of_a_stale_item_are_refused(item, member):
    services.edit_plan_item(item, drivers=[], version=1, by=member, at=AT)
    stale = PlanItem.objects.get(pk=item.pk)
    stale.what = "Something else"

    with pytest.raises(services.StaleWords) as refused:
        services.edit_plan_item(stale, drivers=[], version=1, by=member, at=AT)

    assert refused.value.current.what == "Feedback circles in two rooms"


def test_who_was_slower_sees_both_texts_of_an_item(item, member, signed_in):
    client, url = signed_in(member), f"{base(item.team)}items/{item.pk}/"
    client.post(url, {"what": "Three rooms", "version": 1})

    response = client.post(url, {"what": "Four rooms", "version": 1})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Three rooms" in page
    assert "Four rooms" in page
    assert 'name="version" value="2"' in page
    item.refresh_from_db()
    assert item.what == "Three rooms"
    assert client.post(url, {"what": "Four rooms", "version": 2}).status_code == 302


def test_the_state_in_one_tap_makes_no_words_stale(item, member):
    services.change_status(item, PlanItemStatus.GOING, by=member, at=AT)
    item.refresh_from_db()

    assert services.edit_plan_item(item, drivers=[], version=1, by=member, at=AT).version == 2


def test_the_whole_plan_is_worded_and_shown(item, member, signed_in):
    session = item.team.series.sessions.first()
    words = {
        "question": "Who decides?",
        "outcomes": "Two seats",
        "risks": "Exams",
        "support_wanted": "Time",
        "written_at": session.pk,
        "agreed_by": "All of us",
    }
    client = signed_in(member)

    client.post(f"{base(item.team)}1/words/", words | {"version": 0})
    page = client.get(f"{base(item.team)}1/").content.decode()

    for text in ("Who decides?", "Two seats", "Exams", "Time", f"Written at {session}", "All of us"):
        assert text in page
    assert "The school board" in page


def test_a_stale_plan_shows_both_texts(item, member, signed_in):
    client, url = signed_in(member), f"{base(item.team)}1/words/"
    client.post(url, {"question": "Who decides?", "version": 0})

    response = client.post(url, {"question": "Who pays?", "version": 0})

    assert response.status_code == 409
    assert "Who decides?" in response.content.decode()
    assert "Who pays?" in response.content.decode()
    assert Plan.objects.get().question == "Who decides?"


def test_a_period_is_looked_back_on(item, member, signed_in):
    client = signed_in(member)
    body = {"used_to_think": "Few care.", "now_think": "Many do."}
    body |= {"what_became": "Dropped the survey.", "version": "0"}

    client.post(f"{base(item.team)}1/reflection/", body)

    plan = Plan.objects.get()
    assert (plan.used_to_think, plan.now_think, plan.reflected_at) == ("Few care.", "Many do.", AT)
    assert "Dropped the survey." in client.get(f"{base(item.team)}1/").content.decode()


def test_a_session_of_another_series_is_refused(item, member):
    foreign = make_team().series.sessions.first()

    with pytest.raises(ValidationError):
        services.word_plan(
            item.team, first_period(item.team), {"written_at": foreign}, version=0, by=member, at=AT
        )


def test_what_is_open_is_carried_over_once_and_keeps_the_link(item, member, signed_in):
    done = make_item(item.team, by=member, status="done")
    client, url = signed_in(member), f"{base(item.team)}2/"
    assert item.what in client.get(url).content.decode()

    for _tap in range(2):
        client.post(f"{url}carry/", {"item": [item.pk, done.pk, "x"]})

    new = PlanItem.objects.get(plan__period__number=2)
    assert (new.carried_from, new.first_step, new.due_on) == (item, "Ask the board", None)
    assert new.boundary_partner == "The school board"
    assert "Carried over from an earlier period" in client.get(url).content.decode()


def test_items_of_other_teams_are_not_carried_over(item, member, signed_in):
    foreign = make_item(make_team(item.team.series), due_on=date(2026, 5, 30))

    signed_in(member).post(f"{base(item.team)}2/carry/", {"item": [foreign.pk]})

    assert not PlanItem.objects.filter(plan__period__number=2).exists()
