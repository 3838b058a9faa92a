"""What can be done with measures and numbers, and what the database holds."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Event
from measures import links, reading, services
from measures.models import Annotation, DataPoint, DataPointVersion, Measure, Phase
from measures.parsing import Typed
from series.services import SeriesClosed
from tests.factories.accounts import make_person
from tests.factories.measures import make_measure, make_points
from tests.factories.series import make_series
from tests.factories.teams import join, make_team

pytestmark = pytest.mark.django_db
AT = datetime(2026, 10, 15, 12, tzinfo=UTC)
SEPTEMBER, AUGUST = date(2026, 9, 1), date(2026, 8, 1)


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def person(team):
    return join(team)


def value(number):
    return Typed(value=Decimal(str(number)))


def enter(measure, team, person, *pairs, **fields):
    entries = [services.Entry(measure, day, value(number), **fields) for day, number in pairs]
    return services.enter_points(team, entries, by=person, at=AT)


# --- numbers -----------------------------------------------------------------------------------------


def test_numbers_are_entered_with_who_and_when(team, person):
    measure = make_measure(team)

    entered = enter(measure, team, person, (AUGUST, 0), (SEPTEMBER, 12), note="School opened", n=30)

    assert entered == services.Entered(new=2)
    point = DataPoint.objects.get(period_on=SEPTEMBER)
    assert (point.value, point.n, point.note) == (12, 30, "School opened")
    assert (point.entered_by, point.entered_at) == (person, AT)
    event = Event.objects.get(act="measures.numbers_entered")
    assert event.data == {"measures": [measure.pk], "new": 2, "corrected": 0}


def test_a_correction_keeps_what_stood_there(team, person):
    measure, other = make_measure(team), join(team)
    enter(measure, team, person, (SEPTEMBER, 21), note="by hand")

    entered = enter(measure, team, other, (SEPTEMBER, 12))

    assert entered == services.Entered(corrected=1)
    now, before = services.history_of(measure, team, SEPTEMBER)
    assert (now.value, now.entered_by, now.note) == (12, other, "by hand")
    assert (before.value, before.entered_by, before.replaced_by) == (21, person, other)


def test_the_same_number_again_changes_nothing(team, person):
    measure = make_measure(team)
    enter(measure, team, person, (SEPTEMBER, 12))

    assert enter(measure, team, join(team), (SEPTEMBER, 12)) == services.Entered()
    assert DataPoint.objects.get().entered_by == person
    assert not DataPointVersion.objects.exists()


def test_a_number_taken_back_is_a_gap_with_a_history(team, person):
    measure = make_measure(team)
    enter(measure, team, person, (SEPTEMBER, 12))

    services.remove_point(DataPoint.objects.get(), by=person, at=AT)

    assert not DataPoint.objects.exists()
    (before,) = services.history_of(measure, team, SEPTEMBER)
    assert (before.value, before.was_removed) == (12, True)


@pytest.mark.parametrize(
    ("fields", "typed", "says"),
    [
        ({"how": "ratio"}, value(410), "Did you mean 41?"),
        ({"how": "ratio"}, value(-1), "between 0% and 100%"),
        ({"how": "ratio"}, Typed(numerator=Decimal(5), denominator=Decimal(4)), "more than the whole"),
        ({"how": "rating", "lowest": 1, "highest": 5}, value(41), "Did you mean 4.1?"),
        ({}, value(-2), "less than 0"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_meant(team, person, fields, typed, says):
    measure = make_measure(team, **fields)

    with pytest.raises(ValidationError, match=says.replace("?", r"\?")):
        services.enter_points(team, [services.Entry(measure, SEPTEMBER, typed)], by=person, at=AT)


def test_a_rate_may_be_more_than_one(team, person):
    measure = make_measure(team, how="ratio", unit="visits a person")
    typed = Typed(numerator=Decimal(5), denominator=Decimal(4))

    services.enter_points(team, [services.Entry(measure, SEPTEMBER, typed)], by=person, at=AT)

    assert DataPoint.objects.get().shown(measure) == Decimal("1.25")


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2026, 9, 2)])
def test_the_future_and_half_periods_are_refused(team, person, day):
    with pytest.raises(ValidationError):
        enter(make_measure(team), team, person, (day, 1))


def test_all_or_none(team, person):
    with pytest.raises(ValidationError):
        enter(make_measure(team), team, person, (AUGUST, 1), (SEPTEMBER, -1))

    assert not DataPoint.objects.exists()


def test_numbers_of_another_teams_measure_are_refused(team, person):
    with pytest.raises(ValidationError):
        enter(make_measure(make_team(team.series)), team, person, (SEPTEMBER, 1))


def test_a_series_that_is_over_takes_no_numbers():
    team = make_team(make_series(date(2020, 1, 6)))

    with pytest.raises(SeriesClosed):
        enter(make_measure(team), team, join(team), (SEPTEMBER, 1))


def test_each_team_has_its_own_numbers_of_a_shared_measure(team, person):
    other = make_team(team.series)
    measure = make_measure(series=team.series)

    enter(measure, team, person, (SEPTEMBER, 1))
    enter(measure, other, join(other), (SEPTEMBER, 2))

    assert DataPoint.objects.count() == 2


# --- definitions -------------------------------------------------------------------------------------


def draft(team, person, **fields):
    values = {"name": "Rooms", "starts_on": AUGUST, "submission_id": uuid.uuid4()} | fields
    return Measure(series=team.series, team=team, **values)


def test_a_double_tap_defines_one_measure(team, person):
    number = uuid.uuid4()
    first = services.define_measure(draft(team, person, submission_id=number), by=person, at=AT)

    assert services.define_measure(draft(team, person, submission_id=number), by=person, at=AT) == first
    assert Measure.objects.count() == 1


def test_a_driver_of_another_series_is_refused(team, person):
    with pytest.raises(ValidationError):
        services.define_measure(draft(team, person, driver=make_series().drivers.first()), by=person, at=AT)


# --- what is due -------------------------------------------------------------------------------------


def test_the_last_period_that_is_over_is_due_until_its_number_is_there(team, person):
    own, shared = make_measure(team), make_measure(series=team.series, frequency="weekly")
    make_measure(team, stops_on=date(2026, 9, 30))
    make_measure(make_team(team.series))

    due = services.measures_due(team, date(2026, 10, 15))
    assert [(one.measure, one.period_on) for one in due] == [(shared, date(2026, 10, 5)), (own, SEPTEMBER)]

    enter(own, team, person, (SEPTEMBER, 0))
    assert [one.measure for one in services.measures_due(team, date(2026, 10, 15))] == [shared]


def test_what_was_before_the_measure_is_not_due(team):
    make_measure(team, starts_on=date(2026, 9, 20))

    due = services.measures_due(team, date(2026, 10, 15), most=3)

    assert [one.period_on for one in due] == [SEPTEMBER]


# --- centre lines ------------------------------------------------------------------------------------

LOW = [10.0, 12.0, 11.0, 13.0, 10.0, 12.0, 11.0, 13.0]
HIGH = [30.0, 31.0, 33.0, 32.0, 30.0, 34.0, 33.0, 31.0]


def sheet(measure, team):
    points = DataPoint.objects.filter(measure=measure, team=team)
    return reading.sheet_of(measure, team, points, phases=Phase.objects.filter(measure=measure, team=team))


def test_rebasing_cuts_the_chart_and_begins_anew(team, person):
    measure = make_measure(team)
    make_points(measure, LOW + HIGH)
    assert sheet(measure, team).said["word"] == "improvement"

    phase = services.rebase(measure, team, reason=" A new room ", by=person, at=AT)

    assert (phase.from_on, phase.to_on, phase.reason) == (date(2025, 9, 1), date(2026, 4, 1), "A new room")
    found = sheet(measure, team)
    first, second = found.figure.centres
    assert (first.first, first.last, first.value) == (0, 7, 21.5)
    assert (second.first, second.last, second.value) == (8, 15, 31.5)
    assert found.verdict.is_frozen
    assert (found.said["state"], found.verdict.lacking) == ("early", 2)


def test_a_corrected_number_moves_the_new_line_and_a_later_one_does_not(team, person):
    measure = make_measure(team)
    make_points(measure, LOW + HIGH)
    services.rebase(measure, team, reason="A new room", by=person, at=AT)
    make_points(measure, [99.0], first=date(2026, 5, 1))

    assert sheet(measure, team).figure.centres[1].value == 31.5


def test_rebasing_needs_a_reason_and_a_signal(team, person):
    measure = make_measure(team)
    make_points(measure, LOW + HIGH)
    with pytest.raises(ValidationError):
        services.rebase(measure, team, reason="  ", by=person, at=AT)

    calm = make_measure(team)
    make_points(calm, [1.0, 9.0, 2.0, 8.0] * 4)
    with pytest.raises(services.NothingToRebase):
        services.rebase(calm, team, reason="I wish", by=person, at=AT)


def test_a_frozen_baseline_stands_for_the_whole_chart(team, person):
    measure = make_measure(team)
    make_points(measure, LOW + HIGH)

    for last in (date(2025, 4, 1), date(2025, 6, 15)):
        services.freeze_baseline(measure, team, from_on=date(2025, 1, 1), to_on=last, by=person, at=AT)

    found = sheet(measure, team)
    assert Phase.objects.count() == 1
    assert [c.value for c in found.figure.centres] == [11.5]
    assert found.verdict.is_frozen
    assert found.verdict.reasons == ("long_run",)


def test_a_missing_month_is_a_gap_in_the_table(team):
    measure = make_measure(team)
    make_points(measure, [1.0, None, 0.0])
    rows = sheet(measure, team).rows

    assert [(row.name, row.shown) for row in rows] == [
        ("March 2025", "0"),
        ("February 2025", ""),
        ("January 2025", "1"),
    ]


def test_a_ratio_is_judged_by_its_rates(team):
    measure = make_measure(team, how="ratio")
    for day, numerator, denominator in ((AUGUST, 7, 30), (SEPTEMBER, 14, 60)):
        DataPoint.objects.create(
            measure=measure, team=team, period_on=day, numerator=numerator, denominator=denominator,
            entered_by=measure.defined_by, entered_at=AT,
        )  # fmt: skip
    found = sheet(measure, team)

    assert found.verdict.useful == 0  # both lie on the median, in spite of rounding
    assert found.latest.shown == "23.3%"


# --- notes -------------------------------------------------------------------------------------------


def note(measure, team, **fields):
    values = {"on": AUGUST, "text": "It began", "submission_id": uuid.uuid4()} | fields
    return Annotation(measure=measure, team=team, **values)


def test_a_note_may_be_a_session(team, person):
    measure = make_measure(team)
    session = team.series.sessions.first()
    linked = note(measure, team, text="", link_kind="session", link_id=session.pk)

    first = services.annotate(linked, by=person, at=AT)
    again = note(measure, team, text="", link_kind="session", link_id=session.pk)

    assert services.annotate(again, by=person, at=AT) == first
    (found,) = reading.load_notes(measure, team, person)
    assert (found.letter, found.words) == ("a", "Session A")


def test_what_nobody_knows_cannot_be_linked(team, person):
    with pytest.raises(ValidationError):
        services.annotate(
            note(make_measure(team), team, link_kind="session", link_id=10**9), by=person, at=AT
        )


def test_a_thing_that_the_reader_may_not_see_is_not_named(team, person):
    measure = make_measure(team)
    Annotation.objects.create(
        measure=measure, team=team, on=AUGUST, link_kind="gone", link_id=1, by=person, at=AT,
        submission_id=uuid.uuid4(),
    )  # fmt: skip

    (found,) = reading.load_notes(measure, team, make_person())
    assert (found.target, found.words) == (None, "something that you may not see")
    assert links.resolve([("gone", 1)], person) == {}


def test_letters_go_on_after_z():
    assert [reading.letter_of(place) for place in (0, 25, 26, 27, 52)] == ["a", "z", "aa", "ab", "ba"]


# --- constraints -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_on": date(2026, 2, 1), "stops_on": date(2026, 1, 1)},
        {"lowest": 5, "highest": 5},
        {"kind": "x"},
        {"how": "x"},
        {"good": "x"},
        {"frequency": "x"},
        {"rule_set": "x"},
        {"visibility": "x"},
    ],
)
def test_the_database_refuses_a_wrong_measure(team, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_measure(team, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"value": 1, "numerator": 1, "denominator": 2},
        {"numerator": 1},
        {"numerator": 1, "denominator": 0},
    ],
)
def test_a_number_is_a_value_or_a_share(team, fields):
    measure = make_measure(team)
    key = {"measure": measure, "team": team, "period_on": AUGUST}

    with pytest.raises(IntegrityError), transaction.atomic():
        DataPoint.objects.create(entered_by=measure.defined_by, entered_at=AT, **key, **fields)


def test_a_period_has_one_number(team):
    measure = make_measure(team)
    make_points(measure, [1.0])

    with pytest.raises(IntegrityError), transaction.atomic():
        make_points(measure, [2.0])


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "rebase", "reason": ""},
        {"kind": "rebase", "reason": "x", "to_on": date(2026, 7, 1)},
        {"kind": "x", "reason": "x"},
    ],
)
def test_the_database_refuses_a_wrong_phase(team, person, fields):
    values = {"from_on": AUGUST, "to_on": SEPTEMBER} | fields

    with pytest.raises(IntegrityError), transaction.atomic():
        Phase.objects.create(measure=make_measure(team), team=team, by=person, at=AT, **values)


@pytest.mark.parametrize("fields", [{"text": ""}, {"link_kind": "session"}, {"link_id": 1}])
def test_the_database_refuses_an_empty_note(team, person, fields):
    values = {"text": "x"} | fields
    empty = note(make_measure(team), team, by=person, at=AT, **values)

    with pytest.raises(IntegrityError), transaction.atomic():
        empty.save()
