"""The organizer's pages: who sees them, who acts, and what each answers."""

import uuid

import pytest
from django.urls import reverse

from accounts.permissions import Role
from jobs.models import Job, State
from reports.models import Block, Edition, EditionState, Report
from storymaps.services import ask_clearance
from tests.factories.reports import AT, make_edition, make_report, make_story
from tests.factories.series import give_role
from tests.factories.teams import make_team, person_as

pytestmark = pytest.mark.django_db
ROLES = [
    "organizer", "facilitator", "coach", "lead", "member", "expert", "observer", "peer", "stranger", None,
]  # fmt: skip
PAGES = ("list", "report", "preview", "block-edit", "edition", "edition-publish", "edition-pdf")
ACTS = (
    "list", "report-edit", "block-add", "block-edit", "block-move", "block-remove", "freeze",
    "edition-again", "edition-publish",
)  # fmt: skip


@pytest.fixture
def edition():
    found = make_edition(make_story(is_cleared=True))
    Edition.objects.update(state=EditionState.READY)
    Job.objects.update(state=State.DONE, done_at=AT)
    return found


@pytest.fixture
def client_as(signed_in, client):
    def enter(role, team):
        person = person_as(role, team)
        return signed_in(person) if person else client

    return enter


def address(name, edition):
    report = edition.report
    where = {
        "list": [edition.series.slug],
        "block-edit": [edition.series.slug, report.slug, report.blocks.first().pk],
        "block-move": [edition.series.slug, report.slug, report.blocks.first().pk],
        "block-remove": [edition.series.slug, report.slug, report.blocks.first().pk],
    }
    number = [edition.number] if name.startswith("edition") else []
    return reverse(f"reports:{name}", args=where.get(name, [edition.series.slug, report.slug, *number]))


def body(name):
    return {
        "list": {"title": "Another", "language": "en", "submission_id": uuid.uuid4()},
        "report-edit": {"title": "Another", "language": "es"},
        "block-add": {"kind": "heading", "text": "A new part", "submission_id": uuid.uuid4()},
        "block-edit": {"text": "Another heading"},
        "block-move": {"to": "down"},
        "freeze": {"submission_id": uuid.uuid4()},
    }.get(name, {})


def expected_read(role, name):
    if role is None:
        return 302
    if role == "organizer":
        return 302 if name == "edition-pdf" else 200  # no file was made here: it leads to the edition
    if role == "facilitator":
        return 403 if name in ("block-edit", "edition-publish", "edition-pdf") else 200
    return 403 if name == "list" and role != "stranger" else 404


def expected_act(role, name):
    if role in (None, "organizer"):
        return 302
    if role == "facilitator":
        return 403
    return 403 if name == "list" and role != "stranger" else 404


@pytest.mark.parametrize("role", ROLES)
def test_pages_permissions(role, edition, client_as):
    client = client_as(role, edition.report.blocks.last().entry.team)

    found = {name: client.get(address(name, edition)).status_code for name in PAGES}

    assert found == {name: expected_read(role, name) for name in PAGES}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", ROLES)
def test_acts_permissions(role, name, edition, client_as):
    client = client_as(role, edition.report.blocks.last().entry.team)

    answer = client.post(address(name, edition), body(name))

    assert answer.status_code == expected_act(role, name)


def test_hand_made_post_puts_no_uncleared_story_in(signed_in):
    entry = make_story()
    report = make_report(entry.team.series)
    url = reverse("reports:block-add", args=[report.series.slug, report.slug])

    for sent in (str(entry.pk), "x", "99999999", ""):
        answer = signed_in(report.created_by).post(url, {"kind": "entry", "entry": sent})
        assert answer.status_code == 422
    assert not Block.objects.exists()


def test_double_tap_adds_one_block(signed_in):
    report = make_report()
    url = reverse("reports:block-add", args=[report.series.slug, report.slug])
    sent = {"kind": "text", "text": "Seven teams.", "submission_id": uuid.uuid4()}

    for _ in range(2):
        signed_in(report.created_by).post(url, sent)

    assert report.blocks.count() == 1


def test_shelf_says_why_a_story_cannot_go_in(signed_in):
    young = make_story(author_is_under_18=True, title="Young")
    asked = make_story(young.team, title="Asked")
    ask_clearance(asked, by=asked.author, at=AT)
    report = make_report(young.team.series)

    page = signed_in(report.created_by).get(reverse("reports:report", args=[report.series.slug, report.slug]))

    words = page.content.decode()
    assert "Somebody under 18 wrote it" in words
    assert "The team was asked and has not answered yet." in words


