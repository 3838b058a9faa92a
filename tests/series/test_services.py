"""What can be done with a series."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Event
from accounts.permissions import Role
from series import services
from series.calendar import Mode, check, lay_out, several_places
from series.frame import layout_of
from series.models import Series, SeriesRole, SeriesStatus
from series.services import (
    CalendarRefused,
    MoveWanted,
    create_series,
    end_series_role,
    move_session_of,
    name_place,
    open_series,
    preview_move,
    reword_series,
)
from tests.factories.accounts import make_person
from tests.factories.series import give_role, make_series

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
LAYOUT = lay_out(several_places(), date(2026, 9, 17))  # a Thursday, then Wednesday, Friday, Friday
pytestmark = pytest.mark.django_db


def blank(**fields) -> Series:
    values = {"name": "Who writes the plans", "time_zone": "America/Chicago", "languages": ["en"]}
    return Series(**({"submission_id": uuid.uuid4()} | values | fields))


def create(series: Series, by, **more) -> Series:
    values = {"question": "Who writes the plans?", "drivers": ["Policy", "", "Narrative"], "layout": LAYOUT}
    return create_series(series, by=by, at=AT, **(values | more))


def test_create_series_makes_everything_in_one_act():
    person = make_person()

    series = create(blank(), person, places=["Jackson", "", "", "New York"])

    assert (series.slug, series.status) == ("who-writes-the-plans", SeriesStatus.DRAFT)
    assert (series.opens_on, series.first_session_on) == (date(2026, 3, 17), date(2026, 9, 17))
    assert layout_of(series) == LAYOUT
    assert [(d.name, d.slot, d.position) for d in series.drivers.all()] == [
        ("Policy", 1, 0),
        ("Narrative", 3, 1),
    ]
    assert [s.place for s in series.sessions.all()] == ["Jackson", "", ""]
    assert series.summit.place == "New York"
    assert {(r.role, r.starts_on) for r in series.roles.filter(person=person)} == {
        (Role.ORGANIZER, AT.date()),
        (Role.FACILITATOR, AT.date()),
    }
    assert Event.objects.filter(act="series.series_created", target_id=series.pk, by=person).count() == 1


def test_create_series_twice_is_one_series():
    person = make_person()
    first = create(blank(), person)

    again = create(blank(submission_id=first.submission_id), person)

    assert again == first
    assert Series.objects.count() == 1


def test_create_series_of_the_same_name_gets_another_slug():
    person = make_person()
    create(blank(), person)

    assert create(blank(), person).slug == "who-writes-the-plans-2"
    assert create(blank(name="New"), person).slug == "new-2"


def test_create_series_refuses_what_the_calendar_refuses():
    late = replace(LAYOUT, opens_on=date(2027, 1, 1))

    with pytest.raises(CalendarRefused):
        create(blank(), make_person(), layout=late)

    assert not Series.objects.exists()


def test_create_series_keeps_accepted_warnings_and_asks_for_the_others():
    on_sunday = lay_out(several_places(), date(2026, 9, 20))
    keys = [found.key for found in check(on_sunday).warnings]

    with pytest.raises(CalendarRefused):
        create(blank(), make_person(), layout=on_sunday)
    series = create(blank(accepted_warnings=keys), make_person(), layout=on_sunday)

    assert series.accepted_warnings == sorted(keys)


def test_create_series_lets_other_rooms_follow_in_the_same_transaction(monkeypatch):
    def fail(series, *, at):
        raise RuntimeError

    monkeypatch.setattr(services, "calendar_saved", [fail])

    with pytest.raises(RuntimeError):
        create(blank(), make_person())

    assert not Series.objects.exists()


def test_open_series_opens_a_draft_once():
    series = make_series(status=SeriesStatus.DRAFT)

    assert open_series(series, by=series.created_by, at=AT) is True
    assert open_series(series, by=series.created_by, at=AT) is False
    series.refresh_from_db()
    assert series.status == SeriesStatus.OPEN


def test_move_one_session_stretches_its_neighbours_and_tells_the_other_rooms(monkeypatch):
    series, told = make_series(), []
    monkeypatch.setattr(services, "calendar_saved", [lambda series, *, at: told.append((series.pk, at))])
    was = layout_of(series)
    wanted = MoveWanted(1, date(2026, 10, 13), was.sessions[1].starts_on)

    with pytest.raises(CalendarRefused, match="more than 6 months"):
        move_session_of(series, wanted, by=series.created_by, at=AT)
    move_session_of(series, wanted, accepted=["period-long:1:190"], by=series.created_by, at=AT)

    now = layout_of(Series.objects.get(pk=series.pk))
    assert now.sessions[1].starts_on == date(2026, 10, 13)
    assert (now.sessions[0], now.sessions[2], now.summit) == (was.sessions[0], was.sessions[2], was.summit)
    assert [(p.starts_on, p.ends_on) for p in series.periods.all()] == [
        (p.starts_on, p.ends_on) for p in now.periods
    ]
    assert told == [(series.pk, AT)]


def test_move_with_all_later_ones_moves_session_a_and_what_follows():
    series = make_series()
    was = layout_of(series)
    wanted = MoveWanted(0, date(2026, 4, 13), was.first_session_on, Mode.SHIFT_ALL)
    _move, findings, _lines = preview_move(series, wanted, at=AT)

    move_session_of(
        series, wanted, accepted=[found.key for found in findings.warnings], by=series.created_by, at=AT
    )

    series = Series.objects.get(pk=series.pk)
    assert series.first_session_on == date(2026, 4, 13)
    assert (series.summit.starts_on - was.summit.starts_on).days == 7


def test_move_onto_another_session_is_refused_and_changes_nothing():
    series = make_series()
    was = layout_of(series)
    wanted = MoveWanted(1, was.sessions[2].starts_on, was.sessions[1].starts_on)

    with pytest.raises(CalendarRefused):
        move_session_of(series, wanted, by=series.created_by, at=AT)

    assert layout_of(Series.objects.get(pk=series.pk)) == was


def test_move_of_what_somebody_else_moved_meanwhile_is_refused():
    series = make_series()

    with pytest.raises(ValidationError, match="meanwhile"):
        move_session_of(
            series, MoveWanted(1, date(2026, 10, 20), date(2026, 10, 1)), by=series.created_by, at=AT
        )


def test_a_move_asks_only_about_what_it_brings_about():
    series = make_series(date(2026, 4, 9))  # its Summit is on a Saturday, and stays there
    stands = layout_of(series).sessions[1].starts_on

    _move, findings, _lines = preview_move(series, MoveWanted(1, date(2026, 10, 8), stands), at=AT)

    assert "weekend" in {found.code for found in findings.accepted}
    assert [found.code for found in findings.warnings] == ["period-long"]


def test_preview_move_tells_what_other_rooms_say(monkeypatch):
    monkeypatch.setattr(services, "calendar_previews", [lambda series, layout, *, at: ["Two stay."]])
    series = make_series()
    stands = layout_of(series).sessions[1].starts_on

    move, findings, lines = preview_move(series, MoveWanted(1, date(2026, 10, 13), stands), at=AT)

    assert [change.name for change in move.changes] == ["Action Period 1", "Session B", "Action Period 2"]
    assert not findings.errors
    assert lines == ["Two stay."]


def test_reword_keeps_earlier_versions_and_the_rows_of_drivers():
    series = make_series()
    rows = {driver.slot: driver.pk for driver in series.drivers.all()}
    names = ["Law", "Practice", "Public narrative", "Strategy", "Care", ""]

    reword_series(series, question="And now?", drivers=names, by=series.created_by, at=AT)
    reword_series(series, question="And now?", drivers=names, by=series.created_by, at=AT)

    assert series.questions.first().text == "And now?"
    assert series.questions.count() == 2
    assert {d.slot: d.name for d in series.drivers.all()} == dict(enumerate(names[:5], start=1))
    assert series.drivers.get(slot=1).pk == rows[1]


def test_name_place_of_a_session_and_of_the_summit():
    series = make_series()

    name_place(series, 1, "San Juan", by=series.created_by, at=AT)
    name_place(series, 3, "New York", by=series.created_by, at=AT)

    assert series.sessions.get(position=1).place == "San Juan"
    series.summit.refresh_from_db()
    assert series.summit.place == "New York"


def test_the_last_organizer_cannot_leave():
    series = make_series()
    first, second = give_role(series, Role.ORGANIZER), give_role(series, Role.ORGANIZER)
    held = {role.person_id: role for role in SeriesRole.objects.filter(series=series)}

    assert end_series_role(held[first.pk], by=second, at=AT) is True
    with pytest.raises(ValidationError):
        end_series_role(held[second.pk], by=second, at=AT)

    assert not SeriesRole.objects.held(first, AT.date()).exists()
    assert SeriesRole.objects.held(second, AT.date()).exists()


def test_a_role_that_began_today_ends_today_too():
    series = make_series()
    person = give_role(series, Role.OBSERVER, starts_on=AT.date())

    end_series_role(SeriesRole.objects.get(person=person), by=series.created_by, at=AT)

    assert not SeriesRole.objects.held(person, AT.date()).exists()
