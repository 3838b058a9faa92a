"""Stories that are cleared or not, reports made of them, and their editions."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from accounts.models import User
from accounts.permissions import Role
from reports import services
from reports.models import Block, Edition, EditionState, Report
from series.models import Series
from storymaps.models import Clearance, ClearanceState, StoryEntry, Visibility
from teams.models import Team
from tests.factories.series import give_role, make_series
from tests.factories.teams import join, make_team

AT = datetime(2026, 10, 5, 12, tzinfo=UTC)


def make_story(team: Team | None = None, *, is_cleared: bool = False, **fields: Any) -> StoryEntry:
    """An entry of `team`, open to the series; with `is_cleared` its lead has approved it."""
    team = team or make_team()
    values = {
        "text": "We read ten years of minutes aloud.",
        "title": "Reading the record",
        "began_on": date(2026, 6, 1),
        "logged_at": AT,
        "submission_id": uuid.uuid4(),
        "visibility": Visibility.PUBLIC if is_cleared else Visibility.SERIES,
    } | fields
    if "author" not in values:
        values["author"] = join(team)
    entry = StoryEntry.objects.create(team=team, **values)
    if is_cleared:
        Clearance.objects.create(
            entry=entry,
            state=ClearanceState.APPROVED,
            asked_by=entry.author,
            asked_at=AT,
            states_nobody_recognisable=True,
            decided_by=entry.author,
            decided_at=AT,
        )
    return entry


def make_report(
    series: Series | None = None, *entries: StoryEntry, by: User | None = None, **fields: Any
) -> Report:
    """A report with a heading and `entries`, which need not be cleared."""
    series = series or (entries[0].team.series if entries else make_series())
    values = {
        "title": "What we learned",
        "slug": f"report-{uuid.uuid4().hex[:6]}",
        "created_by": by or give_role(series, Role.ORGANIZER),
        "created_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    report = Report.objects.create(series=series, **values)
    if entries:
        _block(report, 0, kind="heading", text="Being asked")
    for position, entry in enumerate(entries, start=1):
        _block(report, position, kind="entry", entry=entry)
    return report


def _block(report: Report, position: int, **fields: Any) -> Block:
    return Block.objects.create(report=report, position=position, submission_id=uuid.uuid4(), **fields)


def make_edition(*entries: StoryEntry, is_published: bool = False, **fields: Any) -> Edition:
    """An edition frozen of `entries`, being made; with `is_published` it is ready and the public reads it."""
    report = make_report(None, *entries, **fields)
    edition = services.freeze(report, submission_id=uuid.uuid4(), by=report.created_by, at=AT)
    if is_published:
        Edition.objects.filter(pk=edition.pk).update(state=EditionState.READY)
        services.publish(Edition.objects.get(pk=edition.pk), by=report.created_by, at=AT)
        services.make_front_page(edition.series, submission_id=uuid.uuid4(), by=report.created_by, at=AT)
        edition.refresh_from_db()
    return edition
