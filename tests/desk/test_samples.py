"""The pilot and the living sample series: what they hold, and that they keep every rule."""

import copy
import io
import json
import re
import time
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q
from django.urls import reverse

from accounts import demo
from accounts.models import Event, User
from accounts.permissions import Role
from coaching.models import Call, CallStep
from core import clock
from desk.demo import sample_people
from desk.samples import living, living_stories, pilot, pilot_stories
from desk.samples.words import ONE_LINE, SHORT, WHOLE, tellings
from desk.standing import standings
from jobs.models import Job
from notices.models import Notice
from notices.services import owe_reminders
from progress.models import CheckIn, DueDate, Going, Plan, PlanItem
from progress.services import is_closed
from series.calendar import check
from series.frame import layout_of
from series.models import LearningSession, Series
from series.services import CalendarRefused
from storymaps.models import Clearance, ClearanceState, Comment, Result, StoryEntry, Visibility
from storymaps.services import what_stands_in_the_way
from teams.models import CoachAssignment, Membership, Organization, Team, TeamStatus
from tests.factories.accounts import make_person

ROWS = (Series, Team, User, Membership, Plan, PlanItem, CheckIn, StoryEntry, Comment, Clearance)
CALL_LOG = (Call, CallStep)


def words_of(command: str, *args: str) -> str:
    out = io.StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def loaded(db) -> Series:
    series = pilot_stories.load(pilot.facts(), at=clock.now())
    assert series is not None
    return series


def load_living(on: date) -> Series:
    series = living_stories.load(on=on, at=clock.now())
    assert series is not None
    return series


# --- the pilot: facts ---------------------------------------------------------------------------------


def test_pilot_stands_at_its_true_dates(loaded):
    spans = [(s.starts_on, s.ends_on, s.is_sample) for s in loaded.sessions.all()]
    periods = [(p.starts_on, p.ends_on) for p in loaded.periods.all()]

    assert spans == [
        (date(2013, 11, 7), date(2013, 11, 11), False),
        (date(2014, 9, 18), date(2014, 9, 22), False),
        (date(2015, 3, 19), date(2015, 3, 21), True),
    ]
    assert periods == [
        (date(2013, 11, 12), date(2014, 9, 17)),
        (date(2014, 9, 23), date(2015, 3, 18)),
        (date(2015, 3, 22), date(2015, 7, 10)),
    ]
    assert (periods[0][1] - periods[0][0]).days + 1 == 310
    assert (loaded.summit.starts_on, loaded.summit.is_sample) == (date(2015, 7, 11), True)
    assert check(layout_of(loaded), loaded.accepted_warnings).is_fine
    assert is_closed(loaded, clock.today("UTC"))


def test_pilot_facts_carry_their_sources_and_are_no_samples(loaded):
    session = loaded.sessions.get(position=0)
    question = loaded.questions.get()

    assert "prints 7–11 November 2014" in session.source
    assert "democraticeducation.org" in session.source
    assert question.text.startswith("What connections and approaches to practice, policy")
    assert "democraticeducation.org" in question.source
    assert [d.name for d in loaded.drivers.all()] == ["Policy", "Practice", "Public narrative", "Strategy"]
    assert Team.objects.filter(series=loaded, is_sample=False).exclude(source="").count() == 8
    assert Organization.objects.filter(series=loaded, team=None).exclude(source="").count() == 10


def test_pilot_keeps_the_team_that_was_not_listed_later(loaded):
    team = loaded.teams.get(code="NAT")
    change = team.status_changes.get()

    assert team.status == TeamStatus.MERGED
    assert "seven teams" in change.reason
    assert not team.due_dates.exists()


def test_misprint_is_refused_naming_both_sessions(db, tmp_path):
    facts = pilot.facts()
    facts["sessions"][0] |= {"starts_on": "2014-11-07", "ends_on": "2014-11-11"}
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")

    with pytest.raises(CommandError) as refused:
        call_command("load_pilot", facts=path)

    assert "Session A" in str(refused.value)
    assert "Session B" in str(refused.value)
    assert not Series.objects.exists()
    assert not User.objects.exists()


