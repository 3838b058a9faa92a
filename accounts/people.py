"""Who asks."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person; for views whose policy lets nobody else in."""
    return cast(User, request.user)
