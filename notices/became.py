"""Whose story became something: part of an outcome, a finding, a report, a plan, or a resource."""

from collections.abc import Iterable, Iterator

from django.db.models import Q

from accounts.models import Event, User
from accounts.permissions import Role
from library.models import Resource, Use
from reports.models import Edition
from storymaps.models import OutcomeStatement, StoryEntry
from teams.models import Membership

OUTCOMES = ("storymaps.outcome_stated", "storymaps.outcome_amended")
FINDINGS = ("storymaps.finding_stated", "storymaps.finding_amended")
ACTS = (*OUTCOMES, *FINDINGS, "reports.edition_published", "library.taken_over", "library.resource_shared")


def stories_of(event: Event) -> tuple[list[StoryEntry], str]:
    """The stories that became something by `event`, and what, such as "outcome:3" or "team:7"."""
    entries = StoryEntry.objects.select_related("author", "team__series")
    if event.act in OUTCOMES:
        outcome = OutcomeStatement.objects.filter(pk=event.target_id).first()
        mine = entries.filter(outcomes=outcome) if outcome else entries.none()
        return list(mine.order_by("pk")), f"outcome:{event.target_id}"
    if event.act in FINDINGS:
        rests = Q(findings=event.target_id) | Q(outcomes__findings=event.target_id)
        return list(entries.filter(rests).distinct().order_by("pk")), f"finding:{event.target_id}"
    if event.act == "reports.edition_published":
        edition = Edition.objects.filter(pk=event.target_id).defer("document").first()
        ids = set(edition.entry_ids) - set(edition.withdrawn_ids) if edition else set()
        return list(entries.filter(pk__in=ids).order_by("pk")), f"edition:{event.target_id}"
    if event.act == "library.resource_shared":
        resource = Resource.objects.filter(pk=event.target_id).first()
        pk = resource.from_entry_id if resource else None
        return list(entries.filter(pk=pk or 0)), f"resource:{event.target_id}"
    use = Use.objects.filter(pk=event.target_id).select_related("resource").first()
    if use is None:
        return [], ""
    pk = use.entry_id or (use.resource.from_entry_id if use.resource else None)
    # A team takes a story over once, however often it changes its mind.
    return list(entries.filter(pk=pk or 0).exclude(team=use.team_id)), f"team:{use.team_id}"


def told_of(entries: Iterable[StoryEntry], event: Event) -> Iterator[tuple[StoryEntry, User]]:
    """To whom each story belongs: who wrote it and is in the team today, else its leads. Not who did it."""
    rows = list(entries)
    members: dict[int, list[Membership]] = {}
    inside = Membership.objects.on().filter(team__in={entry.team_id for entry in rows})
    for member in inside.filter(person__is_active=True).select_related("person"):
        members.setdefault(member.team_id, []).append(member)
    for entry in rows:
        team = members.get(entry.team_id, [])
        mine = [m.person for m in team if m.person_id == entry.author_id]
        for person in mine or [m.person for m in team if m.role == Role.LEAD]:
            if person.pk != event.by_id:
                yield entry, person
