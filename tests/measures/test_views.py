"""The pages of measures: who may, what they say, how much they read."""

import uuid
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Role
from measures.models import Annotation, DataPoint, DataPointVersion, Measure, Phase
from tests.factories.measures import make_measure, make_points
from tests.factories.series import give_role
from tests.factories.teams import join, make_team, person_as

pytestmark = pytest.mark.django_db
AT = datetime(2026, 10, 15, 18, tzinfo=UTC)
SHIFT = [10.0, 12.0, 11.0, 13.0, 10.0, 12.0, 11.0, 13.0, 30.0, 31.0, 33.0, 32.0, 30.0, 34.0, 33.0, 31.0]


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def lead(team, signed_in):
    return signed_in(join(team, Role.LEAD))


def base(team):
    return f"/series/{team.series.slug}/teams/{team.slug}/measures/"


def page(measure, team):
    return f"{base(team)}{measure.pk}/"


def text(response):
    return response.content.decode()


# role, reads the team's own measure, enters a number, reads a shared one of the series
ROLES = [
    ("lead", 200, 302, 200),
    ("data_contact", 200, 302, 200),
    ("coach", 200, 302, 200),
    ("facilitator", 200, 302, 200),
    ("organizer", 200, 302, 200),
    ("member", 200, 403, 200),
    ("storyteller", 200, 403, 200),
    ("peer", 404, 404, 200),
    ("expert", 404, 404, 200),
    ("observer", 404, 404, 200),
    ("stranger", 404, 404, 404),
    ("administrator", 404, 404, 404),
    (None, 302, 302, 302),
]


@pytest.mark.parametrize(("role", "read", "write", "shared"), ROLES)
def test_measure_permissions(signed_in, client, team, role, read, write, shared):
    person = person_as(role, team)
    browser = client if person is None else signed_in(person)
    own, common = make_measure(team), make_measure(series=team.series, visibility="series")
    number = {"period": "2026-09-01", "value": "12"}

    assert browser.get(page(own, team)).status_code == read
    assert browser.post(page(own, team), number).status_code == write
    assert browser.get(page(common, team)).status_code == shared


def test_a_shared_measure_shows_others_no_names_and_no_notes(signed_in, team):
    measure = make_measure(series=team.series, visibility="series")
    make_points(measure, [12.0], team=team, note="Ana counted")
    Annotation.objects.create(
        measure=measure, team=team, on=date(2025, 1, 3), text="A quarrel", by=measure.defined_by, at=AT,
        submission_id=uuid.uuid4(),
    )  # fmt: skip

    said = text(signed_in(join(make_team(team.series))).get(page(measure, team)))

    assert "January 2025" in said
    for hidden in ("Ana counted", "A quarrel", measure.defined_by.name, "numbers.csv"):
        assert hidden not in said


def test_the_page_says_the_verdict_and_names_the_rules(lead, team):
    measure = make_measure(team, unit="people", target=50)
    make_points(measure, SHIFT)

    said = " ".join(text(lead.get(page(measure, team))).split())

    assert "8 values in a row above the median. The line crosses the median only 1 time" in said
    assert "This is unlikely to be chance: an improvement." in said
    assert "(Anhøj’s rules for 16 values)" in said
    assert "It was 10 in January 2025." in said
    assert "Begin a new centre line with this run" in said


def test_with_few_numbers_the_page_says_how_many_are_missing(lead, team):
    measure = make_measure(team)
    make_points(measure, [1.0, 2.0, 3.0, 4.0])

    said = text(lead.get(page(measure, team)))

    assert "6 more values off the median are needed" in said
    assert "Begin a new centre line" not in said


def test_a_page_without_numbers_is_no_error(lead, team):
    assert "No number yet" in text(lead.get(page(make_measure(team), team)))


def test_a_number_out_of_range_comes_back_with_a_guess(lead, team):
    measure = make_measure(team, how="ratio")

    response = lead.post(page(measure, team), {"period": "2026-09-01", "value": "410"})

    assert response.status_code == 422
    assert "Did you mean 41?" in text(response)
    assert 'value="410"' in text(response)


def test_a_decimal_comma_is_read_in_spanish(lead, team):
    measure = make_measure(team, how="ratio")
    lead.cookies["language"] = "es"
    lead.post("/language/", {"language": "es"})

    lead.post(page(measure, team), {"period": "2026-09-01", "value": "40,8"})

    assert float(DataPoint.objects.get().value) == 40.8


