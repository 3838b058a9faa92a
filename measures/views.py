"""The pages of measures: one measure of a team, its list and grid, and the small multiples of a series."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import submission_id
from measures import downloads, reading, services
from measures.forms import BaselineForm, MeasureForm, NoteForm, PointForm, RebaseForm, audience_of
from measures.grid import entries_of, fill, grid_of
from measures.models import Annotation, Audience, DataPoint, Measure
from measures.permissions import may_define, may_enter
from measures.table import numbers_table
from series.frame import find_series, frame
from series.services import SeriesClosed, is_closed
from teams.margin import margin
from teams.models import GONE, Team

MOST_ROWS = 24
MOST_BACK = 40  # pages of the grid


def find_team(request: HttpRequest, series_slug: str, team_slug: str) -> Team:
    """The team, if the reader reads all that it writes; Http404 otherwise."""
    found = Team.objects.visible_to(request.user).read_in_full_by(request.user)
    return get_object_or_404(found.select_related("series__summit"), series__slug=series_slug, slug=team_slug)


def find_measure(
    request: HttpRequest, series_slug: str, team_slug: str, measure_id: int, *, in_full: bool = True
) -> tuple[Measure, Team]:
    """A measure that the team follows, and the team: read in full, or shared in the series; else Http404."""
    teams = Team.objects.visible_to(request.user).select_related("series__summit")
    team = get_object_or_404(teams, series__slug=series_slug, slug=team_slug)
    measures = Measure.objects.visible_to(request.user).of_team(team).select_related("driver", "team")
    found = get_object_or_404(measures, pk=measure_id)
    if (in_full or found.visibility != Audience.SERIES) and not reads_in_full(request, team):
        raise Http404
    found.series = team.series
    return found, team


def reads_in_full(request: HttpRequest, team: Team) -> bool:
    found = Team.objects.visible_to(request.user).read_in_full_by(request.user)
    return found.filter(pk=team.pk).exists()


# --- one measure -------------------------------------------------------------------------------------


@policy(see="team", act=Permission.ENTER_NUMBERS)
@require_http_methods(["GET", "POST"])
def measure(request: HttpRequest, series_slug: str, team_slug: str, measure_id: int) -> HttpResponse:
    """Show a measure of a team: verdict, chart, numbers; on POST, enter a number."""
    found, team = find_measure(request, series_slug, team_slug, measure_id, in_full=False)
    today = clock.today(team.time_zone)
    form = PointForm(request.POST or None, measure=found, today=today)
    status = 200
    if request.method == "POST":
        require(request.user, Permission.ENTER_NUMBERS, team)
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            entry = services.Entry(
                found, form.period_on, data["value"], data["n"], data["note"], data["is_estimated"]
            )
            try:
                entered = services.enter_points(team, [entry], by=request.user, at=clock.now())  # type: ignore[arg-type]
            except SeriesClosed:
                status = 409
            except ValidationError as error:
                form.add_error("period", error)
            else:
                said = _("Corrected. What stood there is kept.") if entered.corrected else _("Saved.")
                messages.success(request, said)
                return redirect(request.path)
    return show_measure(request, found, team, point_form=form, status=status)


def show_measure(
    request: HttpRequest,
    found: Measure,
    team: Team,
    *,
    point_form: PointForm | None = None,
    note_form: NoteForm | None = None,
    rebase_form: RebaseForm | None = None,
    baseline_form: BaselineForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a measure, with a form that was refused if there is one."""
    today = clock.today(team.time_zone)
    is_full = reads_in_full(request, team)
    sheet = reading.load_sheet(found, team, request.user, is_full=is_full)
    over = is_closed(team.series, today)
    may = is_full and not over and may_enter(request.user, team)
    shows_all = "all" in request.GET
    shown = sheet.rows if shows_all else sheet.rows[:MOST_ROWS]
    address = reverse("measures:measure", args=[team.series.slug, team.slug, found.pk])
    context: dict[str, Any] = {
        "measure": found,
        "sheet": sheet,
        "table": numbers_table(shown, url=address, is_full=is_full),
        "has_more": len(shown) < len(sheet.rows),
        "is_full": is_full,
        "is_over": over,
        "may_enter": may,
        "may_define": is_full and found.team is not None and not over and may_define(request.user, found),
        "target": None if found.target is None else reading.with_unit(found, found.target),
        "audience": audience_of(found),
        "submission_id": submission_id(request),
    }
    if may:
        days = [(row.period, row.name) for row in reversed(sheet.rows) if row.point is not None]
        context |= {
            "point_form": point_form or PointForm(measure=found, today=today),
            "note_form": note_form or NoteForm(team=team, user=request.user),
            "rebase_form": rebase_form or RebaseForm(),
            "baseline_form": baseline_form or BaselineForm(rows=days),
        }
    context |= margin(request, found, team)
    context = frame(request, team.series, team=team) | context
    return render(request, "measures/measure.html", context, status=status)


