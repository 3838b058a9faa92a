"""The organizer's pages: build a report, check it, freeze it, look how it goes, publish it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import submission_id
from jobs.models import State
from reports import services
from reports.compose import compose
from reports.document import from_json
from reports.editions import as_it_stands, page_of, pdf_of
from reports.forms import HeadingForm, ReportForm, TextForm
from reports.models import Block, BlockKind, Edition, EditionKind, EditionState, Report
from reports.shelf import shelf
from reports.web import stories_of
from series.frame import find_series, frame

STORIES_A_PAGE = 60


def _report(request: HttpRequest, series_slug: str, report_slug: str) -> Report:
    """The report of that address if the reader sees it, with its series."""
    found = Report.objects.visible_to(request.user).select_related("series__summit")
    return get_object_or_404(
        found.prefetch_related("series__sessions"), series__slug=series_slug, slug=report_slug
    )


def _edition(report: Report, number: int) -> Edition:
    editions = report.editions.filter(kind=EditionKind.REPORT).select_related("series")
    return get_object_or_404(editions, number=number)


def _page(request: HttpRequest, report: Report) -> dict[str, Any]:
    return frame(request, report.series, here="reports") | {
        "report": report,
        "may_build": has_permission(request.user, Permission.BUILD_REPORT, report),
        "may_publish": has_permission(request.user, Permission.PUBLISH, report),
        "is_sample": report.is_sample or report.series.is_sample,
    }


def _first(error: ValidationError) -> str:
    return " ".join(str(message) for message in error.messages)


@policy(see="series", act=Permission.BUILD_REPORT)
@require_http_methods(["GET", "POST"])
def report_list(request: HttpRequest, series_slug: str) -> HttpResponse:
    """The reports of a series; on POST, begin one. Members of teams do not see drafts."""
    series = find_series(request, series_slug)
    may_build = has_permission(request.user, Permission.BUILD_REPORT, series)
    if not has_permission(request.user, Permission.SEE_ALL_TEAMS, series) or request.method == "POST":
        require(request.user, Permission.BUILD_REPORT, series)
    draft = Report(
        series=series, submission_id=submission_id(request), language=(series.languages or ["en"])[0]
    )
    form = ReportForm(request.POST or None, instance=draft)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_report(form.instance, by=person(request), at=clock.now())
            return redirect("reports:report", series.slug, made.slug)
        except ValidationError as error:
            form.add_error(None, error)
    reports = Report.objects.visible_to(request.user).filter(series=series).prefetch_related("editions")
    context = {
        "form": form,
        "submission_id": draft.submission_id,
        "may_build": may_build,
        "reports": reports.order_by("-created_at"),
    }
    status = 422 if form.errors else 200
    return render(
        request, "reports/list.html", frame(request, series, here="reports") | context, status=status
    )


@policy(see="report", act=Permission.BUILD_REPORT)
@require_GET
def report(request: HttpRequest, series_slug: str, report_slug: str) -> HttpResponse:
    """Build a report: its blocks in order, the stories to choose from, what is in the way, its editions."""
    return _build(request, _report(request, series_slug, report_slug))


def _build(request: HttpRequest, found: Report, *, status: int = 200, **more: Any) -> HttpResponse:
    blocks = services.blocks_of(found)
    by = "driver" if request.GET.get("by") == "driver" else "team"
    stories = shelf(found, request.user, {block.entry_id for block in blocks}, by=by)
    page = Paginator(stories, STORIES_A_PAGE).get_page(request.GET.get("page"))
    checks = services.check_list(found, blocks)
    editions = list(found.editions.defer("document"))
    context = _page(request, found) | {
        "blocks": [
            {"block": block, "standing": services.standing_of(block.entry) if block.entry_id else None}
            for block in blocks
        ],
        "sources": services.sources_of(blocks, request.user),
        "stories": page,
        "findings": services.findings_for(found, request.user),
        "by": by,
        "cleared": sum(story.standing.can_go_in for story in stories),
        "checks": checks,
        "is_ready": not any(check.blocks for check in checks),
        "editions": editions,
        "not_recallable": [each for each in editions if each.published_at and each.withdrawn_ids],
        "form": ReportForm(instance=found),
        "heading_form": HeadingForm(auto_id="heading_%s"),
        "text_form": TextForm(auto_id="text_%s"),
        "submission_id": submission_id(request) if request.method == "GET" else None,
    }
    return render(request, "reports/report.html", context | more, status=status)


@policy(see="report", act=Permission.BUILD_REPORT)
@require_POST
def report_edit(request: HttpRequest, series_slug: str, report_slug: str) -> HttpResponse:
    """Save title, language and introduction."""
    found = _report(request, series_slug, report_slug)
    require(request.user, Permission.BUILD_REPORT, found)
    form = ReportForm(request.POST, instance=found)
    if not form.is_valid():
        fresh = _report(request, series_slug, report_slug)
        return _build(request, fresh, status=422, form=form)
    services.word_report(form.instance, by=person(request), at=clock.now())
    messages.success(request, _("Saved."))
    return redirect("reports:report", series_slug, report_slug)


@policy(see="report", act=Permission.BUILD_REPORT)
@require_GET
def preview(request: HttpRequest, series_slug: str, report_slug: str) -> HttpResponse:
    """The report as the public would read it, made now and kept nowhere."""
    found = _report(request, series_slug, report_slug)
    doc, ids = compose(found, by=person(request), at=clock.now())
    blank = Edition(number=0, series=found.series, entry_ids=ids)
    return render(
        request, "reports/preview.html", _page(request, found) | {"doc": page_of(doc, blank, series_slug)}
    )


# --- blocks -----------------------------------------------------------------------------------------


@policy(see="report", act=Permission.BUILD_REPORT)
@require_POST
def block_add(request: HttpRequest, series_slug: str, report_slug: str) -> HttpResponse:
    """Put a heading, a text, a story, or a finding with its stories at the end."""
    found = _report(request, series_slug, report_slug)
    require(request.user, Permission.BUILD_REPORT, found)
    kind = request.POST.get("kind", "")
    draft = Block(report=found, kind=kind, submission_id=submission_id(request))
    try:
        if kind == BlockKind.ENTRY:
            number = request.POST.get("entry", "")
            draft.entry_id = int(number) if number.isdecimal() and len(number) < 15 else 0
            made = services.add_entry(draft, by=person(request), at=clock.now())
        elif kind == "finding":
            number = request.POST.get("finding", "")
            draft.finding_id = int(number) if number.isdecimal() and len(number) < 15 else 0
            made = services.add_finding(draft, by=person(request), at=clock.now())
        else:
            draft.text = request.POST.get("text", "").strip()
            made = services.add_words(draft, by=person(request), at=clock.now())
    except ValidationError as error:
        return _build(request, found, status=422, failed=_first(error), typed=draft)
    return redirect(f"{reverse('reports:report', args=[series_slug, report_slug])}#block-{made.pk}")


def _block(found: Report, block_id: int) -> Block:
    return get_object_or_404(found.blocks.select_related("report__series", "entry"), pk=block_id)


@policy(see="report", act=Permission.BUILD_REPORT)
@require_http_methods(["GET", "POST"])
def block_edit(request: HttpRequest, series_slug: str, report_slug: str, block_id: int) -> HttpResponse:
    """Change the words of a heading or a text."""
    found = _report(request, series_slug, report_slug)
    require(request.user, Permission.BUILD_REPORT, found)
    block = _block(found, block_id)
    if block.kind == BlockKind.ENTRY:
        raise Http404
    form_class = HeadingForm if block.kind == BlockKind.HEADING else TextForm
    form = form_class(request.POST or None, instance=block)
    if request.method == "POST" and form.is_valid():
        services.word_block(form.instance, by=person(request), at=clock.now())
        return redirect(f"{reverse('reports:report', args=[series_slug, report_slug])}#block-{block.pk}")
    context = _page(request, found) | {"form": form, "block": block}
    return render(request, "reports/block.html", context, status=422 if form.errors else 200)


@policy(see="report", act=Permission.BUILD_REPORT)
@require_POST
def block_move(request: HttpRequest, series_slug: str, report_slug: str, block_id: int) -> HttpResponse:
    """Let a block change places with its neighbour."""
    found = _report(request, series_slug, report_slug)
    require(request.user, Permission.BUILD_REPORT, found)
    up = request.POST.get("to") == "up"
    services.move_block(_block(found, block_id), up=up, by=person(request), at=clock.now())
    return redirect(f"{reverse('reports:report', args=[series_slug, report_slug])}#block-{block_id}")


@policy(see="report", act=Permission.BUILD_REPORT)
@require_POST
def block_remove(request: HttpRequest, series_slug: str, report_slug: str, block_id: int) -> HttpResponse:
    """Take a block out."""
    found = _report(request, series_slug, report_slug)
    require(request.user, Permission.BUILD_REPORT, found)
    services.remove_block(_block(found, block_id), by=person(request), at=clock.now())
    messages.success(request, _("Taken out."))
    return redirect("reports:report", series_slug, report_slug)


# --- editions ---------------------------------------------------------------------------------------


@policy(see="report", act=Permission.BUILD_REPORT)
@require_POST
def freeze(request: HttpRequest, series_slug: str, report_slug: str) -> HttpResponse:
    """Make the next edition; its PDF is made in the background."""
    found = _report(request, series_slug, report_slug)
    require(request.user, Permission.BUILD_REPORT, found)
    try:
        made = services.freeze(
            found, submission_id=submission_id(request), by=person(request), at=clock.now()
        )
    except ValidationError as error:
        return _build(request, found, status=422, failed=_first(error))
    return redirect("reports:edition", series_slug, report_slug, made.number)


@policy(see="report", act=Permission.BUILD_REPORT)
@require_GET
@vary_on_headers("HX-Request")
def edition(request: HttpRequest, series_slug: str, report_slug: str, number: int) -> HttpResponse:
    """How an edition goes: being made, ready, failed with its reason, published. Polled while it is made."""
    found = _report(request, series_slug, report_slug)
    edition = _edition(found, number)
    job = services.job_of(edition)
    has_failed = edition.state == EditionState.FAILED or (job is not None and job.state == State.FAILED)
    why = "" if job is None else job.reason or job.last_error
    context = {
        "edition": edition,
        "job": job,
        "has_failed": has_failed and edition.state != EditionState.READY,
        "is_making": edition.state == EditionState.MAKING and not has_failed,
        "why": translation.gettext(why) if why else "",
        "stage": _stage(job),
        "stories": len(stories_of(from_json(edition.document))),
    }
    template = "reports/edition.html#state" if request.headers.get("HX-Request") else "reports/edition.html"
    return render(request, template, _page(request, found) | context)


def _stage(job: Any) -> str:
    """What is being done just now, in words."""
    if job is None or job.state != State.LEASED or not job.total_steps:
        return _("Waiting for its turn")
    words = (_("Preparing the words"), _("Setting the pages"), _("Packing the file"), _("Keeping the file"))
    return words[min(job.done_steps, len(words) - 1)]


@policy(see="report", act=Permission.BUILD_REPORT)
@require_POST
def edition_again(request: HttpRequest, series_slug: str, report_slug: str, number: int) -> HttpResponse:
    """Try a PDF again that was not made."""
    found = _report(request, series_slug, report_slug)
    require(request.user, Permission.BUILD_REPORT, found)
    services.make_again(_edition(found, number), by=person(request), at=clock.now())
    return redirect("reports:edition", series_slug, report_slug, number)


@policy(see="report", act=Permission.PUBLISH)
@require_http_methods(["GET", "POST"])
def edition_publish(request: HttpRequest, series_slug: str, report_slug: str, number: int) -> HttpResponse:
    """Ask once, then give an edition to the public."""
    found = _report(request, series_slug, report_slug)
    require(request.user, Permission.PUBLISH, found)
    edition = _edition(found, number)
    if request.method == "POST":
        try:
            if services.publish(edition, by=person(request), at=clock.now()):
                messages.success(request, _("It is published."))
        except ValidationError as error:
            messages.error(request, _first(error))
        return redirect("reports:edition", series_slug, report_slug, number)
    context = _page(request, found) | {
        "title": _("Publish edition %(number)s?") % {"number": number},
        "text": _(
            "Anyone will be able to read it: %(n)s stories, as their teams cleared them. A story that is "
            "taken back later leaves the page at once, but others may have copied it."
        )
        % {"n": len(stories_of(as_it_stands(edition)))},
        "action": _("Publish"),
        "back_url": reverse("reports:edition", args=[series_slug, report_slug, number]),
    }
    return render(request, "components/confirm.html", context)


@policy(see="report", act=Permission.BUILD_REPORT)
@require_GET
def edition_pdf(request: HttpRequest, series_slug: str, report_slug: str, number: int) -> HttpResponseBase:
    """The PDF of an edition, for who may build the report today."""
    found = _report(request, series_slug, report_slug)
    require(request.user, Permission.BUILD_REPORT, found)
    pdf = pdf_of(_edition(found, number))
    if pdf.path is None:
        return redirect("reports:edition", series_slug, report_slug, number)
    response = FileResponse(
        pdf.path.open("rb"), as_attachment=True, filename=pdf.name, content_type="application/pdf"
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
