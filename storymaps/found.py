"""Stories, outcome statements and notes, as the search finds them."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.text import plain
from search.models import Level, SearchRow
from search.registry import Kind, Words, register
from storymaps.models import (
    Audience,
    Clearance,
    Comment,
    Evidence,
    Finding,
    OutcomeStatement,
    StoryEntry,
    Visibility,
)


def lines(*texts: str) -> str:
    """What is said of a thing in its several fields, one after the other."""
    return "\n".join(words for words in map(plain, texts) if words)


def level_of(thing: StoryEntry | OutcomeStatement) -> Level:
    return Level.TEAM if thing.visibility == Visibility.TEAM else Level.SERIES


def in_team(route: str, row: SearchRow, *more: Any) -> str:
    """The address of a page of the row's team."""
    return reverse(route, args=[row.series.slug, row.team.slug if row.team else "", *more])


# --- stories -------------------------------------------------------------------------------------------


def stories() -> QuerySet[StoryEntry]:
    return StoryEntry.objects.select_related("team", "partner").prefetch_related("evidence")


def words_of_story(entry: StoryEntry) -> Words:
    """All that the entry tells, and what its evidence shows and says."""
    shown = [
        words for piece in entry.evidence.all() for words in (piece.alt_text, piece.number, piece.transcript)
    ]
    partner = entry.partner.name if entry.partner else entry.partner_name
    text = lines(entry.text, entry.why_it_matters, entry.how, entry.now_think)
    more = [entry.place, entry.who, partner, entry.values_shown, *shown]
    return Words(
        entry.headline,
        "\n".join(filter(None, [text, *more])),
        entry.team.series_id,
        entry.team_id,
        level_of(entry),
        entry.began_on,
        entry.language,
    )


def outcomes() -> QuerySet[OutcomeStatement]:
    return OutcomeStatement.objects.select_related("team")


def words_of_outcome(outcome: OutcomeStatement) -> Words:
    text = lines(outcome.what_differs, outcome.significance, outcome.contribution, outcome.verdict_comment)
    return Words(
        outcome.who_changed,
        "\n".join(filter(None, [text, outcome.place])),
        outcome.team.series_id,
        outcome.team_id,
        level_of(outcome),
        outcome.changed_on or outcome.logged_at.date(),
        outcome.language,
    )


def words_of_finding(finding: Finding) -> Words:
    """A finding is written to be read by everybody in the series."""
    return Words(
        finding.statement,
        lines(finding.explanation, finding.limits),
        finding.team.series_id,
        finding.team_id,
        Level.SERIES,
        finding.written_at.date(),
        finding.language,
    )


# --- notes ---------------------------------------------------------------------------------------------


def notes() -> QuerySet[Comment]:
    return Comment.objects.standing().select_related("team", "entry", "outcome", "test", "check_in__due")


def words_of_note(note: Comment) -> Words:
    """Its words; where it stands is told by its address, and by who reads what it stands beside."""
    level = Level(note.audience)
    about = note.entry or note.outcome
    if about is not None and level == Level.SERIES:
        level = level_of(about)
    return Words(
        "",
        lines(note.text),
        note.team.series_id,
        note.team_id,
        level,
        note.written_at.date(),
        address=beside(note),
    )


def beside(note: Comment) -> dict[str, Any]:
    """The route and the numbers of the page on which `note` stands."""
    if note.test is not None:
        return {"route": "progress:cycle", "args": [note.test.item_id, note.test.number]}
    if note.check_in is not None:
        return {"route": "progress:check-in", "args": [note.check_in.due.due_on.isoformat()]}
    for route, place in (
        ("storymaps:entry", note.entry_id),
        ("storymaps:outcome", note.outcome_id),
        ("storymaps:finding", note.finding_id),
        ("storymaps:chain-item", note.item_id),
        ("measures:measure", note.measure_id),
    ):
        if place is not None:
            return {"route": route, "args": [place]}
    return {"route": "storymaps:notes", "args": ["map", note.team_id]}


def note_url(row: SearchRow) -> str:
    return f"{in_team(row.address['route'], row, *row.address['args'])}#note-{row.object_id}"


def for_all(**beside: Any) -> Q:
    """Notes for everybody beside something: who reads them depends on who reads that."""
    return Q(audience=Audience.SERIES, **beside)


register(
    Kind(
        "story",
        label=_("Stories"),
        noun=_("story"),
        rows=stories,
        words=words_of_story,
        url=lambda row: in_team("storymaps:entry", row, row.object_id),
        readable=StoryEntry.objects.visible_to,
        touched_by={
            Clearance: lambda clearance: Q(pk=clearance.entry_id),
            Evidence: lambda evidence: Q(pk=evidence.entry_id),
        },
    )
)
register(
    Kind(
        "outcome",
        label=_("Outcomes"),
        noun=_("outcome"),
        rows=outcomes,
        words=words_of_outcome,
        url=lambda row: in_team("storymaps:outcome", row, row.object_id),
        readable=OutcomeStatement.objects.visible_to,
    )
)
register(
    Kind(
        "finding",
        label=_("Findings"),
        noun=_("finding"),
        rows=lambda: Finding.objects.standing().select_related("team"),
        words=words_of_finding,
        url=lambda row: in_team("storymaps:finding", row, row.object_id),
        readable=lambda user: Finding.objects.visible_to(user).standing(),
    )
)
register(
    Kind(
        "note",
        label=_("Notes"),
        noun=_("note"),
        rows=notes,
        words=words_of_note,
        url=note_url,
        readable=lambda user: Comment.objects.visible_to(user).standing(),
        touched_by={
            StoryEntry: lambda entry: for_all(entry=entry),
            Clearance: lambda clearance: for_all(entry=clearance.entry_id),
            OutcomeStatement: lambda outcome: for_all(outcome=outcome),
        },
    )
)
