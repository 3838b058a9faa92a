"""Write the search index anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import services
from search.registry import KINDS


class Command(BaseCommand):
    """Write the search index anew: after a move to another database, or a new way to read words."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kinds", nargs="*", help="only these kinds of things: story, note, …")

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := sorted(set(options["kinds"]) - set(KINDS)):
            raise CommandError(f"No such kind: {', '.join(unknown)}. There are {', '.join(sorted(KINDS))}.")
        is_quiet = not options["verbosity"]
        services.reindex(
            options["kinds"],
            tell=None if is_quiet else lambda kind, count: self.stdout.write(f"{kind}: {count}"),
        )
