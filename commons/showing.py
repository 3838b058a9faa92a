"""The directory and the lookbook: what people and teams chose to show, and how they change it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.events import record
from accounts.models import FileState
from accounts.permissions import Permission, Role, require
from commons.models import Showing, TeamCard
from library.models import shared_entries
from series.models import Series, SeriesRole
from storymaps.models import Evidence, StoryEntry, Visibility
from teams.models import GONE, CoachAssignment, Membership, Team

if TYPE_CHECKING:
    from accounts.models import User

MOST_WORDS = 8


# --- acts --------------------------------------------------------------------------------------------


@transaction.atomic
def show_oneself(draft: Showing, *, by: "User", at: datetime) -> Showing:
    """Let the directory of the series show what `by` chose. Raises PermissionDenied, ValidationError."""
    if draft.person_id != by.pk or not Series.objects.visible_to(by).filter(pk=draft.series_id).exists():
        raise PermissionDenied(gettext_lazy("Everybody decides for themselves what the directory shows."))
    draft.at = at
    draft.full_clean(validate_unique=False, validate_constraints=False)
    fields = ["shows_role", "shows_team", "line", "helps_with", "languages"]
    values = {name: getattr(draft, name) for name in fields} | {"at": at}
    kept, _made = Showing.objects.update_or_create(series=draft.series, person=by, defaults=values)
    record(by=by, act="commons.shown", target=kept, at=at)
    return kept


@transaction.atomic
def hide_oneself(series: Series, *, by: "User", at: datetime) -> bool:
    """Take everything out of the directory; False where nothing stood there."""
    found = Showing.objects.filter(series=series, person=by).first()
    if found is None:
        return False
    record(by=by, act="commons.hidden", target=found, at=at)
    found.delete()
    return True


@transaction.atomic
def show_team(draft: TeamCard, *, by: "User", at: datetime) -> TeamCard:
    """Let the lookbook show what the lead chose. Raises PermissionDenied, ValidationError."""
    require(by, Permission.MANAGE_MEMBERS, draft.team)
    if draft.story is not None and not stories_for_card(draft.team, by).filter(pk=draft.story.pk).exists():
        raise ValidationError({"story": _("Choose a story that your team shares with the series.")})
    draft.by, draft.at = by, at
    draft.full_clean(validate_unique=False, validate_constraints=False)
    values = {name: getattr(draft, name) for name in ("shows_aim", "offers", "story", "shows_photo")}
    kept, _made = TeamCard.objects.update_or_create(team=draft.team, defaults=values | {"by": by, "at": at})
    record(by=by, act="commons.team_shown", target=kept, at=at)
    return kept


@transaction.atomic
def hide_team(team: Team, *, by: "User", at: datetime) -> bool:
    """Take what the lead chose out of the lookbook; the team's name and place stay, as in its series."""
    require(by, Permission.MANAGE_MEMBERS, team)
    found = TeamCard.objects.filter(team=team).first()
    if found is None:
        return False
    record(by=by, act="commons.team_hidden", target=found, at=at)
    found.delete()
    return True


def stories_for_card(team: Team, user: Any) -> QuerySet[StoryEntry]:
    """The stories of `team` that all in the series read."""
    return shared_entries(user).filter(team=team, is_intended=False).order_by("-logged_at", "-pk")


# --- the directory -----------------------------------------------------------------------------------


@dataclass
class Person:
    """A person in the directory, with what they let it say of what they are."""

    showing: Showing
    roles: list[str] = field(default_factory=list)
    is_me: bool = False


def people_in(series: Series, user: Any, words: str = "") -> list[Person]:
    """Who shows themselves in `series` to `user`, by name. Four queries, whatever their number."""
    found = Showing.objects.visible_to(user).filter(series=series).select_related("person")
    for word in words.split()[:MOST_WORDS]:
        found = found.filter(
            Q(person__name__icontains=word)
            | Q(line__icontains=word)
            | Q(helps_with__icontains=word)
            | Q(languages__icontains=word)
        )
    rows = sorted(found, key=lambda row: row.person.name.casefold())
    roles = _roles_of(series, [row.person_id for row in rows])
    return [
        Person(row, [words for words in roles[row.person_id].told(row) if words], row.person_id == user.pk)
        for row in rows
    ]


