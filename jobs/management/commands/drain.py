"""Do what is due without Celery: for tests, for operators, and for a machine that has only cron."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from jobs.drain import drain
from jobs.registry import Lane
from jobs.sweep import sweep_all

EVERY_SECONDS = 2


class Command(BaseCommand):
    """`manage.py drain --once`: the same functions that Celery's ticks call."""

    help = "Sweeps, then does all jobs that are due. Without --once it goes on until interrupted."
    requires_system_checks = ()  # cron calls it every minute

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--once` and `--lane`, which may be given several times."""
        parser.add_argument("--once", action="store_true", help="stop when nothing is due any more")
        parser.add_argument("--lane", action="append", choices=Lane.values, help="only this lane, no sweep")

    def handle(self, *args: Any, once: bool, lane: list[str] | None, **options: Any) -> None:
        """Drain until nothing is due; say how many jobs were taken."""
        lanes = [Lane(name) for name in lane or Lane.values]
        try:
            while True:
                if lane is None:
                    sweep_all(at=clock.now())
                taken = drain_all(lanes)
                if once:
                    self.stdout.write(f"{taken} jobs taken")
                    return
                time.sleep(EVERY_SECONDS)
        except KeyboardInterrupt:
            self.stderr.write("stopped")


def drain_all(lanes: list[Lane]) -> int:
    """Go round the lanes until none has anything due; return how many jobs were taken."""
    total = 0
    while taken := sum(drain(lane, at=clock.now()) for lane in lanes):
        total += taken
    return total
