"""*Your story became …*: told once a story and thing, never again for edits or publishing once more."""

import uuid

import pytest
from django.utils import translation

from accounts.events import record
from accounts.models import Event
from accounts.permissions import Role
from core import clock
from library.services import mark_used
from library.takeover import take_over, undo_take_over
from notices.at_once import consider
from notices.models import Notice, NoticeKind
from notices.telling import told_to
from storymaps.findings import Sources, amend_finding, state_finding
from storymaps.models import Finding, OutcomeStatement
from storymaps.outcomes import amend_outcome, state_outcome
from tests.factories.reports import make_edition, make_story
from tests.factories.series import make_series
from tests.factories.storymaps import make_entry
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db(databases="__all__")


def consider_all() -> list[Notice]:
    """Consider every event, however often that was done; gives what is told of stories."""
    for event in Event.objects.order_by("pk"):
        consider(event, at=clock.now())
    return list(Notice.objects.filter(kind=NoticeKind.BECAME).order_by("pk"))


def said(notice: Notice) -> list[str]:
    with translation.override("en"):
        told, untold = told_to([notice], notice.person)
    return [each.words for each in told] + [why for _n, why in untold]


def test_an_outcome_tells_the_writers_of_its_stories_once():
    team = make_team()
    ana, ben = join(team, Role.LEAD), join(team, Role.MEMBER)
    first, second = make_entry(team, ben), make_entry(team, ana)
    draft = OutcomeStatement(
        team=team, who_changed="The board", what_differs="It asks.", submission_id=uuid.uuid4()
    )
    outcome = state_outcome(draft, [first, second], by=ana, at=clock.now())

    (notice,) = consider_all()
    assert (notice.person, notice.object_id) == (ben, first.pk)
    assert said(notice) == ["Your story became part of an outcome"]

    outcome.what_differs = "It asks students."
    amend_outcome(outcome, [first, second], version=outcome.version, by=ana, at=clock.now())
    assert consider_all() == [notice]


def test_a_finding_tells_the_writers_of_its_stories_once():
    team = make_team()
    ana, ben = join(team, Role.LEAD), join(team, Role.MEMBER)
    sources = Sources(entries=[make_entry(team, ben), make_entry(team, ana)])
    draft = Finding(team=team, statement="Boards that hear change.", submission_id=uuid.uuid4())
    finding = state_finding(draft, sources, by=ana, at=clock.now())

    (notice,) = consider_all()
    assert notice.person == ben
    assert said(notice) == ["Your story became part of a finding"]

    finding.limits = "In one town."
    amend_finding(finding, sources, version=finding.version, by=ana, at=clock.now())
    assert consider_all() == [notice]


def test_a_published_edition_tells_once_and_a_withdrawn_story_no_more():
    entry = make_story(is_cleared=True)
    edition = make_edition(entry, is_published=True)

    (notice,) = consider_all()
    assert said(notice) == ["Your story became part of a published report"]
    record(by=edition.frozen_by, act="reports.edition_published", target=edition)
    assert consider_all() == [notice]

    type(edition).objects.filter(pk=edition.pk).update(withdrawn_ids=[entry.pk])
    assert said(notice) == ["it is gone"]


def test_everybody_else_in_the_series_hears_of_the_report_once_a_week():
    entry = make_story(is_cleared=True)
    luz = coach(entry.team)
    make_edition(entry, is_published=True)
    consider_all()

    news = Notice.objects.get(kind=NoticeKind.NEWS)
    assert (news.person, news.way) == (luz, "weekly")
    assert said(news) == ["A report is published"]


def test_another_teams_plan_tells_once_however_often_it_is_taken_over():
    series = make_series()
    entry = make_story(make_team(series))
    theirs = make_team(series, name="Otter Creek")
    lead = join(theirs, Role.LEAD)

    for _ in range(2):
        take_over(entry, theirs, by=lead, at=clock.now())
        found = consider_all()
        assert len(found) == 1
        undo_take_over(entry, theirs, by=lead, at=clock.now())
    assert said(found[0]) == ["it is gone"]
    take_over(entry, theirs, by=lead, at=clock.now())
    assert said(found[0]) == ["Your story became part of the plan of Otter Creek"]
    mark_used(entry, theirs, by=lead, at=clock.now())
    assert len(consider_all()) == 1


def test_the_leads_are_told_where_its_writer_has_left():
    team = make_team()
    ana, gone = join(team, Role.LEAD), join(team, Role.MEMBER)
    entry = make_entry(team, gone)
    gone.memberships.all().delete()
    draft = OutcomeStatement(
        team=team, who_changed="The board", what_differs="It asks.", submission_id=uuid.uuid4()
    )
    state_outcome(draft, [entry], by=join(team, Role.STORYTELLER), at=clock.now())

    assert [notice.person for notice in consider_all()] == [ana]