def test_pilot_is_all_or_nothing(db):
    facts = copy.deepcopy(pilot.facts())
    facts["organizations"].append({"name": "x" * 200, "sources": []})

    with pytest.raises(Exception, match="160"):
        pilot_stories.load(facts, at=clock.now())

    assert not Series.objects.exists()
    assert not User.objects.exists()


def test_refused_calendar_is_told_before_anything_is_written(db):
    facts = pilot.facts()
    facts["summit"] = {"starts_on": "2015-03-20", "ends_on": "2015-03-20"}

    with pytest.raises(CalendarRefused):
        pilot_stories.load(facts, at=clock.now())


# --- the pilot: sample content --------------------------------------------------------------------------


def test_pilot_has_five_people_a_team_and_four_coaches_with_one_handover(loaded):
    members = Membership.objects.filter(team__series=loaded)
    by_role = Counter(members.values_list("team__code", "role", "is_under_18"))
    coaching = CoachAssignment.objects.filter(team__series=loaded)

    assert members.count() == 35
    assert set(by_role.values()) == {1}
    assert {role for _code, role, _young in by_role} == {"lead", "storyteller", "member", "data_contact"}
    assert members.filter(is_under_18=True).count() == 7
    assert members.filter(role=Role.LEAD, person__name__endswith="Senior Fellow").count() == 7
    loads = Counter(coaching.filter(ends_on=None).values_list("coach", flat=True))
    assert sorted(loads.values()) == [1, 2, 2, 2]
    assert coaching.exclude(ends_on=None).exclude(handover_note="").count() == 1
    people = User.objects.filter(is_sample=True)
    assert not people.exclude(email__endswith="@example.org").exists()
    assert not any(person.has_usable_password() for person in people)


def test_pilot_plans_are_as_outlined(loaded):
    plans = Plan.objects.filter(team__series=loaded).annotate(count=Count("items"))
    spread = (
        PlanItem.objects.filter(plan__team__series=loaded)
        .values("drivers")
        .annotate(teams=Count("plan__team", distinct=True))
    )

    assert plans.count() == 21
    assert all(3 <= plan.count <= 5 for plan in plans)
    assert len(spread) == 4
    assert all(row["teams"] >= 4 for row in spread)
    outside = Q(due_on__gt=F("plan__period__ends_on")) | Q(due_on__lt=F("plan__period__starts_on"))
    assert not PlanItem.objects.filter(outside).exists()


def test_pilot_check_ins_are_as_outlined(loaded):
    cells = DueDate.objects.filter(team__series=loaded)
    filed = CheckIn.objects.filter(due__in=cells).select_related("due", "due__team__series")
    last_days = set(loaded.periods.values_list("ends_on", flat=True))

    assert cells.count() == 133
    assert filed.count() == 104  # 78 %
    assert filed.filter(going=Going.NOTHING).count() == 9
    assert sum(check_in.is_late for check_in in filed) == 11
    assert cells.filter(is_excused=True, check_in=None).exclude(excused_because="").count() == 6
    assert all((c.due_on + timedelta(days=1)).day == 1 or c.due_on in last_days for c in cells)
    assert all(clock.day_in(c.due.team.time_zone, c.filed_at) == c.filed_on for c in filed)


def test_one_team_falls_quiet_and_one_comes_back(loaded):
    oregon = CheckIn.objects.filter(due__team__code="OR").order_by("filed_on").last()
    vermont = list(
        CheckIn.objects.filter(due__team__code="VT").order_by("filed_on").values_list("filed_on", flat=True)
    )
    gap = max((b - a).days for a, b in pairwise(vermont))

    assert oregon.filed_on < date(2015, 2, 1)
    assert gap > 150
    assert vermont[-1] > date(2015, 7, 1)
    assert not StoryEntry.objects.filter(team__code="OR", began_on__gt=date(2015, 2, 1)).exists()


