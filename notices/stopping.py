"""One click to stop a kind of mail (RFC 8058): a signed secret in each mail that one can do without."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from notices.kinds import WAYS
from notices.models import NoticeKind, Preference, Way

if TYPE_CHECKING:
    from collections.abc import Mapping

SALT = "notices.stop"
LONGEST = 300  # a longer text is no token of ours, and is not looked at


def stop_url(person: User, kind: NoticeKind) -> str:
    """The address that stops `kind` for `person`: a GET shows a button, a POST acts. It signs nobody in."""
    token = signing.Signer(sep=".", salt=SALT).sign_object({"p": person.pk, "k": kind.value})
    return settings.BASE_URL + reverse("notices:stop", args=[token])


def stop_headers(url: str) -> "Mapping[str, str]":
    """What a mail program needs to offer the click itself."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read_stop(token: str) -> tuple[User, NoticeKind] | None:
    """Whose mail of which kind `token` stops; None if it is forged, or the person is gone."""
    if len(token) > LONGEST:
        return None
    try:
        told = signing.Signer(sep=".", salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    number = told.get("p") if isinstance(told, dict) else None
    if not isinstance(number, int) or told.get("k") not in WAYS:
        return None
    person = User.objects.filter(pk=number, is_active=True).first()
    return (person, NoticeKind(told["k"])) if person else None


@transaction.atomic
def stop(person: User, kind: NoticeKind) -> None:
    """Send `person` no more mail of `kind`, in no series. It stands on the pages all the same."""
    Preference.objects.filter(person=person, kind=kind).exclude(series=None).delete()
    Preference.objects.update_or_create(person=person, kind=kind, series=None, defaults={"way": Way.NONE})
