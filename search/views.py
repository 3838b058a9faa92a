"""The page on which one looks for something."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.people import person
from accounts.permissions import policy
from search.asks import MOST
from search.find import LAST_PAGE, Found, find
from search.forms import LONGEST, SearchForm
from search.registry import KINDS
from series.frame import frame
from series.models import Series


@policy(see="person")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Look for words in all that the reader may read, or in one series or kind of thing."""
    user = person(request)
    form = SearchForm(request.GET, user=user)
    is_right = form.is_valid()
    asked = form.cleaned_data
    words, series = asked.get("words", ""), asked.get("series")
    found = Found(())
    if is_right and words:
        found = find(
            user,
            words,
            kind=KINDS.get(asked["kind"]),
            series=series,
            is_newest_first=asked["order"] == "newest",
            page=page_of(request.GET.get("page", "")),
        )
    context = around(request, series) | {
        "form": form,
        "typed": request.GET.get("words", "")[:LONGEST],
        "words": words,
        "found": found,
        "in_series": series,
        "in_kind": KINDS.get(asked.get("kind", "")),
        "is_narrowed": bool(series or asked.get("kind")),
        "most": MOST if found.page == LAST_PAGE else 0,
        "previous": found.page - 1,
        "next": found.page + 1 if found.has_next else 0,
    }
    return render(request, "search/search.html", context, status=200 if is_right else 422)


def page_of(text: str) -> int:
    """The page asked for; the first for anything that is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def around(request: HttpRequest, series: Series | None) -> dict[str, Any]:
    """What stands around the page: the series that was asked for, else the way to one's own places."""
    if series is not None:
        return frame(request, series)
    return {
        "nav": [(_("My places"), reverse("desk:me"), False), (_("Search"), reverse("search:search"), True)]
    }
