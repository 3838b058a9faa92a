"""The way in for the first person."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.signing import TimestampSigner
from django.urls import reverse

from accounts.models import User


class Command(BaseCommand):
    """Print the one-time link that makes the administrator. It is dead once there is one, or after a week."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True).exists():
            raise CommandError("There is an administrator already.")
        token = TimestampSigner(salt="accounts.first").sign("first")
        self.stdout.write(settings.BASE_URL + reverse("accounts:first-person", args=[token]))
