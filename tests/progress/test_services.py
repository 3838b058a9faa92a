"""Due dates follow the calendar, what is filed stays, and a team's acts are done once."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Event
from accounts.permissions import Role
from progress import services
from progress.models import Channel, CheckIn, DueDate, Going, Plan, PlanItem, PlanItemStatus
from series.frame import layout_of
from series.models import RhythmKind
from series.services import MoveWanted, move_session_of, preview_move
from teams.models import TeamStatus, TeamStatusChange
from tests.factories.progress import AT, first_period, make_check_in, make_due, make_item
from tests.factories.series import make_series
from tests.factories.teams import coach, join, make_team, person_as

pytestmark = pytest.mark.django_db
EARLY = datetime(2026, 1, 6, 12, tzinfo=UTC)


def days(team):
    return list(team.due_dates.values_list("due_on", flat=True))


# --- due dates -----------------------------------------------------------------------------------------


def test_due_dates_are_laid_out_over_all_periods():
    team = make_team()

    services.lay_out_due_dates(team.series, at=EARLY)

    periods = list(team.series.periods.all())
    assert days(team)[:3] == [date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)]
    assert {period.ends_on for period in periods} <= set(days(team))
    assert all(due.period.starts_on <= due.due_on <= due.period.ends_on for due in team.due_dates.all())


def test_laying_out_twice_changes_nothing():
    team = make_team()
    services.lay_out_due_dates(team.series, at=EARLY)
    before = list(team.due_dates.values_list("pk", "due_on"))

    services.lay_out_due_dates(team.series, at=EARLY)

    assert list(team.due_dates.values_list("pk", "due_on")) == before


def test_moved_session_moves_only_what_lies_ahead_and_is_not_settled():
    team = make_team()
    services.lay_out_due_dates(team.series, at=EARLY)
    past, filed, excused = (team.due_dates.get(due_on=day) for day in days(team)[:3])
    make_check_in(filed)
    DueDate.objects.filter(pk=excused.pk).update(is_excused=True)
    session_b = layout_of(team.series).events[1]

    wanted = MoveWanted(1, session_b.starts_on - timedelta(days=40), session_b.starts_on)
    at = datetime(2026, 6, 10, tzinfo=UTC)
    _move, findings, _lines = preview_move(team.series, wanted, at=at)
    accepted = [warning.key for warning in findings.warnings]

    move_session_of(team.series, wanted, accepted=accepted, by=team.series.created_by, at=at)

    assert {past.due_on, filed.due_on, excused.due_on} <= set(days(team))
    assert first_period(team).ends_on in days(team)
    assert session_b.starts_on - timedelta(days=1) not in days(team)


def test_preview_says_what_stays_and_what_changes():
    team = make_team()
    services.lay_out_due_dates(team.series, at=EARLY)
    make_check_in(team.due_dates.first())
    session_b = layout_of(team.series).events[1]
    wanted = MoveWanted(1, session_b.starts_on - timedelta(days=7), session_b.starts_on)

    _move, _findings, lines = preview_move(team.series, wanted, at=datetime(2026, 6, 10, tzinfo=UTC))

    assert lines[0] == "1 check-in already filed keeps its day."
    assert "ahead change" in lines[1]


def test_filed_date_that_lies_in_another_period_now_follows_it():
    team = make_team()
    first, second, _third = team.series.periods.all()
    due = make_due(team, second.starts_on)
    make_check_in(due)

    services.lay_out_due_dates(team.series, at=EARLY)
    due.refresh_from_db()
    assert due.period == second
    assert first.pk != second.pk


@pytest.mark.parametrize("status", [TeamStatus.PAUSED, TeamStatus.WITHDRAWN])
def test_nothing_is_due_while_paused_or_gone(status):
    team = make_team()
    TeamStatusChange.objects.create(team=team, status=status, on=date(2026, 6, 15), ends_on=None)

    services.lay_out_due_dates(team.series, at=EARLY)

    assert days(team) == [date(2026, 5, 31)]


def test_pause_ends_on_its_last_day_or_with_the_next_change():
    rows = [
        TeamStatusChange(pk=1, status=TeamStatus.PAUSED, on=date(2026, 1, 1), ends_on=date(2026, 1, 31)),
        TeamStatusChange(pk=2, status=TeamStatus.PAUSED, on=date(2026, 3, 1)),
        TeamStatusChange(pk=3, status=TeamStatus.ACTIVE, on=date(2026, 4, 1)),
        TeamStatusChange(pk=4, status=TeamStatus.WITHDRAWN, on=date(2026, 5, 1)),
    ]

    assert services.pauses_of(rows) == [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 5, 1), None),
    ]


def test_team_owes_nothing_from_before_it_joined():
    team = make_team(joined_on=date(2026, 7, 1))

    services.lay_out_due_dates(team.series, at=EARLY)

    assert days(team)[0] == date(2026, 7, 31)


def test_new_team_is_laid_out_alone():
    series = make_series()
    first, second = make_team(series), make_team(series)

    services.lay_out_for_team(second, at=EARLY)

    assert (days(first), bool(days(second))) == ([], True)


def test_rhythm_is_read_from_the_series():
    assert services.rhythm_of(make_series()).month_day == 31
    weekly = make_series(rhythm=RhythmKind.WEEKS, rhythm_weeks=3, rhythm_weekday=1)
    assert (services.rhythm_of(weekly).days, services.rhythm_of(weekly).weekday) == (21, 1)


def test_due_date_stands_once_a_team():
    due = make_due()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_due(due.team)


# --- check-ins -----------------------------------------------------------------------------------------


def check_in(**fields):
    return CheckIn(**{"going": Going.STEADY, "submission_id": uuid.uuid4()} | fields)


def test_filing_is_an_event_of_the_team():
    due = make_due()
    member = join(due.team)

    filed = services.file_check_in(check_in(), due=due, by=member, at=AT)

    assert (filed.filed_on, filed.is_late, filed.is_on_behalf) == (date(2026, 5, 20), False, False)
    event = Event.objects.get(act="progress.check_in_filed")
    assert (event.target_id, event.team_id, event.series_id) == (filed.pk, due.team_id, due.team.series_id)
    assert event.data == {"due_id": due.pk, "going": "steady", "is_late": False}


def test_day_of_filing_is_the_team_s_own():
    due = make_due()

    filed = services.file_check_in(
        check_in(), due=due, by=join(due.team), at=datetime(2026, 6, 1, 3, tzinfo=UTC)
    )

    assert (filed.filed_on, filed.is_late) == (date(2026, 5, 31), False)


def test_late_is_marked_never_refused():
    due = make_due()

    filed = services.file_check_in(
        check_in(), due=due, by=join(due.team), at=datetime(2026, 8, 1, 12, tzinfo=UTC)
    )

    assert filed.is_late


def test_double_tap_is_one_check_in():
    due = make_due()
    member, number = join(due.team), uuid.uuid4()

    first = services.file_check_in(check_in(submission_id=number), due=due, by=member, at=AT)
    again = services.file_check_in(
        check_in(submission_id=number, going=Going.WELL), due=due, by=member, at=AT
    )

    assert first == again
    assert CheckIn.objects.get().going == Going.STEADY
    assert Event.objects.filter(act="progress.check_in_filed").count() == 1


def test_second_person_is_told_who_was_quicker():
    due = make_due()
    first = services.file_check_in(check_in(), due=due, by=join(due.team), at=AT)

    with pytest.raises(services.AlreadyFiled) as quicker:
        services.file_check_in(check_in(), due=due, by=join(due.team), at=AT)

    assert quicker.value.check_in == first


@pytest.mark.parametrize(("role", "on_behalf"), [("coach", True), ("facilitator", True), ("member", False)])
def test_channel_counts_only_on_behalf(role, on_behalf):
    due = make_due()

    filed = services.file_check_in(
        check_in(channel=Channel.PHONE), due=due, by=person_as(role, due.team), at=AT
    )

    assert filed.is_on_behalf is on_behalf
    assert filed.channel == (Channel.PHONE if on_behalf else Channel.WEB)


def test_coach_who_is_in_the_team_files_as_one_of_it():
    due = make_due()
    person = coach(due.team, join(due.team))

    assert not services.file_check_in(check_in(), due=due, by=person, at=AT).is_on_behalf


def test_later_date_opens_when_the_one_before_has_passed():
    first = make_due()
    second = make_due(first.team, date(2026, 6, 30))

    with pytest.raises(services.NotYetOpen) as closed:
        services.file_check_in(check_in(), due=second, by=join(first.team), at=AT)

    assert closed.value.opens_on == date(2026, 6, 1)
    assert services.file_check_in(check_in(), due=second, by=join(first.team), at=AT + timedelta(days=14))


def test_closed_series_takes_nothing_in():
    due = make_due()
    late = datetime(2030, 1, 1, tzinfo=UTC)
    member = join(due.team)

    with pytest.raises(services.SeriesClosed):
        services.file_check_in(check_in(), due=due, by=member, at=late)
    with pytest.raises(services.SeriesClosed):
        services.change_status(make_item(due.team), PlanItemStatus.DONE, by=member, at=late)


def test_excused_once_and_not_after_filing():
    due, filed = make_due(), make_check_in().due
    helper = coach(due.team)

    assert services.excuse(due, reason="School break", by=helper, at=AT)
    assert not services.excuse(due, reason="again", by=helper, at=AT)
    assert not services.excuse(filed, reason="no", by=helper, at=AT)
    due.refresh_from_db()
    assert (due.is_excused, due.excused_because) == (True, "School break")


@pytest.mark.parametrize("wrong", [{"going": "great"}, {"help_from": "mum"}])
def test_check_in_of_unknown_answers_breaks(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_check_in(**wrong)


# --- plans -----------------------------------------------------------------------------------------------


def item(**fields):
    return PlanItem(**{"what": "Ask the board", "submission_id": uuid.uuid4()} | fields)


def add(team, by, draft=None, drivers=(), at=AT):
    return services.add_plan_item(
        draft or item(), team=team, period=first_period(team), drivers=drivers, by=by, at=at
    )


def test_items_come_one_after_the_other_on_one_plan():
    team = make_team()
    member = join(team)
    drivers = list(team.series.drivers.all()[:2])

    first, second = add(team, member, drivers=drivers), add(team, member)

    assert (first.position, second.position) == (0, 1)
    assert list(first.drivers.all()) == drivers
    assert Plan.objects.count() == 1
    assert Event.objects.filter(act="progress.plan_item_added", team_id=team.pk).count() == 2


def test_double_tap_is_one_item():
    team = make_team()
    member, number = join(team), uuid.uuid4()

    assert add(team, member, item(submission_id=number)) == add(team, member, item(submission_id=number))
    assert PlanItem.objects.count() == 1


def test_driver_of_another_series_is_refused():
    team = make_team()

    with pytest.raises(ValidationError):
        add(team, join(team), drivers=[make_series().drivers.first()])
    assert not PlanItem.objects.exists()


def test_status_is_one_tap_and_one_event():
    thing = make_item()
    member = join(thing.team)

    assert services.change_status(thing, PlanItemStatus.GOING, by=member, at=AT)
    assert not services.change_status(thing, PlanItemStatus.GOING, by=member, at=AT)

    assert Event.objects.get(act="progress.plan_item_status_changed").data == {"status": "going"}


def test_two_acts_at_once_both_hold():
    thing = make_item()
    member = join(thing.team, Role.LEAD)
    stale = PlanItem.objects.get(pk=thing.pk)

    services.change_status(thing, PlanItemStatus.DONE, by=member, at=AT)
    stale.what = "Feedback circles in three rooms"
    services.edit_plan_item(stale, drivers=[], version=1, by=member, at=AT)

    thing.refresh_from_db()
    assert (thing.what, thing.status) == ("Feedback circles in three rooms", "done")


def test_plan_is_worded_again():
    team = make_team()
    member = join(team)
    for version, question in enumerate(("What if?", "How might we?")):
        words = {"question": question}
        services.word_plan(team, first_period(team), words, version=version, by=member, at=AT)

    assert Plan.objects.get().question == "How might we?"


def test_status_of_unknown_word_breaks():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_item(status="abandoned")


def test_plan_stands_once_a_period():
    thing = make_item()

    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.create(team=thing.team, period=thing.plan.period)


def test_period_of_a_plan_is_the_running_one_else_the_next_else_the_last():
    periods = list(make_series().periods.all())

    assert services.period_on(periods, date(2020, 1, 1)) == periods[0]
    assert services.period_on(periods, periods[1].starts_on) == periods[1]
    assert services.period_on(periods, date(2030, 1, 1)) == periods[2]
    assert services.period_on([], date(2030, 1, 1)) is None
