"""Where calls stand in the chain: what was agreed in one grew into the plan."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.models import Call
from progress.models import PlanItem
from storymaps.chain import Link, item_links, register


def call_links(calls: QuerySet[Call], user: Any) -> list[Link]:
    """A link for each of `calls` that `user` may read.

    What is for coaches only is in no output of the team, so it is not counted either.
    """
    rows = calls.visible_to(user).standing().select_related("team__series")  # type: ignore[attr-defined]
    return [_link_to(call) for call in rows]


def _link_to(call: Call) -> Link:
    day = date_format(call.held_on, "MONTH_DAY_FORMAT")
    return Link(
        kind=gettext_lazy("call"),
        title=_("Agreed in a call on %(day)s") % {"day": day},
        url=reverse("coaching:call", args=[call.team.series.slug, call.team.slug, call.pk]),
        team=call.team.name,
        when=call.held_on,
        object=call,
    )


register(PlanItem, grew_out_of=lambda item, user: call_links(Call.objects.filter(steps__item=item), user))
register(
    Call,
    became=lambda call, user: item_links(PlanItem.objects.filter(call_step__call=call), user),
)
