"""The wizard, the set-up page of a series, and its calendar."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import get_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.permissions import Permission, has_permission, policy, require
from core import clock, drawings
from core.forms import submission_id
from series.calendar import Layout, Mode, ShapeKind, position_on
from series.forms import MoveForm, PlaceForm, SeriesForm, WordsForm
from series.frame import frame, layout_of
from series.models import Series, SeriesStatus
from series.permissions import may_create_series
from series.recipe import READY, suggested
from series.services import (
    CalendarRefused,
    MoveWanted,
    SetUpPart,
    create_series,
    move_session_of,
    name_place,
    open_series,
    preview_move,
    reword_series,
    set_up_parts,
)

MOST_DRAWN = 12  # letters in the little picture of a rhythm


def steps(here: int, series: Series | None = None) -> list[tuple[str, str, str]]:
    """The steps from a blank page to an open series, for `components/steps.html`; `here` counts from 0."""
    names = [
        (_("The two years"), "series:calendar"),
        (_("Teams"), "teams:team-add"),
        (_("People"), "teams:people"),
        (_("Coaches"), "teams:coaches"),
        (_("Check and open"), "series:set-up"),
    ]
    return [
        (
            name,
            reverse(url, args=[series.slug]) if series else "",
            "now" if number == here else "done" if number < here and series else "to",
        )
        for number, (name, url) in enumerate(names)
    ]


def draw(layout: Layout | None, today: date | None = None) -> SafeString | str:
    """The calendar of every day, or nothing while a date is missing."""
    if layout is None:
        return ""
    stops = [drawings.Stop(session.letter, session.starts_on, session.ends_on) for session in layout.sessions]
    stops.append(drawings.Stop("", layout.summit.starts_on, layout.summit.ends_on))
    label = _("Calendar of every day: %(sessions)s and the Final Summit") % {
        "sessions": ", ".join(session.name for session in layout.sessions)
    }
    first = get_format("FIRST_DAY_OF_WEEK")
    return drawings.calendar(layout.opens_on, stops, label, week_starts=first, today=today)


def summary(layout: Layout | None) -> str:
    """What the two years come to, in a sentence."""
    if layout is None or layout.weeks_at_home < 1 or layout.days_together < 1:
        return ""
    sessions = ngettext("%(n)s Learning Session", "%(n)s Learning Sessions", len(layout.sessions))
    together = ngettext("%(n)s day together", "%(n)s days together", layout.days_together)
    at_home = ngettext("%(n)s week at home", "%(n)s weeks at home", layout.weeks_at_home)
    return _("%(sessions)s and the Final Summit: %(together)s, %(at_home)s.") % {
        "sessions": sessions % {"n": len(layout.sessions)},
        "together": together % {"n": layout.days_together},
        "at_home": at_home % {"n": layout.weeks_at_home},
    }


@policy(see="person")
@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def new_series(request: HttpRequest) -> HttpResponse:
    """Lay out the two years of a new series; on POST draw them anew, or save them."""
    if not may_create_series(request.user):
        raise PermissionDenied(_("Only an administrator can create a series here."))
    zone: str = getattr(request.user, "time_zone", "")
    today = clock.today(zone or "UTC")
    form = SeriesForm(
        request.POST if request.method == "POST" else None,
        suggestion=suggested(ShapeKind.SEVERAL_PLACES, today),
        language=request.LANGUAGE_CODE,
        zone=zone,
    )
    wants_to_save = request.POST.get("act") == "save"
    submission = submission_id(request)
    notice = ""
    if request.method == "POST":
        form.is_valid()
        if not wants_to_save:
            form.forget_what_is_not_dates()
        elif not form.errors and form.is_laid_out_anew:
            notice = _("The dates were laid out anew for what you changed. Look at them, then save.")
        elif not form.errors and form.findings.warnings:
            notice = _("Look at each warning: change the date, or tick that it is meant so. Then save.")
        elif not form.errors and form.layout:
            series = create_series(
                form.series(submission),
                question=form.cleaned_data["question"],
                drivers=form.drivers,
                layout=form.layout,
                places=form.places,
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
            messages.success(request, _("The two years are laid out. Now add the teams."))
            return redirect("teams:team-add", series.slug)
    template = "series/new.html#years" if request.htmx else "series/new.html"  # type: ignore[attr-defined]
    return render(
        request,
        template,
        new_context(form) | {"notice": notice, "submission_id": submission},
        status=422 if form.errors or notice else 200,
    )


def new_context(form: SeriesForm) -> dict[str, Any]:
    """What the wizard's page shows beside its form."""
    chosen = form["shape"].value()
    notes = {
        ShapeKind.SEVERAL_PLACES: _(
            "Three Learning Sessions, six months apart. For teams that travel to meet."
        ),
        ShapeKind.ONE_COMMUNITY: _("Six to eight sessions, three to four months apart. For neighbors."),
        ShapeKind.OWN: _("Any number of sessions, any months between them."),
    }
    shapes = [
        {
            "value": kind.value,
            "name": kind.label,
            "picture": drawings.minibraid(min(len(READY[kind].months), MOST_DRAWN)),
            "note": notes[kind],
            "length": READY[kind].note,
            "is_chosen": chosen == kind,
        }
        for kind in ShapeKind
    ]
    return {
        "form": form,
        "shapes": shapes,
        "slots": list(form.slots()),
        "accepted": form.accepted,
        "drawing": draw(form.layout),
        "summary": summary(form.layout),
        "drivers": [(slot, form[f"driver-{slot}"]) for slot in range(1, 7)],
        "steps": steps(0),
    }


