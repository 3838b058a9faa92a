"""Reports in the chain: a block grew out of its story, a story became part of a report."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import Block, Edition, EditionKind, Report
from storymaps.chain import HIDDEN, Link, entry_links, finding_links, register
from storymaps.models import Finding, StoryEntry


def sources(block: Block, user: Any) -> list[Link]:
    """The story that a block stands on, or the finding that it is."""
    if block.finding_id:
        return finding_links(Finding.objects.filter(pk=block.finding_id), user)
    return entry_links(StoryEntry.objects.filter(pk=block.entry_id), user) if block.entry_id else []


def reports_with(thing: StoryEntry | Finding, user: Any) -> list[Link]:
    """Where it went: published editions, for everybody; reports in the making, for who sees them."""
    return [*_published(thing), *_in_the_making(thing, user)]


def _published(thing: StoryEntry | Finding) -> Iterable[Link]:
    rows = Edition.objects.filter(series=thing.team.series_id, kind=EditionKind.REPORT).exclude(
        published_at=None
    )
    for edition in rows.defer("document").select_related("series", "report").order_by("number"):
        if isinstance(thing, Finding):
            is_in, anchor = thing.pk in edition.finding_ids, ""
        else:
            is_in = thing.pk in edition.entry_ids and thing.pk not in edition.withdrawn_ids
            anchor = f"#story-{thing.pk}"
        if is_in:
            yield Link(
                kind=gettext_lazy("Summit report"),
                title=_("in “%(title)s”, edition %(number)s")
                % {"title": edition.report.title if edition.report else "", "number": edition.number},
                url=reverse("summit:edition", args=[edition.series.slug, edition.number]) + anchor,
                when=edition.published_at.date() if edition.published_at else None,
                object=edition,
            )


def _in_the_making(thing: StoryEntry | Finding, user: Any) -> Iterable[Link]:
    blocks = Block.objects.filter(finding=thing) if isinstance(thing, Finding) else thing.blocks.all()
    found = Report.objects.filter(pk__in=blocks.values("report")).select_related("series").order_by("pk")
    readable = set(
        Report.objects.visible_to(user).filter(pk__in=found.values("pk")).values_list("pk", flat=True)
    )
    for report in found:
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
register(Finding, became=reports_with)
