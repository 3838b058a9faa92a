"""Rendering a mail from its folder of templates, and sending it. Workers send; requests never do."""

from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from email.message import MIMEPart
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from core import clock


def compose(
    name: str,
    *,
    to: str,
    language: str,
    context: Mapping[str, Any],
    message_id: str,
    headers: Mapping[str, str] | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> EmailMultiAlternatives:
    """Make the mail `name` (a folder under `templates/emails/`) in `language` for the address `to`.

    The folder holds subject.txt, body.txt and body.html; the bodies know the `subject`. `message_id` is the
    effect's own, without brackets: a mail that goes twice after a crash carries the same one. `pictures` are
    PNG files by the name under which body.html shows them (`cid:` before it).
    """
    values = {"base_url": settings.BASE_URL, "language": language, **context}
    with translation.override(language):
        subject = " ".join(render_to_string(f"emails/{name}/subject.txt", values).split())
        values["subject"] = subject  # escaped in body.html as all that is typed
        text = render_to_string(f"emails/{name}/body.txt", values).strip() + "\n"
        html = render_to_string(f"emails/{name}/body.html", values)
    host = settings.BASE_URL.split("//", 1)[-1].split(":")[0]
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[to],
        headers={
            "Message-ID": f"<{message_id}@{host}>",
            "Auto-Submitted": "auto-generated",
            **(headers or {}),
        },
    )
    mail.attach_alternative(html, "text/html")
    for name, png in (pictures or {}).items():
        part = MIMEPart()
        part.set_content(
            png,
            maintype="image",
            subtype="png",
            disposition="inline",
            filename=f"{name}.png",
            cid=f"<{name}>",
        )
        mail.attach(part)
    return mail


class MailboxBackend(BaseEmailBackend):
    """Keeps each mail as a file under `MAIL_DIR`, where a page of the demo shows it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder: Path = settings.MAIL_DIR
        folder.mkdir(parents=True, exist_ok=True)
        for number, mail in enumerate(email_messages):
            stamp = clock.now().strftime("%Y%m%d-%H%M%S-%f")
            unfinished = folder / f"{stamp}-{number}.part"
            unfinished.write_bytes(mail.message().as_bytes())
            unfinished.rename(unfinished.with_suffix(".eml"))
        return len(email_messages)


def kept_mails(limit: int = 50) -> list[tuple[str, ParsedMessage]]:
    """The newest mails that `MailboxBackend` kept, as (file name without ending, message)."""
    files = sorted(settings.MAIL_DIR.glob("*.eml"), reverse=True)[:limit]
    return [(file.stem, kept_mail(file.stem)) for file in files]


def kept_mail(name: str) -> ParsedMessage:
    """One kept mail by its name; raises FileNotFoundError if there is none."""
    if not name.replace("-", "").isdigit():
        raise FileNotFoundError(name)
    return message_from_bytes((settings.MAIL_DIR / f"{name}.eml").read_bytes(), policy=policy.default)  # type: ignore[return-value]
