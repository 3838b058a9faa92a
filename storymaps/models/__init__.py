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
    StoryEntry,
    StoryEntryQuerySet,
    Strand,
    Visibility,
)

__all__ = [
    "Audience",
    "Clearance",
    "ClearanceState",
    "Comment",
    "CommentKind",
    "CommentQuerySet",
    "Evidence",
    "EvidenceKind",
    "ReadMark",
    "Result",
    "StoryEntry",
    "StoryEntryQuerySet",
    "Strand",
    "Visibility",
]
