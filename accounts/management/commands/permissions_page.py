"""docs/permissions.md, made from the one table."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from accounts.permissions import GRANTS, SERIES_ROLES, TEAM_ROLES, WORDS, Permission, Role

PAGE: Path = settings.BASE_DIR / "docs" / "permissions.md"
HEAD = """# Who may do what

Made from `accounts/permissions.py` by `manage.py permissions_page`; a test fails when the two differ.
What a person may *see* is each room's `.visible_to(user)`; here is what they may *do*, on top of seeing.
A role holds from its first day to its last; leaving ends it with the next request, and never authorship.

"""


def page() -> str:
    """The page as it should be."""
    with translation.override("en"):
        lines = [
            HEAD + "| | " + " | ".join(str(role.label) for role in Role) + " |",
            "|---|" + "---|" * len(Role),
        ]
        for permission in Permission:
            marks = ["yes" if permission in GRANTS[role] else "" for role in Role]
            lines.append(f"| {WORDS[permission]} | " + " | ".join(marks) + " |")
        lines += [
            "",
            "Held in a series: " + ", ".join(str(Role(role).label) for role in SERIES_ROLES) + ".",
            "Held in a team: "
            + ", ".join(str(Role(role).label) for role in TEAM_ROLES)
            + ". A coach is assigned to teams.",
            "The administrator holds the installation and sees nothing of a series without a role in it.",
            "",
        ]
    return "\n".join(lines)


class Command(BaseCommand):
    """Write docs/permissions.md; with --check only say whether it is up to date."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        wanted = page()
        if check:
            if not PAGE.exists() or PAGE.read_text() != wanted:
                raise CommandError(
                    "docs/permissions.md is out of date: run python manage.py permissions_page"
                )
            return
        PAGE.write_text(wanted)
        self.stdout.write(f"Wrote {PAGE.name}.")
