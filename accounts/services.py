"""What can be done with an account."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F

from accounts.events import record
from accounts.models import User


class AlreadyBegun(Exception):
    """There is an administrator already: the first link has done its work."""


def has_administrator() -> bool:
    """Whether somebody holds the installation already."""
    return User.objects.filter(is_superuser=True).exists()


@transaction.atomic
def make_first_person(*, name: str, email: str, password: str) -> User:
    """Make the administrator of a new installation. Raises AlreadyBegun if there is one."""
    if User.objects.select_for_update().filter(is_superuser=True).exists():
        raise AlreadyBegun
    user = User.objects.create_superuser(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record(by=user, act="accounts.first_person_made", target=user)
    return user


@transaction.atomic
def end_all_sessions(user: User) -> None:
    """End every session of `user`, on every device, from the next request on."""
    User.objects.filter(pk=user.pk).update(auth_epoch=F("auth_epoch") + 1)
    record(by=user, act="accounts.sessions_ended", target=user)