@policy(see="series", act=Permission.CONFIGURE)
@require_GET
def set_up(request: HttpRequest, series_slug: str) -> HttpResponse:
    """What is set up, what is still missing, and the button that opens the series."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    require(request.user, Permission.CONFIGURE, series)
    parts = own_parts(series) + [part for more in set_up_parts for part in more(series, request.user)]
    context = {
        "parts": parts,
        "missing": [part for part in parts if not part.is_done],
        "is_draft": series.status == SeriesStatus.DRAFT,
        "steps": steps(4, series),
    }
    return render(request, "series/set_up.html", frame(request, series, here="set-up") | context)


def own_parts(series: Series) -> list[SetUpPart]:
    """The lines of the set-up page that this room knows."""
    question = series.questions.first()
    names = [driver.name for driver in series.drivers.all()]
    words = reverse("series:words", args=[series.slug])
    return [
        SetUpPart(
            _("Guiding question"),
            question.text if question else _("There is no question yet."),
            words,
            _("Reword"),
            is_done=question is not None,
        ),
        SetUpPart(
            _("Drivers"),
            ", ".join(names) if names else _("No driver is named yet."),
            words,
            _("Rename or add"),
            is_done=bool(names),
        ),
        SetUpPart(
            _("Calendar"),
            summary(layout_of(series)),
            reverse("series:calendar", args=[series.slug]),
            _("See and move"),
        ),
    ]


@policy(see="series", act=Permission.CONFIGURE)
@require_POST
def open_now(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Open a draft."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    require(request.user, Permission.CONFIGURE, series)
    if open_series(series, by=request.user, at=clock.now()):  # type: ignore[arg-type]
        messages.success(request, _("The series is open."))
    return redirect("desk:series-home", series.slug)


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Reword the guiding question, rename and add drivers."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    require(request.user, Permission.CONFIGURE, series)
    form = WordsForm(request.POST if request.method == "POST" else None, series=series)
    if request.method == "POST" and form.is_valid():
        reword_series(
            series,
            question=form.cleaned_data["question"],
            drivers=form.drivers,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("series:set-up", series.slug)
    context = {"form": form, "drivers": [(slot, form[f"driver-{slot}"]) for slot in range(1, 7)]}
    return render(
        request,
        "series/words.html",
        frame(request, series, here="set-up") | context,
        status=422 if form.errors else 200,
    )


@policy(see="series")
@require_GET
def calendar(request: HttpRequest, series_slug: str) -> HttpResponse:
    """The two years for everybody in the series, today marked."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    layout, today = layout_of(series), clock.today(series.time_zone)
    places = [*series.sessions.order_by("position").values_list("place", flat=True), series.summit.place]
    rows: list[dict[str, Any]] = []
    for number, event in enumerate(layout.events):
        rows.append(
            {"number": number, "event": event, "place": places[number], "is_now": event.covers(today)}
        )
        rows[-1]["letter"] = layout.sessions[number].letter if number < len(layout.sessions) else ""
        if number < len(layout.periods):
            period = layout.periods[number]
            rows[-1] |= {"period": period, "is_period_now": period.covers(today)}
    context = {
        "rows": rows,
        "layout": layout,
        "position": position_on(today, layout),
        "today": today,
        "drawing": draw(layout, today),
        "summary": summary(layout),
        "may_move": has_permission(request.user, Permission.CONFIGURE, series),
    }
    return render(request, "series/calendar.html", frame(request, series, here="calendar") | context)


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, series_slug: str, place: int) -> HttpResponse:
    """Move one session or the Summit: first see what that changes, then say yes."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    require(request.user, Permission.CONFIGURE, series)
    events = layout_of(series).events
    if place >= len(events):
        raise Http404
    event = events[place]
    initial = {"starts_on": event.starts_on, "was_on": event.starts_on, "mode": Mode.ONLY.value}
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial)
    context: dict[str, Any] = {
        "form": form,
        "event": event,
        "place": place,
        "is_last": place == len(events) - 1,
    }
    context |= {"place_form": PlaceForm(initial={"place": place_of(series, place)})}
    if request.method == "POST" and form.is_valid():
        wanted = MoveWanted(
            place=place,
            starts_on=form.cleaned_data["starts_on"],
            was_on=form.cleaned_data["was_on"],
            mode=Mode(form.cleaned_data["mode"]),
        )
        accepted = request.POST.getlist("accepted")
        try:
            if request.POST.get("act") == "move":
                move_session_of(series, wanted, accepted=accepted, by=request.user, at=clock.now())  # type: ignore[arg-type]
                messages.success(request, _("Moved. The calendar shows the new dates."))
                return redirect("series:calendar", series.slug)
            context |= previewed(series, wanted)
        except CalendarRefused as refused:
            context |= previewed(series, wanted)
            if not refused.findings.errors:
                form.add_error(
                    None, _("Look at each warning: tick that it is meant so, or choose another day.")
                )
        except ValidationError as error:
            form.add_error(None, error)
        for found in context["findings"].errors if "findings" in context else ():
            form.add_error("starts_on", found.message)
    context |= {"accepted": request.POST.getlist("accepted")}
    return render(
        request,
        "series/move.html",
        frame(request, series, here="calendar") | context,
        status=422 if form.errors else 200,
    )


def previewed(series: Series, wanted: MoveWanted) -> dict[str, Any]:
    """What the page shows of a move before it is made."""
    change, findings, lines = preview_move(series, wanted, at=clock.now())
    drawing = "" if findings.errors else draw(change.layout, clock.today(series.time_zone))
    return {"change": change, "findings": findings, "lines": lines, "drawing": drawing}


def place_of(series: Series, place: int) -> str:
    """Where the event at `place` of the calendar is held, as far as known."""
    found = series.sessions.filter(position=place).first()
    return found.place if found else series.summit.place


@policy(see="series", act=Permission.CONFIGURE)
@require_POST
def session_place(request: HttpRequest, series_slug: str, place: int) -> HttpResponse:
    """Say where a session is held."""
    series = get_object_or_404(Series.objects.visible_to(request.user), slug=series_slug)
    require(request.user, Permission.CONFIGURE, series)
    form = PlaceForm(request.POST)
    if place > series.sessions.count():
        raise Http404
    if form.is_valid():
        name_place(series, place, form.cleaned_data["place"], by=request.user, at=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("That is too long for a place."))
    return redirect("series:calendar", series.slug)