def test_a_page_may_carry_markup_in_names(lead, team):
    measure = make_measure(team, name='<img src=x onerror="1">')
    make_points(measure, SHIFT)

    assert "<img src=x" not in text(lead.get(page(measure, team)))


def test_rebasing_and_freezing_from_the_page(lead, team):
    measure = make_measure(team)
    make_points(measure, SHIFT)
    url = page(measure, team)

    assert lead.post(f"{url}rebase/", {"reason": ""}).status_code == 422
    assert lead.post(f"{url}rebase/", {"reason": "A new room"}).status_code == 302
    assert lead.post(f"{url}rebase/", {"reason": "Again"}).status_code == 409
    assert lead.post(f"{url}baseline/", {"first": "2025-03-01", "last": "2025-01-01"}).status_code == 422
    assert lead.post(f"{url}baseline/", {"first": "2025-01-01", "last": "2025-06-01"}).status_code == 302
    assert sorted(Phase.objects.values_list("kind", flat=True)) == ["baseline", "rebase"]
    assert "since the new centre line" in text(lead.get(url))


def test_a_note_is_put_on_the_chart_and_taken_off(lead, team):
    measure = make_measure(team)
    make_points(measure, SHIFT)
    url, session = page(measure, team), team.series.sessions.first()

    assert lead.post(f"{url}notes/", {}).status_code == 422
    lead.post(f"{url}notes/", {"thing": f"session:{session.pk}", "submission_id": uuid.uuid4()})
    assert "Session A" in text(lead.get(url))
    note = Annotation.objects.get()
    assert note.on == session.starts_on
    lead.post(f"{url}notes/{note.pk}/remove/")
    assert not Annotation.objects.exists()


def test_the_history_of_a_number(lead, team):
    measure = make_measure(team)
    for value in ("21", "12"):
        lead.post(page(measure, team), {"period": "2026-09-01", "value": value})
    url = f"{page(measure, team)}numbers/2026-09-01/"

    said = text(lead.get(url))
    assert "<b>12</b>" in said
    assert "<b>21</b>" in said
    assert lead.post(url).status_code == 302
    assert DataPointVersion.objects.filter(was_removed=True).count() == 1
    assert lead.get(f"{page(measure, team)}numbers/2026-08-01/").status_code == 404


# --- the grid ----------------------------------------------------------------------------------------


def box(measure, day):
    return f"c-{measure.pk}-{day}"


def test_the_grid_saves_what_was_typed_and_nothing_else(lead, team):
    one, two = make_measure(team), make_measure(team, how="ratio")
    make_points(one, [5.0], first=date(2026, 8, 1))
    typed = {
        box(one, "2026-08-01"): "",  # an emptied box erases nothing
        f"was-{box(one, '2026-08-01')}": "5",
        box(one, "2026-09-01"): "0",
        box(two, "2026-09-01"): "31/76",
        box(two, "2026-10-01"): " ",
    }

    response = lead.post(f"{base(team)}grid/", typed)

    assert response.status_code == 302
    found = {(p.measure_id, p.period_on.month): p for p in DataPoint.objects.all()}
    assert set(found) == {(one.pk, 8), (one.pk, 9), (two.pk, 9)}
    assert (found[one.pk, 8].value, found[one.pk, 9].value) == (5, 0)
    assert (found[two.pk, 9].numerator, found[two.pk, 9].denominator) == (31, 76)


def test_what_another_person_corrected_meanwhile_is_left_alone(lead, team):
    measure = make_measure(team)
    make_points(measure, [7.0], first=date(2026, 9, 1))
    name = box(measure, "2026-09-01")

    lead.post(f"{base(team)}grid/", {name: "5", f"was-{name}": "5"})

    assert DataPoint.objects.get().value == 7


def test_a_wrong_box_keeps_all_that_was_typed(lead, team):
    measure = make_measure(team)
    typed = {box(measure, "2026-08-01"): "12", box(measure, "2026-09-01"): "many"}

    response = lead.post(f"{base(team)}grid/", typed)

    assert response.status_code == 422
    assert 'value="12"' in text(response)
    assert 'aria-invalid="true"' in text(response)
    assert not DataPoint.objects.exists()


def test_a_paste_fills_the_boxes_and_saves_nothing_yet(lead, team):
    measure = make_measure(team)
    rows = "2026-08-31\t12\n2026-09-30\t13\n2020-01-31\t9\nTotal\t25"

    response = lead.post(f"{base(team)}grid/", {"fill": "monthly", "paste-monthly": rows})
    said = text(response)

    assert response.status_code == 200
    assert f'name="{box(measure, "2026-08-01")}" value="12"' in said
    assert f'name="{box(measure, "2026-09-01")}" value="13"' in said
    assert "Total, January 2020" in said
    assert not DataPoint.objects.exists()


