"""People."""

from itertools import count
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import User

_numbers = count(1)


def make_person(name: str = "Kiara", **fields: Any) -> User:
    """A person with a proven address and no password."""
    number = next(_numbers)
    person = User.objects.create_user(
        fields.pop("email", f"{name.lower()}{number}@example.org"), name=name, **fields
    )
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def make_administrator(**fields: Any) -> User:
    return make_person("Ada", is_superuser=True, **fields)
