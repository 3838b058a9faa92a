"""The check-in behind a reminder’s link: one form, without signing in."""

from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.permissions import policy
from core import clock
from core.forms import USED_BEFORE, submission_id
from progress import services
from progress.forms import CheckInForm
from progress.links import Link, read_token
from progress.models import CheckIn, Going
from progress.numbers import answered
from series.services import SeriesClosed


# The secret in the address is what lets a form through. Nothing here rests on a cookie, so there is nothing
# that another site could ride on; and without a referrer browsers send no origin that could be compared.
@csrf_exempt
@policy(see="public")
@require_http_methods(["GET", "HEAD", "POST"])
def check_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the one form that a reminder's secret opens; on POST, file it. No session begins."""
    link = read_token(token, at=clock.now())
    if link is None:
        response = render(request, "progress/link_over.html", status=404)
    else:
        with (
            translation.override(link.person.language),
            timezone.override(link.person.time_zone or link.due.team.time_zone),
        ):
            response = show_link(request, link)
            response.headers["Content-Language"] = link.person.language
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


def show_link(request: HttpRequest, link: Link) -> HttpResponse:
    """The form for that person, filled in as far as the mail said; or that it is filed."""
    due, at = link.due, clock.now()
    today = clock.day_in(due.team.time_zone, at)
    wanted = request.GET.get("going", "")
    blank = CheckIn(submission_id=submission_id(request))
    data = request.POST if request.method == "POST" else None
    initial = {"going": wanted} if wanted in Going.values else {}
    form = CheckInForm(data, instance=blank, initial=initial)
    parts = services.parts_for(due, by=link.person, data=data)
    filed, status = link.filed, 200
    if data is not None:
        status = 422
        if filed is not None and filed.submission_id == blank.submission_id:
            return redirect(request.path)
        if all([form.is_valid(), *(part.is_valid() for part in parts)]):
            try:
                services.file_check_in(form.instance, due=due, by=link.person, at=at, parts=parts)
            except services.AlreadyFiled as error:
                filed, status = error.check_in, 409
            except (services.NotYetOpen, SeriesClosed):
                status = 409
            except IntegrityError:
                form.add_error(None, USED_BEFORE)
                status = 409
            else:
                return redirect(request.path)
    days = due.team.due_dates.values_list("due_on", flat=True)
    context: dict[str, Any] = {
        "team": due.team,
        "due": due,
        "form": form,
        "parts": parts,
        "filed": filed,
        "sheets": answered(filed, link.person) if filed is not None else [],
        "is_quicker": status == 409 and filed is not None,
        "is_closed": services.is_closed(due.team.series, today),
        "opens_on": services.opens_on(due.due_on, days, today),
        "days_left": (due.due_on - today).days,
        "is_sample": due.team.series.is_sample,
    }
    return render(request, "progress/link.html", context, status=status)