@policy(see="team", act=Permission.ENTER_NUMBERS)
@require_http_methods(["GET", "POST"])
def number(
    request: HttpRequest, series_slug: str, team_slug: str, measure_id: int, period_on: date
) -> HttpResponse:
    """Show how a number came to be, with every correction; on POST, take it back."""
    found, team = find_measure(request, series_slug, team_slug, measure_id)
    if request.method == "POST":
        require(request.user, Permission.ENTER_NUMBERS, team)
        point = DataPoint.objects.visible_to(request.user).filter(
            measure=found, team=team, period_on=period_on
        )
        if (standing := point.select_related("team__series__summit").first()) is not None:
            try:
                services.remove_point(standing, by=request.user, at=clock.now())  # type: ignore[arg-type]
            except SeriesClosed:
                messages.error(request, _("This series is over. Its numbers can no longer be changed."))
            else:
                messages.success(request, _("Taken back. The history keeps it."))
        return redirect("measures:measure", series_slug, team_slug, measure_id)
    versions = services.history_of(found, team, period_on)
    if not versions:
        raise Http404
    context = {
        "measure": found,
        "period": reading.periods.name_of(found.frequency, period_on),
        "versions": [(version, reading.with_unit(found, version.shown(found))) for version in versions],
        "standing": isinstance(versions[0], DataPoint),
        "may_enter": may_enter(request.user, team)
        and not is_closed(team.series, clock.today(team.time_zone)),
    }
    return render(request, "measures/number.html", frame(request, team.series, team=team) | context)


@policy(see="team", act=Permission.ENTER_NUMBERS)
@require_POST
def note_add(request: HttpRequest, series_slug: str, team_slug: str, measure_id: int) -> HttpResponse:
    """Put a note on the chart."""
    found, team = find_measure(request, series_slug, team_slug, measure_id)
    require(request.user, Permission.ENTER_NUMBERS, team)
    form = NoteForm(request.POST, team=team, user=request.user)
    if not form.is_valid():
        return show_measure(request, found, team, note_form=form, status=422)
    target = form.target
    note = Annotation(
        measure=found,
        team=team,
        on=form.cleaned_data["on"] or (target.on if target else clock.today(team.time_zone)),
        text=form.cleaned_data["text"],
        link_kind=target.kind if target else "",
        link_id=target.pk if target else None,
        submission_id=submission_id(request),
    )
    try:
        services.annotate(note, by=request.user, at=clock.now())  # type: ignore[arg-type]
    except SeriesClosed:
        return show_measure(request, found, team, status=409)
    messages.success(request, _("It stands on the chart."))
    return redirect("measures:measure", series_slug, team_slug, measure_id)


@policy(see="team", act=Permission.ENTER_NUMBERS)
@require_POST
def note_remove(
    request: HttpRequest, series_slug: str, team_slug: str, measure_id: int, note_id: int
) -> HttpResponse:
    """Take a note off the chart."""
    found, team = find_measure(request, series_slug, team_slug, measure_id)
    require(request.user, Permission.ENTER_NUMBERS, team)
    note = get_object_or_404(Annotation, pk=note_id, measure=found, team=team)
    try:
        services.remove_note(note, by=request.user, at=clock.now())  # type: ignore[arg-type]
    except SeriesClosed:
        return show_measure(request, found, team, status=409)
    messages.success(request, _("Taken off the chart."))
    return redirect("measures:measure", series_slug, team_slug, measure_id)


@policy(see="team", act=Permission.ENTER_NUMBERS)
@require_POST
def rebase(request: HttpRequest, series_slug: str, team_slug: str, measure_id: int) -> HttpResponse:
    """Begin a new centre line with the run that signals."""
    found, team = find_measure(request, series_slug, team_slug, measure_id)
    require(request.user, Permission.ENTER_NUMBERS, team)
    form = RebaseForm(request.POST)
    if not form.is_valid():
        return show_measure(request, found, team, rebase_form=form, status=422)
    reason = form.cleaned_data["reason"]
    try:
        services.rebase(found, team, reason=reason, by=request.user, at=clock.now())  # type: ignore[arg-type]
    except (SeriesClosed, services.NothingToRebase):
        messages.error(request, _("There is no long run on this chart that signals a change."))
        return show_measure(request, found, team, status=409)
    messages.success(request, _("A new centre line begins with that run."))
    return redirect("measures:measure", series_slug, team_slug, measure_id)


