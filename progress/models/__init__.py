"""What a team intends, owes and files in an Action Period."""

from progress.models.check_ins import (
    Channel,
    CheckIn,
    CheckInQuerySet,
    DueDate,
    DueDateQuerySet,
    Going,
    HelpFrom,
    Promise,
    Receiver,
)
from progress.models.cycles import AsPlanned, Decision, Matched, TestCycle, TestCycleQuerySet
from progress.models.partners import (
    BoundaryPartner,
    BoundaryPartnerQuerySet,
    Grade,
    MarkerChange,
    MarkerState,
    ProgressMarker,
    ProgressMarkerQuerySet,
)
from progress.models.plans import Plan, PlanItem, PlanItemQuerySet, PlanItemStatus, PlanQuerySet
from progress.models.scores import ProgressScore, ProgressScoreQuerySet, ScoreBy

__all__ = [
    "AsPlanned",
    "BoundaryPartner",
    "BoundaryPartnerQuerySet",
    "Channel",
    "CheckIn",
    "CheckInQuerySet",
    "Decision",
    "DueDate",
    "DueDateQuerySet",
    "Going",
    "Grade",
    "HelpFrom",
    "MarkerChange",
    "MarkerState",
    "Matched",
    "Plan",
    "PlanItem",
    "PlanItemQuerySet",
    "PlanItemStatus",
    "PlanQuerySet",
    "ProgressMarker",
    "ProgressMarkerQuerySet",
    "ProgressScore",
    "ProgressScoreQuerySet",
    "Promise",
    "Receiver",
    "ScoreBy",
    "TestCycle",
    "TestCycleQuerySet",
]
