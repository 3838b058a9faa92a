"""One series with two teams and one of each thing, for the matrix to try every route on."""

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings

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
from tests.factories.told import (
    make_finding,
    make_marker,
    make_outcome,
    make_partner,
    make_passage,
    make_source,
)

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


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
        series=series,
        team=team,
        about="story",
        object_id=entry.pk,
        raised_by=author,
        raised_at=AT,
        submission_id=uuid.uuid4(),
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
    outcome = make_outcome(entry)
    return SimpleNamespace(
        passage=make_passage(make_source(team, helper)),
        outcome=outcome,
        finding=make_finding(outcome, entry),
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
