"""Tests of a plan item: the prediction is said first, the result later, and one leads to the next."""

import uuid
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Event
from progress import cycles
from progress.models import TestCycle
from progress.ramp import draw_ramp
from series.models import SeriesStatus
from series.services import SeriesClosed
from storymaps.chain import chain_of
from tests.factories.progress import AT, make_cycle, make_item
from tests.factories.teams import join, make_team, person_as

pytestmark = pytest.mark.django_db
RESULT = {
    "as_planned": "partly",
    "observations": "Nine came.",
    "matched": "no",
    "learning": "Evenings work.",
    "decision": "adapt",
}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def item():
    return make_item()


@pytest.fixture
def member(item):
    return join(item.team)


def base(item):
    return f"/series/{item.team.series.slug}/teams/{item.team.slug}/plan/items/{item.pk}/tests/"


def planned(item, member, **more):
    draft = TestCycle(prediction="Half will come.", submission_id=uuid.uuid4())
    return cycles.plan_cycle(draft, item=item, by=member, at=AT, **more)


def test_tests_are_numbered_within_their_item(item, member):
    numbers = [planned(item, member).number for _test in range(2)]

    assert numbers == [1, 2]
    assert planned(make_item(item.team, by=member), member).number == 1


def test_a_double_tap_plans_one_test(item, member):
    draft = {"prediction": "Half will come.", "submission_id": uuid.uuid4()}

    first, second = (cycles.plan_cycle(TestCycle(**draft), item=item, by=member, at=AT) for _tap in range(2))

    assert first == second
    assert TestCycle.objects.count() == 1


def test_nothing_is_told_before_the_test_began(item, member):
    cycle = planned(item, member)

    with pytest.raises(cycles.PredictFirst):
        cycles.tell(cycle, RESULT, version=1, by=member, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        TestCycle.objects.filter(pk=cycle.pk).update(observations="Nine came.")


def test_the_prediction_stands_once_it_began(item, member):
    cycle = planned(item, member)

    assert cycles.begin(cycle, by=member, at=AT)
    assert not cycles.begin(cycle, by=member, at=AT)

    words = {name: getattr(cycle, name) for name in cycles.WORDS} | {"prediction": "We knew it."}
    with pytest.raises(cycles.PredictionStands):
        cycles.word_cycle(cycle, words, version=2, by=member, at=AT)
    cycle.refresh_from_db()
    assert (cycle.prediction, cycle.begun_at, cycle.starts_on) == ("Half will come.", AT, date(2026, 5, 20))


def test_a_decision_ends_it_and_taking_it_back_opens_it_again(item, member):
    cycle = make_cycle(item, by=member, begun_at=AT)

    told = cycles.tell(cycle, RESULT, version=1, by=member, at=AT)
    assert (told.ended_at, told.decision, told.version) == (AT, "adapt", 2)

    told = cycles.tell(cycle, RESULT | {"decision": ""}, version=2, by=member, at=AT)
    assert told.ended_at is None
    assert Event.objects.filter(act="progress.test_told").count() == 2


def test_a_stale_change_is_refused_and_shows_what_stands(item, member):
    cycle = make_cycle(item, by=member, begun_at=AT)
    cycles.tell(cycle, RESULT, version=1, by=member, at=AT)

    with pytest.raises(cycles.StaleCycle) as refused:
        cycles.tell(cycle, RESULT | {"learning": "Mornings work."}, version=1, by=member, at=AT)

    assert refused.value.current.learning == "Evenings work."


def test_a_test_has_one_next_test_of_the_same_item(item, member):
    first = planned(item, member)
    planned(item, member, previous=first)

    with pytest.raises(ValidationError):
        planned(item, member, previous=first)
    with pytest.raises(ValidationError):
        planned(make_item(item.team, by=member), member, previous=first)


def test_ramps_follow_the_links(item, member):
    first = planned(item, member)
    alone = planned(item, member)
    second = planned(item, member, previous=first)

    assert cycles.ramps(item.cycles.all()) == [[first, second], [alone]]
    assert draw_ramp([first, second]).count("<path") == 2


def test_nothing_is_added_after_the_series(item, member):
    item.team.series.status = SeriesStatus.ARCHIVED
    item.team.series.save()

    with pytest.raises(SeriesClosed):
        planned(item, member)


@pytest.mark.parametrize(
    "broken", [{"prediction": ""}, {"decision": "adopt"}, {"matched": "maybe", "begun_at": AT}]
)
def test_broken_rows_break(item, member, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_cycle(item, by=member, **broken)


def test_the_pages_lead_from_prediction_to_decision(item, signed_in, member):
    client, url = signed_in(member), base(item)

    assert client.post(url, {"prediction": ""}).status_code == 422
    client.post(url, {"prediction": "Half will come.", "submission_id": uuid.uuid4()})
    page = client.get(f"{url}1/").content.decode()
    assert "Half will come." in page
    assert 'name="observations"' not in page
    # The fields of a result change nothing before it began.
    client.post(f"{url}1/", RESULT | {"prediction": "A third will come.", "version": 1})
    cycle = TestCycle.objects.get()
    assert (cycle.prediction, cycle.observations) == ("A third will come.", "")

    client.post(f"{url}1/begin/")
    page = client.get(f"{url}1/").content.decode()
    assert 'name="observations"' in page
    assert 'name="prediction"' not in page
    assert client.post(f"{url}1/", RESULT | {"version": 3}, follow=True).status_code == 200
    assert "Plan the next test" in client.get(f"{url}1/").content.decode()
    client.post(url, {"prediction": "Most will come.", "after": "1", "submission_id": uuid.uuid4()})
    assert TestCycle.objects.get(number=2).previous == cycle
    assert "<svg" in client.get(url).content.decode()


def test_who_was_slower_sees_both_texts(item, signed_in, member):
    client, url = signed_in(member), f"{base(item)}1/"
    make_cycle(item, by=member, begun_at=AT, version=4, observations="Nine came.")

    response = client.post(url, RESULT | {"observations": "Ten came.", "version": 3})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Nine came." in page
    assert "Ten came." in page
    assert 'name="version" value="4"' in page


def test_the_chain_knows_tests(item, member):
    first = planned(item, member)
    second = planned(item, member, previous=first)

    assert [link.object for link in chain_of(item, member).became.shown] == [first, second]
    assert [link.object for link in chain_of(second, member).grew_out_of.shown] == [item, first]
    assert [link.object for link in chain_of(first, member).became.shown] == [second]
    assert chain_of(second, person_as("peer", item.team)).grew_out_of.hidden == 2


def test_a_list_of_tests_reads_no_more_for_three_than_for_one(item, signed_in, member):
    client, counts = signed_in(member), []
    for _more in range(2):
        make_cycle(item, by=member)
        make_cycle(item, by=member)
        client.get(base(item))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(base(item))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_tests_of_other_teams_are_404(item, signed_in):
    make_cycle(item)
    other = make_team(item.team.series)

    assert signed_in(join(other)).get(f"{base(item)}1/").status_code == 404
