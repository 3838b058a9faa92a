"""What happened, told in a team's own words; what was said of it; what may be published."""

from storymaps.models.comments import (
    TARGETS,
    Audience,
    Comment,
    CommentKind,
    CommentQuerySet,
    CommentVersion,
    Mention,
    ReadMark,
)
from storymaps.models.entries import (
    Clearance,
    ClearanceState,
    Evidence,
    EvidenceKind,
    Result,
    Sphere,
    StoryEntry,
    StoryEntryQuerySet,
    Strand,
    Visibility,
)
from storymaps.models.findings import Finding
from storymaps.models.harvest import HarvestPassage, HarvestSource, PassageState, SourceKind
from storymaps.models.outcomes import Direction, Intent, Level, OutcomeStatement, Verdict
from storymaps.models.versions import EntryVersion

__all__ = [
    "TARGETS",
    "Audience",
    "Clearance",
    "ClearanceState",
    "Comment",
    "CommentKind",
    "CommentQuerySet",
    "CommentVersion",
    "Direction",
    "EntryVersion",
    "Evidence",
    "EvidenceKind",
    "Finding",
    "HarvestPassage",
    "HarvestSource",
    "Intent",
    "Level",
    "Mention",
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
