"""Connections: logged once, read by whom the team lets read, drawn in three spheres, linked in the chain."""

import itertools
import uuid
from datetime import date
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from commons import connections
from commons.models import Connection
from core.drawings import Dot, spheres
from storymaps.chain import chain_of
from storymaps.models import Visibility
from tests.factories.commons import make_connection
from tests.factories.storymaps import AT, make_entry
from tests.factories.teams import coach, join, make_team, person_as
from tests.matrix.basics import SERIES

pytestmark = pytest.mark.django_db
NAMES = ("inner", "middle", "outer")


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


def url(name, team, *more) -> str:
    return reverse(f"commons:{name}", args=[team.series.slug, team.slug, *more])


def typed(**fields):
    return {
        "from_whom": "two storytellers",
        "to_whom": "the clerk of the board",
        "to_kind": "official",
        "sphere": "vertical",
        "exchanged": "A list of dates.",
        "on": "2026-05-11",
        "result": "",
        "story": "",
        "language": "en",
        "visibility": "team",
        "submission_id": str(uuid.uuid4()),
    } | fields


def test_it_is_logged_once_and_stands_on_the_list(team, signed_in):
    browser, form = signed_in(join(team)), typed()

    first = browser.post(url("connection-add", team), form)
    again = browser.post(url("connection-add", team), form)

    made = Connection.objects.get()
    assert first.url == again.url == url("connection", team, made.pk)
    assert Event.objects.filter(act="commons.connection_logged").count() == 1
    text = browser.get(url("connections", team)).text
    assert "two storytellers – the clerk of the board" in text
    assert 'role="img"' in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"sphere": "round"},
        {"sphere": ""},
        {"to_whom": ""},
        {"on": "2026-05-22"},
        {"on": "x"},
        {"visibility": "public"},
        {"to_kind": "friend"},
        {"exchanged": "a" * 1001},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_not_well_formed_is_refused_and_stays_typed(team, wrong, signed_in):
    answer = signed_in(join(team)).post(url("connection-add", team), typed(from_whom="Three of us") | wrong)

    assert answer.status_code == 422
    assert "Three of us" in answer.text
    assert not Connection.objects.exists()


@pytest.mark.parametrize("role", sorted(SERIES))
def test_others_read_what_is_shared_and_nothing_else(team, role, signed_in):
    own, shared = make_connection(team, exchanged="Ours"), make_connection(team, visibility="series")
    browser = signed_in(person_as(role, team))
    in_full = role in {"lead", "member", "storyteller", "data_contact", "coach", "facilitator", "organizer"}

    assert browser.get(url("connection", team, own.pk)).status_code == (200 if in_full else 404)
    assert browser.get(url("connection", team, shared.pk)).status_code == 200
    for_all = browser.get(reverse("commons:connections-all", args=[team.series.slug])).text
    in_feed = browser.get(reverse("commons:feed", args=[team.series.slug])).text
    for text in (for_all, in_feed):
        assert "A list of dates." in text
        assert "Ours" not in text  # what all read together holds nothing that only some may see


def test_it_grows_out_of_a_story_and_the_story_says_so(team):
    story = make_entry(team, visibility=Visibility.SERIES)
    own = make_connection(team, story=story)
    lead, peer = join(team, Role.LEAD), person_as("peer", team)

    assert [link.object for link in chain_of(own, lead).grew_out_of.shown] == [story]
    assert [link.object for link in chain_of(story, lead).became.shown] == [own]
    assert (chain_of(story, peer).became.shown, chain_of(story, peer).became.hidden) == ((), 1)


def test_only_a_story_of_the_team_is_linked(team, signed_in):
    other = make_entry(make_team(team.series), visibility=Visibility.SERIES)

    answer = signed_in(join(team)).post(url("connection-add", team), typed(story=other.pk))

    assert answer.status_code == 422


def test_the_team_amends_and_removes_and_a_coach_what_they_logged(team, signed_in):
    luz = coach(team)
    theirs, hers = make_connection(team), make_connection(team, logged_by=luz)
    browser = signed_in(luz)

    for row, exchanged in ((theirs, "A list of dates."), (hers, "Changed.")):
        browser.post(url("connection-edit", team, row.pk), typed(exchanged="Changed.", version=1))
        row.refresh_from_db()
        assert row.exchanged == exchanged
    browser.post(url("connection-remove", team, theirs.pk))
    browser.post(url("connection-remove", team, hers.pk))
    assert list(Connection.objects.all()) == [theirs]
    signed_in(join(team)).post(url("connection-remove", team, theirs.pk))
    assert not Connection.objects.exists()


