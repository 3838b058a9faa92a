"""The change package: chosen by facilitators, read by all, and never more than each may read."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from library import package, services
from library.models import PackageItem
from storymaps.models import Visibility
from tests.factories.library import make_resource, make_use, put_in_package
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_entry
from tests.factories.teams import join, make_team, person_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def fay(team):
    return give_role(team.series, Role.FACILITATOR)


@pytest.fixture
def driver(team):
    return team.series.drivers.get(name="Policy")


def shared(team, **fields):
    return make_entry(team, visibility=Visibility.SERIES, result="moved", drivers=["Policy"], **fields)


def page_of(team) -> str:
    return reverse("library:package", args=[team.series.slug])


def choose(team, driver) -> str:
    return reverse("library:package-choose", args=[team.series.slug, driver.slot])


def test_chosen_worded_moved_and_taken_out_by_page(team, fay, driver, signed_in):
    entry, resource = shared(team), make_resource(team.series)
    browser = signed_in(fay)
    offered = browser.get(choose(team, driver)).text
    assert entry.headline in offered
    assert resource.title in offered

    for thing in (f"story-{entry.pk}", f"resource-{resource.pk}", f"resource-{resource.pk}"):
        browser.post(choose(team, driver), {"thing": thing, "line": "It opens doors."})

    first, second = PackageItem.objects.all()
    assert (first.entry, second.resource, second.line) == (entry, resource, "It opens doors.")
    item = reverse("library:package-item", args=[team.series.slug, second.pk])
    browser.post(item, {"act": "up"})
    browser.post(item, {"act": "up"})  # first already
    browser.post(item, {"act": "word", "line": "A letter that works"})
    assert [one.pk for one in PackageItem.objects.all()] == [second.pk, first.pk]
    text = signed_in(person_as("observer", team)).get(page_of(team)).text
    assert text.index("A letter that works") < text.index(entry.headline)
    browser.post(item, {"act": "remove"})
    assert resource.title not in browser.get(page_of(team)).text


def test_what_is_withdrawn_or_no_longer_shared_vanishes_for_everybody(team, fay, driver, signed_in):
    entry, resource = shared(team), make_resource(team.series)
    put_in_package(entry, driver), put_in_package(resource, driver)
    readers = [fay, entry.author, person_as("peer", team), person_as("observer", team)]

    entry.visibility = Visibility.TEAM
    entry.save()
    services.withdraw_resource(resource, by=fay, at=AT)

    for reader in readers:
        text = signed_in(reader).get(page_of(team)).text
        assert entry.headline not in text
        assert resource.title not in text
    assert entry.headline not in signed_in(fay).get(choose(team, driver)).text


def test_only_what_all_may_read_and_what_moved_is_offered(team, fay, driver):
    wanted = shared(team)
    make_entry(team, result="moved", drivers=["Policy"])
    shared(team, is_intended=True)
    make_entry(team, visibility=Visibility.SERIES, result="not", drivers=["Policy"])
    make_entry(team, visibility=Visibility.SERIES, result="moved", drivers=["Practice"])
    shared(make_team())
    everywhere, here = make_resource(team.series), make_resource(team.series, drivers=[driver])
    make_resource(team.series, drivers=team.series.drivers.exclude(pk=driver.pk))
    make_resource(make_team().series)

    stories, resources = package.candidates(driver, fay)

    assert list(stories) == [wanted]
    assert set(resources) == {everywhere, here}


def test_a_facilitator_puts_nothing_in_that_not_all_may_read(team, fay, driver):
    for thing in (make_entry(team), shared(make_team()), make_resource(make_team().series)):
        with pytest.raises(ValidationError):
            package.add_to_package(thing, driver, "", by=fay, at=AT)
    with pytest.raises(PermissionDenied):
        package.add_to_package(shared(team), driver, "", by=join(team, Role.LEAD), at=AT)
    assert not PackageItem.objects.exists()


def test_a_driver_holds_no_more_than_fits_on_its_page(team, fay, driver, monkeypatch):
    monkeypatch.setattr(package, "MOST", 1)
    package.add_to_package(make_resource(team.series), driver, "", by=fay, at=AT)

    with pytest.raises(ValidationError):
        package.add_to_package(make_resource(team.series), driver, "", by=fay, at=AT)


def test_the_table_holds_one_thing_an_item_and_each_once_a_driver(team, driver):
    entry, resource = shared(team), make_resource(team.series)
    put_in_package(entry, driver)
    for more in ({"entry": entry}, {"entry": entry, "resource": resource}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PackageItem.objects.create(
                series=team.series, driver=driver, added_by=entry.author, added_at=AT, **more
            )


def test_a_line_too_long_is_refused_in_words(team, fay, driver, signed_in):
    resource = make_resource(team.series)
    given = {"thing": f"resource-{resource.pk}", "line": "x" * 301}

    response = signed_in(fay).post(choose(team, driver), given, follow=True)

    assert "at most 300 letters" in response.text
    assert not PackageItem.objects.exists()
    for thing in ("", "story", "story-x", "resource-999999", "team-1"):
        assert signed_in(fay).post(choose(team, driver), {"thing": thing}).status_code == 404


def test_moving_steps_over_what_is_gone(team, fay, driver):
    first, gone, last = (make_resource(team.series) for _ in range(3))
    items = [put_in_package(one, driver, position=number) for number, one in enumerate((first, gone, last))]
    services.withdraw_resource(gone, by=fay, at=AT)

    package.move_package_item(items[2], up=True, by=fay, at=AT)

    order = [item.resource for item in PackageItem.objects.visible_to(fay).order_by("position")]
    assert order == [last, first]


@pytest.mark.parametrize("role", ["lead", "facilitator", "observer"])
def test_the_number_of_queries_is_the_same_for_any_number_of_changes(team, driver, role, signed_in):
    browser, counts = signed_in(person_as(role, team)), []
    for more in (1, 29):
        for _ in range(more):
            other = make_team(team.series)
            resource, entry = make_resource(team.series, team=other), shared(other)
            put_in_package(resource, driver), put_in_package(entry, driver)
            make_use(entry, team, item=None), make_use(resource, make_team(team.series))
        pages = [page_of(team)] + ([choose(team, driver)] if role == "facilitator" else [])
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(page).status_code == 200
            found.append(len(captured))
        counts.append(found)

    assert counts[0] == counts[1]


def test_a_stranger_finds_no_package(team, signed_in):
    assert signed_in(person_as("stranger", team)).get(page_of(team)).status_code == 404
