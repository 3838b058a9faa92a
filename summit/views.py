"""The public pages. They read editions, speak the language of the edition, and know nobody."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import policy
from core import clock
from core.drawings import delta
from reports import editions
from summit.pages import marked, river, stops_of

CACHE = "public, max-age=60"
SHOWN_AT_THE_DOOR = 3
SHOWN = 6  # stories in short on the face of a series


def _language(request: HttpRequest, default: str) -> str:
    """The language that the address asks for, else `default`, if we speak it."""
    spoken = dict(settings.LANGUAGES)
    wanted = request.GET.get("lang", "")
    if wanted in spoken:
        return wanted
    return default if default in spoken else settings.LANGUAGE_CODE


def _answer(request: HttpRequest, template: str, context: dict[str, Any], language: str) -> HttpResponse:
    """The page in `language`, fit for a shared cache."""
    others = [
        (code, get_language_info(code)["name_local"].capitalize(), f"{request.path}?lang={code}")
        for code, _name in settings.LANGUAGES
        if code != language
    ]
    response = render(request, template, context | {"languages_of_page": others})
    response.headers["Cache-Control"] = CACHE
    response.headers["Content-Language"] = language
    return response


@policy(see="public")
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The door: the latest series with a published edition, then the others; before that, what this is."""
    found = editions.published_series()
    is_asked = request.GET.get("lang", "") in dict(settings.LANGUAGES)
    language = _language(request, translation.get_language_from_request(request))
    with translation.override(language):
        nav = [(_("How it works"), "#how", False)]
        context = {"all": found, "nav": nav, "is_demo": settings.IS_DEMO}
        if found:
            nav = [(face.name, reverse("summit:series", args=[face.slug]), False) for face in found[:3]] + nav
            face = _face(found[0])
            context |= face | {"nav": nav, "is_front": True, "stories": face["stories"][:SHOWN_AT_THE_DOOR]}
        response = _answer(request, "summit/front.html", context, language)
    if not is_asked:
        patch_vary_headers(response, ["Accept-Language"])
    return response


@policy(see="public")
@require_safe
def series(request: HttpRequest, series_slug: str) -> HttpResponse:
    """The public face of a series."""
    face = editions.front_page(series_slug)
    if face is None:
        raise Http404
    language = _language(request, face.language)
    with translation.override(language):
        context = _face(face) | {
            "nav": [
                (_("The teams"), "#teams", False),
                (_("How it works"), "#how", False),
                (_("Findings"), "#findings", False),
            ],
            "brand_name": face.name,
            "brand_url": reverse("summit:series", args=[face.slug]),
        }
        return _answer(request, "summit/series.html", context, language)


def _face(face: editions.Front) -> dict[str, Any]:
    """What the hero and the sections below it show of a series."""
    today = clock.today("UTC")
    stops = stops_of(face, today)
    stories = [
        {
            "story": story,
            "url": f"{reverse('summit:edition', args=[face.slug, issue.number])}#story-{story.id}",
        }
        for issue in face.issues[:1]
        for finding in issue.findings
        for story in finding.stories
    ]
    return {
        "face": face,
        "question": marked(face.question or face.name, face.drivers),
        "stops": stops,
        "river": river(face, stops, today),
        "summit": stops[-1] if stops else None,
        "is_over": bool(stops) and stops[-1]["state"] == "done",
        "stories": stories[:SHOWN],
        "latest": face.issues[0] if face.issues else None,
        "is_sample": face.is_sample,
    }


@policy(see="public")
@require_safe
def edition(request: HttpRequest, series_slug: str, number: int) -> HttpResponse:
    """A published report as a page."""
    doc = editions.published_edition(series_slug, number)
    if doc is None:
        raise Http404
    language = _language(request, doc.language)
    with translation.override(language):
        context = {
            "doc": doc,
            "delta": delta(doc.slots),
            "nav": [(_("The series"), reverse("summit:series", args=[series_slug]), False)],
            "brand_name": doc.series,
            "brand_url": reverse("summit:series", args=[series_slug]),
            "is_sample": doc.is_sample,
            "earlier": [n for n in doc.others if n < number],
            "later": max((n for n in doc.others if n > number), default=None),
        }
        return _answer(request, "summit/edition.html", context, language)


@policy(see="public")
@require_safe
def edition_pdf(request: HttpRequest, series_slug: str, number: int) -> HttpResponseBase:
    """The PDF of a published report; 503 while it is made anew after a story was taken back."""
    pdf = editions.published_pdf(series_slug, number)
    if pdf is None:
        raise Http404
    if pdf.path is None:
        back = reverse("summit:edition", args=[series_slug, number])
        response = render(request, "summit/renewing.html", {"back_url": back}, status=503)
        response.headers["Retry-After"] = "60"
        response.headers["Cache-Control"] = "no-store"
        return response
    answer = FileResponse(
        pdf.path.open("rb"), as_attachment=True, filename=pdf.name, content_type="application/pdf"
    )
    answer.headers["Cache-Control"] = CACHE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
