"""What the story map of a team is made of: rows in, plain values for the layout out."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Role
from core.text import to_ast, words_of
from series.frame import layout_of
from series.models import Series
from storymaps.comments import letter
from storymaps.map.choice import DOTS, Choice
from storymaps.map.compare import Pair, compare
from storymaps.map.picture import Bank, Card, Lane, Look, Note, Picture, Source, Stretch, bounds_of, lay_out
from storymaps.models import Comment, StoryEntry
from teams.models import Team

NOTE_LETTERS = 170  # of a note in the margin of the map; all of it stands with the entry


def entries_of(team: Team, user: Any) -> QuerySet[StoryEntry]:
    """The entries of `team` that `user` may read, with what a card needs. Two queries."""
    entries = StoryEntry.objects.visible_to(user).filter(team=team)
    return entries.annotate(sources=Count("evidence", distinct=True)).prefetch_related("drivers")


def lanes_of(series: Series) -> list[Lane]:
    return [Lane(driver.slot, driver.name, driver.pk) for driver in series.drivers.all()]


def shores_of(team: Team, user: Any, on: date) -> tuple[list[Bank], list[Stretch]]:
    """Banks and stretches of the team's map, whatever of it is shown. One query."""
    entries = StoryEntry.objects.visible_to(user).filter(team=team)
    earliest = entries.aggregate(first=Min("began_on"))["first"]
    return shores(team.series, earliest or on, on)


def within(entries: QuerySet[StoryEntry], key: str, stretches: list[Stretch]) -> QuerySet[StoryEntry]:
    """Those of `entries` that are drawn in the stretch `key`; all where no stretch is asked for."""
    if not key:
        return entries
    bounds = bounds_of(key, stretches)
    return entries.filter(began_on__range=bounds) if bounds else entries.none()


def read_map(team: Team, entries: QuerySet[StoryEntry], choice: Choice, user: Any, on: date) -> Picture:
    """Lay out what `choice` leaves of `entries` of `team`, as `user` sees them on the day `on`."""
    banks, stretches = shores_of(team, user, on)
    key = choice.stretch if any(stretch.key == choice.stretch for stretch in stretches) else ""
    cards = read_cards(team, within(choice.narrow(entries), key, stretches), user)
    look = Look(only=key, slot=choice.slot, entry=choice.entry, is_dots=choice.view == DOTS)
    return lay_out(lanes_of(team.series), banks, stretches, cards, on, look)


def read_pair(
    team: Team, entries: QuerySet[StoryEntry], numbers: tuple[int, int], user: Any, on: date
) -> Pair | None:
    """Two periods side by side; None where the series does not have both."""
    _banks, stretches = shores_of(team, user, on)
    known = {stretch.key: stretch for stretch in stretches}
    earlier, later = (known.get(f"p{number}") for number in numbers)
    if earlier is None or later is None:
        return None
    cards = read_cards(team, entries, user)
    return compare(lanes_of(team.series), earlier, later, cards, stretches)


def read_cards(team: Team, entries: QuerySet[StoryEntry], user: Any) -> list[Card]:
    rows = list(entries)
    notes = notes_of(team, user, rows)
    steps = Steps(team, rows, user)
    base = reverse("storymaps:map", args=[team.series.slug, team.slug])
    return [
        Card(
            pk=entry.pk,
            title=entry.headline,
            url=f"{base}{entry.pk}/",
            on=entry.began_on,
            slots=tuple(driver.slot for driver in entry.drivers.all()),
            strand=entry.strand,
            sources=entry.sources,  # type: ignore[attr-defined]
            is_intended=entry.is_intended,
            language=entry.language,
            note=notes.get(entry.pk),
            **steps.of(entry.pk),
        )
        for entry in rows
    ]


def shores(series: Series, earliest: date, on: date) -> tuple[list[Bank], list[Stretch]]:
    """The sessions with the Summit, and the periods between; the time before Session A if it has an entry."""
    calendar = reverse("series:calendar", args=[series.slug])
    sessions = sorted(series.sessions.all(), key=lambda session: session.position)
    banks = [
        Bank(
            session.letter,
            _("Session %(letter)s") % {"letter": session.letter},
            session.starts_on,
            session.ends_on,
            session.place,
            calendar,
        )
        for session in sessions
    ]
    summit = series.summit
    banks.append(Bank("", _("Summit"), summit.starts_on, summit.ends_on, summit.place, calendar))
    stretches = [
        Stretch(
            f"p{period.number}",
            _("Action Period %(number)s") % {"number": period.number},
            period.starts_on,
            period.ends_on,
            _now(period.starts_on, period.ends_on, on),
        )
        for period in layout_of(series).periods
    ]
    first = sessions[0].starts_on if sessions else None
    if first and earliest < first:
        eve = first - timedelta(days=1)
        begins = min(earliest, series.opens_on)
        stretches.insert(0, Stretch("before", _("Before Session A"), begins, eve, _now(begins, eve, on)))
    return banks, stretches


def _now(starts_on: date, ends_on: date, on: date) -> str:
    weeks = ((ends_on - starts_on).days + 7) // 7
    week = ((on - starts_on).days + 7) // 7
    return _("Now: week %(week)s of %(weeks)s") % {"week": week, "weeks": weeks}


