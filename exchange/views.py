"""The rounds of a series, and one round: who posted, whom we answer, what we got."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import put_errors, submission_id
from exchange import reading, services
from exchange.forms import RoundForm
from exchange.models import Round, RoundState
from exchange.permissions import may_run, voices_of
from series.frame import find_series, frame
from series.models import Series
from series.services import SeriesClosed, is_closed

MOST = 50


def rounds_of(request: HttpRequest, series: Series) -> QuerySet[Round]:
    return Round.objects.visible_to(request.user).filter(series=series).select_related("period")


def find_round(request: HttpRequest, series_slug: str, number: int) -> Round:
    series = find_series(request, series_slug)
    round_ = get_object_or_404(rounds_of(request, series), number=number)
    round_.series = series
    return round_


def crumbs_of(series: Series, round_: Round | None = None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    found = [
        (series.name, reverse("desk:series-home", args=[series.slug])),
        (_("Peer exchange"), reverse("exchange:rounds", args=[series.slug])),
    ]
    if round_ is not None:
        found.append((str(round_), reading.round_url(round_)))
    found += more
    return [*found[:-1], (found[-1][0], "")]


@policy(see="series")
@require_GET
def rounds(request: HttpRequest, series_slug: str) -> HttpResponse:
    """All rounds of a series, the newest first."""
    series = find_series(request, series_slug)
    today = clock.today(series.time_zone)
    found = list(rounds_of(request, series)[:MOST])
    for round_ in found:
        round_.series = series
    counts = reading.counts_of(found)
    over = is_closed(series, today)
    context = frame(request, series, here="home") | {
        "rows": [(each, reading.when_words(each, today), *counts[each.pk]) for each in found],
        "may_open": not over and has_permission(request.user, Permission.CONFIGURE, series),
        "crumbs": crumbs_of(series),
    }
    return render(request, "exchange/rounds.html", context)


@policy(see="series")
@require_GET
def round_page(request: HttpRequest, series_slug: str, number: int) -> HttpResponse:
    """One round: what our teams owe and got, who posted, and which posts still wait."""
    round_, user = find_round(request, series_slug, number), request.user
    today = clock.today(round_.series.time_zone)
    state = round_.state_on(today)
    board = reading.board_of(round_, user, voices_of(user, round_))
    runs = may_run(user, round_)
    over = is_closed(round_.series, today)
    waiting = board.waiting if state == RoundState.OVER else []
    context = frame(request, round_.series, here="home") | {
        "round": round_,
        "state": state,
        "when": reading.when_words(round_, today),
        "board": board,
        "is_posting": state in (RoundState.OPEN, RoundState.ANSWERING) and not over,
        "waiting": waiting,
        "runs": runs,
        "may_call_off": runs and not board.posts,
        "crumbs": crumbs_of(round_.series, round_),
    }
    return render(request, "exchange/round.html", context)


# --- who runs the series -----------------------------------------------------------------------------


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def round_add(request: HttpRequest, series_slug: str) -> HttpResponse:
    """Open a round, its days laid around the middle of the Action Period."""
    series = find_series(request, series_slug)
    require(request.user, Permission.CONFIGURE, series)
    draft = Round(series=series, submission_id=submission_id(request))
    posted = request.POST if request.method == "POST" else None
    initial = reading.proposed(series, clock.today(series.time_zone))
    form = RoundForm(posted, instance=draft, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_round(form.instance, by=person(request), at=clock.now())
            messages.success(
                request, _("The round stands. Each team sees it on its page from the first day.")
            )
            return redirect(reading.round_url(made))
        except SeriesClosed:
            form.add_error(None, _("This series is over."))
        except ValidationError as error:
            put_errors(form, error)
    context = frame(request, series, here="home") | {
        "form": form,
        "submission_id": draft.submission_id,
        "back_url": reverse("exchange:rounds", args=[series.slug]),
        "crumbs": crumbs_of(series, None, (_("Open a round"), "")),
    }
    return render(request, "exchange/round_form.html", context, status=422 if form.errors else 200)


@policy(see="series", act=Permission.CONFIGURE)
@require_http_methods(["GET", "POST"])
def round_edit(request: HttpRequest, series_slug: str, number: int) -> HttpResponse:
    """Change the days or the words of a round."""
    round_ = find_round(request, series_slug, number)
    require(request.user, Permission.CONFIGURE, round_.series)
    form = RoundForm(request.POST if request.method == "POST" else None, instance=round_)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_round(form.instance, by=person(request), at=clock.now())
            messages.success(request, _("The change is saved."))
            return redirect(reading.round_url(round_))
        except ValidationError as error:
            put_errors(form, error)
    context = frame(request, round_.series, here="home") | {
        "form": form,
        "round": round_,
        "back_url": reading.round_url(round_),
        "crumbs": crumbs_of(round_.series, round_, (_("Edit"), "")),
    }
    return render(request, "exchange/round_form.html", context, status=422 if form.errors else 200)


@policy(see="series", act=Permission.CONFIGURE)
@require_POST
def round_call_off(request: HttpRequest, series_slug: str, number: int) -> HttpResponse:
    """Take a round back to which nobody has posted."""
    round_ = find_round(request, series_slug, number)
    try:
        services.call_off(round_, by=person(request), at=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(reading.round_url(round_))
    messages.success(request, _("The round is called off."))
    return redirect(reverse("exchange:rounds", args=[series_slug]))


@policy(see="series", act=Permission.CONFIGURE)
@require_POST
def round_deal(request: HttpRequest, series_slug: str, number: int) -> HttpResponse:
    """Deal who answers whom now, or what is missing since the last dealing."""
    round_ = find_round(request, series_slug, number)
    new = services.deal_round(round_, by=person(request), at=clock.now())
    if new:
        said = ngettext("%(n)s answer was given out.", "%(n)s answers were given out.", len(new))
        messages.success(request, said % {"n": len(new)})
    else:
        messages.info(request, _("There is nothing more to give out."))
    return redirect(reading.round_url(round_))
