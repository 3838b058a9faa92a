"""Versions, pasted texts with their passages, outcome statements, boundary partners."""

import hashlib
import uuid
from datetime import date
from typing import Any

from accounts.models import User
from progress.models import BoundaryPartner, ProgressMarker
from storymaps.models import (
    EntryVersion,
    Finding,
    HarvestPassage,
    HarvestSource,
    OutcomeStatement,
    StoryEntry,
)
from storymaps.versions import snapshot_of
from teams.models import Team
from tests.factories.storymaps import AT

MAIL = "Dear Luz,\n\nTwo students asked to lead the next meeting.\n\nThe bus came late again.\n\nBest, Ana"


def make_version(entry: StoryEntry, number: int = 1, **told: Any) -> EntryVersion:
    snapshot = snapshot_of(entry) | told
    return EntryVersion.objects.create(
        entry=entry, number=number, snapshot=snapshot, by=entry.author, at=entry.logged_at
    )


def make_source(team: Team, by: User, text: str = MAIL, **fields: Any) -> HarvestSource:
    values = {"said_on": date(2026, 5, 11), "pasted_at": AT, "submission_id": uuid.uuid4()} | fields
    return HarvestSource.objects.create(team=team, pasted_by=by, text=text, **values)


def make_passage(
    source: HarvestSource, text: str = "The bus came late again.", **fields: Any
) -> HarvestPassage:
    digest = hashlib.sha256(text.encode()).hexdigest()
    values = {"marked_by": source.pasted_by, "marked_at": AT} | fields
    return HarvestPassage.objects.create(source=source, text=text, digest=digest, **values)


def make_outcome(*sources: StoryEntry, **fields: Any) -> OutcomeStatement:
    """What came of `sources`, stated by the author of the first for its team."""
    values = {
        "team": sources[0].team,
        "author": sources[0].author,
        "who_changed": "Two board members",
        "what_differs": "They ask a student before they vote.",
        "logged_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    outcome = OutcomeStatement.objects.create(**values)
    outcome.sources.set(sources)
    return outcome


def make_finding(outcome: OutcomeStatement | None, *entries: StoryEntry, **fields: Any) -> Finding:
    """What follows from an outcome and stories, put forward by the team of the first of them."""
    first = outcome or entries[0]
    values = {
        "team": first.team,
        "author": first.author,
        "statement": "Boards that hear students change their agenda.",
        "explanation": "Two of them did, and said why.",
        "written_at": AT,
        "submission_id": uuid.uuid4(),
    } | fields
    finding = Finding.objects.create(**values)
    finding.outcomes.set([outcome] if outcome else [])
    finding.entries.set(entries)
    return finding


def make_partner(team: Team, name: str = "The school board", **fields: Any) -> BoundaryPartner:
    values = {"added_by": team.series.created_by, "added_at": AT, "submission_id": uuid.uuid4()} | fields
    return BoundaryPartner.objects.create(team=team, name=name, **values)


def make_marker(
    partner: BoundaryPartner, text: str = "They invite two students", **fields: Any
) -> ProgressMarker:
    values = {"added_by": partner.added_by, "added_at": AT, "submission_id": uuid.uuid4()} | fields
    return ProgressMarker.objects.create(partner=partner, text=text, **values)
