"""The pilot series: public facts with their sources, and sample content between them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import cycle
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from accounts.permissions import Role
from desk.samples import read, rows
from desk.samples.rows import Person, known_id
from progress.models import Channel, CheckIn, DueDate, Going, HelpFrom
from series.calendar import Findings, Layout, SessionDates, SummitDates, check, letter_of
from series.models import ActionPeriod, Driver, GuidingQuestion, LearningSession, Series, SeriesStatus, Summit
from series.services import CalendarRefused, planned_months
from teams.models import CoachAssignment, Membership, Organization, Team, TeamStatus, TeamStatusChange

# The five of a team, in the order in which the data file names them. The lead is a Senior Fellow.
PLACES = (
    ("lead", Role.LEAD, False),
    ("storyteller", Role.STORYTELLER, False),
    ("member", Role.MEMBER, False),
    ("youth", Role.MEMBER, True),
    ("data", Role.DATA_CONTACT, False),
)

# Each team's check-ins in the three periods: filed, late, nothing to report, excused, missing.
# Vermont comes back in its seventh month of silence, Oregon falls quiet in the last winter.
CHECK_INS = {
    "JXN": "fffffnmeff ffffff mff",
    "PR": "ffffffmnfe ffflff fmf",
    "NYC": "fffffmlnnf ffmlef fff",
    "NE": "fffemlnmnf lfffml fff",
    "MN": "ffefffnnmf fmlfff fff",
    "OR": "ffffffenff fllmmm mmm",
    "VT": "fflmmmmmml ffffff fff",
}


@dataclass
class Pilot:
    """What has been made so far, for the parts that build on it."""

    series: Series
    people: dict[str, User]
    drivers: dict[str, Driver]
    periods: list[ActionPeriod]
    teams: dict[str, Team]
    coaches: dict[str, list[CoachAssignment]] = field(default_factory=dict)

    def person(self, code: str, place: str) -> User:
        return self.people[f"{code}.{place}"]

    def coach_on(self, code: str, day: date) -> User:
        """Who coaches the team on that day."""
        held = [row for row in self.coaches[code] if row.ends_on is None or row.ends_on >= day]
        return min(held, key=lambda row: row.starts_on).coach


def facts() -> dict[str, Any]:
    """The public facts, from the data file."""
    found: dict[str, Any] = read("pilot")
    return found


def is_loaded(known: dict[str, Any]) -> bool:
    return Series.objects.filter(slug=known["slug"]).exists()


def layout_of(known: dict[str, Any]) -> Layout:
    """The calendar that the facts make. Raises CalendarRefused where they cannot be: it names both events."""
    sessions = [
        SessionDates(
            date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"]), letter_of(number)
        )
        for number, row in enumerate(known["sessions"], start=1)
    ]
    summit = known["summit"]
    layout = Layout(
        opens_on=date.fromisoformat(known["opens_on"]),
        sessions=tuple(sessions),
        summit=SummitDates(date.fromisoformat(summit["starts_on"]), date.fromisoformat(summit["ends_on"])),
    )
    if errors := check(layout).errors:
        raise CalendarRefused(Findings(errors, ()))
    return layout


@transaction.atomic
def load_frame(known: dict[str, Any], *, at: datetime) -> Pilot:
    """Make the series, its teams and people, and what the teams owed and filed."""
    layout = layout_of(known)
    people = _people(known)
    series = _series(known, layout, people["olive"], at)
    pilot = Pilot(
        series,
        people,
        rows.make_drivers(series, known["drivers"]),
        rows.make_periods(series, layout),
        _teams(series, known),
    )
    rows.give_roles(series, people, rows.staff()[1])
    _join(pilot, known)
    rows.owe_check_ins(series, [team for code, team in pilot.teams.items() if code in CHECK_INS])
    _file(pilot)
    return pilot


def cite(known: dict[str, Any], row: dict[str, Any]) -> str:
    """Where a fact is from, with what was corrected."""
    cited = "; ".join(known["sources"][key] for key in row.get("sources", ()))
    return ". ".join(part for part in (cited, row.get("note", "")) if part)


def _people(known: dict[str, Any]) -> dict[str, User]:
    wanted = rows.staff()[0]
    for code, names in known["people"].items():
        zone = next(row["time_zone"] for row in known["teams"] if row["code"] == code)
        for (place, _role, _young), name in zip(PLACES, names, strict=True):
            address = f"{slugify(name)}.{code.lower()}.pilot@example.org"
            title = f"{name}, Senior Fellow" if place == "lead" else name
            language = "es" if code == "PR" else "en"
            wanted.append(Person(f"{code}.{place}", title, address, language, zone))
    for row in known["coaches"]:
        wanted.append(Person(row["key"], row["name"], f"{row['key']}.coach.pilot@example.org"))
    return rows.make_people(wanted)


def _series(known: dict[str, Any], layout: Layout, by: User, at: datetime) -> Series:
    series = Series(
        **{name: known[name] for name in ("name", "slug", "summary", "host", "time_zone", "languages")},
        status=SeriesStatus.OPEN,
        opens_on=layout.opens_on,
        first_session_on=layout.first_session_on,
        planned_months=planned_months(layout),
        accepted_warnings=sorted(found.key for found in check(layout).warnings),
        created_by=by,
        created_at=at,
        submission_id=known_id("pilot"),
        is_sample=True,
    )
    series.full_clean(exclude=["months"])
    series.save()
    question = known["question"]
    GuidingQuestion.objects.create(
        series=series, text=question["text"], source=known["sources"][question["source"]]
    )
    for position, (row, dates) in enumerate(zip(known["sessions"], layout.sessions, strict=True)):
        session = LearningSession(
            series=series,
            position=position,
            starts_on=dates.starts_on,
            ends_on=dates.ends_on,
            place=row["place"],
            source=cite(known, row),
            is_sample=row.get("is_sample", False),
        )
        session.full_clean()
        session.save()
    Summit.objects.create(
        series=series,
        starts_on=layout.summit.starts_on,
        ends_on=layout.summit.ends_on,
        is_sample=known["summit"].get("is_sample", False),
    )
    for row in known["organizations"]:
        organization = Organization(series=series, name=row["name"], source=cite(known, row))
        organization.full_clean()
        organization.save()
    return series


def _teams(series: Series, known: dict[str, Any]) -> dict[str, Team]:
    """The places as the sources name them, each a fact; one of them was not listed later."""
    made = {}
    for row in known["teams"]:
        team = Team(
            series=series,
            **{name: row[name] for name in ("name", "code", "place", "time_zone")},
            slug=slugify(row["name"]),
            status=TeamStatus.MERGED if "merged_on" in row else TeamStatus.ACTIVE,
            joined_on=series.opens_on,
            source=cite(known, row),
            submission_id=known_id("pilot", "team", row["code"]),
        )
        team.full_clean()
        team.save()
        if "merged_on" in row:
            merged_on = date.fromisoformat(row["merged_on"])
            TeamStatusChange.objects.create(
                team=team, status=TeamStatus.MERGED, on=merged_on, reason=row["reason"]
            )
        made[row["code"]] = team
    return made


def _join(pilot: Pilot, known: dict[str, Any]) -> None:
    """Put the sample people into their teams, and give each team its coach; one hands over."""
    opens_on = pilot.series.opens_on
    Membership.objects.bulk_create(
        Membership(
            team=pilot.teams[code],
            person=pilot.person(code, place),
            role=role,
            is_under_18=young,
            starts_on=opens_on,
            is_sample=True,
        )
        for code in known["people"]
        for place, role, young in PLACES
    )
    pairs: list[tuple[str, str, date, date | None, str]] = [
        (row["key"], code, opens_on, None, "") for row in known["coaches"] for code in row["teams"]
    ]
    change = known["handover"]
    day = date.fromisoformat(change["on"])
    note = read("bank")["handover"]
    pairs += [
        (change["from"], change["team"], opens_on, day, note),
        (change["to"], change["team"], day, None, ""),
    ]
    made = CoachAssignment.objects.bulk_create(
        CoachAssignment(
            team=pilot.teams[code],
            coach=pilot.people[key],
            starts_on=starts_on,
            ends_on=ends_on,
            handover_note=note,
            is_sample=True,
        )
        for key, code, starts_on, ends_on, note in pairs
    )
    for (_key, code, *_rest), assignment in zip(pairs, made, strict=True):
        pilot.coaches.setdefault(code, []).append(assignment)


def _file(pilot: Pilot) -> None:
    """File what the table says, and excuse what it excuses."""
    bank = read("bank")
    because = iter(bank["excuses"])
    filed, excused = [], []
    dues: dict[int, list[DueDate]] = {}
    for due in DueDate.objects.filter(team__series=pilot.series).order_by("due_on"):
        dues.setdefault(due.team_id, []).append(due)
    for code, pattern in CHECK_INS.items():
        language = "es" if code == "PR" else "en"
        words = {name: cycle(bank[name][language]) for name in ("moved", "hindered", "next")}
        rounds = zip(dues[pilot.teams[code].pk], pattern.replace(" ", ""), strict=True)
        for number, (due, how) in enumerate(rounds):
            if how == "e":
                due.is_excused, due.excused_because = True, next(because)
                excused.append(due)
            elif how != "m":
                filed.append(_check_in(pilot, code, due, how, number, words))
    DueDate.objects.bulk_update(excused, ["is_excused", "excused_because"])
    CheckIn.objects.bulk_create(filed)


def _check_in(pilot: Pilot, code: str, due: DueDate, how: str, number: int, words: dict[str, Any]) -> CheckIn:
    team = pilot.teams[code]
    days = 3 + number % 6 if how == "l" else -(number % 3)  # late by three days and more, else a little early
    on = date.fromordinal(due.due_on.toordinal() + days)
    by_phone = how == "l" and number % 2 == 1
    going = (Going.WELL, Going.STEADY, Going.WELL, Going.STUCK, Going.STEADY)[number % 5]
    if how == "n":
        going = Going.NOTHING
    says_more = how != "n"
    is_hindered = says_more and (going == Going.STUCK or number % 4 == 0)
    return CheckIn(
        due=due,
        going=going,
        moved=next(words["moved"]) if says_more and going != Going.STUCK else "",
        hindered=next(words["hindered"]) if is_hindered else "",
        help_from=HelpFrom.COACH if going == Going.STUCK else "",
        next_step=next(words["next"]) if says_more and number % 2 == 0 else "",
        filed_by=pilot.coach_on(code, on)
        if by_phone
        else pilot.person(code, ("lead", "storyteller")[number % 2]),
        filed_at=rows.moment(on, team.time_zone, 16 + number % 5, number * 7 % 60),
        filed_on=on,
        is_on_behalf=by_phone,
        channel=Channel.PHONE if by_phone else Channel.WEB,
        submission_id=known_id("pilot", "check-in", code, due.due_on),
        is_sample=True,
    )
