from typing import Any

from django.core.management.base import BaseCommand

from jobs.services import owe

LONG = 1.5  # seconds: long enough to be killed in the middle
QUICK = 0.05


class Command(BaseCommand):
    """Owe two long jobs and many quick ones."""

    def handle(self, *args: Any, **options: Any) -> None:
        for number in range(20):
            kind = "probe.slow" if number % 2 else "probe.quick"
            seconds = LONG if number < 2 else QUICK
            name = f"probe-{number}"
            owe(kind, key=name, payload={"name": name, "seconds": seconds})