@dataclass
class _Roles:
    """What one person is in a series today."""

    of_series: list[str] = field(default_factory=list)
    in_teams: list[tuple[str, str]] = field(default_factory=list)  # role, team
    coached: list[str] = field(default_factory=list)

    def told(self, row: Showing) -> list[str]:
        found = list(self.of_series) if row.shows_role else []
        for role, team in self.in_teams:
            parts = [role if row.shows_role else "", team if row.shows_team else ""]
            found.append(", ".join(part for part in parts if part))
        if self.coached and (row.shows_role or row.shows_team):
            teams = ", ".join(self.coached) if row.shows_team else ""
            parts = [str(Role.COACH.label) if row.shows_role else "", teams]
            found.append(", ".join(part for part in parts if part))
        return found


def _roles_of(series: Series, people: list[int]) -> dict[int, _Roles]:
    found: dict[int, _Roles] = defaultdict(_Roles)
    for role in SeriesRole.objects.on().filter(series=series, person__in=people).order_by("pk"):
        found[role.person_id].of_series.append(str(role.get_role_display()))
    members = Membership.objects.on().filter(team__series=series, person__in=people)
    for held in members.select_related("team").order_by("team__name"):
        found[held.person_id].in_teams.append((str(held.get_role_display()), held.team.name))
    coaches = CoachAssignment.objects.on().filter(team__series=series, coach__in=people)
    for held in coaches.select_related("team").order_by("team__name"):
        found[held.coach_id].coached.append(held.team.name)
    return found


# --- the lookbook ------------------------------------------------------------------------------------


@dataclass
class Look:
    """A team in the lookbook: its name and place as everywhere, and what its lead chose to show."""

    team: Team
    card: TeamCard | None = None
    story: StoryEntry | None = None
    story_url: str = ""
    photo: Evidence | None = None
    edit_url: str = ""


def lookbook(series: Series, user: Any) -> list[Look]:
    """The teams of `series`, by name. Five queries, whatever their number."""
    teams = list(series.teams.exclude(status__in=GONE).order_by("name"))
    cards = {card.team_id: card for card in TeamCard.objects.visible_to(user).filter(team__in=teams)}
    chosen = [card.story_id for card in cards.values() if card.story_id]
    stories = shared_entries(user).filter(pk__in=chosen).prefetch_related("evidence__file")
    told = {story.pk: story for story in stories}
    led = set(
        Membership.objects.held(user).filter(team__in=teams, role=Role.LEAD).values_list("team", flat=True)
    )
    return [_look(series, team, cards.get(team.pk), told, team.pk in led) for team in teams]


def _look(
    series: Series, team: Team, card: TeamCard | None, told: dict[int, StoryEntry], is_mine: bool
) -> Look:
    look = Look(team, card)
    if is_mine:
        look.edit_url = reverse("commons:card", args=[series.slug, team.slug])
    story = told.get(card.story_id) if card and card.story_id else None
    if card is None or story is None or story.team_id != team.pk:
        return look
    look.story = story
    look.story_url = reverse("storymaps:entry", args=[series.slug, team.slug, story.pk])
    if card.shows_photo:
        look.photo = photo_of(story)
    return look


def photo_of(story: StoryEntry) -> Evidence | None:
    """A photo of a shared story that names and shows nobody, as its team says; None for any other.

    Wants `evidence__file` fetched.
    """
    if story.visibility == Visibility.TEAM or story.names_people or story.author_is_under_18:
        return None
    for one in story.evidence.all():
        if one.shown_kind == "photo" and one.file is not None and one.file.state == FileState.READY:
            return one
    return None
