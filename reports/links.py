"""Reports in the chain: a block grew out of its story, a story became part of a report."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import Block, Edition, EditionKind, Report
from storymaps.chain import HIDDEN, Link, entry_links, register
from storymaps.models import StoryEntry


def sources(block: Block, user: Any) -> list[Link]:
    """The story that a block stands on."""
    return entry_links(StoryEntry.objects.filter(pk=block.entry_id), user) if block.entry_id else []


def reports_with(entry: StoryEntry, user: Any) -> list[Link]:
    """Where a story went: published editions, for everybody; reports in the making, for who sees them."""
    return [*_published(entry), *_in_the_making(entry, user)]


def _published(entry: StoryEntry) -> Iterable[Link]:
    rows = Edition.objects.filter(series=entry.team.series_id, kind=EditionKind.REPORT).exclude(
        published_at=None
    )
    for edition in rows.defer("document").select_related("series", "report").order_by("number"):
        if entry.pk in edition.entry_ids and entry.pk not in edition.withdrawn_ids:
            address = reverse("summit:edition", args=[edition.series.slug, edition.number])
            yield Link(
                kind=gettext_lazy("Summit report"),
                title=_("in “%(title)s”, edition %(number)s")
                % {"title": edition.report.title if edition.report else "", "number": edition.number},
                url=f"{address}#story-{entry.pk}",
                when=edition.published_at.date() if edition.published_at else None,
                object=edition,
            )


def _in_the_making(entry: StoryEntry, user: Any) -> Iterable[Link]:
    readable = set(Report.objects.visible_to(user).filter(blocks__entry=entry).values_list("pk", flat=True))
    for report in Report.objects.filter(blocks__entry=entry).select_related("series").order_by("pk"):
        if report.pk not in readable:
            yield HIDDEN
            continue
        yield Link(
            kind=gettext_lazy("report in the making"),
            title=report.title,
            url=reverse("reports:report", args=[report.series.slug, report.slug]),
            object=report,
            language=report.language,
        )


register(Block, grew_out_of=sources)
register(StoryEntry, became=reports_with)
