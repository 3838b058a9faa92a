"""Boundary partners and progress markers, where a series uses them."""

import uuid
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from progress.models import BoundaryPartner, MarkerChange, MarkerState, ProgressMarker
from progress.partners import add_partner, note_change
from tests.factories.series import give_role
from tests.factories.teams import coach, join, make_team
from tests.factories.told import make_marker, make_partner

AT = datetime(2026, 5, 20, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    team = make_team()
    team.series.uses_boundary_partners = True
    team.series.save()
    return team


@pytest.fixture
def lead(team):
    return join(team, Role.LEAD)


def url(team, name="partners", *more):
    return reverse(f"progress:{name}", args=[team.series.slug, team.slug, *more])


def test_pages_are_not_there_where_a_series_does_not_use_them(signed_in, team, lead):
    team.series.uses_boundary_partners = False
    team.series.save()

    assert signed_in(lead).get(url(team)).status_code == 404


def test_switch_is_for_those_who_configure(signed_in, team, lead):
    page = reverse("progress:partners-switch", args=[team.series.slug])

    assert signed_in(lead).post(page, {}).status_code == 403
    assert signed_in(give_role(team.series, Role.ORGANIZER)).post(page, {}).status_code == 302
    team.series.refresh_from_db()
    assert not team.series.uses_boundary_partners


def test_partner_marker_and_change_by_page(signed_in, team, lead):
    browser, sid = signed_in(lead), uuid.uuid4()

    for _ in range(2):
        browser.post(url(team), {"name": "The board", "submission_id": sid})
    partner = BoundaryPartner.objects.get()
    page = url(team, "partner", partner.pk)
    browser.post(page, {"text": "They invite two students", "grade": "like", "submission_id": uuid.uuid4()})
    marker = ProgressMarker.objects.get()
    change = {"state": "some", "seen_on": "2026-05-18", "note": "One came.", "submission_id": uuid.uuid4()}
    for _ in range(2):
        browser.post(url(team, "marker-change", partner.pk, marker.pk), change)

    marker.refresh_from_db()
    assert (marker.state, MarkerChange.objects.count()) == (MarkerState.SOME, 1)
    shown = browser.get(page).text
    assert "One came." in shown
    assert "in part" in shown
    assert "in part: 1" in browser.get(url(team)).text
    acts = set(Event.objects.values_list("act", flat=True))
    assert {"progress.partner_added", "progress.marker_added", "progress.marker_changed"} <= acts


def test_newest_day_decides_and_nothing_is_rewritten(team, lead):
    marker = make_marker(make_partner(team))

    def note(state, day):
        draft = MarkerChange(marker=marker, state=state, seen_on=day, submission_id=uuid.uuid4())
        return note_change(draft, by=lead, at=AT)

    note("full", date(2026, 5, 18))
    note("some", date(2026, 5, 10))  # written down later, seen earlier
    marker.refresh_from_db()

    assert marker.state == MarkerState.FULL
    assert [change.state for change in marker.changes.all()] == ["full", "some"]
    with pytest.raises(ValidationError):
        note("none", date(2026, 5, 25))


def test_coach_reads_and_the_team_writes(signed_in, team):
    luz = coach(team)
    partner = make_partner(team)
    browser = signed_in(luz)

    assert browser.get(url(team, "partner", partner.pk)).status_code == 200
    assert browser.post(url(team), {"name": "x"}).status_code == 403
    with pytest.raises(PermissionDenied):
        add_partner(BoundaryPartner(team=team, name="x", submission_id=uuid.uuid4()), by=luz, at=AT)


def test_bad_change_comes_back_with_its_words(signed_in, team, lead):
    marker = make_marker(make_partner(team))
    page = url(team, "marker-change", marker.partner.pk, marker.pk)

    answer = signed_in(lead).post(page, {"state": "some", "seen_on": "2026-06-25", "note": "Keep me"})

    assert answer.status_code == 422
    assert "Keep me" in answer.text
    assert signed_in(lead).post(url(team), {"name": marker.partner.name}).status_code == 422


def test_other_teams_partner_is_not_there(signed_in, team, lead):
    other = make_team(team.series)
    partner = make_partner(other)

    assert signed_in(lead).get(url(other, "partner", partner.pk)).status_code == 404
    assert signed_in(lead).get(url(team, "partner", partner.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 6])
def test_queries(signed_in, team, lead, count, django_assert_max_num_queries):
    partners = [make_partner(team, f"Partner {n}") for n in range(count)]
    for n in range(count):
        marker = make_marker(partners[0], f"Marker {n}")
        note_change(
            MarkerChange(marker=marker, state="some", seen_on=date(2026, 5, 1), submission_id=uuid.uuid4()),
            by=lead,
            at=AT,
        )
    browser = signed_in(lead)

    with django_assert_max_num_queries(16):
        browser.get(url(team))
    with django_assert_max_num_queries(18):
        browser.get(url(team, "partner", partners[0].pk))
