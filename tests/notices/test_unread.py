"""The list of what is unread: for who gets no mail, too; cleared by opening; closed to who lost access."""

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.events import record
from accounts.models import Event
from accounts.permissions import Role
from core import clock
from notices.at_once import consider
from notices.models import Notice, NoticeKind, Preference, Way, WeekDay
from storymaps.comments import new_comment, write_comment
from storymaps.targets import target_of
from tests.factories.accounts import make_person
from tests.factories.series import make_series
from tests.factories.storymaps import make_entry
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def entry():
    team = make_team()
    return make_entry(team, join(team, Role.LEAD, make_person("Ana")))


def comment(entry, by, text: str = "Who was there?") -> None:
    draft = new_comment(target_of(entry, entry.team), uuid.uuid4())
    draft.text = text
    written = write_comment(draft, by=by, at=clock.now())
    consider(Event.objects.get(act="storymaps.comment_written", target_id=written.pk), at=clock.now())


def log(entry) -> None:
    consider(record(by=entry.author, act="storymaps.story_logged", target=entry), at=clock.now())


def test_who_wants_no_mail_reads_it_here_and_opening_it_clears_it(entry, signed_in):
    Preference.objects.create(person=entry.author, kind=NoticeKind.COMMENT, way=Way.NONE)
    luz = coach(entry.team)
    comment(entry, luz)
    browser = signed_in(entry.author)

    page = browser.get("/me/unread/")
    assert f"{luz.name} wrote in the margin" in page.text
    assert "not read yet</span></a>" in page.text

    path = f"/series/{entry.team.series.slug}/teams/{entry.team.slug}/story/{entry.pk}/"
    assert "not read yet</span></a>" not in browser.get(path).text
    assert "You have read everything" in browser.get("/me/unread/").text


def test_all_is_cleared_at_once(entry, signed_in):
    comment(entry, coach(entry.team))
    browser = signed_in(entry.author)

    assert browser.post("/me/unread/clear/").status_code == 302

    assert Notice.objects.get().read_at is not None
    assert "You have read everything" in browser.get("/me/unread/").text


def test_who_left_sees_nothing_of_it(entry, signed_in):
    comment(entry, coach(entry.team))
    entry.author.memberships.update(ends_on=date(2021, 1, 1))

    page = signed_in(entry.author).get("/me/unread/")

    assert "wrote in the margin" not in page.text
    assert "not read yet</span></a>" not in page.text


def test_a_coach_is_told_of_new_stories_once_and_not_of_other_teams(entry):
    luz = coach(entry.team)
    coach(make_team(entry.team.series))

    for _ in range(2):
        log(entry)

    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.way, notice.state) == (luz, "story", "daily", "owed")


def test_a_coach_who_hands_over_reads_no_more_of_the_teams_stories(entry, signed_in):
    luz = coach(entry.team)
    log(entry)
    entry.team.coach_assignments.update(ends_on=date(2021, 1, 1))

    assert entry.headline not in signed_in(luz).get("/me/unread/").text


def test_queries_stay_the_same(entry, signed_in):
    luz, browser = coach(entry.team), signed_in(entry.author)
    counts = []
    for more in (1, 6):
        for _ in range(more):
            comment(entry, luz)
        with CaptureQueriesContext(connection) as queries:
            browser.get("/me/unread/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_choice_is_kept_everywhere_and_in_a_series(entry, signed_in):
    person, there = entry.author, make_team(make_series())
    join(there, Role.MEMBER, person)
    browser = signed_in(person)
    page = browser.get("/me/settings/mail/")
    assert there.series.name in page.text
    usual = {"check_in": "daily", "reply": "instant", "comment": "instant", "mention": "instant",
             "help": "instant", "became": "daily", "exchange": "daily", "news": "weekly",
             "weekday": "0"}  # fmt: skip

    chosen = usual | {"help": "none", f"help-{there.series_id}": "daily", "weekday": "4"}
    assert browser.post("/me/settings/mail/", chosen).status_code == 302

    rows = Preference.objects.order_by("way").values_list("kind", "series", "way")
    assert list(rows) == [("help", there.series_id, "daily"), ("help", None, "none")]
    assert WeekDay.objects.get(person=person).weekday == 4
    assert browser.post("/me/settings/mail/", chosen | {"became": "instant"}).status_code == 422
    browser.post("/me/settings/mail/", usual)
    assert not Preference.objects.exclude(series=None).exists()
