"""allauth, told how this platform signs people up and sends their mail."""

import uuid
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User, fold_email
from accounts.sealed import seal
from core import clock
from jobs.services import owe

MAIL_LIFE = timedelta(minutes=15)  # a code is dead by then
INVITED = "invited_email"  # session key, set by the room teams while an invitation is being accepted


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up only while the session holds an invitation; mail goes out by a job, never in a request."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(request.session.get(INVITED))

    def clean_email(self, email: str) -> str:
        email = fold_email(super().clean_email(email))
        request = self.request
        invited = request.session.get(INVITED) if request and hasattr(request, "session") else None
        is_signup = bool(
            request and request.resolver_match and request.resolver_match.url_name == "account_signup"
        )
        if is_signup and email != invited:
            raise ValidationError(
                _("Please use the address that the invitation was sent to."), code="invited"
            )
        return email

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.language = getattr(request, "LANGUAGE_CODE", "en")
        return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """There are no user names here."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail as a job in the lane `now`: sealed, wiped when sent, dead when the code is."""
        full = {
            "request": self.request,
            "email": email,
            "current_site": get_current_site(self.request),
        } | context
        message = self.render_mail(template_prefix, email, full)
        html = next((str(part.content) for part in getattr(message, "alternatives", [])), "")
        effect = uuid.uuid4().hex
        owe(
            "accounts.send_mail",
            key=f"mail:account:{effect}",
            payload={
                "sealed": seal(
                    {"subject": message.subject, "text": str(message.body), "html": html, "to": email}
                ),
                "effect": effect,
            },
            expires_at=clock.now() + MAIL_LIFE,
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Back to the invitation that brought the person here, else to their own page."""
        return str(request.session.pop("after_sign_in", "") or super().get_login_redirect_url(request))

    get_signup_redirect_url = get_login_redirect_url


def opened(sealed: dict[str, str], *, message_id: str) -> EmailMultiAlternatives:
    """The mail that `send_mail` sealed, ready to send."""
    mail = EmailMultiAlternatives(
        subject=sealed["subject"],
        body=sealed["text"],
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[sealed["to"]],
        headers={"Message-ID": f"<{message_id}>", "Auto-Submitted": "auto-generated"},
    )
    if sealed["html"]:
        mail.attach_alternative(sealed["html"], "text/html")
    return mail
