"""What the public may read: published editions, as plain values. The public pages import this and no more.

Everything here comes from a frozen document, never from the tables that teams write in, and what was
withdrawn since is left out already.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from core.text import to_ast
from reports.document import ReportDoc, Section, Text, from_json, without
from reports.front import Front, read_front
from reports.models import Edition, EditionKind
from reports.web import Chapter, chapters, slots_of, stories_of


@dataclass(frozen=True, kw_only=True)
class PublicEdition:
    """A published report as a page."""

    id: int
    number: int
    series_slug: str
    series: str
    title: str
    question: str
    language: str
    date: str
    label: str
    is_sample: bool
    withdrawn: int
    chapters: tuple[Chapter, ...]
    slots: tuple[int, ...]
    stories: int
    teams: int
    cite: str
    others: tuple[int, ...]
    has_pdf: bool


@dataclass(frozen=True, kw_only=True)
class Pdf:
    """The file of an edition, or that it is being made again."""

    name: str
    path: Path | None = None


def as_it_stands(edition: Edition) -> ReportDoc:
    """The document of `edition` without what was withdrawn, and with a word on it where there was any."""
    doc = from_json(edition.document)
    if not edition.withdrawn_ids:
        return doc
    stood = {story.id for story in stories_of(doc)}
    doc = without(doc, edition.withdrawn_ids)
    gone = len(stood - {story.id for story in stories_of(doc)})
    if not gone:
        return doc
    with translation.override(doc.meta.language):
        title = translation.gettext("Taken back since")
        says = ngettext(
            "%(n)s story that stood here was taken back by its team. The numbers count it still.",
            "%(n)s stories that stood here were taken back by their teams. The numbers count them still.",
            gone,
        ) % {"n": gone}
    note = Section(id="taken-back", title=title, blocks=(Text(ast=to_ast(says), language=doc.meta.language),))
    return replace(doc, sections=(*doc.sections, note))


def published_series() -> list[Front]:
    """The front pages of all series that have one, the latest first."""
    latest: dict[int, Edition] = {}
    rows = Edition.objects.filter(kind=EditionKind.FRONT_PAGE).exclude(published_at=None)
    newest = rows.order_by("series_id", "-number").values_list("series_id", "pk")
    ids: dict[int, int] = {}
    for series_id, pk in newest:
        ids.setdefault(series_id, pk)
    for edition in rows.filter(pk__in=ids.values()).order_by("-published_at", "-pk"):
        latest[edition.series_id] = edition
    return [read_front(edition.document, edition.withdrawn_ids) for edition in latest.values()]


def front_page(slug: str) -> Front | None:
    """The public face of the series `slug`, or None where nothing of it is published."""
    rows = Edition.objects.filter(kind=EditionKind.FRONT_PAGE, series__slug=slug).exclude(published_at=None)
    edition = rows.order_by("-number").first()
    return read_front(edition.document, edition.withdrawn_ids) if edition else None


def published_edition(slug: str, number: int) -> PublicEdition | None:
    """The edition `number` of the series `slug`, or None where it is not published."""
    rows = Edition.objects.filter(kind=EditionKind.REPORT, series__slug=slug).exclude(published_at=None)
    edition = rows.filter(number=number).first()
    if edition is None:
        return None
    others = rows.exclude(pk=edition.pk).order_by("-number").values_list("number", flat=True)
    return page_of(as_it_stands(edition), edition, slug, tuple(others))


def page_of(doc: ReportDoc, edition: Edition, slug: str, others: tuple[int, ...] = ()) -> PublicEdition:
    """`doc`, what stands of `edition`, as a page."""
    meta, stories = doc.meta, stories_of(doc)
    who = meta.credit or meta.series
    return PublicEdition(
        id=edition.pk,
        number=edition.number,
        series_slug=slug,
        series=meta.series,
        title=meta.title,
        question=meta.question,
        language=meta.language,
        date=meta.date,
        label=meta.edition,
        is_sample=meta.is_sample,
        withdrawn=len(edition.withdrawn_ids),
        chapters=chapters(doc),
        slots=tuple(slots_of(doc)),
        stories=len(stories),
        teams=len({story.team for story in stories}),
        cite=f"{who} ({meta.on[:4]}). {meta.title}. {meta.edition}. {meta.series}.",
        others=others,
        has_pdf=bool(_file_name(edition)),
    )


def _file_name(edition: Edition) -> str:
    """The name of the file that leaves out what is withdrawn; empty while it is being made."""
    return edition.pdf_withdrawn if edition.withdrawn_ids else edition.pdf


def pdf_of(edition: Edition) -> Pdf:
    """The PDF of `edition` as it may be given today; without a path while it is being made."""
    stored = _file_name(edition)
    path = settings.MEDIA_ROOT / stored if stored else None
    name = f"{edition.series.slug}-{edition.number}.pdf"
    return Pdf(name=name, path=path if path and path.is_file() else None)


def published_pdf(slug: str, number: int) -> Pdf | None:
    """The PDF of a published edition; None where the edition is not published."""
    rows = Edition.objects.filter(kind=EditionKind.REPORT, series__slug=slug, number=number)
    edition = rows.exclude(published_at=None).defer("document").select_related("series").first()
    return pdf_of(edition) if edition else None
