"""The page of the API is true: it is what the code makes, and what the API does."""

import io
from pathlib import Path
from zlib import crc32

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import translation
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from lbs.wsgi import application
from tests.factories.measures import make_measure
from tests.factories.storymaps import make_comment

SCHEMA = Path(__file__).parents[2] / "api" / "schema.yml"
api = schemathesis.openapi.from_path(SCHEMA)


def test_the_schema_that_is_checked_in_is_the_one_that_the_code_makes():
    made = io.StringIO()
    with translation.override("en"):
        call_command("spectacular", "--validate", "--fail-on-warn", stdout=made)

    assert made.getvalue().strip() == SCHEMA.read_text().strip(), (
        "make it again: python manage.py spectacular --validate --fail-on-warn --file api/schema.yml"
    )


@pytest.mark.django_db
def test_the_schema_is_served_as_it_is_checked_in(place, as_program):
    response = as_program(place.peer).ask("schema/")

    assert response.content == SCHEMA.read_bytes()


@pytest.fixture
def door(place, as_program):
    """What a browser sends with a request, and the parts of an address that lead somewhere."""
    program = as_program(place.lead)
    program.get(f"/series/{place.series.slug}/teams/{place.team.slug}/")
    cookies = {name: morsel.value for name, morsel in program.cookies.items()}
    there = {
        "series_slug": place.series.slug,
        "team_slug": place.team.slug,
        "entry_id": place.entry.pk,
        "item_id": place.item.pk,
        "comment_id": make_comment(place.entry, place.coach).pk,
        "due_on": place.due.due_on.isoformat(),
        "number": 1,
        "measure_id": make_measure(place.team).pk,
    }
    ends = (request_started, request_finished)
    for end in ends:  # else a request would close the connection in whose transaction the test runs
        end.disconnect(close_old_connections)
    yield cookies, there
    for end in ends:
        end.connect(close_old_connections)


@api.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.django_db
def test_the_api_does_what_its_schema_says(case, door):
    cookies, there = door
    for name in case.path_parameters or {}:
        if (
            name in there and crc32(repr(case.path_parameters[name]).encode(errors="replace")) % 4
        ):  # most lead somewhere, some nowhere
            case.path_parameters[name] = there[name]

    case.call_and_validate(
        app=application,
        base_url="http://localhost",
        cookies=cookies,
        headers={"X-CSRFToken": cookies["csrf"], "Accept-Encoding": "identity"},
        checks=[
            checks.not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_schema_conformance,
        ],
    )