def test_pilot_stories_are_as_outlined(loaded):
    stories = StoryEntry.objects.filter(team__series=loaded)
    lengths = sorted(len(story.text) for story in stories)

    assert stories.count() == 120
    assert Counter(stories.values_list("visibility", flat=True)) == {"public": 70, "series": 38, "team": 12}
    assert stories.filter(result=Result.NOT).count() >= 15
    assert stories.annotate(n=Count("drivers")).filter(n__gte=2).count() == 48
    assert set(stories.values_list("strand", flat=True)) == {"", "research", "story", "improvement"}
    assert lengths[0] < 60
    assert lengths[-1] > 1000
    spanish = Counter(stories.filter(language="es").values_list("team__code", flat=True))
    assert spanish["PR"] > stories.filter(team__code="PR", language="en").count()
    grown = stories.filter(
        Q(grew_out_of_items__isnull=False) | Q(grew_out_of_entries__isnull=False)
    ).distinct()
    assert grown.count() > 100
    assert (
        stories.filter(grew_out_of_entries__isnull=False)
        .exclude(grew_out_of_entries__team=F("team"))
        .exists()
    )
    assert Counter(stories.values_list("text", flat=True)).most_common(1)[0][1] == 1
    assert not any("{" in story.text or "}" in story.text for story in stories)


def test_pilot_clearances_are_as_outlined(loaded):
    cleared = Clearance.objects.filter(entry__team__series=loaded).select_related("entry")

    approved = cleared.filter(state=ClearanceState.APPROVED, states_nobody_recognisable=True)
    assert {row.entry_id for row in approved} == set(
        StoryEntry.objects.filter(visibility=Visibility.PUBLIC).values_list("pk", flat=True)
    )
    withdrawn = cleared.filter(state=ClearanceState.WITHDRAWN)
    assert [row.entry.visibility for row in withdrawn] == ["series"] * 3
    assert all(row.withdrawn_at > row.decided_at > row.asked_at > row.entry.logged_at for row in withdrawn)
    assert all(row.decided_at > row.asked_at > row.entry.logged_at for row in approved)
    leads = set(Membership.objects.filter(role=Role.LEAD).values_list("team", "person"))
    assert all((row.entry.team_id, row.decided_by_id) in leads for row in cleared)


def test_some_stories_have_a_coach_in_the_margin_and_an_answer(loaded):
    notes = Comment.objects.filter(entry__team__series=loaded).select_related("entry", "parent")

    assert notes.filter(parent=None).count() > 30
    assert notes.exclude(parent=None).count() > 15
    assert all(note.written_at > note.entry.logged_at for note in notes)
    assert all(note.written_at > note.parent.written_at for note in notes if note.parent)
    assert not notes.filter(parent__isnull=False, audience="coaches").exists()
    for note in notes.filter(parent=None):
        held = CoachAssignment.objects.filter(team=note.entry.team_id, coach=note.author_id)
        assert held.on(note.written_at.date()).exists()


def test_every_sample_row_says_so(loaded):
    load_living(date(2026, 11, 25))

    for model in (*ROWS, *CALL_LOG, CoachAssignment):
        found = model.objects.filter(is_sample=False)
        assert [row.series for row in found] == [loaded] * 8 if model is Team else not found, model
    assert LearningSession.objects.filter(is_sample=False).count() == 2


# --- both ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_public_could_be_cleared_and_names_nobody():
    load_living(date(2026, 11, 25))
    pilot_stories.load(pilot.facts(), at=clock.now())
    names = {word for user in User.objects.all() for word in re.findall(r"\w{3,}", user.name)}
    names -= {"Senior", "Fellow"}

    for entry in StoryEntry.objects.filter(visibility=Visibility.PUBLIC):
        assert what_stands_in_the_way(entry) == []
        words = " ".join([entry.title, entry.text, entry.why_it_matters, entry.who])
        assert not names & set(re.findall(r"\w+", words)), entry.headline


