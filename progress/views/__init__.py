"""What is asked of this room by URL."""

from progress.views.check_ins import catch_up, check_in, check_in_excuse, check_in_later, receivers
from progress.views.cycles import cycle, cycle_begin, item_cycles
from progress.views.link import check_in_link
from progress.views.partners import marker_change, partner, partners, partners_switch
from progress.views.plans import (
    plan,
    plan_carry,
    plan_item_add,
    plan_item_edit,
    plan_item_status,
    plan_reflect,
    plan_words,
)
from progress.views.scores import score, score_seen
from progress.views.ways import ways

__all__ = [
    "catch_up",
    "check_in",
    "check_in_excuse",
    "check_in_later",
    "check_in_link",
    "cycle",
    "cycle_begin",
    "item_cycles",
    "marker_change",
    "partner",
    "partners",
    "partners_switch",
    "plan",
    "plan_carry",
    "plan_item_add",
    "plan_item_edit",
    "plan_item_status",
    "plan_reflect",
    "plan_words",
    "receivers",
    "score",
    "score_seen",
    "ways",
]
