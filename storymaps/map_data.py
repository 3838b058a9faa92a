"""What the story map of a team is made of: rows in, plain values for the layout out."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Role
from core.text import to_ast, words_of
from series.frame import layout_of
from series.models import Series
from storymaps import services
from storymaps.models import Comment, StoryEntry
from storymaps.picture import Bank, Card, Lane, Note, Picture, Stretch, lay_out
from teams.models import Team

NOTE_LETTERS = 170  # of a note in the margin of the map; all of it stands with the entry


def entries_of(team: Team, user: Any) -> QuerySet[StoryEntry]:
    """The entries of `team` that `user` may read, with what a card needs. Two queries."""
    entries = StoryEntry.objects.visible_to(user).filter(team=team)
    return entries.annotate(sources=Count("evidence", distinct=True)).prefetch_related("drivers")


def read_map(team: Team, series: Series, entries: Iterable[StoryEntry], user: Any, on: date) -> Picture:
    """Lay out `entries` of `team` as `user` sees them on the day `on`."""
    rows = list(entries)
    notes = notes_of(team, user, rows)
    grew, first = steps_back(team, series, rows, user)
    cards = [card_of(entry, series, team, notes, grew, first) for entry in rows]
    lanes = [Lane(driver.slot, driver.name, driver.pk) for driver in series.drivers.all()]
    banks, stretches = shores(series, min((card.on for card in cards), default=on), on)
    return lay_out(lanes, banks, stretches, cards, on)


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


def card_of(
    entry: StoryEntry,
    series: Series,
    team: Team,
    notes: dict[int, Note],
    grew: dict[int, list[int]],
    first: dict[int, tuple[str, str]],
) -> Card:
    title, url = first.get(entry.pk, ("", ""))
    return Card(
        pk=entry.pk,
        title=entry.headline,
        url=reverse("storymaps:entry", args=[series.slug, team.slug, entry.pk]),
        on=entry.began_on,
        slots=tuple(driver.slot for driver in entry.drivers.all()),
        strand=entry.strand,
        sources=entry.sources,  # type: ignore[attr-defined]
        is_intended=entry.is_intended,
        language=entry.language,
        result=entry.get_result_display(),
        grew=tuple(grew.get(entry.pk, ())),
        grew_title=title,
        grew_url=url,
        note=notes.get(entry.pk),
    )


def steps_back(
    team: Team, series: Series, rows: list[StoryEntry], user: Any
) -> tuple[dict[int, list[int]], dict[int, tuple[str, str]]]:
    """What the entries grew out of: entries of this map by id, and the words and place of the first step.

    Three queries. A step that the reader may not see is left out; the page of the entry counts it.
    """
    ids = {entry.pk: entry for entry in rows}
    grew: dict[int, list[int]] = {}
    first: dict[int, tuple[str, str]] = {}
    link = StoryEntry.grew_out_of_items.through
    items = link.objects.filter(
        storyentry__in=ids, planitem__plan__team__in=Team.objects.read_in_full_by(user)
    )
    for pk, item, what in items.order_by("pk").values_list("storyentry", "planitem", "planitem__what"):
        url = reverse("storymaps:chain-item", args=[series.slug, team.slug, item])
        first.setdefault(pk, (what, url))
    links = StoryEntry.grew_out_of_entries.through.objects.filter(from_storyentry__in=ids)
    pairs = list(links.order_by("pk").values_list("from_storyentry", "to_storyentry"))
    elsewhere = {source for _pk, source in pairs} - set(ids)
    readable = {}
    if elsewhere:
        others = StoryEntry.objects.visible_to(user).filter(pk__in=elsewhere).select_related("team__series")
        readable = {entry.pk: entry for entry in others}
    for pk, source in pairs:
        if source in ids:
            grew.setdefault(pk, []).append(source)
            first[pk] = (ids[source].headline, f"#e{source}")
        elif other := readable.get(source):
            address = [other.team.series.slug, other.team.slug, other.pk]
            first.setdefault(pk, (other.headline, reverse("storymaps:entry", args=address)))
    return grew, first


def notes_of(team: Team, user: Any, rows: list[StoryEntry]) -> dict[int, Note]:
    """For each entry with notes the one that stands for them: the newest open one, else the newest.

    Two queries, one where nobody wrote.
    """
    comments = Comment.objects.visible_to(user).filter(entry__team=team)
    found = list(comments.select_related("author").order_by("written_at", "pk"))
    if not found:
        return {}
    heads = [comment for comment in found if comment.parent_id is None]
    letters = {comment.pk: services.letter(number) for number, comment in enumerate(heads)}
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
