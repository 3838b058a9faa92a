"""Pages for what went wrong: what happened, what was kept, what to do. A program gets a problem instead."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.problems import is_of_program, problem

NOTHING_HERE = gettext_lazy("There is nothing here, or nothing that you may read.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_of_program(request):
        return problem(400, _("We could not read that"))
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_of_program(request):
        return problem(403, exception or "")
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for what does not exist and for what the reader may not know of."""
    if is_of_program(request):
        return problem(404, NOTHING_HERE)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session: whatever broke may be one of these."""
    if is_of_program(request):
        return problem(500, "Something broke on our side. Nothing was changed.")
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that has grown too old, or from elsewhere."""
    return render(request, "403_csrf.html", status=403)
