"""What can be done with teams and the people in them."""

import re
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.permissions import Role
from core import clock
from series.models import Series
from series.services import end_today, unique_slug
from teams.models import CoachAssignment, Membership, Team

if TYPE_CHECKING:
    from accounts.models import User

FARTHEST = timedelta(days=731)  # how far ahead a coach's last day may lie

team_added: list[Callable[..., object]] = []  # fn(team, *, at) of rooms to the right, in the same transaction


def suggest_code(text: str, taken: Collection[str]) -> str:
    """Two to four capital letters for a team's mark: Jackson is JAC, Pearl River PR; free in `taken`."""
    words = re.findall(r"[a-z0-9]+", slugify(text))
    letters = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:3]
    stem = (letters.upper()[:3] or "T").ljust(2, "X")
    if stem not in taken:
        return stem
    number = 2
    while f"{stem[:3]}{number}"[:4] in taken and number < 10:
        number += 1
    return f"{stem[:3]}{number}"[:4]


def add_team(team: Team, *, by: "User", at: datetime) -> Team:
    """Put a team into its series; the same `submission_id` gives the first one back, also of two taps.

    Without a code one is made of the place, without a zone the series' is taken. Raises ValidationError
    if it breaks a rule of its model, as for a name that is there already.
    """
    same = Team.objects.filter(series=team.series, submission_id=team.submission_id)
    if earlier := same.first():
        return earlier
    try:
        return _add_team(team, by=by, at=at)
    except IntegrityError:
        if earlier := same.first():
            return earlier
        raise


@transaction.atomic
def _add_team(team: Team, *, by: "User", at: datetime) -> Team:
    siblings = list(Team.objects.filter(series=team.series).values_list("slug", "code"))
    team.slug = unique_slug(team.name, {slug for slug, _code in siblings}, "team")
    team.code = team.code or suggest_code(team.place or team.name, {code for _slug, code in siblings})
    team.time_zone = team.time_zone or team.series.time_zone
    team.joined_on = clock.day_in(team.time_zone, at)
    team.full_clean()
    team.save()
    record(by=by, act="teams.team_added", target=team, at=at)
    for follow in team_added:
        follow(team, at=at)
    return team


@transaction.atomic
def change_role(membership: Membership, role: Role, *, by: "User", at: datetime) -> None:
    """Give a member another role in their team."""
    if membership.role == role:
        return
    was, membership.role = membership.role, role
    membership.full_clean()
    membership.save(update_fields=["role"])
    record(by=by, act="teams.role_changed", target=membership, at=at, was=str(was), now=role.value)


@transaction.atomic
def end_membership(membership: Membership, *, by: "User", at: datetime) -> bool:
    """Let a person leave a team at once; what they wrote stays theirs. False if they have left already."""
    in_force = Membership.objects.select_for_update().on(clock.day_in("UTC", at))
    found = in_force.filter(pk=membership.pk).first()
    if found is None:
        return False
    end_today(found, at=at)
    record(by=by, act="teams.membership_ended", target=found, at=at, person_id=found.person_id)
    return True


@transaction.atomic
def assign_coach(team: Team, coach: "User", *, by: "User", at: datetime) -> CoachAssignment:
    """Let `coach` coach `team` from today; whoever coaches it already goes on.

    A last day that was set for them falls away. Who comes after a coach that left a note takes over from
    them.
    """
    Series.objects.select_for_update().get(pk=team.series_id)
    today = clock.day_in("UTC", at)
    before = CoachAssignment.objects.own().held(coach, today).filter(team=team, ends_on=None).exists()
    held = take_up(team, coach, on=today, at=at, after=left_behind(team, coach))
    if before:
        return held
    if held.ends_on is not None or held.starts_on > today:
        held.ends_on, held.starts_on = None, min(held.starts_on, today)
        held.save(update_fields=["starts_on", "ends_on"])
    record(by=by, act="teams.coach_assigned", target=held, at=at, coach_id=coach.pk)
    return held


def take_up(
    team: Team, coach: "User", *, on: date, at: datetime, after: CoachAssignment | None = None
) -> CoachAssignment:
    """The own assignment of `coach` with `team` that is not over on `on`, or a new one from `on`.

    A cover of theirs with the team ends the day before. `after` is whom a new one takes over from.
    """
    with_team = CoachAssignment.objects.filter(team=team, coach=coach).not_over(on)
    if held := with_team.own().order_by("starts_on").first():
        return held
    for cover in with_team.covers():
        cut_to(cover, on - timedelta(days=1), at=at)
    return CoachAssignment.objects.create(team=team, coach=coach, starts_on=on, takes_over_from=after)


