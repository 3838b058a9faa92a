"""Rule R3: a later day that a team names, whom it names for its reminders, one catch-up for several dates."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.permissions import Role
from desk.standing import standings
from progress import promises, services
from progress.models import CheckIn, DueDate, Promise, Receiver
from progress.ways import set_ways
from tests.factories.progress import AT, make_check_in, make_due
from tests.factories.series import give_role
from tests.factories.teams import join, make_team

pytestmark = pytest.mark.django_db
DUE_ON, NEXT_ON = date(2026, 5, 18), date(2026, 5, 31)  # AT is 20 May


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def due():
    team = make_team()
    make_due(team, NEXT_ON)
    return make_due(team, DUE_ON)


@pytest.fixture
def member(due):
    return join(due.team, Role.LEAD)


def base(due):
    return f"/series/{due.team.series.slug}/teams/{due.team.slug}/"


def test_a_later_day_lies_after_today_and_before_the_next_due_date(due, member):
    assert promises.days_open(due, AT.date()) == (date(2026, 5, 21), date(2026, 5, 30))
    for day in (AT.date(), DUE_ON, NEXT_ON):
        with pytest.raises(ValidationError):
            promises.promise_later(due, day, by=member, at=AT)

    promises.promise_later(due, date(2026, 5, 30), by=member, at=AT)

    assert Promise.objects.get().later_on == date(2026, 5, 30)


def test_it_can_be_named_twice_and_a_double_tap_counts_once(due, member):
    for day in (22, 22, 25):
        promises.promise_later(due, date(2026, 5, day), by=member, at=AT)

    assert list(due.promises.values_list("number", "later_on")) == [
        (1, date(2026, 5, 22)),
        (2, date(2026, 5, 25)),
    ]
    with pytest.raises(ValidationError):
        promises.promise_later(due, date(2026, 5, 27), by=member, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.create(due=due, number=3, later_on=NEXT_ON, made_by=member, made_at=AT)


def test_what_is_filed_or_excused_is_not_promised(due, member):
    make_check_in(due, by=member)
    with pytest.raises(services.AlreadyFiled):
        promises.promise_later(due, date(2026, 5, 22), by=member, at=AT)
    other = make_due(make_team(due.team.series), DUE_ON, is_excused=True)

    with pytest.raises(ValidationError):
        promises.promise_later(other, date(2026, 5, 22), by=member, at=AT)


def test_a_promised_check_in_is_not_missed_while_that_day_is_ahead(due, member):
    due.team.joined_on = date(2026, 5, 10)
    due.team.save()
    assert [one.word for one in standings([due.team], at=AT)] == ["nudge"]

    promises.promise_later(due, date(2026, 5, 22), by=member, at=AT)

    assert [one.word for one in standings([due.team], at=AT + timedelta(days=2))] == ["steady"]
    assert [one.word for one in standings([due.team], at=AT + timedelta(days=3))] == ["nudge"]


def test_the_page_takes_a_later_day(due, member, signed_in):
    client, url = signed_in(member), f"{base(due)}check-in/{DUE_ON}/"

    assert client.post(f"{url}later/", {"later_on": "2026-06-20"}).status_code == 422
    assert client.post(f"{url}later/", {"later_on": "soon"}).status_code == 422
    client.post(f"{url}later/", {"later_on": "2026-05-22"})

    assert "Nobody is reminded before" in client.get(url).content.decode()
    assert Promise.objects.count() == 1


# --- one catch-up ----------------------------------------------------------------------------------------


def test_one_catch_up_speaks_for_all_missed_dates_of_the_period(due, member, signed_in):
    first = make_due(due.team, date(2026, 4, 20))
    client, url = signed_in(member), f"{base(due)}check-in/catch-up/"

    page = client.get(url).content.decode()
    assert "Catch up since" in page
    assert page.count('name="going"') == 5
    client.post(url, {"going": "steady"})

    filed, first = CheckIn.objects.get(), DueDate.objects.get(pk=first.pk)
    assert (filed.due, first.caught_up_by) == (due, filed)
    assert not first.is_open
    assert services.missed_dates(due.team, today=AT.date()) == []
    assert client.get(url).status_code == 302
    assert "speaks for this date, too" in client.get(f"{base(due)}check-in/2026-04-20/").content.decode()


def test_catching_up_reaches_no_other_team_and_no_later_date(due, member):
    other = make_due(make_team(due.team.series), date(2026, 4, 20))
    later = DueDate.objects.get(due_on=NEXT_ON)
    check_in = CheckIn(going="well", submission_id=other.team.submission_id)

    services.file_check_in(check_in, due=due, by=member, at=AT, catches_up=[other, later])

    assert DueDate.objects.filter(caught_up_by=None).count() == 3


# --- parts of other rooms --------------------------------------------------------------------------------


class Numbers:
    template = "components/error_summary.html"
    saved: list = []

    def __init__(self, data):
        self.data = data

    def is_valid(self):
        return self.data.get("people", "").isdecimal()

    def save(self, *, by, at):
        self.saved.append((self.data["people"], by))


def test_numbers_that_are_due_stand_in_the_same_form(due, member, signed_in, monkeypatch):
    monkeypatch.setattr(services, "extra_parts", [lambda due, *, by, data: Numbers(data or {})])
    client, url = signed_in(member), f"{base(due)}check-in/{DUE_ON}/"

    assert client.post(url, {"going": "well", "people": "many"}).status_code == 422
    assert not CheckIn.objects.exists()
    client.post(url, {"going": "well", "people": "12"})

    assert CheckIn.objects.count() == 1
    assert Numbers.saved == [("12", member)]


# --- who is reminded, and when ---------------------------------------------------------------------------


def test_the_lead_names_who_is_reminded(due, member, signed_in):
    other, outside = join(due.team), join(make_team(due.team.series))
    client, url = signed_in(member), f"{base(due)}reminders/"

    assert client.post(url, {"people": [outside.pk]}).status_code == 422
    client.post(url, {"people": [other.pk]})
    assert Receiver.objects.get().person == other
    client.post(url, {})
    assert not Receiver.objects.exists()
    with pytest.raises(ValidationError):
        promises.name_receivers(due.team, [outside], by=member, at=AT)


def test_a_facilitator_sets_the_ladder(due, signed_in):
    series = due.team.series
    client = signed_in(give_role(series, Role.FACILITATOR))

    client.post(f"/series/{series.slug}/set-up/check-ins/", {"ladder": ["-1", "5"]})

    series.refresh_from_db()
    assert (series.ladder, series.has_scores) == ([-1, 5], False)
    with pytest.raises(ValidationError):
        set_ways(series, ladder=[30], has_scores=True, by=series.created_by, at=AT)