@policy(see="team", act=Permission.ENTER_NUMBERS)
@require_POST
def baseline(request: HttpRequest, series_slug: str, team_slug: str, measure_id: int) -> HttpResponse:
    """Freeze the centre line on the median of some periods."""
    found, team = find_measure(request, series_slug, team_slug, measure_id)
    require(request.user, Permission.ENTER_NUMBERS, team)
    sheet = reading.load_sheet(found, team, request.user)
    rows = [(row.period, row.name) for row in reversed(sheet.rows) if row.point is not None]
    form = BaselineForm(request.POST, rows=rows)
    if not form.is_valid():
        return show_measure(request, found, team, baseline_form=form, status=422)
    first, last = (date.fromisoformat(form.cleaned_data[name]) for name in ("first", "last"))
    try:
        services.freeze_baseline(found, team, from_on=first, to_on=last, by=request.user, at=clock.now())  # type: ignore[arg-type]
    except SeriesClosed:
        return show_measure(request, found, team, status=409)
    messages.success(request, _("The centre line is frozen."))
    return redirect("measures:measure", series_slug, team_slug, measure_id)


# --- downloads ---------------------------------------------------------------------------------------


def download(sheet: reading.Sheet, content: str | bytes, kind: str, ending: str) -> HttpResponse:
    name = slugify(f"{sheet.team.slug} {sheet.measure.name}")[:80] or "measure"
    disposition = f'attachment; filename="{name}.{ending}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


@policy(see="team")
@require_safe
def chart_svg(request: HttpRequest, series_slug: str, team_slug: str, measure_id: int) -> HttpResponse:
    found, team = find_measure(request, series_slug, team_slug, measure_id)
    sheet = reading.load_sheet(found, team, request.user)
    return download(sheet, downloads.chart_svg(sheet), "image/svg+xml", "svg")


@policy(see="team")
@require_safe
def chart_png(request: HttpRequest, series_slug: str, team_slug: str, measure_id: int) -> HttpResponse:
    found, team = find_measure(request, series_slug, team_slug, measure_id)
    sheet = reading.load_sheet(found, team, request.user)
    try:
        picture = downloads.chart_png(sheet)
    except downloads.NoPicture:
        messages.error(request, _("The picture could not be made just now. The SVG shows the same."))
        return show_measure(request, found, team, status=503)
    return download(sheet, picture, "image/png", "png")


@policy(see="team")
@require_safe
def chart_csv(request: HttpRequest, series_slug: str, team_slug: str, measure_id: int) -> HttpResponse:
    found, team = find_measure(request, series_slug, team_slug, measure_id)
    sheet = reading.load_sheet(found, team, request.user)
    return download(sheet, downloads.chart_csv(sheet), "text/csv; charset=utf-8", "csv")


# --- a team's measures -------------------------------------------------------------------------------