class Steps:
    """What the entries of a map grew out of: entries of this map, items of the plan, stories of other teams.

    Three queries. A step that the reader may not see is counted and not shown.
    """

    def __init__(self, team: Team, rows: list[StoryEntry], user: Any) -> None:
        self.team = team
        self.here = {entry.pk: entry for entry in rows}
        self.grew: dict[int, list[int]] = {}
        self.elsewhere: dict[int, list[Source]] = {}
        self.unseen: dict[int, int] = {}
        self.first: dict[int, tuple[str, str]] = {}  # the words and the place of the first step back
        if rows:
            self.read_items(user)
            self.read_entries(user)

    def of(self, pk: int) -> dict[str, Any]:
        """The fields of a card that speak of its steps back."""
        title, url = self.first.get(pk, ("", ""))
        return {
            "grew": tuple(self.grew.get(pk, ())),
            "grew_title": title,
            "grew_url": url,
            "elsewhere": tuple(self.elsewhere.get(pk, ())),
            "unseen": self.unseen.get(pk, 0),
        }

    def read_items(self, user: Any) -> None:
        links = StoryEntry.grew_out_of_items.through.objects.filter(
            storyentry__in=self.here, planitem__plan__team__in=Team.objects.read_in_full_by(user)
        )
        slugs = [self.team.series.slug, self.team.slug]
        for pk, item, what in links.order_by("pk").values_list("storyentry", "planitem", "planitem__what"):
            self.first.setdefault(pk, (what, reverse("storymaps:chain-item", args=[*slugs, item])))

    def read_entries(self, user: Any) -> None:
        links = StoryEntry.grew_out_of_entries.through.objects.filter(from_storyentry__in=self.here)
        pairs = list(links.order_by("pk").values_list("from_storyentry", "to_storyentry"))
        others = {source for _pk, source in pairs} - set(self.here)
        readable: dict[int, StoryEntry] = {}
        if others:
            found = StoryEntry.objects.visible_to(user).filter(pk__in=others).select_related("team__series")
            readable = {entry.pk: entry for entry in found}
        for pk, source in pairs:
            if source in self.here:
                self.grew.setdefault(pk, []).append(source)
                self.first[pk] = (self.here[source].headline, f"#entry-{source}")
            elif other := readable.get(source):
                self.step_out(pk, other)
            else:
                self.unseen[pk] = self.unseen.get(pk, 0) + 1

    def step_out(self, pk: int, other: StoryEntry) -> None:
        team = other.team
        url = reverse("storymaps:entry", args=[team.series.slug, team.slug, other.pk])
        if team.pk == self.team.pk:  # ours, and a filter leaves it out
            self.first.setdefault(pk, (other.headline, url))
            return
        source = Source(other.headline, url, team.name, team.slug, team.code, other.language)
        self.elsewhere.setdefault(pk, []).append(source)


def notes_of(team: Team, user: Any, rows: list[StoryEntry]) -> dict[int, Note]:
    """For each entry with notes the one that stands for them: the newest open one, else the newest.

    Two queries, one where nobody wrote.
    """
    comments = Comment.objects.visible_to(user).filter(team=team)
    found = list(comments.select_related("author").order_by("written_at", "pk"))
    if not found:
        return {}
    heads = [comment for comment in found if comment.parent_id is None]
    letters = {comment.pk: letter(number) for number, comment in enumerate(heads)}
    replies: dict[int, int] = {}
    for comment in found:
        if comment.parent_id:
            replies[comment.parent_id] = replies.get(comment.parent_id, 0) + 1
    coaches = coaches_of(team)
    urls = {
        entry.pk: reverse("storymaps:entry", args=[team.series.slug, team.slug, entry.pk]) for entry in rows
    }
    chosen: dict[int, Comment] = {}
    for head in heads:
        if head.entry_id is None or head.deleted_at is not None:
            continue
        before = chosen.get(head.entry_id)
        if before is None or head.settled_at is None or before.settled_at is not None:
            chosen[head.entry_id] = head
    return {
        pk: Note(
            pk=head.pk,
            letter=letters[head.pk],
            words=shorten(head.text),
            by=head.author.name,
            role=Role.COACH.label if head.author_id in coaches else "",
            on=timezone.localtime(head.written_at).date(),
            is_settled=head.settled_at is not None,
            replies=replies.get(head.pk, 0),
            url=f"{urls[pk]}#note-{head.pk}",
            entry=pk,
        )
        for pk, head in chosen.items()
        if pk in urls
    }


def shorten(text: str) -> str:
    """The words of a note without markup, cut after a word where they are many."""
    words = " ".join(words_of(to_ast(text)).split())
    if len(words) <= NOTE_LETTERS:
        return words
    return words[:NOTE_LETTERS].rpartition(" ")[0] + "…"


def coaches_of(team: Team) -> dict[int, str]:
    """Who coaches `team` today: names by the person's id."""
    held = team.coach_assignments.on().select_related("coach")
    return {row.coach_id: row.coach.name for row in held}
