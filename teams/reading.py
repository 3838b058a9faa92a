"""What the pages of teams and people show, read in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import SERIES_ROLES, TEAM_ROLES, Role
from core import clock
from series.models import Series, SeriesRole
from series.services import SetUpPart
from teams.models import GONE, CoachAssignment, Invitation, InvitationState, Membership, Team
from teams.permissions import may_grant

GRANTABLE = (*TEAM_ROLES, Role.COACH, Role.EXPERT, Role.OBSERVER, Role.FACILITATOR, Role.ORGANIZER)


def grantable_roles(user: Any, series: Series) -> list[Role]:
    """The roles to which `user` may invite somebody in `series`, those in teams first."""
    return [role for role in GRANTABLE if may_grant(user, role, series, None)]


def living_teams(series: Series) -> QuerySet[Team]:
    return series.teams.exclude(status__in=GONE)


def teams_with_people(series: Series) -> QuerySet[Team]:
    """The teams of `series`, each with how many people are in it, and its coaches."""
    today = clock.today("UTC")
    now = Q(memberships__starts_on__lte=today) & (
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
    )
    coaches = CoachAssignment.objects.on(today).select_related("coach", "covers_for__coach")
    coaches = coaches.order_by("coach__name")
    return (
        living_teams(series)
        .annotate(people=Count("memberships", filter=now, distinct=True))
        .prefetch_related(Prefetch("coach_assignments", coaches, to_attr="coaches"))
        .order_by("name")
    )


def members_of(team: Team) -> list[Membership]:
    """The people in `team` today: leads first, then storytellers, each by name."""
    order = {role.value: number for number, role in enumerate(TEAM_ROLES)}
    found = Membership.objects.on().filter(team=team).select_related("person")
    return sorted(found, key=lambda held: (order[held.role], held.person.name.casefold()))


def coaching_of(team: Team) -> list[CoachAssignment]:
    """Who coaches `team` today, who stands in for whom included."""
    found = CoachAssignment.objects.on().filter(team=team).select_related("coach", "covers_for__coach")
    return list(found.order_by("coach__name", "pk"))


def coaches_ever(team: Team) -> list[CoachAssignment]:
    """Who coaches `team`, will, and did, covers included, the newest first; what was declined is left out."""
    found = CoachAssignment.objects.filter(team=team, declined_at=None)
    return list(found.select_related("coach", "covers_for__coach").order_by("-starts_on", "-pk"))


def assignments_by_team(series: Series) -> dict[int, list[CoachAssignment]]:
    """All that coaches are, were and will be to the teams of `series`, covers included, by team."""
    found: dict[int, list[CoachAssignment]] = {}
    rows = CoachAssignment.objects.filter(team__series=series, declined_at=None)
    for row in rows.select_related("coach", "covers_for__coach").order_by("starts_on", "coach__name", "pk"):
        found.setdefault(row.team_id, []).append(row)
    return found


def roles_of(series: Series) -> list[SeriesRole]:
    """Who organizes, facilitates, advises and watches `series` today, in this order."""
    order = {role.value: number for number, role in enumerate(SERIES_ROLES)}
    found = SeriesRole.objects.on().filter(series=series).select_related("person")
    return sorted(found, key=lambda held: (order[held.role], held.person.name.casefold()))


@dataclass
class Waiting:
    """An invitation that is not accepted yet, and how it stands in words."""

    invitation: Invitation
    words: str
    is_late: bool


def waiting_of(series: Series, *, at: datetime, team: Team | None = None) -> list[Waiting]:
    """The invitations of `series`, or of `team` alone, that nobody has accepted yet."""
    found = series.invitations.filter(state=InvitationState.WAITING).select_related("team", "invited_by")
    if team is not None:
        found = found.filter(team=team)
    return [_waiting(invitation, at) for invitation in found]


def _waiting(invitation: Invitation, at: datetime) -> Waiting:
    if invitation.sent_at is None or invitation.expires_at is None:
        return Waiting(invitation, _("The mail is on its way."), is_late=False)
    days = (invitation.expires_at - at).days
    if invitation.expires_at <= at:
        return Waiting(invitation, _("The link has expired. Send it again."), is_late=True)
    words = ngettext(
        "Sent; the link works for %(n)s more day.", "Sent; the link works for %(n)s more days.", days
    )
    return Waiting(invitation, words % {"n": days}, is_late=False)


@dataclass
class Coach:
    """Somebody who can coach in a series, and the teams that they coach there today."""

    person: User
    assignments: list[CoachAssignment] = field(default_factory=list)

    @property
    def load(self) -> str:
        n = len(self.assignments)
        return ngettext("%(n)s team", "%(n)s teams", n) % {"n": n} if n else _("no team yet")


def may_coach(series: Series) -> QuerySet[User]:
    """Who can be given a team: who has coached here, accepted to coach, or holds a role in the series."""
    accepted = Invitation.objects.filter(series=series, role=Role.COACH, state=InvitationState.ACCEPTED)
    return User.objects.filter(
        Q(pk__in=CoachAssignment.objects.filter(team__series=series).values("coach"))
        | Q(pk__in=accepted.values("accepted_by"))
        | Q(pk__in=SeriesRole.objects.on().filter(series=series).values("person")),
        is_active=True,
    ).order_by("name")


def coaches_of(series: Series, people: Iterable[User]) -> list[Coach]:
    """Those of `people` who coach in `series` today or have nobody yet, with their teams."""
    found = {person.pk: Coach(person) for person in people}
    today = clock.today("UTC")
    for held in CoachAssignment.objects.own().on(today).filter(team__series=series).select_related("team"):
        if held.coach_id in found:
            found[held.coach_id].assignments.append(held)
    return list(found.values())


def set_up_parts(series: Series, user: Any) -> list[SetUpPart]:
    """The lines of the set-up page that this room knows: teams, people, coaches."""
    teams = list(teams_with_people(series))
    waiting = series.invitations.filter(state=InvitationState.WAITING).count()
    people = sum(team.people for team in teams)  # type: ignore[attr-defined]
    without = [team.name for team in teams if not team.coaches]  # type: ignore[attr-defined]
    empty = [team.name for team in teams if not team.people]  # type: ignore[attr-defined]
    return [
        SetUpPart(
            _("Teams"),
            ", ".join(team.name for team in teams) or _("There is no team yet."),
            reverse("teams:team-add", args=[series.slug]),
            _("Add a team"),
            is_done=bool(teams),
        ),
        SetUpPart(
            _("People"),
            _people_words(people, waiting, empty),
            reverse("teams:people", args=[series.slug]),
            _("Invite"),
            is_done=people + waiting > 0,
        ),
        SetUpPart(
            _("Coaches"),
            _("Without a coach: %(teams)s.") % {"teams": ", ".join(without)}
            if without
            else _("Every team has a coach.")
            if teams
            else _("First add a team."),
            reverse("teams:coaches", args=[series.slug]),
            _("Assign"),
            is_done=bool(teams) and not without,
        ),
    ]


def _people_words(people: int, waiting: int, empty: list[str]) -> str:
    if not people and not waiting:
        return _("Nobody is invited yet.")
    inside = ngettext("%(n)s person is in a team", "%(n)s people are in teams", people) % {"n": people}
    invited = ngettext("%(n)s invitation waits", "%(n)s invitations wait", waiting) % {"n": waiting}
    words = f"{inside}; {invited}." if waiting else f"{inside}."
    nobody = _("Nobody yet in: %(teams)s.") % {"teams": ", ".join(empty)}
    return f"{words} {nobody}" if empty else words
