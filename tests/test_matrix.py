"""Every route × role × method, on real objects."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.accounts.test_permissions import routes
from tests.factories.teams import person_as
from tests.matrix import ROLES, ROWS, Row, make_world

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/login/"


def test_every_route_has_a_row():
    named = {name for name, _view in routes()}

    assert sorted(named - set(ROWS)) == []
    assert sorted(set(ROWS) - named) == []


@pytest.fixture
def world():
    return make_world()


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_every_cell(world, role):
    client = Client()
    person = person_as(role, world.team)
    if person is not None:
        client.force_login(person, backend="accounts.backends.AccountBackend")
    wrong = [cell for name, row in ROWS.items() for cell in wrong_cells(client, role, name, row, world)]

    assert wrong == []


def wrong_cells(client: Client, role: str | None, name: str, row: Row, world) -> Iterator[str]:
    """Try each method of one route, rolled back; tell where the answer is not the row's."""
    url = reverse(name, kwargs=row.kwargs(world))
    session = dict(client.cookies)
    methods = [("get", row.read), ("post", row.write), *([("patch", row.change)] if row.is_json else [])]
    for method, allowed in methods:
        with transaction.atomic():
            body = row.body(world) if method != "get" else {}
            more: dict[str, Any] = {"content_type": "application/json"} if row.is_json and body else {}
            if method == "patch":
                more["headers"] = {"If-Match": f'"{world.entry.version}"'}
            response = getattr(client, method)(url, body, **more)
            status, to = response.status_code, response.headers.get("Location", "")
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.update(session)
        if not is_right(role, row, allowed, status, to):
            yield f"{role} {method} {name}: {status} {to}"


def is_right(role: str | None, row: Row, allowed: frozenset[str] | None, status: int, to: str) -> bool:
    """Whether `status` is what the row promises to `role`."""
    if status in row.statuses:
        return True
    if status >= 500:
        return False
    if allowed is None:
        return status == 405 or is_right(role, row, frozenset(), status, to)
    if role is None:
        if not row.is_public:
            return status == 401 or (status == 302 and to.startswith(SIGN_IN))
        return status not in (401, 403, 405) if row.see else status == 404
    if role in allowed:
        return status not in (401, 403, 404, 405) and not to.startswith(f"{SIGN_IN}?")
    return status == (403 if role in row.see else 404)
