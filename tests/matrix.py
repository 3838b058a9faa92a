"""The table of role × route × method, on real objects. A route without a row fails tests/test_matrix.py.

A row says who may SEE the object of the route at all (everybody else: the same 404 as for nothing), who
may READ the page (those who only see: 403), and who may WRITE (the others who see: 403). Nobody signed
in is sent to sign in, except on public routes.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.signing import TimestampSigner

from accounts.models import Upload
from accounts.permissions import Role
from coaching.models import Concern, HelpCall
from core import clock
from jobs.models import Job, State
from jobs.registry import Lane
from measures.models import Annotation
from progress.models import DueDate, Plan, PlanItem, ProgressScore, ScoreBy, TestCycle
from series.models import SeriesRole
from storymaps.models import Clearance, Comment, Evidence, StoryEntry
from teams.models import Invitation, Membership
from tests.factories.measures import make_measure, make_points
from tests.factories.reports import make_edition, make_story
from tests.factories.series import give_role, make_series
from tests.factories.storymaps import make_file
from tests.factories.teams import coach, join, make_team
from tests.factories.told import make_marker, make_outcome, make_partner, make_passage, make_source

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
ROLES = (
    None,
    "stranger",
    "administrator",
    "observer",
    "expert",
    "peer",
    "member",
    "data_contact",
    "storyteller",
    "lead",
    "coach",
    "facilitator",
    "organizer",
)
NOBODY: frozenset[str] = frozenset()
PERSON = frozenset(role for role in ROLES if role)
TEAM = frozenset({"member", "data_contact", "storyteller", "lead"})
RUN = frozenset({"facilitator", "organizer"})
IN_FULL = TEAM | RUN | {"coach"}
SERIES = IN_FULL | {"observer", "expert", "peer"}
NUMBERS = RUN | {"coach", "lead", "data_contact"}
ADMINISTRATOR = frozenset({"administrator"})
ORGANIZER = frozenset({"organizer"})


@dataclass(frozen=True)
class Row:
    """Who may see, read, write and change one route. None: the method is not served (405).

    A page is tried with GET and POST of a form, a route of the API also with PATCH, all with JSON.
    """

    see: frozenset[str] = SERIES
    read: frozenset[str] | None = None
    write: frozenset[str] | None = None
    change: frozenset[str] | None = None
    is_json: bool = False
    kwargs: Callable[[Any], dict[str, Any]] = lambda world: {}
    body: Callable[[Any], dict[str, Any]] = lambda world: {}
    is_public: bool = False
    statuses: tuple[int, ...] = ()  # what the page may answer beside what a page usually does
    why: str = field(default="", compare=False)


def in_series(world: Any) -> dict[str, Any]:
    return {"series_slug": world.series.slug}


def in_team(world: Any) -> dict[str, Any]:
    return in_series(world) | {"team_slug": world.team.slug}


def beside_entry(world: Any) -> dict[str, Any]:
    return in_team(world) | {"kind": "story", "target_id": world.entry.pk}


def at_call(world: Any) -> dict[str, Any]:
    return in_team(world) | {"call_id": world.call.pk}


def at_note(world: Any) -> dict[str, Any]:
    return in_team(world) | {"comment_id": world.note.pk}


def at_entry(world: Any) -> dict[str, Any]:
    return in_team(world) | {"entry_id": world.entry.pk}


def at_evidence(world: Any) -> dict[str, Any]:
    return at_entry(world) | {"evidence_id": world.evidence.pk}


def at_item(world: Any) -> dict[str, Any]:
    return in_team(world) | {"item_id": world.item.pk}


def at_cycle(world: Any) -> dict[str, Any]:
    return at_item(world) | {"number": 1}


def at_due(world: Any) -> dict[str, Any]:
    return in_team(world) | {"due_on": world.due.due_on}


def at_measure(world: Any) -> dict[str, Any]:
    return in_team(world) | {"measure_id": world.measure.pk}


def at_passage(world: Any) -> dict[str, Any]:
    return in_team(world) | {"passage_id": world.passage.pk}


def at_source(world: Any) -> dict[str, Any]:
    return in_team(world) | {"source_id": world.passage.source.pk}


def at_outcome(world: Any) -> dict[str, Any]:
    return in_team(world) | {"outcome_id": world.outcome.pk}


def at_partner(world: Any) -> dict[str, Any]:
    return in_team(world) | {"partner_id": world.marker.partner.pk}


def at_period(world: Any) -> dict[str, Any]:
    return in_team(world) | {"number": 1}


def at_report(world: Any) -> dict[str, Any]:
    return in_series(world) | {"report_slug": world.report.slug}


def at_block(world: Any) -> dict[str, Any]:
    return at_report(world) | {"block_id": world.report.blocks.order_by("position").first().pk}


def at_edition(world: Any) -> dict[str, Any]:
    return at_report(world) | {"number": world.edition.number}


def at_public(world: Any) -> dict[str, Any]:
    return in_series(world) | {"number": world.edition.number}


def series_page(
    read: frozenset[str] = SERIES, write: frozenset[str] | None = None, kwargs: Any = in_series
) -> Row:
    """A page of the series: who is in it knows of it."""
    return Row(see=SERIES, read=read, write=write, kwargs=kwargs)


def program(
    read: frozenset[str] | None = None, see: frozenset[str] = SERIES, kwargs: Any = in_team, **more: Any
) -> Row:
    """A route of the API."""
    return Row(see=see, read=read, kwargs=kwargs, is_json=True, **more)


def team_act(write: frozenset[str], see: frozenset[str] = SERIES, kwargs: Any = in_team, **more: Any) -> Row:
    """A route that only acts, by POST."""
    return Row(see=see, read=None, write=write, kwargs=kwargs, **more)


def inbox_act(body: Callable[[Any], dict[str, Any]]) -> Row:
    """An act of a coach's inbox, on something of a coached team; 404 for who never coached."""
    return Row(see=frozenset({"coach"}), write=frozenset({"coach"}), body=body)


