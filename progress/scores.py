"""The progress scale, and what people say of a team on it (rule R5). No score is ever computed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.events import record
from core import clock
from progress.models import ProgressScore, ScoreBy
from progress.services import is_on_behalf, require_open
from teams.models import Team

if TYPE_CHECKING:
    from accounts.models import User

GAP = 2  # half steps between coach and team that are worth a talk

# Adapted from the assessment scale of the Breakthrough Series (IHI) and its use in learning networks.
SCALE: tuple[tuple[int, Any], ...] = (
    (1, gettext_lazy("Signed up to take part; no charter and no full team yet.")),
    (2, gettext_lazy("Charter agreed and team named; work has not begun.")),
    (3, gettext_lazy("Planning: a first focus, a rhythm of meetings, support and materials are found.")),
    (
        4,
        gettext_lazy(
            "Active, no change tried yet: learning the place, listening, gathering first stories and numbers."
        ),
    ),
    (
        5,
        gettext_lazy(
            "Changes are being tried, no improvement seen yet; most aims have a way to follow them."
        ),
    ),
    (
        6,
        gettext_lazy(
            "Modest improvement: some tries worked on a small scale; stories show signs; about a "
            "fifth of what was hoped for."
        ),
    ),
    (
        7,
        gettext_lazy(
            "Improvement: trying and putting into use go on; numbers or outcome statements move "
            "toward the aims."
        ),
    ),
    (
        8,
        gettext_lazy(
            "Significant improvement: expected results in the main parts, wider use begun, half "
            "or more of the aims met."
        ),
    ),
    (9, gettext_lazy("Sustained improvement: key numbers or repeated stories show that it lasts.")),
    (
        10,
        gettext_lazy(
            "Outstanding and lasting: all aims met, part of how the community works, spread beyond."
        ),
    ),
)


class ScoresOff(Exception):
    """The series does not use progress scores."""


def parse_score(text: str) -> int:
    """The half steps of a score as people type it: 2.5 or 2,5. Raises ValidationError."""
    try:
        halves = Decimal(text.strip().replace(",", ".")) * 2
    except InvalidOperation:
        halves = Decimal(0)
    if not halves.is_finite() or halves != halves.to_integral_value() or not 1 <= halves <= 10:
        raise ValidationError(_("A score is a number from 0.5 to 5.0 in half steps."))
    return int(halves)


def newest(scores: Iterable[ProgressScore]) -> dict[str, ProgressScore]:
    """The newest score of each side, of scores that come newest first."""
    found: dict[str, ProgressScore] = {}
    for score in scores:
        found.setdefault(score.side, score)
    return found


def gap_between(scores: Iterable[ProgressScore]) -> Decimal | None:
    """How far coach and team are apart where that is 1.0 or more, else None."""
    sides = newest(scores)
    if len(sides) < 2:
        return None
    apart = abs(sides[ScoreBy.COACH].half_steps - sides[ScoreBy.TEAM].half_steps)
    return Decimal(apart * 5).scaleb(-1) if apart >= GAP else None


@dataclass(frozen=True)
class Gap:
    """What coach and team said last of one team, and since when they are far apart; None if they are not."""

    coach: ProgressScore
    team: ProgressScore
    since: date | None


def gap_over_time(scores: Iterable[ProgressScore]) -> Gap | None:
    """How far coach and team are apart over time, of one team's scores; None until both have spoken."""
    last: dict[str, ProgressScore] = {}
    since: date | None = None
    for score in sorted(scores, key=lambda one: (one.scored_at, one.pk)):
        last[score.side] = score
        if len(last) == 2:
            is_far = abs(last[ScoreBy.COACH].half_steps - last[ScoreBy.TEAM].half_steps) >= GAP
            since = (since or score.scored_on) if is_far else None
    return Gap(last[ScoreBy.COACH], last[ScoreBy.TEAM], since) if len(last) == 2 else None


def give_score(score: ProgressScore, *, team: Team, by: "User", at: datetime) -> ProgressScore:
    """Keep what `by` says of `team`: as the team itself if they are in it, else as its coach.

    The same `submission_id` from the same person gives the first one back. Raises ScoresOff,
    SeriesClosed, and ValidationError for a coach's score without a reason.
    """
    mine = ProgressScore.objects.filter(scored_by=by, submission_id=score.submission_id)
    if earlier := mine.first():
        return earlier
    try:
        return _give(score, team, by, at)
    except IntegrityError:
        if earlier := mine.first():
            return earlier
        raise


@transaction.atomic
def _give(score: ProgressScore, team: Team, by: "User", at: datetime) -> ProgressScore:
    require_open(team, at)
    if not team.series.has_scores:
        raise ScoresOff
    score.team, score.scored_by, score.scored_at = team, by, at
    score.scored_on = clock.day_in(team.time_zone, at)
    score.side = ScoreBy.COACH if is_on_behalf(by, team) else ScoreBy.TEAM
    if score.side == ScoreBy.COACH and not score.reason.strip():
        raise ValidationError({"reason": _("Say why: a number alone helps nobody.")})
    score.full_clean(validate_unique=False)
    score.save()
    record(by=by, act="progress.score_given", target=score, at=at, half_steps=score.half_steps)
    return score


@transaction.atomic
def mark_seen(score: ProgressScore, *, by: "User", at: datetime) -> bool:
    """Say that the other side has read a score; False if somebody said so already, or it is one's own."""
    own = ScoreBy.COACH if is_on_behalf(by, score.team) else ScoreBy.TEAM
    if own == score.side:
        return False
    seen = ProgressScore.objects.filter(pk=score.pk, seen_at=None).update(seen_by=by, seen_at=at)
    if seen:
        record(by=by, act="progress.score_seen", target=score, at=at)
    return bool(seen)
