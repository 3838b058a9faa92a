"""The views of the map: what an address asks, what it shows, and of whom."""

from datetime import date
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from storymaps.models import Visibility
from tests.factories.accounts import make_person
from tests.factories.storymaps import make_entry
from tests.factories.teams import join, make_team


@pytest.fixture
def story_map(signed_in, team, teller):
    browser = signed_in(teller)
    url = reverse("storymaps:map", args=[team.series.slug, team.slug])
    return lambda query="": browser.get(url + query)


def test_filters_narrow_map_and_list(story_map, team):
    make_entry(team, title="Seats for two", drivers=["Policy"], strand="story", result="moved")
    make_entry(team, title="A quiet room", drivers=["Practice"], text="Chairs in the hallway.")

    for asked, shown, other in [
        ("driver=policy", "Seats for two", "A quiet room"),
        ("result=moved", "Seats for two", "A quiet room"),
        ("strand=story", "Seats for two", "A quiet room"),
        ("q=hallway+chairs", "A quiet room", "Seats for two"),
    ]:
        for view in ("cards", "dots", "list"):
            page = story_map(f"?view={view}&{asked}").text
            assert shown in page, (view, asked)
            assert other not in page, (view, asked)
    assert "No story fits this" in story_map("?q=nowhere").text
    assert "No story fits this" in story_map("?view=list&q=nowhere").text


def test_period_filter_takes_what_is_drawn_there(story_map, team):
    make_entry(team, title="Early", drivers=["Policy"], began_on=date(2026, 2, 1))
    make_entry(team, title="At the session", drivers=["Policy"], began_on=date(2026, 4, 6))
    make_entry(team, title="Later", drivers=["Policy"], began_on=date(2027, 1, 10))

    for view in ("cards", "list"):
        page = story_map(f"?view={view}&period=1").text
        assert "At the session" in page
        assert "Early" not in page
        assert "Later" not in page
        assert "Early" in story_map(f"?view={view}&period=before").text


@pytest.mark.parametrize(
    "query", ["?view=x&period=99&driver=no&strand=1", "?entry=abc&compare=1", "?compare=7,9"]
)
def test_what_nobody_knows_is_no_error(story_map, query):
    assert story_map(query).status_code == 200


def test_rest_of_a_full_cell_leads_to_the_list(story_map, team, teller):
    for _ in range(20):
        entry = make_entry(team, teller, drivers=["Policy"])

    page = story_map().text

    assert "8 more in the list" in page
    assert "?view=list&amp;period=1&amp;driver=policy" in page
    assert f'id="entry-{entry.pk}"' in page
    listed = story_map("?view=list&driver=policy&period=1").text
    assert listed.count("<tr") == 21


def test_steps_to_other_teams_show_plates_and_count_what_is_hidden(story_map, team):
    other = make_team(team.series, name="Bronx River", code="NYC")
    shared = make_entry(other, title="Radio", visibility=Visibility.SERIES)
    hidden = make_entry(other, title="Only theirs")
    make_entry(team, drivers=["Policy"], entries=[shared, hidden])

    page = story_map().text

    assert "Grew out of a story of Bronx River: Radio" in page
    assert "Grew out of 1 story that you cannot see" in page
    assert "Only theirs" not in page


def test_two_periods_side_by_side(story_map, team):
    first = make_entry(team, title="The seed", drivers=["Policy"], began_on=date(2026, 5, 1))
    make_entry(team, title="The tree", drivers=["Policy"], began_on=date(2027, 1, 10), entries=[first])
    make_entry(team, title="The stone", drivers=["Policy"], began_on=date(2027, 1, 11))

    page = story_map("?compare=2&compare=1").text

    assert "Action Period 2 has 2 entries." in page
    assert "1 grew out of Action Period 1." in page
    assert "1 is new." in page


@pytest.mark.parametrize(
    "query", ["", "?view=dots", "?view=list", "?compare=1,2", "?period=1&driver=policy&q=circle"]
)
def test_queries_are_constant(story_map, team, teller, django_assert_max_num_queries, query):
    make_entry(team, teller, drivers=["Policy"])
    with django_assert_max_num_queries(20) as few:
        story_map(query)
    for _ in range(15):
        last = make_entry(team, teller, drivers=["Policy", "Practice"])
        make_entry(team, teller, drivers=["Policy"], entries=[last])

    with django_assert_max_num_queries(20) as many:
        story_map(query)

    assert len(many) <= len(few) + 1


def test_poster_is_a_page_and_a_picture(signed_in, team, teller):
    make_entry(team, title="Seats <b>", drivers=["Policy"])
    browser = signed_in(teller)
    address = [team.series.slug, team.slug]

    page = browser.get(reverse("storymaps:poster", args=address))
    picture = browser.get(reverse("storymaps:poster-file", args=address))

    assert "Seats &lt;b&gt;" in page.text
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert "attachment" in picture.headers["Content-Disposition"]
    assert ElementTree.fromstring(picture.content).tag.endswith("svg")


def test_poster_shows_a_peer_what_is_shared(signed_in, team):
    make_entry(team, title="Only ours", drivers=["Policy"])
    peer = join(make_team(team.series), person=make_person("Pia"))

    answer = signed_in(peer).get(reverse("storymaps:poster-file", args=[team.series.slug, team.slug]))

    assert answer.status_code == 200
    assert "Only ours" not in answer.text


def test_pages_are_compressed_and_padded(signed_in, team, teller, client):
    browser = signed_in(teller)
    url = reverse("storymaps:map", args=[team.series.slug, team.slug])

    answer = browser.get(url, headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Content-Encoding" not in browser.get(url).headers