@pytest.mark.django_db
def test_stories_keep_the_rules_of_their_model_and_their_scope():
    living_series = load_living(date(2026, 11, 25))
    pilot_series = pilot_stories.load(pilot.facts(), at=clock.now())

    for series in (living_series, pilot_series):
        for entry in StoryEntry.objects.filter(team__series=series).select_related("team"):
            entry.full_clean()
            assert all(driver.series_id == series.pk for driver in entry.drivers.all())
            assert all(
                item.plan.team_id == entry.team_id for item in entry.grew_out_of_items.select_related("plan")
            )
            for source in entry.grew_out_of_entries.all():
                assert source.logged_at <= entry.logged_at
                assert source.team_id == entry.team_id or source.visibility != Visibility.TEAM
            young = Membership.objects.filter(team=entry.team, person=entry.author, is_under_18=True).exists()
            assert entry.author_is_under_18 == young
    for item in PlanItem.objects.all():
        item.full_clean()
    for row in CheckIn.objects.all():
        row.full_clean()
    for note in Comment.objects.all():
        note.full_clean(exclude=["parent", "settled_by"])


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["load_pilot", "load_sample"])
def test_loaded_twice_is_loaded_once(command):
    words_of(command)
    before = [model.objects.count() for model in ROWS]

    again = words_of(command)

    assert "is there already. Nothing was changed." in again
    assert [model.objects.count() for model in ROWS] == before


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["load_pilot", "load_sample"])
def test_either_series_may_come_first(first):
    second = {"load_pilot": "load_sample", "load_sample": "load_pilot"}[first]

    words_of(first)
    words_of(second)

    assert User.objects.get(email="olive.marsh@example.org").series_roles.count() == 2


@pytest.mark.django_db
def test_a_real_person_is_given_no_role():
    make_person("Olive", email="olive.marsh@example.org")

    with pytest.raises(CommandError, match=r"olive\.marsh@example\.org"):
        call_command("load_pilot")

    assert not Series.objects.exists()


@pytest.mark.django_db
@time_machine.travel("2026-11-25 15:00Z", tick=False)
def test_loading_leaves_nothing_to_tell_and_only_reminders_ahead():
    words_of("load_pilot")
    words_of("load_sample")

    assert not Job.objects.exists()
    assert not Event.objects.exists()
    now = clock.now()
    owe_reminders(since=now - timedelta(minutes=1), until=now)
    dues = DueDate.objects.filter(pk__in=Notice.objects.values("object_id"))
    assert {due.due_on for due in dues} == {date(2026, 11, 27)}  # the day before it is still to come
    assert not Job.objects.filter(due_at__lt=now).exists()


@pytest.mark.django_db
def test_loading_is_quick_and_writes_in_bulk(django_assert_max_num_queries):
    began = time.process_time()
    with django_assert_max_num_queries(450):
        words_of("load_pilot")
    with django_assert_max_num_queries(450):
        words_of("load_sample")

    assert time.process_time() - began < 8


def test_tellings_are_many_and_whole(db):
    english, spanish = tellings("en"), tellings("es")

    assert len({t.number for t in english}) >= 45
    assert len({t.number for t in spanish}) >= 18
    for telling in [*english, *spanish]:
        one, short, whole = (telling.text(length) for length in (ONE_LINE, SHORT, WHOLE))
        assert "\n" not in one
        assert len(one) < len(short) <= len(whole) < 4000
        assert telling.result in Result.values


# --- the living series --------------------------------------------------------------------------------

