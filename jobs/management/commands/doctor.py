"""What is broken, and how to mend it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.health import PROBES, look, test_mail


class Command(BaseCommand):
    """Look at database, migrations, the age of the tick, failed jobs, files; send a test mail where asked."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=sorted(PROBES), help="look at one thing, for a supervisor")
        parser.add_argument("--mail", metavar="ADDRESS", help="send a test mail there, now")

    def handle(self, *args: Any, only: str | None, mail: str | None, **options: Any) -> None:
        found = look((only,) if only else None)
        if mail:
            found.append(test_mail(mail))
        for probe in found:
            mark = self.style.SUCCESS("ok   ") if probe.is_ok else self.style.ERROR("wrong")
            self.stdout.write(f"{mark} {probe.name}: {probe.seen}")
            if probe.mending:
                self.stdout.write(f"      {probe.mending}")
        if wrong := [probe.name for probe in found if not probe.is_ok]:
            raise CommandError(f"Not well: {', '.join(wrong)}.")
