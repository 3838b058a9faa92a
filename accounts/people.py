"""Who asks."""

from typing import cast

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person; for views whose policy lets nobody else in."""
    return cast(User, request.user)


def device_key(user: User) -> str:
    """The name under which a device keeps what `user` has not sent yet. It tells nothing of them."""
    return salted_hmac("accounts.device", str(user.pk), algorithm="sha256").hexdigest()[:32]
