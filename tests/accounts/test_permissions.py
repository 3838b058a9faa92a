"""The one table of rights, and that every view declares a policy."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from accounts.permissions import GRANTS, PACKAGE_POLICIES, Permission, Role, has_permission, require, roles_on
from core import clock
from tests.factories.accounts import make_administrator, make_person
from tests.factories.series import give_role
from tests.factories.teams import coach, join, make_team


def routes(patterns=None, prefix=""):
    """Every route as (name with namespace, callback)."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from routes(pattern.url_patterns, space)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", pattern.callback


def test_every_route_declares_a_policy():
    undeclared = [n for n, view in routes() if not hasattr(view, "policy") and n not in PACKAGE_POLICIES]

    assert undeclared == []


def test_every_route_has_a_name_of_its_own():
    names = [name for name, _view in routes()]

    assert not [name for name in names if name.endswith("None")]
    assert sorted(names) == sorted(set(names))


def test_the_page_of_rights_is_up_to_date():
    call_command("permissions_page", "--check")


def test_every_permission_is_granted_to_somebody():
    assert {p for granted in GRANTS.values() for p in granted} == set(Permission)


@pytest.mark.django_db
def test_roles_begin_and_end_with_their_dates():
    team, today = make_team(), clock.today("UTC")
    past = join(team, Role.LEAD, ends_on=today - timedelta(days=1))
    last_day = join(team, Role.LEAD, ends_on=today)
    future = join(team, Role.LEAD, starts_on=today + timedelta(days=1))

    assert roles_on(past, team) == set()
    assert roles_on(last_day, team) == {Role.LEAD}
    assert roles_on(future, team) == set()


@pytest.mark.django_db
def test_a_person_may_hold_several_roles():
    team = make_team()
    person = join(team, Role.MEMBER)
    give_role(team.series, Role.FACILITATOR, person)

    assert roles_on(person, team) == {Role.MEMBER, Role.FACILITATOR}
    assert has_permission(person, Permission.CONFIGURE, team.series)


@pytest.mark.django_db
def test_a_coach_of_one_team_is_nothing_to_another():
    team = make_team()
    person = coach(team)

    assert roles_on(person, make_team(team.series)) == set()


@pytest.mark.django_db
def test_the_administrator_holds_the_installation_and_no_team():
    administrator = make_administrator()

    assert roles_on(administrator, None) == {Role.ADMINISTRATOR}
    assert roles_on(administrator, make_team()) == set()


@pytest.mark.django_db
def test_require_says_what_the_role_does_not_let():
    team = make_team()
    observer = give_role(team.series, Role.OBSERVER)

    with pytest.raises(PermissionDenied, match="log a story"):
        require(observer, Permission.LOG_STORY, team)


@pytest.mark.django_db
def test_a_closed_account_holds_nothing():
    team = make_team()
    person = join(team, Role.LEAD, make_person(is_active=False), starts_on=date(2020, 1, 1))

    assert roles_on(person, team) == set()
