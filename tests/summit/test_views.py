"""What the public sees, and what it never sees."""

import ast
from pathlib import Path

import pytest
from django.urls import reverse

from reports.models import Edition
from series.models import Series
from storymaps.models import StoryEntry
from storymaps.services import withdraw_clearance
from tests.factories.reports import AT, make_edition, make_story
from tests.factories.teams import join, make_team, person_as

pytestmark = pytest.mark.django_db
ROLES = [
    "organizer", "facilitator", "coach", "lead", "member", "expert", "observer", "peer", "stranger", None,
]  # fmt: skip


@pytest.fixture
def edition():
    return make_edition(make_story(is_cleared=True), is_published=True)


def addresses(edition):
    slug = edition.series.slug
    return [
        reverse("summit:front"),
        reverse("summit:series", args=[slug]),
        reverse("summit:edition", args=[slug, edition.number]),
    ]


@pytest.mark.parametrize("role", ROLES)
def test_public_pages_are_the_same_for_everybody(role, edition, client, signed_in):
    person = person_as(role, make_team(edition.series))
    other = signed_in(person) if person else client

    for url in addresses(edition):
        assert other.get(url).content == client.get(url).content
        assert other.post(url).status_code == 405


def test_public_pages_set_no_cookie_and_may_be_shared(edition, signed_in):
    client = signed_in(join(make_team(edition.series)))

    for url in addresses(edition):
        answer = client.get(url, headers={"Accept-Language": "es"})
        assert not answer.cookies
        assert answer["Cache-Control"] == "public, max-age=60"
        assert "Cookie" not in answer.get("Vary", "")
        assert "nonce-" not in answer["Content-Security-Policy"]
        assert "csrfmiddlewaretoken" not in answer.content.decode()


def test_public_pages_cost_few_queries_whatever_they_hold(client, django_assert_max_num_queries):
    small = make_edition(make_story(is_cleared=True), is_published=True)
    team = make_team()
    many = make_edition(*[make_story(team, is_cleared=True) for _ in range(6)], is_published=True)

    for edition in (small, many):
        for url in addresses(edition):
            with django_assert_max_num_queries(3):
                client.get(url)


def test_unpublished_is_not_there(client):
    edition = make_edition(make_story(is_cleared=True))
    slug = edition.series.slug

    for url in (
        reverse("summit:series", args=[slug]),
        reverse("summit:edition", args=[slug, 1]),
        reverse("summit:edition-pdf", args=[slug, 1]),
        reverse("summit:edition", args=["nowhere", 1]),
    ):
        assert client.get(url).status_code == 404
    assert client.get("/").status_code == 200


def test_page_shows_the_story_with_team_place_and_numbers(client, edition):
    words = client.get(reverse("summit:edition", args=[edition.series.slug, 1])).content.decode()

    for word in (
        "Reading the record",
        "Jackson, Mississippi",
        "Being asked",
        "1 of 1 teams",
        "Only stories that",
    ):
        assert word in words


def test_page_names_no_person(client, edition):
    story = StoryEntry.objects.get()

    for url in addresses(edition):
        words = client.get(url).content.decode()
        assert story.author.name not in words
        assert edition.frozen_by.name not in words


def test_page_stays_as_it_was_frozen(client, edition):
    StoryEntry.objects.update(title="Rewritten", text="Rewritten")
    Series.objects.update(name="Renamed", summary="Renamed")

    for url in addresses(edition):
        words = client.get(url).content.decode()
        assert "Rewritten" not in words
        assert "Renamed" not in words


def test_withdrawal_takes_the_story_off_every_public_page_at_once(client, edition):
    story = StoryEntry.objects.get()

    withdraw_clearance(story, by=story.author, at=AT)

    for url in addresses(edition):
        assert "Reading the record" not in client.get(url).content.decode()
    page = client.get(reverse("summit:edition", args=[edition.series.slug, 1])).content.decode()
    assert "taken back by its team" in page


def test_pdf_is_served_and_not_while_it_is_made_anew(client, edition, settings):
    url = reverse("summit:edition-pdf", args=[edition.series.slug, 1])
    (settings.MEDIA_ROOT / "editions").mkdir(parents=True)
    (settings.MEDIA_ROOT / "editions" / "old.pdf").write_bytes(b"%PDF-old")
    Edition.objects.filter(pk=edition.pk).update(pdf="editions/old.pdf")
    before = client.get(url)
    assert b"".join(before.streaming_content) == b"%PDF-old"
    assert before["Content-Type"] == "application/pdf"

    story = StoryEntry.objects.get()
    withdraw_clearance(story, by=story.author, at=AT)
    after = client.get(url)

    assert after.status_code == 503
    assert after["Retry-After"] == "60"
    assert after["Cache-Control"] == "no-store"


def test_sample_says_so_on_every_page(client):
    edition = make_edition(make_story(is_cleared=True, is_sample=True), is_published=True)

    for url in addresses(edition):
        assert "SAMPLE" in client.get(url).content.decode()


def test_real_data_does_not_say_sample(client, edition):
    for url in addresses(edition):
        assert "SAMPLE" not in client.get(url).content.decode()


def test_language_is_of_the_edition_or_asked_for(client):
    edition = make_edition(make_story(is_cleared=True), is_published=True, language="es")
    url = reverse("summit:edition", args=[edition.series.slug, 1])

    assert client.get(url)["Content-Language"] == "es"
    assert client.get(url, {"lang": "en"})["Content-Language"] == "en"
    assert client.get(url, {"lang": "x<"})["Content-Language"] == "es"


def test_words_of_people_are_escaped(client):
    edition = make_edition(
        make_story(
            is_cleared=True, title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)> **so**"
        ),
        is_published=True,
    )

    for url in addresses(edition):
        words = client.get(url).content.decode()
        assert "<script>alert" not in words
        assert "<img src=x" not in words


def test_chain_leads_within_the_page(client):
    earlier = make_story(is_cleared=True, title="The count")
    later = make_story(earlier.team, is_cleared=True, title="Two seats")
    later.grew_out_of_entries.add(earlier)
    edition = make_edition(earlier, later, is_published=True)

    page = client.get(reverse("summit:edition", args=[edition.series.slug, 1])).content.decode()

    assert f'href="#story-{earlier.pk}">The count' in page
    assert f'href="#story-{later.pk}">Two seats' in page


def test_front_without_anything_says_what_this_is(client):
    page = client.get("/").content.decode()

    assert "Nothing is published here yet." in page
    assert reverse("account_login") in page


def test_summit_imports_editions_and_nothing_else_of_its_left():
    rooms = {"jobs", "series", "teams", "progress", "storymaps", "desk", "reports", "notices"}
    for path in Path("summit").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in rooms:
                assert (node.module, [name.name for name in node.names]) == ("reports", ["editions"])
            if isinstance(node, ast.Import):
                assert not rooms & {name.name.partition(".")[0] for name in node.names}


def test_labels_inside_the_report_speak_its_language(client):
    story = make_story(is_cleared=True, result="moved")
    edition = make_edition(story, is_published=True, language="es")

    url = reverse("summit:edition", args=[edition.series.slug, 1])
    page = client.get(url, {"lang": "en"}).content.decode()

    report = page[page.index('<div lang="es"') : page.index('id="get"')]
    assert "Result:" not in report
