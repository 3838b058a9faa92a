"""The ways from a team's map to what stands beside it, with how much is there."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storymaps.models import OutcomeStatement, Result, StoryEntry
from teams.models import Team


def ways(team: Team, user: Any) -> list[tuple[str, str]]:
    """Words with a count of what `user` may read, and where they lead. Two queries."""
    outcomes = OutcomeStatement.objects.visible_to(user).filter(team=team).count()
    failed = StoryEntry.objects.visible_to(user).filter(team=team, result=Result.NOT, is_intended=False)
    address = [team.series.slug, team.slug]
    return [
        (
            ngettext("%(n)s outcome", "%(n)s outcomes", outcomes) % {"n": outcomes},
            reverse("storymaps:outcomes", args=address),
        ),
        (
            _("What did not work: %(n)s") % {"n": failed.count()},
            reverse("storymaps:shelf", args=address),
        ),
    ]