def test_earlier_periods_are_a_page_back(lead, team):
    make_measure(team)

    assert "April 2026" in text(lead.get(f"{base(team)}grid/?back=1"))
    assert lead.get(f"{base(team)}grid/?back=x").status_code == 200


# --- definitions -------------------------------------------------------------------------------------

DEFINITION = {
    "name": "Rooms with a circle",
    "how": "count",
    "unit": "rooms",
    "good": "up",
    "frequency": "monthly",
    "starts_on": "2026-10-01",
    "kind": "outcome",
    "rule_set": "perla",
    "visibility": "team",
    "target": "12,5",
}


def test_a_measure_is_defined_and_changed(lead, team):
    number = uuid.uuid4()
    url = f"{base(team)}define/"

    first = lead.post(url, DEFINITION | {"submission_id": number})
    assert lead.post(url, DEFINITION | {"submission_id": number}).url == first.url
    found = Measure.objects.get()
    assert (found.name, found.rule_set, float(found.target)) == ("Rooms with a circle", "perla", 12.5)
    lead.post(f"{first.url}change/", DEFINITION | {"name": "Rooms"})
    found.refresh_from_db()
    assert found.name == "Rooms"
    assert lead.post(url, DEFINITION | {"name": ""}).status_code == 422


def test_who_configures_defines_for_every_team(signed_in, lead, team):
    url = f"/series/{team.series.slug}/measures/define/"

    assert lead.get(url).status_code == 403
    facilitator = signed_in(give_role(team.series, Role.FACILITATOR))
    assert facilitator.post(url, DEFINITION | {"submission_id": uuid.uuid4()}).status_code == 302
    assert Measure.objects.get().team is None


# --- the series --------------------------------------------------------------------------------------


def test_a_reader_sees_the_teams_whose_numbers_they_may_read(signed_in, team):
    other = make_team(team.series)
    private = make_measure(series=team.series, name="Private")
    make_points(private, [1.0, 2.0], team=team)
    make_points(private, [90.0], team=other)
    browser = signed_in(join(team))
    url = f"/series/{team.series.slug}/measures/"

    said = text(browser.get(url))
    assert team.name in said
    assert other.name not in said
    Measure.objects.update(visibility="series")
    assert other.name in text(browser.get(url))


# --- files -------------------------------------------------------------------------------------------


def test_the_chart_as_files(lead, team):
    measure = make_measure(team, name="Rooms")
    make_points(measure, [1.0, None, 0.0], note="=2+5")
    url = page(measure, team)

    svg, png, csv = (lead.get(f"{url}{name}") for name in ("chart.svg", "chart.png", "numbers.csv"))

    assert svg["Content-Type"] == "image/svg+xml"
    assert svg["Content-Disposition"] == f'attachment; filename="{team.slug}-rooms.svg"'
    assert png.content.startswith(b"\x89PNG")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("2025-01-01,1,,,,,'=2+5,")
    assert lines[2] == "2025-02-01,,,,,,,"
    assert lines[3].startswith("2025-03-01,0,")


# --- how much is read --------------------------------------------------------------------------------


def queries(browser, url):
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(url).status_code == 200
    return len(caught)


def test_pages_read_a_constant_number_of_times(lead, team):
    own, shared = make_measure(team), make_measure(series=team.series, visibility="series")
    make_points(own, [1.0])
    make_points(shared, [1.0], team=team)
    urls = [
        page(own, team),
        base(team),
        f"{base(team)}grid/",
        f"/series/{team.series.slug}/measures/",
        f"{page(own, team)}numbers/2025-01-01/",
    ]
    few = [queries(lead, url) for url in urls]
    make_points(own, SHIFT, first=date(2025, 2, 1), entered_by=join(team))
    for place, session in enumerate(team.series.sessions.all()):
        Annotation.objects.create(
            measure=own, team=team, on=session.starts_on, link_kind="session", link_id=session.pk,
            by=own.defined_by, at=AT, submission_id=uuid.uuid4(),
        )  # fmt: skip
        other = make_team(team.series)
        make_points(shared, SHIFT, team=other)
        make_points(make_measure(team, name=f"Measure {place}"), SHIFT)
        make_measure(series=team.series)

    many = [queries(lead, url) for url in urls]

    assert many[0] - few[0] <= 1  # the sessions that notes are
    assert many[1:] == few[1:]
    assert max(many) <= 25
