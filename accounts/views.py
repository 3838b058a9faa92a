"""A person's own settings, and what belongs to no other room: theme, first start, the demo's door."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.i18n import set_language

from accounts.forms import FirstPersonForm, SettingsForm
from accounts.models import User
from accounts.people import device_key, person
from accounts.permissions import policy
from accounts.services import AlreadyBegun, end_all_sessions, has_administrator, make_first_person
from core import mail

BACKEND = "accounts.backends.AccountBackend"


def back(request: HttpRequest) -> str:
    """Where the person came from on this host, else the start page."""
    came_from = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        parts = urlsplit(came_from)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return "/"


@policy(see="public")
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of light, dark or the system's in a cookie."""
    response = redirect(back(request))
    chosen = request.POST.get("theme", "")
    if chosen in ("light", "dark"):
        response.set_cookie(
            "theme", chosen, max_age=31536000, secure=settings.IS_HTTPS, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie("theme")
    return response


@policy(see="public")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language: kept in a cookie, and with the person who is signed in."""
    code, user = request.POST.get("language", ""), request.user
    if user.is_authenticated and code in dict(settings.LANGUAGES):
        user.language = code
        user.save(update_fields=["language"])
    return set_language(request)


@policy(see="person")
@require_http_methods(["GET", "POST"])
def my_settings(request: HttpRequest) -> HttpResponse:
    """Show and change one's name, language, time zone and hour for mail."""
    user = get_object_or_404(User, pk=request.user.pk)
    form = SettingsForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        user.save(update_fields=list(SettingsForm.Meta.fields))
        messages.success(request, _("Saved."))
        return redirect("accounts:settings")
    context = {"form": form, "is_my_phone": bool(request.session.get("is_my_phone"))}
    return render(request, "accounts/settings.html", context, status=422 if form.errors else 200)


@policy(see="person")
@require_GET
@never_cache
def again(request: HttpRequest) -> HttpResponse:
    """Tell a page whose sign-in this is, and the token that its forms need now; 401 once it has ended."""
    return JsonResponse({"person": device_key(person(request)), "token": get_token(request)})


@policy(see="person")
@require_POST
def my_phone(request: HttpRequest) -> HttpResponse:
    """Stay signed in on this device, or stop doing so."""
    if request.POST.get("is_my_phone"):
        request.session["is_my_phone"] = True
        request.session.set_expiry(180 * 24 * 3600)
        messages.success(request, _("You stay signed in on this device."))
    else:
        request.session.pop("is_my_phone", None)
        request.session.set_expiry(None)
        messages.success(request, _("You will be signed out after a while."))
    return redirect("accounts:settings")


@policy(see="person")
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere."""
    end_all_sessions(person(request))
    return redirect("account_login")


@policy(see="public")
@require_http_methods(["GET", "POST"])
def first_person(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first account of this installation; the link is dead once there is an administrator."""
    try:
        TimestampSigner(salt="accounts.first").unsign(token, max_age=7 * 24 * 3600)
    except BadSignature as error:
        raise Http404 from error
    if has_administrator():
        raise Http404
    form = FirstPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            validate_password(form.cleaned_data["password"])
            user = make_first_person(**form.cleaned_data)
        except ValidationError as error:
            form.add_error("password", error)
        except AlreadyBegun as error:
            raise Http404 from error
        else:
            login(request, user, backend=BACKEND)
            return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/first_person.html", {"form": form}, status=422 if form.errors else 200)


@policy(see="public")
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the sample people, in one click; only in demo mode, which serves only loopback."""
    if not settings.IS_DEMO:
        raise Http404
    user = get_object_or_404(User, email=request.POST.get("email", ""), is_sample=True, is_active=True)
    login(request, user, backend=BACKEND)
    return redirect(settings.LOGIN_REDIRECT_URL)


@policy(see="public")
@require_GET
def demo_mails(request: HttpRequest, name: str = "") -> HttpResponse:
    """The mail that a demo keeps instead of sending; only in demo mode."""
    if not settings.IS_DEMO:
        raise Http404
    shown = None
    if name:
        try:
            message = mail.kept_mail(name)
        except FileNotFoundError as error:
            raise Http404 from error
        body = message.get_body(("plain",))
        shown = {"message": message, "text": body.get_content() if body else ""}
    return render(request, "accounts/demo_mails.html", {"mails": mail.kept_mails(), "shown": shown})
