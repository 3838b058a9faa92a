"""What is found, by whom, and what no query can do to the search."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Role
from core import clock
from search.find import A_PAGE, find
from search.models import SearchRow
from search.registry import KINDS
from search.services import reindex
from series.models import SeriesRole
from storymaps.models import Audience, StoryEntry, Visibility
from teams.models import Membership
from tests.factories.series import give_role, make_series
from tests.factories.storymaps import AT, make_comment, make_entry
from tests.factories.teams import coach, join, make_team, person_as

pytestmark = pytest.mark.django_db
URL = "/search/"


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def lead(team):
    return join(team, Role.LEAD)


def titles(user, words, **more):
    return ["".join(piece.text for piece in hit.title) for hit in find(user, words, **more).hits]


def kinds(user, words, **more):
    return sorted(hit.kind.name for hit in find(user, words, **more).hits)


# --- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("We met at the laundromat.", "laundromat"),
        ("We met at the laundromat.", "LAUNDRO"),
        ("Nos vimos en la reunión de la niñez.", "reunion ninez"),
        ("Nos vimos en la reunión.", "reuniones"),
        ("Nos vimos en dos reuniones.", "reunión"),
        ("One voz, then another.", "voces"),
        ("Las voces del barrio", "voz"),
        ("She told a story.", "stories"),
        ("They told stories.", "story"),
        ("Two seats on the board", "seat board"),
        ("Ça marche à l’école", "ecole"),
        ("In 2026 it began", "2026"),
        ("**Ninth graders** ran [the circle](https://example.org)", "graders circle"),
    ],
)
def test_words_are_found_without_accents_capitals_and_endings(team, lead, text, asked):
    make_entry(team, lead, text=text, title="Found")
    make_entry(team, lead, text="Something else", title="Other")
    reindex()

    assert titles(lead, asked) == ["Found"]


def test_every_word_has_to_be_there(team, lead):
    make_entry(team, lead, text="A circle at the laundromat", title="Both")
    make_entry(team, lead, text="A circle at school", title="One")
    reindex()

    assert titles(lead, "circle laundromat") == ["Both"]
    assert titles(lead, "circle library") == []


def test_a_title_weighs_more_and_the_newest_comes_first_if_asked(team, lead):
    make_entry(team, lead, title="Circles", text="On Monday", began_on=date(2026, 5, 1))
    make_entry(team, lead, title="Later", text="We had a talk, and then a circle.", began_on=date(2026, 5, 9))
    reindex()

    assert titles(lead, "circle") == ["Circles", "Later"]
    assert titles(lead, "circle", is_newest_first=True) == ["Later", "Circles"]


HOSTILE = [
    '"',
    "'",
    '"circle',
    "circle*",
    "*",
    "circle:*",
    "a:b",
    "title:circle",
    "marks:r1",
    "@r1",
    "'@r1'",
    "circle NEAR(laundromat)",
    "NEAR(circle, 2)",
    "AND",
    "circle AND OR NOT",
    "NOT circle",
    "circle & | !",
    "circle <-> board",
    "(((((",
    "{heading body} : circle",
    "^circle",
    "circle + board",
    "\\",
    "circle\\'",
    "'; DROP TABLE search_searchrow; --",
    "%s %(x)s %",
    "🌊",
    "circle 🌊",
    "\u0301\u0301",
    "ﬁﬂ ½ ² Ⅷ",
    "ءآأ 漢字 ไทย हिन्दी",
    "\u202ecircle",
    "a\x00b",
    "_",
    "a_b",
    "x" * 5000,
    "circle " * 2000,
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_no_query_breaks_out(team, lead, typed):
    other = make_team(make_series(slug="other"))
    make_entry(team, lead, text="A circle at the laundromat", title="Mine")
    make_entry(other, text="A circle at the laundromat", title="Theirs")
    reindex()

    for is_newest_first in (False, True):
        assert set(titles(lead, typed, is_newest_first=is_newest_first)) <= {"Mine"}
    assert SearchRow.objects.filter(kind="story").count() == 2


@pytest.mark.parametrize("typed", ["a", "*", "🌊", '"', "x" * 10_000, "circle " * 300, "\\", "%", "&&&"])
def test_the_page_answers_whatever_is_typed(signed_in, lead, typed):
    response = signed_in(lead).get(URL, {"words": typed})

    assert response.status_code in (200, 422)
    if response.status_code == 422:
        assert "Error:" in response.text


def test_what_was_found_is_marked_and_never_markup(signed_in, team, lead):
    make_entry(team, lead, title="<b>Circle</b>", text="<script>alert(1)</script> & a circle <img src=x>")
    reindex()

    page = signed_in(lead).get(URL, {"words": "circle"}).text

    assert "&lt;b&gt;<mark>Circle</mark>&lt;/b&gt;" in page
    assert "a <mark>circle</mark> &lt;img" in page
    assert "<script>alert" not in page


# --- who finds what ------------------------------------------------------------------------------------

IN_TEAM = {"member", "data_contact", "storyteller", "lead"}
RUN = {"facilitator", "organizer"}
IN_FULL = IN_TEAM | RUN | {"coach"}
SERIES = IN_FULL | {"observer", "expert", "peer"}
ROLES = [*sorted(SERIES), "stranger", "administrator", None]


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_each_role_finds_what_it_may_read(team, lead, role):
    alone = make_entry(team, lead, text="zebra", title="team story")
    shared = make_entry(team, lead, text="zebra", title="shared story", visibility=Visibility.SERIES)
    helper = coach(team)
    for entry, name in ((alone, "alone"), (shared, "shared")):
        for audience in Audience:
            make_comment(entry, helper, text=f"zebra {name} {audience.value}", audience=audience)
    reindex()
    person = person_as(role, team)

    found = set()
    if person is not None:
        for hit in find(person, "zebra").hits:
            found.add("".join(piece.text for piece in hit.title) or hit.row.text.removeprefix("zebra "))

    expected = set()
    if role in SERIES:
        expected |= {"shared story", "shared series"}
    if role in IN_FULL:
        expected |= {"team story", "alone team", "alone series", "shared team"}
    if role in RUN | {"coach"}:
        expected |= {"alone coaches", "shared coaches"}
    assert found == expected


def test_a_stranger_to_the_series_finds_nothing_of_it(team):
    make_entry(team, text="zebra", visibility=Visibility.SERIES)
    reindex()

    assert titles(join(make_team(make_series(slug="other"))), "zebra") == []


def test_who_left_finds_nothing_more_from_that_moment(team, lead):
    make_entry(team, lead, text="zebra")
    reindex()
    assert len(find(lead, "zebra").hits) == 1

    Membership.objects.filter(person=lead).update(ends_on=clock.today("UTC") - timedelta(days=1))

    assert not find(lead, "zebra").hits
    assert find(lead, "zebra").has_next is False


def test_who_no_longer_facilitates_finds_nothing_more(team, lead):
    make_entry(team, lead, text="zebra")
    person = give_role(team.series, Role.FACILITATOR)
    reindex()
    assert len(find(person, "zebra").hits) == 1

    SeriesRole.objects.filter(person=person).update(ends_on=clock.today("UTC") - timedelta(days=1))

    assert not find(person, "zebra").hits


def test_a_row_that_lags_behind_shows_nothing_and_tells_of_nothing(signed_in, team):
    peer = join(make_team(team.series))
    for _number in range(A_PAGE + 5):
        make_entry(team, text="zebra", visibility=Visibility.SERIES)
    reindex()
    assert len(find(peer, "zebra").hits) == A_PAGE
    assert find(peer, "zebra").has_next

    StoryEntry.objects.update(visibility=Visibility.TEAM)  # behind the back of the index

    found = find(peer, "zebra")
    assert (found.hits, found.has_next) == ([], False)
    assert "Nothing found" in signed_in(peer).get(URL, {"words": "zebra"}).text


# --- the page --------------------------------------------------------------------------------------------


def test_the_filters_narrow_and_foreign_ones_are_refused(signed_in, team, lead):
    second = make_team(make_series(slug="elsewhere"))
    join(second, Role.MEMBER, person=lead)
    entry = make_entry(team, lead, text="zebra here", title="First")
    make_entry(second, lead, text="zebra there", title="Second")
    make_comment(entry, lead, text="zebra said")
    make_series(slug="foreign")
    reindex()
    browser = signed_in(lead)

    def page(status=200, **asked):
        response = browser.get(URL, {"words": "zebra"} | asked)
        assert response.status_code == status
        return response.text

    assert sorted(titles(lead, "zebra", series=team.series)) == ["", "First"]
    assert titles(lead, "zebra", kind=KINDS["story"], series=second.series) == ["Second"]
    assert "First" in page(series=team.series.slug)
    assert "Second" not in page(series=team.series.slug)
    assert "<mark>zebra</mark> said" not in page(kind="story")
    assert page(422, series="foreign").count("Error:") == page(422, series="nowhere").count("Error:") == 1
    assert 'value="zebra"' in page(422, kind="nonsense")
    assert "First" in page(order="newest", page="x")


def test_nothing_found_is_said_in_words_with_what_was_searched(signed_in, team, lead):
    page = signed_in(lead).get(URL, {"words": "zebra <b>", "kind": "story", "series": team.series.slug}).text

    assert "Nothing found for “zebra &lt;b&gt;”." in page
    assert f"Searched: Stories, {team.series.name}" in page


def test_pages_go_on_and_end(signed_in, team, lead):
    for number in range(A_PAGE + 3):
        make_entry(team, lead, text=f"zebra {number}", began_on=date(2026, 4, 1) + timedelta(days=number))
    reindex()
    first, second, third = (find(lead, "zebra", page=number, is_newest_first=True) for number in (1, 2, 3))

    assert (len(first.hits), first.has_next) == (A_PAGE, True)
    assert (len(second.hits), second.has_next) == (3, False)
    assert (third.hits, third.has_next) == ([], False)
    assert "page=2" in signed_in(lead).get(URL, {"words": "zebra"}).text
    last = signed_in(lead).get(URL, {"words": "zebra", "page": "99999"})
    assert last.status_code == 200
    assert "no more than 300 things" in last.text


def test_queries_do_not_grow_with_the_hits(signed_in, team, lead):
    def count():
        reindex()
        browser = signed_in(lead)
        browser.get(URL)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(URL, {"words": "zebra"}).status_code == 200
        return len(seen)

    entry = make_entry(team, lead, text="zebra")
    make_comment(entry, lead, text="zebra")
    few = count()
    for _number in range(15):
        make_comment(make_entry(team, lead, text="zebra"), lead, text="zebra", submission_id=uuid.uuid4())

    assert count() == few
    assert few <= 10