def test_who_is_slower_loses_nothing_and_overwrites_nothing_unseen(team, signed_in):
    row = make_connection(team)
    browser = signed_in(join(team))
    browser.post(url("connection-edit", team, row.pk), typed(exchanged="First.", version=1))

    answer = browser.post(url("connection-edit", team, row.pk), typed(exchanged="Second.", version=1))

    assert answer.status_code == 409
    assert "First." in answer.text
    assert "Second." in answer.text
    row.refresh_from_db()
    assert (row.exchanged, row.version) == ("First.", 2)
    browser.post(url("connection-edit", team, row.pk), typed(exchanged="Second.", version=2))
    row.refresh_from_db()
    assert row.exchanged == "Second."


def test_nobody_logs_without_end(team, signed_in, monkeypatch):
    monkeypatch.setattr(connections, "MOST_A_DAY", 1)
    browser = signed_in(join(team))
    browser.post(url("connection-add", team), typed())

    assert browser.post(url("connection-add", team), typed()).status_code == 422


@pytest.mark.parametrize(
    "fields", [{"sphere": "round"}, {"to_kind": "friend"}, {"visibility": "public"}], ids=str
)
def test_the_table_holds_what_is_known(team, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_connection(team, **fields)


def test_each_stands_in_its_ring_and_all_inside_the_drawing():
    dots = [Dot(ring, str(number), 1 + number % 4) for ring in range(3) for number in range(30)]
    svg = ElementTree.fromstring(spheres(dots, NAMES, "JXN", "Ninety of them"))

    assert svg.get("aria-label") == "Ninety of them"
    marks = [mark for mark in svg if mark.get("class") == "dot"]
    assert len(marks) == 90
    for mark in marks:
        x, y = mark.get("transform").removeprefix("translate(").partition(")")[0].split()
        assert 0 <= float(x) <= 600
        assert 0 <= float(y) <= 600


@pytest.mark.parametrize("many", [0, 1, 12, 400])
def test_no_two_marks_of_a_ring_lie_on_each_other(many):
    svg = ElementTree.fromstring(spheres([Dot(0, "1", 2)] * many, NAMES, "", ""))
    found = [mark.get("transform") for mark in svg if mark.get("class") == "dot"]
    places = []
    for place in found:
        where, _between, scale = place.partition(") scale(")
        size = 8 * float(scale.rstrip(")"))
        x, y = where.removeprefix("translate(").split()
        places.append((float(x) + size, float(y) + size, size))
    for (x0, y0, size), (x1, y1, _size) in itertools.pairwise(places):
        assert (x0 - x1) ** 2 + (y0 - y1) ** 2 >= (1.6 * size) ** 2 - 0.5
    assert len(found) == many


def test_nobodys_words_are_markup_in_the_drawing():
    svg = spheres([Dot(0, "<b>", 1)], ("<i>", "&", '"'), "<u>", '"><script>')

    assert "<b>" not in svg
    assert "<script" not in svg
    ElementTree.fromstring(svg)


def test_hostile_words_are_inert_on_every_page(team, signed_in):
    row = make_connection(
        team, from_whom="<script>alert(1)</script>", exchanged="<img src=x onerror=1>", visibility="series"
    )
    browser = signed_in(join(team))
    pages = [url("connections", team), url("connection", team, row.pk), url("connection-edit", team, row.pk)]
    for page in [*pages, reverse("commons:feed", args=[team.series.slug])]:
        text = browser.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@pytest.mark.parametrize("role", ["lead", "coach", "facilitator", "peer"])
def test_the_number_of_queries_is_the_same_for_any_number_of_connections(team, role, signed_in):
    browser, counts = signed_in(person_as(role, team)), []
    for more in (1, 20):
        for _ in range(more):
            make_connection(team, visibility="series")
            make_connection(make_team(team.series), visibility="series")
        found = []
        for page in (url("connections", team), reverse("commons:connections-all", args=[team.series.slug])):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(page).status_code == 200
            found.append(len(captured))
        counts.append(found)

    assert counts[0] == counts[1]
    assert max(counts[0]) < 30


def test_a_day_is_the_teams_own(team):
    made = make_connection(team, on=date(2026, 5, 11))

    assert made.headline == "two storytellers – the clerk of the board"
