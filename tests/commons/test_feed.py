"""The feed of a series: what is shared, newest first, page by page; nothing that is a team's own."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from coaching.models import HelpCall
from commons import feed
from progress.models import HelpFrom
from storymaps.models import Visibility
from tests.factories.commons import make_reaction
from tests.factories.exchange import make_post, make_round
from tests.factories.library import make_resource
from tests.factories.storymaps import AT, make_comment, make_entry
from tests.factories.teams import join, make_team, person_as
from tests.factories.told import make_finding, make_outcome
from tests.matrix.basics import SERIES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


def feed_of(team) -> str:
    return reverse("commons:feed", args=[team.series.slug])


def make_call(team, text="How do we begin?", **fields):
    values = {
        "asked_of": HelpFrom.PEERS,
        "asked_by": team.series.created_by,
        "asked_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    return HelpCall.objects.create(team=team, text=text, **values)


def fill(team):
    """One of each kind that all in the series read, with words to know them by."""
    entry = make_entry(team, visibility=Visibility.SERIES, title="Shared story")
    return [
        entry,
        make_entry(team, visibility=Visibility.PUBLIC, title="Cleared story"),
        make_outcome(entry, visibility=Visibility.SERIES, who_changed="Shared outcome"),
        make_resource(team.series, team=team, title="Shared resource"),
        make_call(team, "Shared question"),
        make_finding(None, entry, statement="Shared finding"),
        make_post(make_round(team.series), team, text="Shared post"),
    ]


SHARED = (
    "Shared story", "Cleared story", "Shared outcome", "Shared resource", "Shared question",
    "Shared finding", "Shared post",
)  # fmt: skip


@pytest.mark.parametrize("role", sorted(SERIES))
def test_everybody_in_the_series_reads_what_is_shared_and_nobody_a_teams_own(team, role, signed_in):
    fill(team)
    own = make_entry(team, title="Own story")
    make_outcome(own, who_changed="Own outcome")
    make_resource(team.series, title="Withdrawn", withdrawn_at=AT, withdrawn_by=team.series.created_by)
    make_call(team, "For our coach", asked_of=HelpFrom.COACH)
    make_call(team, "For an expert", asked_of=HelpFrom.EXPERT)
    make_comment(own, team.series.created_by, text="Coaches alone", audience="coaches")

    text = signed_in(person_as(role, team)).get(feed_of(team)).text

    assert all(words in text for words in SHARED)
    for words in ("Own story", "Own outcome", "Withdrawn", "For our coach", "For an expert", "Coaches alone"):
        assert words not in text


def test_another_series_is_another_feed(team, signed_in):
    fill(make_team())

    text = signed_in(join(team)).get(feed_of(team)).text

    assert not any(words in text for words in SHARED)
    assert "Nothing shared yet" in text


def test_it_tells_teams_and_no_young_persons_name(team, signed_in):
    kiara = join(team, Role.STORYTELLER, is_under_18=True)
    kiara.name = "Kiara B."
    kiara.save()
    make_entry(team, kiara, visibility=Visibility.SERIES, author_is_under_18=True)
    make_resource(team.series, kiara, team=team, sharer_is_under_18=True)
    make_call(team, asked_by=kiara)

    text = signed_in(person_as("peer", team)).get(feed_of(team)).text

    assert team.name in text
    assert "Kiara" not in text
    assert "under 18" not in text


def test_pages_follow_each_other_and_lose_and_double_nothing(team):
    reader = join(team)
    for number in range(7):
        at = AT - timedelta(hours=number // 2)  # two kinds and two rows at the same moment
        make_entry(team, visibility=Visibility.SERIES, logged_at=at)
        make_resource(team.series, shared_at=at)
        make_call(team, asked_at=at)
    found, after = [], None
    while True:
        items, end = feed.page_of(reader, team.series, after=after, most=4)
        found += [(item.kind.name, item.row.pk, item.at) for item in items]
        if end is None:
            break
        after = feed.Cursor.read(str(end))
        assert after == end

    assert len(found) == len(set(found)) == 21
    assert [at for _kind, _pk, at in found] == sorted((at for _k, _p, at in found), reverse=True)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1-2", "1-2-3-4", "-1-0-1", "99999999999999999-0-1", "1-999-1", "²-0-1", "1-0-" + "9" * 40],
)
def test_what_is_no_cursor_is_the_first_page(team, signed_in, text):
    fill(team)

    assert feed.Cursor.read(text) is None
    assert "Shared story" in signed_in(join(team)).get(feed_of(team), {"after": text}).text


def test_one_kind_alone_and_an_unknown_kind_is_everything(team, signed_in):
    fill(team)
    browser = signed_in(join(team))

    alone = browser.get(feed_of(team), {"kind": "resource"}).text
    everything = browser.get(feed_of(team), {"kind": "nothing"}).text

    assert [words for words in SHARED if words in alone] == ["Shared resource"]
    assert all(words in everything for words in SHARED)


@pytest.mark.parametrize("role", ["lead", "coach", "facilitator", "observer"])
def test_the_number_of_queries_is_the_same_for_any_number_of_things(team, role, signed_in):
    browser, counts = signed_in(person_as(role, team)), []
    for more in (1, 3):  # of each kind some, on one page
        for _ in range(more):
            other = make_team(team.series)
            for thing in fill(other)[:4]:
                make_reaction(thing, join(team))
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(feed_of(team)).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] < 50