def make_world() -> SimpleNamespace:
    """One series with two teams and one of each thing; the team's entry is the team's alone."""
    today = clock.today("UTC")
    series = make_series(today - timedelta(days=70))
    team, other = make_team(series), make_team(series)
    author = join(team, Role.LEAD)
    join(other, Role.LEAD)
    helper = coach(team)
    organizer = give_role(series, Role.ORGANIZER)
    period = series.periods.first()
    plan = Plan.objects.create(team=team, period=period)
    item = PlanItem.objects.create(
        plan=plan, what="Ask the board", added_by=author, added_at=AT, submission_id=uuid.uuid4()
    )
    due = DueDate.objects.create(team=team, period=period, due_on=today)
    stamp: dict[str, Any] = {"added_by": author, "added_at": AT, "submission_id": uuid.uuid4()}
    TestCycle.objects.create(item=item, number=1, prediction="They will come.", **stamp)
    score = ProgressScore.objects.create(
        team=team,
        side=ScoreBy.TEAM,
        half_steps=5,
        scored_by=author,
        scored_at=AT,
        scored_on=today,
        submission_id=uuid.uuid4(),
    )
    entry = StoryEntry.objects.create(
        team=team, author=author, text="It moved.", began_on=today, logged_at=AT, submission_id=uuid.uuid4()
    )
    note = Comment.objects.create(
        team=team,
        entry=entry,
        author=helper,
        text="Who chose?",
        written_at=AT,
        submission_id=uuid.uuid4(),
    )
    call = HelpCall.objects.create(
        team=team, text="How?", asked_by=author, asked_at=AT, submission_id=uuid.uuid4()
    )
    concern = Concern.objects.create(
        team=team, entry=entry, raised_by=author, raised_at=AT, submission_id=uuid.uuid4()
    )
    measure = make_measure(team)
    point = make_points(measure, [12], first=today)[0]
    Clearance.objects.create(entry=entry, asked_by=author, asked_at=AT)
    edition = make_edition(make_story(team, is_cleared=True), is_published=True)
    photo = make_file(author)
    evidence = Evidence.objects.create(
        entry=entry,
        file=photo,
        alt_text="Chairs in a ring",
        captions="WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n",
    )
    for name in (photo.stored, photo.preview):
        path = settings.MEDIA_ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")
    series.uses_boundary_partners = True
    series.save(update_fields=["uses_boundary_partners"])
    return SimpleNamespace(
        passage=make_passage(make_source(team, helper)),
        outcome=make_outcome(entry),
        marker=make_marker(make_partner(team)),
        report=edition.report,
        edition=edition,
        file=photo,
        evidence=evidence,
        upload=Upload.objects.create(uploaded_by=author, name="film.mp4", size=9, began_at=AT),
        role=SeriesRole.objects.get(series=series, person=give_role(series, Role.OBSERVER)),
        assignment=team.coach_assignments.get(),
        membership=Membership.objects.get(team=team, person=join(team, Role.MEMBER)),
        invitation=Invitation.objects.create(
            series=series,
            team=team,
            email="new@example.org",
            role=Role.MEMBER,
            invited_by=organizer,
            created_at=AT,
        ),
        failed_job=Job.objects.create(
            kind="notices.consider",
            key="event:0",
            lane=Lane.NOW,
            due_at=AT,
            state=State.FAILED,
            lease_seconds=60,
            max_attempts=6,
        ),
        series=series,
        team=team,
        other=other,
        author=author,
        helper=helper,
        organizer=organizer,
        period=period,
        plan=plan,
        item=item,
        due=due,
        score=score,
        entry=entry,
        note=note,
        call=call,
        concern=concern,
        measure=measure,
        shared_measure=make_measure(series=series),
        point=point,
        flag=Annotation.objects.create(
            measure=measure,
            team=team,
            on=today,
            text="It began.",
            by=author,
            at=AT,
            submission_id=uuid.uuid4(),
        ),
        today=today,
        driver=series.drivers.first(),
    )


