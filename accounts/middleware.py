"""Sessions that end, the reader's language and zone, and no view without a policy."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import get_supported_language_variant, gettext

from accounts.drafts import DraftRefused, kept_forms, save_draft
from accounts.people import person
from accounts.permissions import PACKAGE_POLICIES, Policy, has_duty
from core import clock
from core.problems import is_of_program, problem

logger = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
TOUCH_EVERY = timedelta(minutes=5)
SHARED = (timedelta(hours=8), timedelta(hours=24))  # idle, absolute
MY_PHONE = (timedelta(days=60), timedelta(days=180))
DUTY = (timedelta(hours=8), timedelta(hours=12))


class SessionAgeMiddleware:
    """Ends a session that is too old, was idle too long, or whose person's `auth_epoch` has moved on."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and self.is_over(request):
            # Whose sign-in it was, so that what they sent too late can be kept (`PolicyMiddleware.keep`).
            request.ended_person = person(request)  # type: ignore[attr-defined]
            logout(request)
        return self.get_response(request)

    def is_over(self, request: HttpRequest) -> bool:
        """True where the session must end; otherwise touch it, at most every five minutes."""
        session, user, at = request.session, person(request), clock.now()
        began = datetime.fromisoformat(session["began_at"]) if "began_at" in session else None
        if began is None or session.get("epoch") != user.auth_epoch or not user.is_active:
            return True
        idle, absolute = MY_PHONE if session.get("is_my_phone") else SHARED
        if at - began > DUTY[1] and has_duty(user):
            return True
        if session.get("is_my_phone") and has_duty(user):
            idle, absolute = DUTY
        seen = datetime.fromisoformat(session["seen_at"])
        if at - began > absolute or at - seen > idle:
            return True
        if at - seen > TOUCH_EVERY:
            session["seen_at"] = at.isoformat()
        return False


class LanguageMiddleware:
    """Speaks the person's language, else the cookie's, else the browser's; tells time in their zone."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        language = user.language if user.is_authenticated else self.guess(request)
        zone = user.time_zone if user.is_authenticated else ""
        with translation.override(language), timezone.override(zone or None):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    def guess(self, request: HttpRequest) -> str:
        """The cookie's language, else the first of the browser's that we speak."""
        try:
            return get_supported_language_variant(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
        except LookupError:
            return translation.get_language_from_request(request)


class PolicyMiddleware:
    """Refuses every view that declares no policy, and asks strangers to sign in."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        policy: Policy | None = getattr(view, "policy", None)
        if policy is None and request.resolver_match is not None:
            policy = PACKAGE_POLICIES.get(request.resolver_match.view_name)
        if policy is None:
            logger.error("refused: %s declares no policy", request.path)
            raise PermissionDenied
        if policy.see == "public" or (request.user.is_authenticated and policy.see != "administrator"):
            return None
        if request.user.is_authenticated:
            if not request.user.is_superuser:
                raise Http404
            return None
        ended = gettext("Your sign-in has ended. Please sign in again.")
        if is_of_program(request):
            return problem(401, ended)
        if request.headers.get("Accept", "").startswith("application/json") or request.headers.get(
            "HX-Request"
        ):
            return JsonResponse({"detail": ended}, status=401)
        if request.method not in ("GET", "HEAD"):
            return redirect_to_login(self.keep(request, kwargs) or settings.LOGIN_REDIRECT_URL)
        return redirect_to_login(request.get_full_path())

    def keep(self, request: HttpRequest, kwargs: Any) -> str:
        """Keep what was sent as a draft of the person whose sign-in has just ended; where it is found again.

        Empty where the form keeps no drafts, or nobody knows whose sign-in it was.
        """
        ended, match = getattr(request, "ended_person", None), request.resolver_match
        named = kept_forms.get(match.view_name) if match else None
        if ended is None or not ended.is_active or named is None or (found := named(ended, **kwargs)) is None:
            return ""
        sent = {n: v for n, v in request.POST.lists() if n not in ("csrfmiddlewaretoken", "submission_id")}
        with suppress(DraftRefused):
            save_draft(ended, *found, sent, 0, at=clock.now())
        return request.path
