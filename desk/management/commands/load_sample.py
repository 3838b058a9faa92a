"""The living sample series, in the middle of Action Period 2 on the day of loading."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from desk.demo import sample_people
from desk.samples import living, living_stories
from desk.samples.rows import AddressTaken, moment
from search.services import reindex


class Command(BaseCommand):
    """Load a sample series to click in, its dates counted from today. Twice is once."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, help="the day from which dates are counted, YYYY-MM-DD"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError(
                "The sample series would send its reminders to invented addresses. It is for a demo."
            )
        known = living.content()
        at, on = clock.now(), options["on"]
        if on is None:
            on = clock.day_in(known["time_zone"], at)
        else:
            at = moment(on, known["time_zone"], 12)
        try:
            series = living_stories.load(on=on, at=at)
        except AddressTaken as taken:
            raise CommandError(f"Somebody real has the address of a sample person: {taken}") from taken
        if series is not None:
            reindex()  # rows in bulk tell no act, and the first search should not wait for the sweep
        if not options["verbosity"]:
            return
        if series is None:
            self.stdout.write(f"The series “{known['name']}” is there already. Nothing was changed.")
        else:
            self.stdout.write(f"Loaded “{series.name}”: /series/{series.slug}/")
        self.stdout.write("Who can be clicked on the page where one signs in:")
        for person in sample_people(on):
            self.stdout.write(f"  {person['name']}, {person['role']} ({person['email']})")
