"""The pilot series at its true dates."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from desk.samples import pilot, pilot_stories
from desk.samples.rows import AddressTaken
from series.services import CalendarRefused


class Command(BaseCommand):
    """Load the pilot series: public facts with their sources, and sample content. Twice is once."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--facts", type=Path, help="another file of facts, in the form of ours")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["facts"]
        known = json.loads(path.read_text(encoding="utf-8")) if path else pilot.facts()
        try:
            series = pilot_stories.load(known, at=clock.now())
        except CalendarRefused as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        except AddressTaken as taken:
            raise CommandError(f"Somebody real has the address of a sample person: {taken}") from taken
        if not options["verbosity"]:
            return
        if series is None:
            self.stdout.write(f"The series “{known['name']}” is there already. Nothing was changed.")
        else:
            self.stdout.write(f"Loaded “{series.name}”: /series/{series.slug}/")
