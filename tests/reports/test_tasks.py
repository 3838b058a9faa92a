"""Making the PDF in the background: twice, killed, too late, refused."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from accounts.permissions import Role
from jobs.claims import claim
from jobs.drain import do, drain
from jobs.models import Job, State
from jobs.registry import Lane
from reports import services, tasks
from reports.editions import front_page, pdf_of
from reports.models import Edition, EditionKind, EditionState
from series.models import SeriesRole
from storymaps.services import withdraw_clearance
from tests.factories.reports import AT, make_edition, make_story
from tests.factories.series import give_role
from tests.reports.pdf_text import page_texts

pytestmark = pytest.mark.django_db
LATER = datetime(2031, 1, 6, 12, tzinfo=UTC)  # after everything that was owed


def work(lane=Lane.SLOW, at=LATER):
    return drain(lane, at=at)


def reread(edition):
    return Edition.objects.select_related("series").get(pk=edition.pk)


def words_in(edition):
    return "".join(page_texts(pdf_of(edition).path.read_bytes())).replace(" ", "")


def files():
    return sorted(path.name for path in (settings.MEDIA_ROOT / "editions").iterdir())


def test_pdf_is_made_and_kept_under_its_hash():
    edition = make_edition(make_story(is_cleared=True))

    assert work() == 1

    edition = reread(edition)
    assert edition.state == EditionState.READY
    assert files() == [edition.pdf.removeprefix("editions/")]
    assert "Readingtherecord" in words_in(edition)


def test_pdf_made_twice_is_the_same():
    edition = make_edition(make_story(is_cleared=True))
    work()
    before = reread(edition).pdf
    Job.objects.update(state=State.PENDING, attempts=0, done_at=None)

    work()

    assert reread(edition).pdf == before
    assert Job.objects.get(kind="reports.make_pdf").state == State.SKIPPED
    assert len(files()) == 1


def test_worker_killed_before_the_end_leaves_nothing_and_is_followed():
    edition = make_edition(make_story(is_cleared=True))
    job = claim(Lane.SLOW, at=LATER)
    (settings.MEDIA_ROOT / "editions").mkdir(parents=True)
    (settings.MEDIA_ROOT / "editions" / ".part-killed").write_bytes(b"%PDF")  # what a kill may leave
    Job.objects.filter(pk=job.pk).update(lease_until=AT - timedelta(days=3650))

    assert work() == 1

    edition = reread(edition)
    assert edition.state == EditionState.READY
    assert pdf_of(edition).path.read_bytes().startswith(b"%PDF")
    assert not do(job, at=LATER)  # the first holder comes back: its result is dropped
    assert reread(edition).pdf == edition.pdf


def test_right_that_ended_meanwhile_makes_no_pdf():
    edition = make_edition(make_story(is_cleared=True))
    SeriesRole.objects.filter(person=edition.frozen_by).delete()

    work()

    job = Job.objects.get(kind="reports.make_pdf")
    assert (job.state, job.reason) == (State.SKIPPED, tasks.NO_RIGHT)
    assert reread(edition).state == EditionState.FAILED
    assert pdf_of(reread(edition)).path is None


def test_another_organizer_makes_it_again():
    edition = make_edition(make_story(is_cleared=True))
    SeriesRole.objects.filter(person=edition.frozen_by).delete()
    work()

    other = give_role(edition.series, Role.ORGANIZER)
    assert services.make_again(edition, by=other, at=LATER)
    work(at=LATER + timedelta(minutes=5))

    assert reread(edition).state == EditionState.READY


def test_failure_is_told_and_can_be_tried_again(monkeypatch):
    edition = make_edition(make_story(is_cleared=True))
    monkeypatch.setattr(tasks, "SECONDS", 0)  # no time at all
    for minutes in (5, 10, 20):
        work(at=LATER + timedelta(minutes=minutes))
    job = services.job_of(edition)
    assert job.state == State.FAILED
    assert "took too long" in job.last_error

    monkeypatch.undo()
    assert services.make_again(edition, by=edition.frozen_by, at=LATER + timedelta(hours=1))
    work(at=LATER + timedelta(hours=2))

    assert reread(edition).state == EditionState.READY


def test_withdrawal_makes_the_old_pdf_unavailable_until_the_new_one():
    entry = make_story(is_cleared=True)
    other = make_story(entry.team, is_cleared=True, title="The other")
    edition = make_edition(entry, other)
    work()

    withdraw_clearance(entry, by=entry.author, at=LATER)
    assert pdf_of(reread(edition)).path is None
    work(at=LATER + timedelta(minutes=5))

    words = words_in(reread(edition))
    assert "Theother" in words
    assert "Readingtherecord" not in words


def test_withdrawal_while_the_pdf_is_made_drops_the_file():
    entry = make_story(is_cleared=True)
    edition = make_edition(entry, make_story(entry.team, is_cleared=True))
    withdraw_clearance(entry, by=entry.author, at=AT)

    services.keep_pdf(edition.pk, "editions/old.pdf", left_out=set(), at=AT)  # begun before, done after

    edition = reread(edition)
    assert (edition.pdf, edition.pdf_withdrawn, edition.state) == ("", "", EditionState.MAKING)


def test_front_page_is_made_once_though_the_job_runs_twice():
    edition = make_edition(make_story(is_cleared=True))
    Edition.objects.update(state=EditionState.READY)
    services.publish(reread(edition), by=edition.frozen_by, at=AT)

    for minutes in (5, 10):
        work(Lane.NOW, at=LATER + timedelta(minutes=minutes))
        jobs = Job.objects.filter(kind="reports.make_front_page")
        jobs.update(state=State.PENDING, attempts=0, done_at=None)

    assert Edition.objects.filter(kind=EditionKind.FRONT_PAGE).count() == 1
    assert front_page(edition.series.slug).issues[0].number == 1


def test_front_page_of_nothing_is_not_made():
    edition = make_edition(make_story(is_cleared=True))
    services.owe_front_page(edition.series_id, key=uuid.uuid4().hex, by=edition.frozen_by)

    work(Lane.NOW)

    assert Job.objects.get(kind="reports.make_front_page").state == State.SKIPPED
    assert front_page(edition.series.slug) is None