def first_token(world: Any) -> dict[str, Any]:
    return {"token": TimestampSigner(salt="accounts.first").sign("first")}


PUBLIC_GET = Row(see=PERSON, read=PERSON, is_public=True)
PUBLIC_POST = Row(see=PERSON, write=PERSON, is_public=True)
PUBLIC_BOTH = Row(see=PERSON, read=PERSON, write=PERSON, is_public=True)
MINE = Row(see=PERSON, read=PERSON)
MINE_BOTH = Row(see=PERSON, read=PERSON, write=PERSON)
MINE_POST = Row(see=PERSON, write=PERSON)

ROWS: dict[str, Row] = {
    # accounts
    "set_language": PUBLIC_POST,
    "accounts:theme": PUBLIC_POST,
    "accounts:settings": MINE_BOTH,
    "accounts:again": MINE,
    "accounts:my-phone": MINE_POST,
    "accounts:end-sessions": MINE_POST,
    "accounts:first-person": Row(
        see=PERSON - ADMINISTRATOR,
        read=PERSON - ADMINISTRATOR,
        write=PERSON - ADMINISTRATOR,
        kwargs=first_token,
        is_public=True,
        why="dead as soon as there is an administrator",
    ),
    "accounts:demo-sign-in": Row(see=NOBODY, write=NOBODY, is_public=True, why="404 outside demo mode"),
    "accounts:demo-mails": Row(see=NOBODY, read=NOBODY, is_public=True, why="404 outside demo mode"),
    "accounts:demo-mail": Row(
        see=NOBODY,
        read=NOBODY,
        is_public=True,
        kwargs=lambda w: {"name": "20260101-000000-000000-0"},
        why="404 outside demo mode",
    ),
    # desk
    "desk:start": MINE,
    "desk:me": MINE,
    "desk:jobs": Row(see=ADMINISTRATOR, read=ADMINISTRATOR),
    "desk:coaching": Row(
        see=frozenset({"coach"}), read=frozenset({"coach"}), why="404 for who never coached"
    ),
    "desk:inbox-seen": inbox_act(lambda w: {"id": w.entry.pk}),
    "desk:inbox-later": inbox_act(lambda w: {"kind": "story", "id": w.entry.pk}),
    "desk:inbox-reply": inbox_act(lambda w: {"kind": "story", "id": w.entry.pk, "text": "I see."}),
    "desk:series-home": series_page(),
    "desk:teams": series_page(RUN),
    "desk:job-retry": Row(
        see=ADMINISTRATOR, write=ADMINISTRATOR, kwargs=lambda w: {"job_id": w.failed_job.pk}
    ),
    "desk:team-home": series_page(kwargs=in_team),
    "desk:healthz": PUBLIC_GET,
    "desk:readyz": Row(
        see=PERSON, read=PERSON, is_public=True, statuses=(200, 503), why="503 without a worker"
    ),
    # series
    "series:new": Row(see=PERSON, read=ADMINISTRATOR, write=ADMINISTRATOR),
    "series:set-up": series_page(RUN),
    "series:words": series_page(RUN, RUN),
    "series:open": Row(see=SERIES, write=RUN, kwargs=in_series),
    "series:calendar": series_page(),
    "series:session-move": Row(see=SERIES, read=RUN, write=RUN, kwargs=lambda w: in_series(w) | {"place": 1}),
    "series:session-place": Row(see=SERIES, write=RUN, kwargs=lambda w: in_series(w) | {"place": 1}),
    # teams
    "teams:team-add": series_page(RUN, RUN),
    "teams:people": series_page(RUN, RUN),
    "teams:role-end": Row(
        see=SERIES, read=RUN, write=RUN, kwargs=lambda w: in_series(w) | {"role_id": w.role.pk}
    ),
    "teams:coaches": series_page(RUN, RUN),
    "teams:coach-end": Row(
        see=SERIES, read=RUN, write=RUN, kwargs=lambda w: in_team(w) | {"assignment_id": w.assignment.pk}
    ),
    "teams:invitation-again": Row(
        see=SERIES, write=RUN | {"lead"}, kwargs=lambda w: in_series(w) | {"invitation_id": w.invitation.pk}
    ),
    "teams:members": Row(see=SERIES, read=IN_FULL, write=RUN | {"lead"}, kwargs=in_team),
    "teams:member-role": team_act(
        RUN | {"lead"}, kwargs=lambda w: in_team(w) | {"membership_id": w.membership.pk}
    ),
    "teams:member-end": Row(
        see=SERIES,
        read=RUN | {"lead"},
        write=RUN | {"lead"},
        kwargs=lambda w: in_team(w) | {"membership_id": w.membership.pk},
    ),
    "teams:invitation": Row(
        see=NOBODY,
        read=NOBODY,
        write=NOBODY,
        is_public=True,
        kwargs=lambda w: {"token": "none"},
        why="a dead link is a 404 to everybody; the living ones are tested in tests/teams",
    ),
    # measures: the team's own, read by those who read the team in full
    "measures:list": Row(see=IN_FULL, read=IN_FULL, kwargs=in_team),
    "measures:define": Row(see=IN_FULL, read=NUMBERS, write=NUMBERS, kwargs=in_team),
    "measures:grid": Row(see=IN_FULL, read=NUMBERS, write=NUMBERS, kwargs=in_team),
    "measures:measure": Row(see=IN_FULL, read=IN_FULL, write=NUMBERS, kwargs=at_measure),
    "measures:change": Row(see=IN_FULL, read=NUMBERS, write=NUMBERS, kwargs=at_measure),
    "measures:number": Row(
        see=IN_FULL,
        read=IN_FULL,
        write=NUMBERS,
        kwargs=lambda w: at_measure(w) | {"period_on": w.point.period_on},
    ),
    "measures:note-add": team_act(NUMBERS, see=IN_FULL, kwargs=at_measure),
    "measures:note-remove": team_act(
        NUMBERS, see=IN_FULL, kwargs=lambda w: at_measure(w) | {"note_id": w.flag.pk}
    ),
    "measures:rebase": team_act(NUMBERS, see=IN_FULL, kwargs=at_measure),
    "measures:baseline": team_act(NUMBERS, see=IN_FULL, kwargs=at_measure),
    "measures:svg": Row(see=IN_FULL, read=IN_FULL, kwargs=at_measure),
    "measures:png": Row(see=IN_FULL, read=IN_FULL, kwargs=at_measure),
    "measures:csv": Row(see=IN_FULL, read=IN_FULL, kwargs=at_measure),
    "measures:series": series_page(),
    "measures:series-define": series_page(RUN, RUN),
    "measures:series-change": series_page(
        RUN, RUN, kwargs=lambda w: in_series(w) | {"measure_id": w.shared_measure.pk}
    ),
    # progress
    "progress:check-in": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_due),
    "progress:check-in-link": Row(
        see=NOBODY,
        read=NOBODY,
        write=NOBODY,
        is_public=True,
        kwargs=lambda w: {"token": "none"},
        why="a forged or dead link is a 404 to everybody; the living ones are tested in tests/progress",
    ),
    "progress:catch-up": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=in_team),
    "progress:check-in-later": team_act(IN_FULL, see=IN_FULL, kwargs=at_due),
    "progress:receivers": Row(
        see=IN_FULL, read=frozenset({"lead"}), write=frozenset({"lead"}), kwargs=in_team
    ),
    "progress:ways": series_page(RUN, RUN),
    "progress:score": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=in_team),
    "progress:score-seen": team_act(
        IN_FULL, see=IN_FULL, kwargs=lambda w: in_team(w) | {"score_id": w.score.pk}
    ),
    "progress:plan-carry": team_act(TEAM, see=IN_FULL, kwargs=at_period),
    "progress:plan-reflect": team_act(TEAM, see=IN_FULL, kwargs=at_period),
    "progress:cycles": Row(see=IN_FULL, read=IN_FULL, write=TEAM, kwargs=at_item),
    "progress:cycle": Row(see=IN_FULL, read=IN_FULL, write=TEAM, kwargs=at_cycle),
    "progress:cycle-begin": team_act(TEAM, see=IN_FULL, kwargs=at_cycle),
    "progress:check-in-excuse": team_act(RUN | {"coach"}, see=IN_FULL, kwargs=at_due),
    "progress:plan": Row(see=IN_FULL, read=IN_FULL, kwargs=in_team),
    "progress:plan-period": Row(see=IN_FULL, read=IN_FULL, kwargs=at_period),
    "progress:partners-switch": series_page(RUN, RUN),
    "progress:partners": Row(see=IN_FULL, read=IN_FULL, write=TEAM, kwargs=in_team),
    "progress:partner": Row(see=IN_FULL, read=IN_FULL, write=TEAM, kwargs=at_partner),
    "progress:marker-change": team_act(
        TEAM, see=IN_FULL, kwargs=lambda w: at_partner(w) | {"marker_id": w.marker.pk}
    ),
    "progress:plan-item-add": team_act(TEAM, see=IN_FULL, kwargs=at_period),
    "progress:plan-words": team_act(TEAM, see=IN_FULL, kwargs=at_period),
    "progress:plan-item-edit": Row(see=IN_FULL, read=TEAM, write=TEAM, kwargs=at_item),
    "progress:plan-item-status": team_act(TEAM, see=IN_FULL, kwargs=at_item),
    # storymaps
    "storymaps:map": series_page(kwargs=in_team),
    "storymaps:poster": series_page(kwargs=in_team),
    "storymaps:poster-file": series_page(kwargs=in_team),
    "storymaps:log": Row(see=SERIES, read=IN_FULL, write=IN_FULL, kwargs=in_team),
    "storymaps:entry": Row(see=IN_FULL, read=IN_FULL, kwargs=at_entry),
    "storymaps:entry-edit": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_entry),
    "storymaps:history": Row(see=IN_FULL, read=IN_FULL, kwargs=at_entry),
    "storymaps:shelf": series_page(kwargs=in_team),
    "storymaps:search": series_page(kwargs=in_team),
    "storymaps:harvest": Row(see=SERIES, read=IN_FULL, write=IN_FULL, kwargs=in_team),
    "storymaps:harvest-source": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_source),
    "storymaps:harvest-forget": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_source),
    "storymaps:harvest-nod": team_act(TEAM, see=IN_FULL, kwargs=at_passage),
    "storymaps:outcomes": series_page(kwargs=in_team),
    "storymaps:outcome-add": Row(see=SERIES, read=IN_FULL, write=IN_FULL, kwargs=in_team),
    "storymaps:outcome": Row(see=IN_FULL, read=IN_FULL, kwargs=at_outcome),
    "storymaps:outcome-edit": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_outcome),
    "storymaps:speak": Row(see=SERIES, read=IN_FULL, write=IN_FULL, kwargs=in_team),
    "storymaps:evidence-add": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_entry),
    "storymaps:evidence-edit": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_evidence),
    "storymaps:evidence-remove": team_act(IN_FULL, see=IN_FULL, kwargs=at_evidence),
    "storymaps:captions": Row(see=IN_FULL, read=IN_FULL, kwargs=at_evidence),
    "storymaps:place": team_act(IN_FULL, see=IN_FULL, kwargs=at_entry),
    # notes in the margin: the entry is the team's alone, the note is its coach's
    "storymaps:notes": Row(see=IN_FULL, read=IN_FULL, kwargs=beside_entry),
    "storymaps:note-add": team_act(IN_FULL, see=IN_FULL, kwargs=beside_entry),
    "storymaps:note-settle": team_act(IN_FULL, see=IN_FULL, kwargs=at_note),
    "storymaps:note-history": Row(see=IN_FULL, read=IN_FULL, kwargs=at_note),
    "storymaps:note-change": Row(
        see=IN_FULL, read=NOBODY, write=NOBODY, kwargs=at_note, why="its author alone, who is nobody of these"
    ),
    "storymaps:note-delete": Row(see=IN_FULL, read=RUN, write=RUN, kwargs=at_note, why="and its author"),
    "storymaps:clearance-ask": team_act(IN_FULL, see=IN_FULL, kwargs=at_entry),
    "storymaps:clearance-decide": team_act(frozenset({"lead"}), see=IN_FULL, kwargs=at_entry),
    "storymaps:clearance-withdraw": team_act(ORGANIZER | {"lead"}, see=IN_FULL, kwargs=at_entry),
    "storymaps:chain-item": Row(see=IN_FULL, read=IN_FULL, kwargs=at_item),
    # calls for help: this one is for the coach
    "coaching:help-open": series_page(kwargs=in_series),
    "coaching:concern": Row(
        see=IN_FULL,
        read=IN_FULL,
        write=IN_FULL,
        kwargs=lambda w: in_team(w) | {"kind": "story", "object_id": w.entry.pk},
    ),
    "coaching:concerns": Row(see=SERIES, read=RUN, kwargs=in_series),
    "coaching:concern-settle": Row(
        see=SERIES, write=RUN, kwargs=lambda w: in_series(w) | {"concern_id": w.concern.pk}
    ),
    "coaching:help": Row(see=SERIES, read=SERIES, write=IN_FULL, kwargs=in_team),
    "coaching:help-call": Row(see=IN_FULL, read=IN_FULL, write=IN_FULL, kwargs=at_call),
    "coaching:help-settle": team_act(IN_FULL, see=IN_FULL, kwargs=at_call),
    # reports: organizers build and publish, facilitators look; teams see what is published
    "reports:list": Row(see=SERIES, read=RUN, write=ORGANIZER, kwargs=in_series),
    "reports:report": Row(see=RUN, read=RUN, kwargs=at_report),
    "reports:report-edit": Row(see=RUN, write=ORGANIZER, kwargs=at_report),
    "reports:preview": Row(see=RUN, read=RUN, kwargs=at_report),
    "reports:block-add": Row(see=RUN, write=ORGANIZER, kwargs=at_report),
    "reports:block-edit": Row(see=RUN, read=ORGANIZER, write=ORGANIZER, kwargs=at_block),
    "reports:block-move": Row(see=RUN, write=ORGANIZER, kwargs=at_block),
    "reports:block-remove": Row(see=RUN, write=ORGANIZER, kwargs=at_block),
    "reports:freeze": Row(see=RUN, write=ORGANIZER, kwargs=at_report),
    "reports:edition": Row(see=RUN, read=RUN, kwargs=at_edition),
    "reports:edition-again": Row(see=RUN, write=ORGANIZER, kwargs=at_edition),
    "reports:edition-publish": Row(see=RUN, read=ORGANIZER, write=ORGANIZER, kwargs=at_edition),
    "reports:edition-pdf": Row(see=RUN, read=ORGANIZER, kwargs=at_edition),
    # summit
    "summit:front": PUBLIC_GET,
    "summit:series": Row(see=PERSON, read=PERSON, is_public=True, kwargs=in_series),
    "summit:edition": Row(see=PERSON, read=PERSON, is_public=True, kwargs=at_public),
    "summit:edition-pdf": Row(
        see=PERSON,
        read=PERSON,
        is_public=True,
        kwargs=at_public,
        statuses=(503,),
        why="503 while it is being made",
    ),
    # notices
    "notices:mail": MINE_BOTH,
    "notices:stop": Row(
        see=NOBODY,
        read=NOBODY,
        write=NOBODY,
        is_public=True,
        statuses=(404,),
        kwargs=lambda w: {"token": "forged"},
        why="a secret of a mail",
    ),
    "notices:nudge": team_act(RUN | {"coach"}),
    # files and drafts
    "accounts:draft": Row(
        see=PERSON, read=PERSON, write=PERSON, kwargs=lambda w: {"form": "log", "target": "team:1"}
    ),
    "accounts:upload-new": MINE_POST,
    "accounts:upload": Row(
        see=NOBODY, read=NOBODY, kwargs=lambda w: {"key": w.upload.key}, why="only who sends it finds it"
    ),
    "accounts:file": Row(see=IN_FULL, read=IN_FULL, kwargs=lambda w: {"key": w.file.key}),
    "accounts:file-preview": Row(see=IN_FULL, read=IN_FULL, kwargs=lambda w: {"key": w.file.key}),
    # the API: what the pages let each role do, and no more
    "api:schema": program(PERSON, see=PERSON, kwargs=lambda w: {}),
    "api:series-list": program(PERSON, see=PERSON, kwargs=lambda w: {}),
    "api:series": program(SERIES, kwargs=in_series),
    "api:teams": program(SERIES, kwargs=in_series),
    "api:team": program(SERIES),
    "api:plans": program(IN_FULL, see=IN_FULL),
    "api:plan-items": program(
        IN_FULL, see=IN_FULL, kwargs=at_period, write=TEAM, body=lambda w: {"what": "Ask the board"}
    ),
    "api:plan-item": program(IN_FULL, see=IN_FULL, kwargs=at_item),
    "api:plan-item-status": program(
        see=IN_FULL, kwargs=at_item, write=TEAM, body=lambda w: {"status": "going"}
    ),
    "api:check-ins": program(IN_FULL, see=IN_FULL),
    "api:check-in": program(
        IN_FULL, see=IN_FULL, kwargs=at_due, write=IN_FULL, body=lambda w: {"going": "well"}
    ),
    "api:entries": program(SERIES, write=IN_FULL, body=lambda w: {"text": "It moved."}),
    "api:entry": program(
        IN_FULL,
        see=IN_FULL,
        kwargs=at_entry,
        change=TEAM,
        body=lambda w: {"title": "It moved"},
        why="coaches and facilitators change what they logged, as on the page",
    ),
    "api:comments": program(
        IN_FULL, see=IN_FULL, kwargs=at_entry, write=IN_FULL, body=lambda w: {"text": "Who chose?"}
    ),
    "api:comment-settle": program(
        see=IN_FULL, write=IN_FULL, kwargs=lambda w: at_entry(w) | {"comment_id": w.note.pk}
    ),
    "api:measures": program(IN_FULL, see=IN_FULL),
    "api:measure": program(IN_FULL, see=IN_FULL, kwargs=at_measure),
    "api:points": program(
        IN_FULL,
        see=IN_FULL,
        kwargs=at_measure,
        write=NUMBERS,
        body=lambda w: {"period_on": f"{AT:%Y-%m-%d}", "value": "12"},
    ),
    # allauth
    "account_login": PUBLIC_BOTH,
    "account_logout": PUBLIC_BOTH,
    "account_signup": PUBLIC_BOTH,
    "account_request_login_code": PUBLIC_BOTH,
    "account_confirm_login_code": PUBLIC_BOTH,
    "account_reset_password": PUBLIC_BOTH,
    "account_confirm_password_reset_code": PUBLIC_BOTH,
    "account_complete_password_reset": PUBLIC_BOTH,
    "account_password_reset_completed": PUBLIC_GET,
    "account_email_verification_sent": PUBLIC_BOTH,
    "account_inactive": PUBLIC_GET,
    "account_change_password": MINE_BOTH,
    "account_set_password": MINE_BOTH,
    "account_email": MINE_BOTH,
    "account_reauthenticate": Row(
        see=PERSON,
        read=PERSON,
        write=PERSON,
        statuses=(403,),
        why="403 to who has no password: they sign in anew",
    ),
}
