"""How a series reminds of check-ins, and whether it uses progress scores."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.events import record
from series.models import Series
from series.services import SetUpPart

if TYPE_CHECKING:
    from accounts.models import User

FARTHEST = 14  # days from a due date; a reminder further away is none


@transaction.atomic
def set_ways(series: Series, *, ladder: Collection[int], has_scores: bool, by: "User", at: datetime) -> None:
    """Keep on which days around a due date reminders go out, and whether scores are used."""
    days = sorted(set(ladder))
    if any(abs(day) > FARTHEST for day in days):
        raise ValidationError(_("A reminder goes out at most 14 days before or after."))
    if (series.ladder, series.has_scores) == (days, has_scores):
        return
    series.ladder, series.has_scores = days, has_scores
    series.save(update_fields=["ladder", "has_scores"])
    record(by=by, act="progress.ways_set", target=series, at=at, ladder=days, has_scores=has_scores)


def set_up_parts(series: Series, user: Any) -> list[SetUpPart]:
    """The lines of the set-up page for reminders and scores, and for boundary partners."""
    count = len(series.ladder)
    words = (
        ngettext(
            "%(count)s reminder around each check-in.", "%(count)s reminders around each check-in.", count
        )
        % {"count": count}
        if count
        else _("No reminders go out.")
    )
    words += " " + (_("Progress is scored.") if series.has_scores else _("Progress is not scored."))
    url = reverse("progress:ways", args=[series.slug])
    uses = series.uses_boundary_partners
    partners = _("Teams note whom they hope to influence.") if uses else _("Not used.")
    switch = reverse("progress:partners-switch", args=[series.slug])
    return [
        SetUpPart(_("Reminders and scores"), words, url, _("Change")),
        SetUpPart(_("Boundary partners"), partners, switch, _("Change")),
    ]
