from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs.services import owe

LONG = 1.5  # seconds: long enough to be killed in the middle
QUICK = 0.05


class Command(BaseCommand):
    """Owe ten jobs of a kind, numbered from `first`; the first is long."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("first", type=int)
        parser.add_argument("kind")

    def handle(self, *args: Any, first: int, kind: str, **options: Any) -> None:
        for number in range(first, first + 10):
            name = f"probe-{number}"
            payload = {"name": name, "seconds": LONG if number == first else QUICK}
            owe(kind, key=name, payload=payload)
