"""Used by, and taken over: marked once, undone, kept in the chain, closed to who is not of the team."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from library import services, takeover
from library.models import Use
from progress.models import PlanItem, PlanItemStatus
from progress.services import change_status
from series.services import SeriesClosed
from storymaps.chain import chain_of
from storymaps.models import Visibility
from teams.models import TeamStatus
from tests.factories.library import make_resource, make_use
from tests.factories.storymaps import AT, make_entry
from tests.factories.teams import coach, join, make_team, person_as

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def resource(team):
    return make_resource(team.series, drivers=team.series.drivers.all()[:2])


@pytest.fixture
def story(team):
    """A story of another team that everybody in the series may read."""
    return make_entry(
        make_team(team.series), visibility=Visibility.SERIES, result="moved", drivers=["Policy"]
    )


def url(act, team, thing) -> str:
    kind = "resource" if hasattr(thing, "why") else "story"
    return reverse(f"library:use-{act}", args=[team.series.slug, team.slug, kind, thing.pk])


def test_marked_twice_is_marked_once_and_one_tap_undoes_it(team, lead, resource, signed_in):
    browser = signed_in(lead)
    shelf = reverse("library:shelf", args=[team.series.slug])

    browser.post(url("mark", team, resource), {"back": "shelf"})
    response = browser.post(url("mark", team, resource), {"back": "shelf"})

    assert response.url == f"{shelf}#resource-{resource.pk}"
    assert Event.objects.filter(act="library.used").count() == Use.objects.count() == 1
    assert f"used by 1 team: {team.name}" in browser.get(shelf).text.replace("\n", "")
    browser.post(url("undo", team, resource))
    browser.post(url("undo", team, resource))
    assert not Use.objects.exists()
    assert Event.objects.filter(act="library.use_undone").count() == 1


def test_a_coach_marks_for_the_team_and_plans_nothing_for_it(team, resource, signed_in):
    luz = coach(team)

    signed_in(luz).post(url("mark", team, resource))
    response = signed_in(luz).post(url("take-over", team, resource))

    assert Use.objects.get().team == team
    assert response.status_code == 403


@pytest.mark.parametrize("role", ["peer", "observer", "expert"])
def test_nobody_marks_for_another_team(team, resource, role):
    with pytest.raises(PermissionDenied):
        services.mark_used(resource, team, by=person_as(role, team), at=AT)


def test_what_is_the_teams_own_or_not_open_to_it_is_not_marked(team, lead):
    other = make_team(team.series)
    for thing in (
        make_resource(team.series, team=team),
        make_resource(make_team().series),
        make_resource(team.series, withdrawn_at=AT, withdrawn_by=lead),
        make_entry(team, visibility=Visibility.SERIES),
        make_entry(other),  # of its team alone
        make_entry(other, visibility=Visibility.SERIES, is_intended=True),
    ):
        with pytest.raises(ValidationError):
            services.mark_used(thing, team, by=lead, at=AT)
    assert not Use.objects.exists()


def test_the_table_holds_one_mark_a_team_and_one_thing_a_mark(team, lead, resource, story):
    make_use(resource, team)
    for more in ({"resource": resource}, {"resource": resource, "entry": story}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Use.objects.create(team=team, by=lead, at=AT, **more)


def test_nobody_marks_without_end(team, lead, monkeypatch):
    monkeypatch.setattr(services, "MOST_MARKS_A_DAY", 2)
    first, second = make_resource(team.series), make_resource(team.series)
    services.mark_used(first, team, by=lead, at=AT)
    services.undo_use(first, team, by=lead, at=AT)

    with pytest.raises(ValidationError):
        services.mark_used(second, team, by=lead, at=AT)


def test_a_change_goes_into_the_open_plan_with_its_link(team, lead, story, signed_in):
    browser = signed_in(lead)

    browser.post(url("take-over", team, story), {"back": "package"})
    browser.post(url("take-over", team, story), {"back": "package"})

    item = PlanItem.objects.get(plan__team=team)
    assert item.plan.period.number == 1
    assert [driver.name for driver in item.drivers.all()] == ["Policy"]
    assert story.headline in item.what
    assert Use.objects.get().item == item
    (source,) = chain_of(item, lead).grew_out_of.shown
    assert source.object == story
    became = chain_of(story, lead).became
    assert [link.object for link in became.shown] == [item]
    # the other team reads that it was taken over somewhere, never what stands in the plan
    assert (chain_of(story, story.author).became.shown, chain_of(story, story.author).became.hidden) == (
        (),
        1,
    )
    text = browser.get(reverse("storymaps:chain-item", args=[team.series.slug, team.slug, item.pk])).text
    assert story.headline in text


def test_taken_over_by_mistake_is_undone_while_nobody_worked_with_it(team, lead, resource, signed_in):
    browser = signed_in(lead)
    browser.post(url("take-over", team, resource))
    browser.post(url("undo", team, resource))
    assert Use.objects.get().item is not None  # the mark stays while the plan holds it

    browser.post(url("take-over-undo", team, resource))

    assert not PlanItem.objects.exists()
    assert Use.objects.get().item is None
    use = takeover.take_over(resource, team, by=lead, at=AT)
    change_status(use.item, PlanItemStatus.GOING, by=lead, at=AT)
    browser.post(url("take-over-undo", team, resource))
    assert PlanItem.objects.count() == 1


def test_after_the_summit_nothing_is_planned(team, lead, resource, signed_in):
    later = team.series.summit.ends_on.replace(year=team.series.summit.ends_on.year + 1)
    with time_machine.travel(later, tick=False):
        from core import clock

        with pytest.raises(SeriesClosed):
            takeover.take_over(resource, team, by=lead, at=clock.now())
        assert signed_in(lead).post(url("take-over", team, resource)).status_code == 302
    assert not Use.objects.exists()
    assert not PlanItem.objects.exists()


def test_the_series_reads_the_line_and_not_what_it_points_to(team, lead, resource, signed_in):
    mine = make_entry(team, lead, text="We read the letter aloud.")
    browser = signed_in(lead)
    assert browser.get(url("tell", team, resource)).status_code == 302  # not marked yet
    browser.post(url("mark", team, resource))

    browser.post(url("tell", team, resource), {"note": "Cut to half a page.", "story": mine.pk})

    page = reverse("library:resource", args=[team.series.slug, resource.pk])
    seen = signed_in(person_as("peer", team)).get(page).text
    assert "Cut to half a page." in seen
    assert "We read the letter aloud." not in seen
    assert "We read the letter aloud." in browser.get(page).text
    (source,) = chain_of(mine, lead).grew_out_of.shown
    assert source.object == resource
    foreign = make_entry(make_team(team.series), visibility=Visibility.SERIES)
    assert browser.post(url("tell", team, resource), {"story": foreign.pk}).status_code == 422
    assert browser.post(url("tell", team, resource), {"note": "x" * 201}).status_code == 422


def test_a_story_says_who_tries_it_and_offers_it_to_other_teams(team, lead, story, signed_in):
    page = reverse("storymaps:entry", args=[team.series.slug, story.team.slug, story.pk])
    browser = signed_in(lead)
    assert "We are trying this too" in browser.get(page).text

    browser.post(url("mark", team, story), {"back": "story"})

    assert team.name in signed_in(story.author).get(page).text
    assert "We are trying this too" not in signed_in(story.author).get(page).text
    story.visibility = Visibility.TEAM
    story.save()
    assert browser.get(page).status_code == 404
    assert "Who tries this too" not in signed_in(story.author).get(page).text


def test_a_team_that_is_gone_marks_nothing_more_on_the_page(team, lead, resource, signed_in):
    team.status = TeamStatus.WITHDRAWN
    team.save()

    page = reverse("library:resource", args=[team.series.slug, resource.pk])
    assert "We use this" not in signed_in(lead).get(page).text


def test_strange_kinds_are_not_found(team, lead, signed_in):
    address = reverse("library:use-mark", args=[team.series.slug, team.slug, "plan", 1])

    assert signed_in(lead).post(address).status_code == 404
