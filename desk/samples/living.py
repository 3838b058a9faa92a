"""The living sample series: its days are counted from the day of loading, amid Action Period 2."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from accounts.permissions import Role
from core import clock
from desk.samples import read, rows
from desk.samples.rows import Person, known_id
from progress.due import Rhythm, due_dates
from progress.models import CheckIn, DueDate, Going, Plan, PlanItem
from series.calendar import Layout, add_months, check, lay_out, several_places
from series.models import (
    ActionPeriod,
    Driver,
    GuidingQuestion,
    LearningSession,
    RhythmKind,
    Series,
    SeriesStatus,
    Summit,
)
from storymaps.models import StoryEntry
from teams.models import CoachAssignment, Membership, Team

DUE_IN = 2  # days from the day of loading to the next check-in
WEEKS = 2  # between check-ins
SEARCH = 50  # days around the middle of the period in which the calendar is looked for

# Check-ins that are not filed, by team, counted back from the day of loading; all others are.
MISSING = {"VT": (12,), "OR": (12, 26), "NYC": (68,), "MN": (96,)}


class NoCalendar(Exception):
    """No calendar puts that day into the middle of a period; the rules of the calendar must have changed."""


@dataclass
class Living:
    """What has been made so far, for the parts that build on it."""

    series: Series
    on: date
    people: dict[str, User]
    drivers: dict[str, Driver]
    periods: list[ActionPeriod]
    teams: dict[str, Team]
    leads: dict[str, User] = field(default_factory=dict)
    items: dict[str, PlanItem] = field(default_factory=dict)
    entries: dict[str, StoryEntry] = field(default_factory=dict)  # by team code and key


def content() -> dict[str, Any]:
    """The people and words, from the data file."""
    found: dict[str, Any] = read("living")
    return found


def calendar_around(on: date) -> tuple[Layout, Rhythm]:
    """A calendar without a warning: `on` lies amid Action Period 2, and two days later a check-in is due."""
    due = on + timedelta(days=DUE_IN)
    rhythm = Rhythm.weekly(due.weekday(), every=WEEKS)
    middle = add_months(on, -9)
    for shift in sorted(range(-SEARCH, SEARCH + 1), key=abs):
        layout = lay_out(several_places(), middle + timedelta(days=shift))
        period = layout.periods[1]
        is_due = due in due_dates(rhythm, period.starts_on, period.ends_on)
        if is_due and check(layout).is_fine:
            return layout, rhythm
    raise NoCalendar(on.isoformat())


def is_loaded() -> bool:
    return Series.objects.filter(slug=content()["slug"]).exists()


@transaction.atomic
def load_frame(known: dict[str, Any], *, on: date, at: datetime) -> Living:
    """Make the series around the day `on`: calendar, teams, people, plans, and what was owed and filed."""
    layout, rhythm = calendar_around(on)
    people = _people(known)
    series = _series(known, layout, rhythm, people["olive"], at)
    living = Living(
        series,
        on,
        people,
        rows.make_drivers(series, known["drivers"]),
        rows.make_periods(series, layout, known["themes"]),
        _teams(series, known),
    )
    rows.give_roles(series, people, rows.staff()[1])
    _join(living, known)
    rows.owe_check_ins(series, list(living.teams.values()))
    _file(living, known)
    for row in known["teams"]:
        _plan(living, row)
    return living


def _people(known: dict[str, Any]) -> dict[str, User]:
    wanted = rows.staff()[0] + [Person.of(row) for row in known["coaches"]]
    for team in known["teams"]:
        wanted += [Person.of(row, zone=team["zone"], language=team["language"]) for row in team["people"]]
    return rows.make_people(wanted)


def _series(known: dict[str, Any], layout: Layout, rhythm: Rhythm, by: User, at: datetime) -> Series:
    series = Series(
        **{name: known[name] for name in ("name", "slug", "summary", "host", "time_zone", "languages")},
        status=SeriesStatus.OPEN,
        opens_on=layout.opens_on,
        first_session_on=layout.first_session_on,
        months=list(layout.months),
        rhythm=RhythmKind.WEEKS,
        rhythm_weeks=WEEKS,
        rhythm_weekday=rhythm.weekday or 0,
        created_by=by,
        created_at=at,
        submission_id=known_id("living"),
        is_sample=True,
    )
    series.full_clean(exclude=["accepted_warnings"])
    series.save()
    GuidingQuestion.objects.create(
        series=series, text=known["question"], agreed_on=layout.opens_on, agreed_by=known["agreed_by"]
    )
    *places, summit_place = known["places"]
    LearningSession.objects.bulk_create(
        LearningSession(
            series=series,
            position=position,
            starts_on=session.starts_on,
            ends_on=session.ends_on,
            place=place,
            is_sample=True,
        )
        for position, (session, place) in enumerate(zip(layout.sessions, places, strict=True))
    )
    summit = layout.summit
    Summit.objects.create(
        series=series, starts_on=summit.starts_on, ends_on=summit.ends_on, place=summit_place, is_sample=True
    )
    return series


def _teams(series: Series, known: dict[str, Any]) -> dict[str, Team]:
    made = {}
    for row in known["teams"]:
        team = Team(
            series=series,
            name=row["name"],
            slug=slugify(row["name"]),
            code=row["code"],
            place=row["place"],
            focus_area=row["focus"],
            aim=row["aim"],
            time_zone=row["zone"],
            joined_on=series.opens_on,
            submission_id=known_id("living", "team", row["code"]),
            is_sample=True,
        )
        team.full_clean()
        team.save()
        made[row["code"]] = team
    return made


def _join(living: Living, known: dict[str, Any]) -> None:
    opens_on = living.series.opens_on
    members = []
    for row in known["teams"]:
        for person in row["people"]:
            who = living.people[person["key"]]
            if person["role"] == Role.LEAD:
                living.leads[row["code"]] = who
            members.append(
                Membership(
                    team=living.teams[row["code"]],
                    person=who,
                    role=person["role"],
                    is_under_18=person.get("under_18", False),
                    starts_on=opens_on,
                    ends_on=living.on - timedelta(days=person["left_ago"]) if "left_ago" in person else None,
                    is_sample=True,
                )
            )
    Membership.objects.bulk_create(members)
    CoachAssignment.objects.bulk_create(
        CoachAssignment(
            team=living.teams[code], coach=living.people[row["key"]], starts_on=opens_on, is_sample=True
        )
        for row in known["coaches"]
        for code in row["teams"]
    )


def _plan(living: Living, row: dict[str, Any]) -> None:
    """Write down what the team of `row` intends in the first two periods."""
    team, lead = living.teams[row["code"]], living.leads[row["code"]]
    items, pairs = [], []
    for number, words in row["plans"].items():
        period = living.periods[int(number) - 1]
        plan = Plan.objects.create(
            team=team,
            period=period,
            question=words["question"],
            support_wanted=words.get("support", ""),
            is_sample=True,
        )
        for position, line in enumerate(words["items"]):
            due_on = living.on + timedelta(days=line["due_in"]) if "due_in" in line else period.ends_on
            item = PlanItem(
                plan=plan,
                what=line["what"],
                who=line.get("who", ""),
                due_on=min(max(due_on, period.starts_on), period.ends_on),
                first_step=line.get("first_step", ""),
                status=line["status"],
                position=position,
                added_by=lead,
                added_at=rows.moment(period.starts_on + timedelta(days=2), team.time_zone, 19),
                submission_id=known_id("living", "item", line["key"]),
                is_sample=True,
            )
            items.append(item)
            pairs += [(item, living.drivers[name]) for name in line["drivers"]]
            living.items[line["key"]] = item
    PlanItem.objects.bulk_create(items)
    rows.link(PlanItem.drivers.through, "planitem", "driver", pairs)


def _file(living: Living, known: dict[str, Any]) -> None:
    """File what was due before the day of loading; some is missing, and one team asks for help."""
    bank, call = read("bank"), known["help"]
    codes = {team.pk: code for code, team in living.teams.items()}
    words = {
        row["code"]: {name: cycle(bank[name][row["language"]]) for name in ("moved", "hindered", "next")}
        for row in known["teams"]
    }
    people = {row["code"]: [person["key"] for person in row["people"][:2]] for row in known["teams"]}
    # An evening before the day of loading lies in the past, whatever the zone.
    past = DueDate.objects.filter(team__series=living.series, due_on__lt=living.on).order_by("due_on", "team")
    latest = max((due.due_on for due in past), default=living.on)
    filed = []
    for number, due in enumerate(past):
        code = codes[due.team_id]
        if (living.on - due.due_on).days in MISSING.get(code, ()):
            continue
        by = living.people[people[code][number // len(codes) % 2]]
        row = _check_in(living.teams[code], due, number, by, words[code])
        if code == call["team"] and due.due_on == latest:
            row.moved = ""
            for name in ("going", "help_from", "hindered", "next_step"):
                setattr(row, name, call[name])
        filed.append(row)
    CheckIn.objects.bulk_create(filed)


def _check_in(team: Team, due: DueDate, number: int, by: User, words: Mapping[str, Iterator[str]]) -> CheckIn:
    going = (Going.WELL, Going.STEADY, Going.WELL, Going.WELL, Going.STEADY, Going.NOTHING)[number % 6]
    says_more = going != Going.NOTHING
    filed_at = rows.moment(due.due_on, team.time_zone, 15 + number % 5, number * 11 % 60)
    return CheckIn(
        due=due,
        going=going,
        moved=next(words["moved"]) if says_more else "",
        hindered=next(words["hindered"]) if says_more and number % 4 == 0 else "",
        next_step=next(words["next"]) if says_more and number % 2 == 0 else "",
        filed_by=by,
        filed_at=filed_at,
        filed_on=clock.day_in(team.time_zone, filed_at),
        submission_id=known_id("living", "check-in", team.code, due.due_on),
        is_sample=True,
    )
