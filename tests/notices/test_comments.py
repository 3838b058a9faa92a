"""A comment on one's entry is told at once by mail; the rest of the team sees it on the page."""

import threading
import uuid
from datetime import date

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import Event
from accounts.permissions import Role
from core import clock
from jobs.models import Job
from notices.at_once import consider
from notices.models import Notice
from storymaps.comments import change_comment, delete_comment, new_comment, write_comment
from storymaps.models import Audience, Comment, StoryEntry
from storymaps.targets import target_of
from tests.factories.accounts import make_person
from tests.factories.progress import make_check_in, make_due
from tests.factories.storymaps import make_entry
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def drain() -> None:
    call_command("drain", "--once", verbosity=0)


def comment(entry: StoryEntry, by, text: str = "Who was in the room?", **fields) -> Comment:
    draft = new_comment(target_of(entry, entry.team), uuid.uuid4())
    for name, value in ({"text": text} | fields).items():
        setattr(draft, name, value)
    return write_comment(draft, by=by, at=clock.now())


@pytest.fixture
def entry() -> StoryEntry:
    team = make_team()
    join(team, Role.LEAD)
    return make_entry(team, join(team, Role.STORYTELLER, None))


def test_the_author_is_told_at_once_and_nobody_else(entry):
    luz = coach(entry.team)

    written = comment(entry, luz, "Four in 118. Put that number on the wall.", asks_reply=True)
    assert not mail.outbox
    drain()

    assert [m.to for m in mail.outbox] == [[entry.author.email]]
    body = mail.outbox[0].body
    assert "Four in 118" in body
    assert "your coach" in body
    assert f"/story/{entry.pk}/#note-{written.pk}" in body
    assert "the team and its coach" in body


def test_it_is_told_once_however_often_the_jobs_run(entry):
    comment(entry, coach(entry.team))
    drain()
    Job.objects.update(state="pending", done_at=None)
    drain()

    assert len(mail.outbox) == 1
    assert Notice.objects.get().state == "sent"


def test_ones_own_words_are_told_to_nobody(entry):
    comment(entry, entry.author)
    drain()

    assert not mail.outbox
    assert not Notice.objects.exists()


def test_an_answer_is_told_to_who_wrote_the_note(entry):
    luz = coach(entry.team)
    note = comment(entry, luz)
    drain()
    mail.outbox.clear()

    comment(entry, entry.author, "Two of them had never spoken.", parent=note)
    drain()

    assert [m.to for m in mail.outbox] == [[luz.email]]
    assert "your coach" not in mail.outbox[0].body


def test_a_note_for_coaches_is_told_to_nobody_of_the_team(entry):
    comment(entry, coach(entry.team), audience=Audience.COACHES)
    drain()

    assert not mail.outbox


def test_who_leaves_between_the_owing_and_the_sending_is_skipped_with_a_reason(entry):
    written = comment(entry, coach(entry.team))
    consider(Event.objects.get(act="storymaps.comment_written"), at=clock.now())
    entry.author.memberships.update(ends_on=date(2021, 1, 1))
    drain()

    assert not mail.outbox
    notice = Notice.objects.get(object_id=written.pk)
    assert (notice.state, notice.reason) == ("skipped", "the person may no longer read it")


def test_the_mail_speaks_the_readers_language(entry):
    entry.author.language = "es"
    entry.author.save(update_fields=["language"])

    comment(entry, coach(entry.team))
    drain()

    assert 'lang="es"' in mail.outbox[0].alternatives[0].content


def test_a_comment_that_is_rolled_back_is_told_to_nobody(entry):
    luz = coach(entry.team)
    with transaction.atomic():
        comment(entry, luz)
        transaction.set_rollback(True)
    drain()

    assert not mail.outbox
    assert not Job.objects.filter(kind="notices.consider").exists()


@pytest.mark.postgres
def test_two_events_committed_in_reverse_order_both_arrive(entry):
    """Ids are given before commit: the later event commits first, and neither is lost."""
    first_has_its_id, second_is_committed = threading.Event(), threading.Event()
    luz, tomas = coach(entry.team), coach(entry.team)

    def slow() -> None:
        try:
            with transaction.atomic():
                comment(entry, luz, "first")
                first_has_its_id.set()
                second_is_committed.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    first_has_its_id.wait(10)
    comment(entry, tomas, "second")
    drain()
    second_is_committed.set()
    thread.join()
    drain()

    assert sorted("first" in m.body for m in mail.outbox) == [False, True]


def test_whose_check_in_it_stands_beside_and_whom_it_calls_are_told(entry):
    team, luz = entry.team, coach(entry.team)
    ana = join(team, person=make_person("Ana"))
    filed = make_check_in(make_due(team), by=entry.author)
    draft = new_comment(target_of(filed, team), uuid.uuid4())
    draft.text = "@ana, did you see this?"

    write_comment(draft, by=luz, at=clock.now())
    drain()

    assert sorted(m.to[0] for m in mail.outbox) == sorted([entry.author.email, ana.email])
    assert "/check-in/" in mail.outbox[0].body


def test_a_note_that_is_changed_tells_nobody_again_and_a_deleted_one_nobody_at_all(entry):
    luz = coach(entry.team)
    written = comment(entry, luz)
    drain()
    change_comment(written, "In other words", seen=None, by=luz, at=clock.now())
    drain()
    assert len(mail.outbox) == 1

    gone = comment(entry, luz, "Gone before it was told")
    delete_comment(gone, by=luz, at=clock.now())
    drain()
    assert len(mail.outbox) == 1
