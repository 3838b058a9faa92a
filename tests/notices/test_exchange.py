"""A round of the exchange: a team hears once that others wait for it, and who answered."""

import uuid

import pytest
import time_machine
from django.utils import translation

from accounts.events import record
from accounts.models import Event
from accounts.permissions import Role
from exchange.models import Answer
from exchange.services import answer_post
from notices.at_once import consider
from notices.models import Notice, NoticeKind
from notices.telling import told_to
from teams.models import Membership
from tests.factories.exchange import give, make_answer, make_post, make_round
from tests.factories.storymaps import AT
from tests.factories.teams import join, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_round():
    with time_machine.travel(AT, tick=False):
        yield


def consider_all() -> list[Notice]:
    for event in Event.objects.order_by("pk"):
        consider(event, at=AT)
    return list(Notice.objects.filter(kind=NoticeKind.EXCHANGE).order_by("pk"))


def said(notice: Notice) -> list[str]:
    with translation.override("en"):
        told, untold = told_to([notice], notice.person)
    return [each.words for each in told] + [why for _n, why in untold]


def test_an_answer_is_told_to_who_speaks_for_the_team_once():
    round_ = make_round()
    ours, theirs = make_team(round_.series), make_team(round_.series)
    lead, peer = join(ours, Role.LEAD), join(theirs, Role.LEAD)
    join(ours)  # a member who neither leads nor tells is not told
    post = make_post(round_, ours)
    draft = Answer(post=post, team=theirs, wonders="Who came?", submission_id=uuid.uuid4())
    answer_post(draft, version=0, by=peer, at=AT)

    (notice,) = consider_all()
    assert notice.person == lead
    assert said(notice) == [f"{theirs.name} answered your team"]
    assert consider_all() == [notice]

    Membership.objects.filter(person=lead).update(ends_on="2026-05-01")
    assert said(notice) == ["the person may no longer read it"]


def test_that_others_wait_is_told_once_a_round_and_no_more_once_answered():
    round_ = make_round()
    ours = make_team(round_.series)
    lead, post = join(ours, Role.LEAD), make_post(round_)
    give(ours, post)
    for _ in range(2):  # dealt again after somebody dropped out
        record(by=None, act="exchange.dealt", target=round_, at=AT)

    (notice,) = consider_all()
    assert notice.person == lead
    assert said(notice) == ["Other teams wait for your answer"]

    make_answer(post, ours)
    assert said(notice) == ["nothing waits any more"]
