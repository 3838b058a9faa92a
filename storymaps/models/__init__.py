"""What happened, told in a team's own words; what was said of it; what may be published."""

from storymaps.models.entries import (
    Audience,
    Clearance,
    ClearanceState,
    Comment,
    CommentKind,
    CommentQuerySet,
    Evidence,
    EvidenceKind,
    ReadMark,
    Result,
    Sphere,
    StoryEntry,
    StoryEntryQuerySet,
    Strand,
    Visibility,
)
from storymaps.models.harvest import HarvestPassage, HarvestSource, PassageState, SourceKind
from storymaps.models.outcomes import Direction, Intent, Level, OutcomeStatement, Verdict
from storymaps.models.versions import EntryVersion

__all__ = [
    "Audience",
    "Clearance",
    "ClearanceState",
    "Comment",
    "CommentKind",
    "CommentQuerySet",
    "Direction",
    "EntryVersion",
    "Evidence",
    "EvidenceKind",
    "HarvestPassage",
    "HarvestSource",
    "Intent",
    "Level",
    "OutcomeStatement",
    "PassageState",
    "ReadMark",
    "Result",
    "SourceKind",
    "Sphere",
    "StoryEntry",
    "StoryEntryQuerySet",
    "Strand",
    "Verdict",
    "Visibility",
]
