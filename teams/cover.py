"""Cover while a coach is away: another coach of the series stands in, from a day to a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.models import User
from accounts.permissions import Permission, has_permission
from core import clock
from series.models import Series
from series.services import end_today
from teams.models import GONE, CoachAssignment

LONGEST = timedelta(days=366)


def coaching_in(series: Series, today: date) -> QuerySet[User]:
    """Who coaches a team of `series` in their own right today: those who may stand in for one another."""
    own = CoachAssignment.objects.own().on(today).filter(team__series=series)
    return User.objects.filter(pk__in=own.values("coach"), is_active=True).order_by("name", "pk")


def may_be_covered(user: Any, series: Series, today: date) -> QuerySet[CoachAssignment]:
    """The assignments for which `user` may name a cover: all for who assigns coaches, else their own."""
    own = CoachAssignment.objects.own().on(today).filter(team__series=series)
    own = (
        own.exclude(team__status__in=GONE)
        .select_related("team__series", "coach")
        .order_by("team__name", "pk")
    )
    return own if has_permission(user, Permission.ASSIGN_COACH, series) else own.filter(coach=user)


def covers_of(series: Series, today: date) -> QuerySet[CoachAssignment]:
    """The covers of `series` that are not over, the earliest first."""
    found = CoachAssignment.objects.covers().not_over(today).filter(team__series=series)
    found = found.select_related("team__series", "coach", "covers_for__coach")
    return found.order_by("starts_on", "team__name", "pk")


def covers_in(user: Any, series: Series, today: date) -> QuerySet[CoachAssignment]:
    """Those of `covers_of` that `user` is told: all for who assigns coaches, else those by or for them."""
    found = covers_of(series, today)
    if has_permission(user, Permission.ASSIGN_COACH, series):
        return found
    return found.filter(Q(coach=user) | Q(covers_for__coach=user))


@transaction.atomic
def set_cover(
    assignments: Sequence[CoachAssignment],
    person: User,
    *,
    starts_on: date,
    ends_on: date,
    by: User,
    at: datetime,
    note: str = "",
) -> list[CoachAssignment]:
    """Let `person` stand in for the coaches of `assignments` (of one series): for all of them or none.

    The same cover twice is one. Raises ValidationError for who is no coach in the series, for days that
    do not fit the assignments, and for who coaches one of the teams on one of these days already.
    """
    series = Series.objects.select_for_update().get(pk=assignments[0].team.series_id)
    today = clock.day_in("UTC", at)
    if not coaching_in(series, today).filter(pk=person.pk).exists():
        raise ValidationError({"person": _("Only somebody who coaches a team of this series can cover.")})
    if starts_on < today:
        raise ValidationError({"starts_on": _("A cover cannot begin in the past.")})
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("It cannot end before it begins.")})
    if ends_on - starts_on > LONGEST:
        raise ValidationError({"ends_on": _("A cover lasts a year at most. Hand the team over instead.")})
    made: list[CoachAssignment] = []
    fresh: list[CoachAssignment] = []
    for assignment in assignments:
        known = CoachAssignment.objects.filter(
            covers_for=assignment, coach=person, starts_on=starts_on, ends_on=ends_on
        ).first()
        if known is None:
            fresh.append(_cover(assignment, person, starts_on, ends_on, note))
        made.append(known or fresh[-1])
    for cover in fresh:  # all of them are told together, with the first
        told = [each.pk for each in fresh] if cover is fresh[0] else []
        record(by=by, act="teams.cover_set", target=cover, at=at, coach_id=person.pk, told=told)
    return made


def _cover(
    assignment: CoachAssignment, person: User, starts_on: date, ends_on: date, note: str
) -> CoachAssignment:
    words = {"team": assignment.team.name, "person": person.name}
    if assignment.coach_id == person.pk:
        raise ValidationError(
            {"person": _("%(person)s coaches %(team)s, and nobody covers for themselves.") % words}
        )
    if assignment.covers_for_id is not None or not assignment.starts_on <= starts_on:
        raise ValidationError({"assignments": _("%(team)s has no coach on that day to cover for.") % words})
    if assignment.ends_on is not None and assignment.ends_on < ends_on:
        raise ValidationError(
            {"ends_on": _("The coach of %(team)s ends before that day. Hand the team over instead.") % words}
        )
    then = CoachAssignment.objects.filter(team=assignment.team_id, starts_on__lte=ends_on).not_over(starts_on)
    if then.filter(coach=person).exists():
        raise ValidationError({"person": _("%(person)s coaches %(team)s in that time already.") % words})
    if other := then.filter(covers_for=assignment).select_related("coach").first():
        words["person"] = other.coach.name
        raise ValidationError({"assignments": _("%(person)s covers %(team)s in that time already.") % words})
    return CoachAssignment.objects.create(
        team=assignment.team,
        coach=person,
        covers_for=assignment,
        starts_on=starts_on,
        ends_on=ends_on,
        handover_note=note.strip(),
    )


def may_end(user: Any, cover: CoachAssignment) -> bool:
    """Who stands in, who is away, and who assigns coaches."""
    return user.pk in (cover.coach_id, cover.covers_for.coach_id) or has_permission(  # type: ignore[union-attr]
        user, Permission.ASSIGN_COACH, cover.team.series
    )


@transaction.atomic
def end_cover(cover: CoachAssignment, *, by: User, at: datetime) -> bool:
    """End a cover at once, also one that lies ahead; False if it is over. Who stands in declines by it."""
    Series.objects.select_for_update().get(pk=cover.team.series_id)
    today = clock.day_in("UTC", at)
    found = CoachAssignment.objects.covers().not_over(today).filter(pk=cover.pk).first()
    if found is None:
        return False
    days = {"since": found.starts_on.isoformat(), "until": str(found.ends_on)}
    is_declined = found.coach_id == by.pk
    if is_declined:
        found.declined_at = at
        found.save(update_fields=["declined_at"])
    end_today(found, at=at)
    act = "teams.cover_declined" if is_declined else "teams.cover_ended"
    record(by=by, act=act, target=found, at=at, coach_id=found.coach_id, **days)
    return True
