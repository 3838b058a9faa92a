"""Reactions to what was shared: given and taken back in one tap, and what pages show of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.models import Event
from accounts.permissions import Permission, require
from commons.models import Reaction, ReactionKind, shared_outcomes
from library.models import Resource, shared_entries
from series.models import Series, SeriesRole
from storymaps.models import OutcomeStatement, StoryEntry
from teams.models import CoachAssignment, Membership
from teams.permissions import is_under_18

if TYPE_CHECKING:
    from accounts.models import User

type Thing = StoryEntry | OutcomeStatement | Resource
MOST_A_DAY = 300  # taps of one person, those taken back too
MOST_TOLD = 6  # names beside a reaction; the rest is counted
FIELDS: dict[type[Any], tuple[str, str]] = {
    StoryEntry: ("story", "entry"),
    OutcomeStatement: ("outcome", "outcome"),
    Resource: ("resource", "resource"),
}


def key_of(thing: Thing) -> tuple[str, int]:
    """The word for a thing in addresses, and its id."""
    return FIELDS[type(thing)][0], thing.pk


def of_thing(thing: Thing) -> dict[str, Any]:
    """The field of a Reaction that holds `thing`, for a filter or a new one."""
    return {FIELDS[type(thing)][1]: thing}


def series_of(thing: Thing) -> Series:
    return thing.series if isinstance(thing, Resource) else thing.team.series


def find_shared(user: Any, series: Series, kind: str, thing_id: int) -> Thing | None:
    """What all in `series` read under that name; None for what is shared with nobody, or read by others."""
    if kind == "story":
        stories = shared_entries(user).filter(team__series=series)
        return stories.select_related("team__series").filter(pk=thing_id).first()
    if kind == "outcome":
        outcomes = shared_outcomes(user).filter(team__series=series)
        return outcomes.select_related("team__series").filter(pk=thing_id).first()
    if kind == "resource":
        resources = Resource.objects.visible_to(user).standing().filter(series=series)
        return resources.select_related("series", "team").filter(pk=thing_id).first()
    return None


# --- acts --------------------------------------------------------------------------------------------


def react(thing: Thing, kind: ReactionKind, *, by: "User", at: datetime) -> Reaction:
    """Say `kind` to `thing`. Said twice is said once; nobody gets a mail or a notice.

    Raises PermissionDenied for who only watches, ValidationError for what is one's own or shared no more,
    and after very many taps today.
    """
    require(by, Permission.COMMENT, thing)
    kept_kind, pk = key_of(thing)
    if find_shared(by, series_of(thing), kept_kind, pk) is None:
        raise ValidationError(_("This is no longer shared."))
    if is_own(thing, by):
        raise ValidationError(_("This is your own team’s. Reactions are for what others share."))
    mine = Reaction.objects.filter(person=by, kind=kind, **of_thing(thing))
    if earlier := mine.first():
        return earlier
    _check_taps(by, at)
    membership = Membership.objects.held(by).filter(team__series=series_of(thing)).order_by("pk").first()
    try:
        with transaction.atomic():
            made = Reaction.objects.create(
                person=by,
                kind=kind,
                team=membership.team if membership else None,
                is_named=membership is None and not is_under_18(by),
                at=at,
                **of_thing(thing),
            )
            record(by=by, act="commons.reacted", target=made, at=at, kind=kind.value)
    except IntegrityError:
        return mine.get()
    return made


@transaction.atomic
def take_back(thing: Thing, kind: ReactionKind, *, by: "User", at: datetime) -> bool:
    """Unsay it; False where it was not said."""
    mine = Reaction.objects.select_for_update(of=("self",)).filter(person=by, kind=kind, **of_thing(thing))
    found = mine.first()
    if found is None:
        return False
    record(by=by, act="commons.reaction_taken_back", target=found, at=at, kind=kind.value)
    found.delete()
    return True


def is_own(thing: Thing, user: Any) -> bool:
    """Whether it is of a team of `user`, or a resource that they shared themselves."""
    if isinstance(thing, Resource) and thing.shared_by_id == user.pk:
        return True
    return bool(thing.team_id) and Membership.objects.held(user).filter(team=thing.team_id).exists()


def _check_taps(by: "User", at: datetime) -> None:
    acts = Event.objects.filter(by=by, at__gt=at - timedelta(days=1))
    if acts.filter(act__in=["commons.reacted", "commons.reaction_taken_back"]).count() >= MOST_A_DAY:
        raise ValidationError(_("You have reacted very often today. Please go on tomorrow."))


# --- what pages show ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One of the three, as it stands at a thing."""

    kind: str
    label: str
    count: int
    who: str  # teams, and people who are in none; at most six, then how many more
    is_mine: bool
    url: str


@dataclass(frozen=True)
class Reactions:
    """What was said to a thing, and whether the reader may say it too."""

    anchor: str
    title: str
    language: str
    said: tuple[Said, ...]
    may_react: bool

    def __bool__(self) -> bool:
        return self.may_react or any(one.count for one in self.said)


def on_things(things: Sequence[Thing], user: Any) -> dict[tuple[str, int], Reactions]:
    """The reactions to each of `things`, which are of one series and read by `user`. Five queries at most."""
    if not things:
        return {}
    series = series_of(things[0])
    wanted = Q()
    for model, (_word, field) in FIELDS.items():
        if ids := [thing.pk for thing in things if isinstance(thing, model)]:
            wanted |= Q(**{f"{field}__in": ids})
    by_thing: dict[tuple[str, int], list[Reaction]] = defaultdict(list)
    for reaction in Reaction.objects.filter(wanted).select_related("team", "person"):
        for word, field in FIELDS.values():
            if pk := getattr(reaction, f"{field}_id"):
                by_thing[word, pk].append(reaction)
    own_teams = set(Membership.objects.held(user).filter(team__series=series).values_list("team", flat=True))
    may_speak = bool(own_teams) or _speaks_in(user, series)
    found = {}
    for thing in things:
        is_mine = thing.team_id in own_teams or (
            isinstance(thing, Resource) and thing.shared_by_id == user.pk
        )
        found[key_of(thing)] = _reactions(thing, by_thing[key_of(thing)], user, may_speak and not is_mine)
    return found


def _speaks_in(user: Any, series: Series) -> bool:
    """Whether `user` coaches in the series, or holds a role in it that may comment."""
    if CoachAssignment.objects.held(user).filter(team__series=series).exists():
        return True
    roles = SeriesRole.objects.held(user).filter(series=series).exclude(role="observer")
    return bool(roles.exists())


def _reactions(thing: Thing, rows: list[Reaction], user: Any, may_react: bool) -> Reactions:
    word, pk = key_of(thing)
    said = []
    for kind in ReactionKind:
        mine = [row for row in rows if row.kind == kind]
        args = [series_of(thing).slug, word, pk, kind.value]
        said.append(
            Said(
                kind.value,
                str(kind.label),
                len(mine),
                _names(mine),
                any(row.person_id == user.pk for row in mine),
                reverse("commons:react", args=args),
            )
        )
    title = thing.title if isinstance(thing, Resource) else thing.headline
    return Reactions(f"{word}-{pk}", title, thing.language, tuple(said), may_react)


def _names(rows: list[Reaction]) -> str:
    """Who said it: each team once, however many of it did."""
    names = list(dict.fromkeys(row.who for row in rows if row.who))
    shown = ", ".join(names[:MOST_TOLD])
    if len(names) <= MOST_TOLD:
        return shown
    return _("%(names)s and %(more)s more") % {"names": shown, "more": len(names) - MOST_TOLD}