@policy(see="team")
@require_safe
def team_measures(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """All that a team measures, each with its line and its verdict."""
    team = find_team(request, series_slug, team_slug)
    today = clock.today(team.time_zone)
    found = list(Measure.objects.visible_to(request.user).of_team(team).select_related("driver"))
    may = may_enter(request.user, team) and not is_closed(team.series, today)
    context = {
        "sheets": reading.sheets_of_team(team, request.user, found),
        "due": services.measures_due(team, today),
        "may_enter": may,
    }
    return render(request, "measures/list.html", frame(request, team.series, team=team) | context)


@policy(see="team", act=Permission.ENTER_NUMBERS)
@require_http_methods(["GET", "POST"])
def define(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Define a measure of the team's own."""
    team = find_team(request, series_slug, team_slug)
    require(request.user, Permission.ENTER_NUMBERS, team)
    blank = Measure(series=team.series, team=team, starts_on=clock.today(team.time_zone))
    return edit_definition(request, blank, team)


@policy(see="team", act=Permission.ENTER_NUMBERS)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, series_slug: str, team_slug: str, measure_id: int) -> HttpResponse:
    """Change the words, the target or the rules of a measure of the team's own."""
    team = find_team(request, series_slug, team_slug)
    require(request.user, Permission.ENTER_NUMBERS, team)
    own = Measure.objects.visible_to(request.user).filter(team=team).select_related("series__summit")
    return edit_definition(request, get_object_or_404(own, pk=measure_id), team)


def edit_definition(request: HttpRequest, found: Measure, team: Team | None) -> HttpResponse:
    """The form of a definition, new or old; a team's, or of the whole series."""
    is_new = found.pk is None
    if is_new:
        found.submission_id = submission_id(request)
    form = MeasureForm(request.POST or None, instance=found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            act = services.define_measure if is_new else services.change_measure
            try:
                saved = act(form.instance, by=request.user, at=clock.now())  # type: ignore[arg-type]
            except SeriesClosed:
                status = 409
                form.add_error(None, _("This series is over. Its numbers can no longer be changed."))
            else:
                messages.success(request, _("Saved."))
                if team is None:
                    return redirect("measures:series", found.series.slug)
                return redirect("measures:measure", found.series.slug, team.slug, saved.pk)
    context = {"form": form, "measure": found, "is_new": is_new, "submission_id": found.submission_id}
    context = frame(request, found.series, team=team) | context
    return render(request, "measures/define.html", context, status=status)


@policy(see="team", act=Permission.ENTER_NUMBERS)
@require_http_methods(["GET", "POST"])
def grid(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """Enter the numbers of several measures and periods at once, typed or pasted from a spreadsheet."""
    team = find_team(request, series_slug, team_slug)
    require(request.user, Permission.ENTER_NUMBERS, team)
    today = clock.today(team.time_zone)
    found = list(Measure.objects.visible_to(request.user).of_team(team).followed_on(today))
    points = list(DataPoint.objects.visible_to(request.user).filter(team=team, measure__in=found))
    back = request.GET.get("back", "0")
    page = min(int(back), MOST_BACK) if back.isascii() and back.isdecimal() else 0
    tables = grid_of(found, points, today, posted=request.POST or None, back=page)
    status, was_filled = 200, "fill" in request.POST
    if was_filled:
        fill(tables, request.POST)
    elif request.method == "POST":
        entries, is_right = entries_of(tables)
        status = 422
        if is_right:
            try:
                entered = services.enter_points(team, entries, by=request.user, at=clock.now())  # type: ignore[arg-type]
            except SeriesClosed:
                status = 409
            else:
                messages.success(request, entered_words(entered))
                return redirect(request.get_full_path())
    context = {
        "tables": tables,
        "was_filled": was_filled,
        "errors": [cell for table in tables for cell in table.cells if cell.error],
        "is_over": is_closed(team.series, today),
        "earlier": page + 1 if page < MOST_BACK else None,
        "later": page - 1 if page else None,
    }
    return render(
        request, "measures/grid.html", frame(request, team.series, team=team) | context, status=status
    )


def entered_words(entered: services.Entered) -> str:
    if not entered.new and not entered.corrected:
        return _("Nothing was changed.")
    said = []
    if entered.new:
        said.append(
            ngettext("%(n)s number is new.", "%(n)s numbers are new.", entered.new) % {"n": entered.new}
        )
    if entered.corrected:
        corrected = ngettext("%(n)s was corrected.", "%(n)s were corrected.", entered.corrected)
        said.append(corrected % {"n": entered.corrected})
    return " ".join(said)


# --- the series --------------------------------------------------------------------------------------


@policy(see="series")
@require_safe
def series_measures(request: HttpRequest, series_slug: str) -> HttpResponse:
    """What every team measures, side by side on one scale."""
    series = find_series(request, series_slug)
    found = list(Measure.objects.visible_to(request.user).filter(series=series, team=None))
    teams = list(Team.objects.visible_to(request.user).filter(series=series).exclude(status__in=GONE))
    may = has_permission(request.user, Permission.CONFIGURE, series)
    over = is_closed(series, clock.today(series.time_zone))
    context = {
        "multiples": reading.multiples_of(found, teams, request.user),
        "may_define": may and not over,
    }
    return render(request, "measures/series.html", frame(request, series) | context)


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def series_define(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Define a measure that every team of the series follows."""
    series = find_series(request, series_slug)
    require(request.user, Permission.CONFIGURE, series)
    today = clock.today(series.time_zone)
    blank = Measure(series=series, starts_on=today, visibility=Audience.SERIES)
    return edit_definition(request, blank, None)


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def series_change(request: HttpRequest, series_slug: str, measure_id: int) -> HttpResponse:
    """Change a measure that every team of the series follows."""
    series = find_series(request, series_slug)
    require(request.user, Permission.CONFIGURE, series)
    shared = Measure.objects.visible_to(request.user).filter(series=series, team=None)
    found = get_object_or_404(shared.select_related("series__summit"), pk=measure_id)
    return edit_definition(request, found, None)
