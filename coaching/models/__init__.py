"""What passes between a team and who helps it."""

from coaching.models.calls import Call, CallAudience, CallQuerySet, CallStep, CallVersion
from coaching.models.concerns import Concern, ConcernQuerySet
from coaching.models.help import HelpAnswer, HelpAnswerQuerySet, HelpCall, HelpCallQuerySet
from coaching.models.put_off import InboxKind, PutOff

__all__ = [
    "Call",
    "CallAudience",
    "CallQuerySet",
    "CallStep",
    "CallVersion",
    "Concern",
    "ConcernQuerySet",
    "HelpAnswer",
    "HelpAnswerQuerySet",
    "HelpCall",
    "HelpCallQuerySet",
    "InboxKind",
    "PutOff",
]