def test_shelf_by_driver_shows_a_story_under_each(signed_in):
    entry = make_story(is_cleared=True, title="Twice told")
    entry.drivers.set(entry.team.series.drivers.all()[:2])
    report = make_report(entry.team.series)
    url = reverse("reports:report", args=[report.series.slug, report.slug])

    page = signed_in(report.created_by).get(url, {"by": "driver"}).content.decode()

    assert page.count('class="repstory"') == 2


def test_block_shows_what_its_story_grew_out_of(signed_in):
    earlier = make_story(title="The count")
    entry = make_story(earlier.team, is_cleared=True)
    entry.grew_out_of_entries.add(earlier)
    report = make_report(None, entry)

    page = signed_in(report.created_by).get(reverse("reports:report", args=[report.series.slug, report.slug]))

    where = reverse("storymaps:entry", args=[entry.team.series.slug, entry.team.slug, earlier.pk])
    assert page.content.decode().count(f'href="{where}"') == 2  # on the shelf and under the block


def test_report_costs_the_same_for_one_story_and_many(signed_in, django_assert_max_num_queries):
    def queries(count):
        team = make_team()
        stories = [make_story(team, is_cleared=True) for _ in range(count)]
        for story in stories:
            story.drivers.set(team.series.drivers.all()[:2])
            story.grew_out_of_entries.add(stories[0]) if story != stories[0] else None
        report = make_report(team.series, *stories)
        client = signed_in(report.created_by)
        with django_assert_max_num_queries(40) as found:
            client.get(reverse("reports:report", args=[report.series.slug, report.slug]))
        return len(found)

    assert queries(2) == queries(6)


def test_freeze_shows_progress_and_its_fragment(signed_in):
    report = make_report(None, make_story(is_cleared=True))
    client = signed_in(report.created_by)

    answer = client.post(reverse("reports:freeze", args=[report.series.slug, report.slug]))
    page = client.get(answer["Location"]).content.decode()
    fragment = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="every 2s"' in page
    assert "<progress" in page
    assert "Look again" in page
    assert "<html" not in fragment
    assert 'id="state"' in fragment


def test_failed_edition_says_why_and_offers_another_try(signed_in, edition):
    Edition.objects.update(state=EditionState.MAKING)
    Job.objects.filter(kind="reports.make_pdf").update(
        state=State.FAILED, done_at=None, last_error="Making the PDF took too long and was stopped"
    )
    client = signed_in(edition.frozen_by)
    page = client.get(address("edition", edition)).content.decode()
    assert "took too long" in page
    assert "Try again" in page

    client.post(address("edition-again", edition))

    assert Job.objects.get(kind="reports.make_pdf").state == State.PENDING


def test_publish_asks_once(signed_in, edition):
    client = signed_in(edition.frozen_by)

    asked = client.get(address("edition-publish", edition))
    edition.refresh_from_db()
    assert asked.status_code == 200
    assert edition.published_at is None

    client.post(address("edition-publish", edition))
    edition.refresh_from_db()
    assert edition.published_at is not None


def test_pdf_is_given_as_a_private_attachment(signed_in, edition, settings):
    (settings.MEDIA_ROOT / "editions").mkdir(parents=True)
    (settings.MEDIA_ROOT / "editions" / "a.pdf").write_bytes(b"%PDF-1.7")
    Edition.objects.update(pdf="editions/a.pdf")

    answer = signed_in(edition.frozen_by).get(address("edition-pdf", edition))

    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"


def test_empty_title_is_an_error(signed_in):
    report = make_report()
    client = signed_in(report.created_by)

    answer = client.post(reverse("reports:list", args=[report.series.slug]), {"title": " ", "language": "en"})

    assert answer.status_code == 422
    assert Report.objects.count() == 1


def test_not_recallable_editions_are_listed(signed_in):
    entry = make_story(is_cleared=True)
    edition = make_edition(entry, make_story(entry.team, is_cleared=True), is_published=True)
    Edition.objects.filter(pk=edition.pk).update(withdrawn_ids=[entry.pk])

    page = signed_in(edition.frozen_by).get(address("report", edition)).content.decode()

    assert "Cannot be recalled" in page


def test_facilitator_reads_and_is_offered_no_act(signed_in):
    report = make_report(None, make_story(is_cleared=True))
    client = signed_in(give_role(report.series, Role.FACILITATOR))

    page = client.get(reverse("reports:report", args=[report.series.slug, report.slug])).content.decode()

    assert "Put in" not in page
    assert "Freeze an edition" not in page