def left_behind(team: Team, coach: "User") -> CoachAssignment | None:
    """The newest assignment of another coach that ends with a note and was taken over by nobody yet."""
    ending = CoachAssignment.objects.own().filter(team=team, ends_on__isnull=False, handed_on=None)
    ending = ending.exclude(handover_note="").exclude(coach=coach)
    return ending.order_by("-ends_on", "-pk").first()


def cut_to(held: CoachAssignment, last: date, *, at: datetime) -> None:
    """Let an assignment end on `last` at the latest; one that would begin later never begins."""
    if held.starts_on > last:
        end_today(held, at=at)
    elif held.ends_on is None or held.ends_on > last:
        held.ends_on = last
        held.save(update_fields=["ends_on"])


@transaction.atomic
def end_assignment(
    assignment: CoachAssignment,
    *,
    note: str,
    by: "User",
    at: datetime,
    last_on: date | None = None,
    successor: "User | None" = None,
    begins_on: date | None = None,
) -> bool:
    """End a coach's work with a team; `note` says what the next coach must know. False if it has ended.

    It ends at once, or on the day `last_on`, which may be named anew until then. `successor` takes over
    from `begins_on` (today, if not given). Covers end with it at the latest. Raises ValidationError
    without a note, or for days and people that do not fit.
    """
    Series.objects.select_for_update().get(pk=assignment.team.series_id)
    today = clock.day_in("UTC", at)
    if not note.strip():
        raise ValidationError({"note": _("Write what the next coach must know.")})
    found = CoachAssignment.objects.own().on(today).filter(pk=assignment.pk).first()
    if found is None:
        return False
    _refuse_days(found, today, last_on, successor, begins_on)
    found.handover_note = note.strip()
    found.save(update_fields=["handover_note"])
    if last_on is None:
        end_today(found, at=at)
    else:
        found.ends_on = last_on
        found.save(update_fields=["ends_on"])
    last = found.ends_on or today
    for cover in CoachAssignment.objects.filter(covers_for=found).not_over(today):
        cut_to(cover, last, at=at)
    record(by=by, act="teams.coach_ended", target=found, at=at, coach_id=found.coach_id)
    if successor is not None:
        held = take_up(found.team, successor, on=begins_on or today, at=at, after=found)
        if held.takes_over_from_id != found.pk:  # they coach it already, and now alone
            held.takes_over_from, held.pack_read_at = found, None
            held.save(update_fields=["takes_over_from", "pack_read_at"])
        record(by=by, act="teams.coach_assigned", target=held, at=at, coach_id=successor.pk)
    return True


def _refuse_days(
    found: CoachAssignment,
    today: date,
    last_on: date | None,
    successor: "User | None",
    begins_on: date | None,
) -> None:
    """Raise ValidationError for a last day that is past or far, or a successor who leaves a gap."""
    if last_on is not None and not today <= last_on <= today + FARTHEST:
        raise ValidationError({"last_on": _("Choose a day from today on, within two years.")})
    if successor is None:
        return
    if successor.pk == found.coach_id:
        raise ValidationError({"successor": _("Somebody else must take over.")})
    latest = (last_on or today - timedelta(days=1)) + timedelta(days=1)
    if begins_on is not None and not today <= begins_on <= latest:
        raise ValidationError(
            {
                "begins_on": _(
                    "They begin between today and the day after the last day, so that no day is empty."
                )
            }
        )


@transaction.atomic
def mark_pack_read(team: Team, *, by: "User", at: datetime) -> bool:
    """Say that `by` has read what was handed over with `team`; False if nothing was. Twice is once."""
    handed = CoachAssignment.objects.own().held(by, clock.day_in("UTC", at)).filter(team=team)
    handed = handed.filter(takes_over_from__isnull=False)
    for assignment in handed.filter(pack_read_at=None):
        assignment.pack_read_at = at
        assignment.save(update_fields=["pack_read_at"])
        record(by=by, act="teams.pack_read", target=assignment, at=at)
    return handed.exists()