DAYS = [date(2026, 11, 25), date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 14)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("on", "hour"), [*((day, "15:00") for day in DAYS), (DAYS[1], "03:30"), (DAYS[2], "23:55")]
)
def test_living_series_lies_around_the_day_of_loading(on, hour):
    with time_machine.travel(f"{on} {hour}Z", tick=False):
        words_of("load_sample")
        series = Series.objects.get(slug="engagement-for-all")
        today = clock.today(series.time_zone)
        period = series.periods.get(number=2)
        found = {
            s.team.code: s.word for s in standings(series.teams.select_related("series"), at=clock.now())
        }

        assert period.starts_on < today < period.ends_on
        assert abs((today - period.starts_on).days - (period.ends_on - today).days) < 80
        assert found == {
            "JXN": "steady", "PR": "steady", "NYC": "steady", "MN": "steady",
            "NE": "help", "OR": "quiet", "VT": "nudge",
        }  # fmt: skip
        coming = DueDate.objects.open().filter(team__code="JXN", due_on__gte=today).first()
        assert 1 <= (coming.due_on - today).days <= 3
        assert not DueDate.objects.open().filter(team__code="JXN", due_on__lt=today).exists()
        assert DueDate.objects.open().filter(team__code="VT", due_on__lt=today).count() == 1
        assert not StoryEntry.objects.filter(logged_at__gt=clock.now()).exists()
        assert not Comment.objects.filter(written_at__gt=clock.now()).exists()
        assert not CheckIn.objects.filter(filed_at__gt=clock.now()).exists()
        assert not Clearance.objects.filter(decided_at__gt=clock.now()).exists()
        assert not StoryEntry.objects.filter(is_intended=False, began_on__gt=today).exists()
        assert check(layout_of(series)).is_fine


def test_there_is_a_calendar_around_every_day():
    for day in range(0, 4 * 366, 3):
        on = date(2026, 1, 1) + timedelta(days=day)
        layout, _rhythm = living.calendar_around(on)
        period = layout.periods[1]
        assert period.starts_on + timedelta(days=55) < on < period.ends_on - timedelta(days=30)


@pytest.mark.django_db
def test_living_series_has_what_one_clicks_through():
    series = load_living(date(2026, 11, 25))
    told = Counter(
        StoryEntry.objects.filter(team__series=series, is_intended=False).values_list("team__code", flat=True)
    )

    assert told["JXN"] == 15
    assert all(3 <= count <= 9 for code, count in told.items() if code != "JXN")
    assert StoryEntry.objects.filter(visibility=Visibility.PUBLIC).count() >= 6
    assert Clearance.objects.filter(state=ClearanceState.ASKED, entry__visibility="series").count() == 1
    assert StoryEntry.objects.filter(drivers=None).count() == 1  # waits to be placed
    assert Comment.objects.filter(entry__team__code="JXN", audience="coaches").count() == 1
    running = PlanItem.objects.filter(plan__team__code="JXN", plan__period__number=2)
    assert len(set(running.values_list("status", flat=True))) >= 3
    shared = StoryEntry.objects.filter(visibility=Visibility.SERIES).values("team").distinct()
    assert shared.count() == 7


@pytest.mark.django_db
def test_living_series_is_kept_out_of_production(settings):
    settings.IS_PRODUCTION = True

    with pytest.raises(CommandError, match="invented addresses"):
        call_command("load_sample")


@pytest.mark.django_db
def test_load_sample_says_who_can_be_clicked():
    said = words_of("load_sample", "--on", "2028-02-29")

    assert "Kiara B." in said
    assert "kiara.b@example.org" in said


# --- the door of a demonstration ------------------------------------------------------------------------


@pytest.mark.django_db
def test_door_offers_one_person_of_each_role():
    assert sample_people() == []
    load_living(clock.today("America/New_York"))

    found = sample_people()

    roles = " ".join(person["role"] for person in found)
    in_teams, in_series = (
        ("team lead", "storyteller, under 18", "member", "coach"),
        ("facilitator", "organizer", "expert", "observer"),
    )
    for word in in_teams + in_series:
        assert word in roles
    assert sample_people in demo._offers
    assert demo.people() == found


@pytest.mark.django_db
def test_door_stands_on_the_sign_in_page_of_a_demonstration_only(client, settings, django_assert_num_queries):
    load_living(clock.today("America/New_York"))

    assert "Kiara B." not in client.get(reverse("account_login")).content.decode()
    settings.IS_DEMO = True
    page = client.get(reverse("account_login")).content.decode()
    assert "Kiara B." in page
    assert client.post(reverse("accounts:demo-sign-in"), {"email": "kiara.b@example.org"}).status_code == 302
    with transaction.atomic(), django_assert_num_queries(4):
        sample_people()
